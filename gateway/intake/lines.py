"""The lines below the titles: each one is a pupil, furniture, or in doubt. None is lost in silence.

A line that names a pupil (family name, given name, class) stays one without its bad items; any
other is `nameless`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from gateway.intake.cells import Row, Table
from gateway.intake.classes import class_in_text, parse_class
from gateway.intake.columns import REPRESENTATIVES, Column, Header, Part
from gateway.intake.items import Repair, is_there, read_person, text_of
from gateway.intake.words import FOOTERS, Role, begins, plain
from policies.facts import Field, PupilRow, RepresentativeRow
from policies.findings import Code, Finding

_FOOTER_CELLS = 4  # «Директор», a line to sign on, a name, a date


@dataclass(slots=True)
class Reading:
    """What the lines gave before the rules looked at them.

    `parts`: line -> the parts of its representatives, in the order of `PupilRow.representatives`.
    """

    rows: list[PupilRow] = field(default_factory=list, repr=False)
    repairs: list[Repair] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    parts: dict[int, tuple[Part, ...]] = field(default_factory=dict)
    nameless: set[int] = field(default_factory=set)


def read_rows(table: Table, header: Header, today: date, class_name: str | None = None) -> Reading:
    """Every line below the titles. `class_name` stands where no column says the class.

    A line that holds a class alone («7Б класс») begins that class.
    """
    reading = Reading()
    columns = {part: [c for c in header.columns if c.part is part] for part in Part}
    for row in table.rows:
        if row.number <= header.row:
            continue
        if section := _section(row):
            class_name = section
        elif not _is_furniture(row, table.rows, header):
            _read_row(reading, row, columns, class_name, today)
    return reading


def _filled(row: Row) -> list[tuple[int, str]]:
    return [
        (index, text) for index, cell in enumerate(row.cells) if (text := text_of(cell)) is not None
    ]


def _is_furniture(row: Row, rows: Sequence[Row], header: Header) -> bool:
    """Titles repeated on a new page, the line of column numbers, the lines below the list."""
    cells = _filled(row)
    texts = [text for _, text in cells]
    if not texts:
        return True
    if texts == [str(number) for number in range(1, len(texts) + 1)] and len(texts) > 1:
        return True
    titles = next(line for line in rows if line.number == header.row)
    if cells == _filled(titles):
        return True
    telling = {column.index for column in header.columns if column.role not in _PREPARED}
    if telling.isdisjoint(index for index, _ in cells):
        return True  # a line prepared for one more pupil, or notes beside the list
    return len(texts) <= _FOOTER_CELLS and begins(FOOTERS, plain(texts[0]))


_PREPARED = (Role.CLASS, Role.CLASS_LETTER, Role.RELATION, Role.ABSENCE)


def _section(row: Row) -> str | None:
    texts = [text for _, text in _filled(row)]
    if len(texts) != 1 or texts[0].isdigit():  # a lone number is a line's, not a class
        return None
    return class_in_text(texts[0]) or parse_class(texts[0])


def _read_row(
    reading: Reading,
    row: Row,
    columns: Mapping[Part, Sequence[Column]],
    class_name: str | None,
    today: date,
) -> None:
    pupil = read_person(row, columns[Part.PUPIL], None, today)
    reading.repairs += pupil.repairs
    reading.findings += pupil.findings
    class_name = _class_of(row, columns[Part.PUPIL], class_name)
    if class_name is None:
        title = next((c.title for c in columns[Part.PUPIL] if c.role is Role.CLASS), None)
        reading.findings.append(Finding(Code.CLASS_MISSING, row=row.number, column=title))
    representatives = []
    parts = [part for part in REPRESENTATIVES if is_there(row, columns[part])]
    for number, part in enumerate(parts, start=1):
        person = read_person(row, columns[part], number, today)
        reading.repairs += person.repairs
        reading.findings += person.findings
        representatives.append(RepresentativeRow(person.items, person.kind, person.relation))
    if class_name is None or not {Field.FAMILY_NAME, Field.GIVEN_NAME} <= pupil.values.keys():
        reading.nameless.add(row.number)
        reading.findings.append(Finding(Code.ROW_NAMELESS, row=row.number))
        return
    reading.parts[row.number] = tuple(parts)
    reading.rows.append(PupilRow(row.number, class_name, pupil.items, tuple(representatives)))


def _class_of(row: Row, columns: Iterable[Column], otherwise: str | None) -> str | None:
    said = {c.role: text_of(row.cell(c.index)) for c in columns if isinstance(c.role, Role)}
    if Role.CLASS not in said:
        return otherwise
    number, letter = said[Role.CLASS], said.get(Role.CLASS_LETTER)
    return parse_class(f"{number}{letter or ''}") if number else None
