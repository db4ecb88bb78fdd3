"""Columns of which a person may have to say what they hold.

A file is asked for no more than the list needs: columns that are known for something else (an
address, a passport) are not offered, and unknown ones only where an item has no column, or two
columns claim one item.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.intake.cells import Table
from gateway.intake.columns import REPRESENTATIVES, Header, Part, letters
from gateway.intake.words import Role
from policies.facts import Field
from policies.findings import Code

_NAMES = {Field.FAMILY_NAME, Field.GIVEN_NAME}
_ITEMS = (Field.BIRTH_DATE, Field.SNILS, Field.EMAIL, Field.PHONE)


def lacking(header: Header) -> tuple[tuple[Part, Field | Role], ...]:
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
        found += [(part, item) for item in _ITEMS if item not in roles]
    return tuple(found)


def undecided(table: Table, header: Header) -> Mapping[int, str]:
    """Unread columns with something below their titles: zero-based column -> what to call it.

    None where every item has its one column: then nothing is to be asked.
    """
    is_doubled = any(finding.code is Code.COLUMN_TWICE for finding in header.findings)
    if not (is_doubled or lacking(header)):
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
