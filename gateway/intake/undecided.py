"""Columns of which a person may have to say what they hold.

A file is asked for no more than the programme needs: columns that are known for something else (an
address, a passport) are not offered, and unknown ones only where an item has no column, or two
columns claim one item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.intake.cells import Table
from gateway.intake.columns import Header
from gateway.intake.meanings import REPRESENTATIVES, Part, letters
from gateway.intake.words import Role
from policies.facts import Field
from policies.findings import Code, Finding
from policies.programme import Programme, Subject

_NAMES = {Field.FAMILY_NAME, Field.GIVEN_NAME}
_IN_NAME = {*_NAMES, Field.PATRONYMIC}
_TITLES: Mapping[Field | Role, str] = {
    Role.FULL_NAME: "ФИО",
    Field.PATRONYMIC: "Отчество",
    Field.BIRTH_DATE: "Дата рождения",
    Field.SNILS: "СНИЛС",
    Field.EMAIL: "Эл. почта",
    Field.PHONE: "Телефон",
}


def lacking(header: Header, programme: Programme) -> tuple[tuple[Part, Field | Role], ...]:
    """Items without a column: of the pupil, the first representative and whoever is listed."""
    found: list[tuple[Part, Field | Role]] = []
    for part in (Part.PUPIL, *REPRESENTATIVES):
        roles = {column.role for column in header.columns if column.part is part}
        if not roles and part in REPRESENTATIVES[1:]:
            continue
        if Role.FULL_NAME not in roles and not roles >= _NAMES:
            found.append((part, Role.FULL_NAME))
        elif part is Part.PUPIL and not roles & {Role.FULL_NAME, Field.PATRONYMIC}:
            found.append((part, Field.PATRONYMIC))
        subject = Subject.PUPIL if part is Part.PUPIL else Subject.GUARDIAN
        wanted = (rule.field for rule in programme.items[subject])
        found += [(part, item) for item in wanted if item not in {*_IN_NAME, *roles}]
    return tuple(found)


def missing(header: Header, programme: Programme) -> Iterator[Finding]:
    """A remark on the titles for each column without which no row can be whole."""
    for part, role in lacking(header, programme):
        if part is Part.PUPIL:
            yield Finding(Code.COLUMN_MISSING, row=header.row, column=_TITLES[role])
        elif (part, role) == (Part.REP1, Role.FULL_NAME):
            yield Finding(Code.COLUMN_MISSING, row=header.row, column="ФИО представителя")


def undecided(table: Table, header: Header, programme: Programme) -> Mapping[int, str]:
    """Unread columns with something below their titles: zero-based column -> what to call it.

    None where every item has its one column: then nothing is to be asked.
    """
    is_doubled = any(finding.code is Code.COLUMN_TWICE for finding in header.findings)
    if not (is_doubled or lacking(header, programme)):
        return {}
    settled = {column.index for column in header.columns} | header.aside
    filled = {
        at
        for row in table.rows
        if row.number > header.row
        for at, cell in enumerate(row.cells)
        if cell is not None and at not in settled
    }
    return {at: header.titles.get(at) or letters(at) for at in sorted(filled)}
