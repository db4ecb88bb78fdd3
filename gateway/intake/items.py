"""The cells of one person to canonical items, with everything that was repaired or is in doubt.

Ordinary writing (brackets in a phone, dashes in a SNILS, `5.3.2012`, capitals of a name) is read
without a word. A repair is listed where the teacher would call it one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from gateway.intake.cells import Cell, Row, squeezed
from gateway.intake.columns import Column
from gateway.intake.words import (
    ABSENCES,
    EXPLAINS,
    NO_PATRONYMIC,
    NOTHING,
    RELATIONS,
    STATED_IN_PLACE,
    Role,
    plain,
    says,
    with_one_script,
)
from policies.dates import of_serial
from policies.facts import Absence, Field, GuardianKind, Items
from policies.fields import parse
from policies.findings import Code, Finding
from policies.names import split_full_name
from policies.snils import restore_zeros

NAMES = (Field.FAMILY_NAME, Field.GIVEN_NAME, Field.PATRONYMIC)
_LEAST_SERIAL = 7000  # 1919; below it a number is a year or a mistake, not a day
_LONGEST_NOTHING = 2 + max(map(len, NOTHING))  # brackets around it
_EATEN_POINT = re.compile(r"(?<=\d)\.0+$")


@dataclass(frozen=True, slots=True)
class Repair:
    """One cell that was put right by itself. `column`: the title in the words of the file."""

    row: int
    column: str
    before: str = field(repr=False)
    after: str = field(repr=False)
    code: Code


@dataclass(slots=True)
class Person:
    """What the cells of one person gave. `number`: 1 for the first representative; None, pupil."""

    row: int
    number: int | None
    values: dict[Field, str] = field(default_factory=dict, repr=False)
    absent: dict[Field, Absence] = field(default_factory=dict)
    relation: str = ""
    kind: GuardianKind = GuardianKind.GUARDIAN
    findings: list[Finding] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)

    @property
    def items(self) -> Items:
        return Items(values=dict(self.values), absent=dict(self.absent))

    def doubt(self, code: Code, column: Column) -> None:
        """Add a finding at the cell of `column`."""
        item = column.role if isinstance(column.role, Field) else None
        if column.role is Role.FULL_NAME:
            item = Field.FAMILY_NAME
        self.findings.append(
            Finding(code, row=self.row, column=column.title, field=item, representative=self.number)
        )

    def repaired(self, code: Code, column: Column, before: str, after: str) -> None:
        """List the repair of the cell of `column`."""
        self.repairs.append(Repair(self.row, column.title, before, after, code))


def text_of(cell: Cell) -> str | None:
    """A cell as text: whole numbers without «.0», days as ISO dates; None for an empty one."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return squeezed(cell.removeprefix("'")) if cell is not None else None


def says_nothing(text: str | None) -> bool:
    """Empty, a dash, «нет»: the cell holds no value."""
    return text is None or (len(text) <= _LONGEST_NOTHING and plain(text) in NOTHING)


def is_there(row: Row, columns: Iterable[Column]) -> bool:
    """The row says something about this person; a filled relation alone does not."""
    return any(
        not says_nothing(text_of(row.cell(column.index)))
        for column in columns
        if isinstance(column.role, Field) or column.role is Role.FULL_NAME
    )


def read_person(row: Row, columns: Iterable[Column], number: int | None, today: date) -> Person:
    """Items of one person. A bad cell leaves its item out and gives a finding.

    What is merely missing gets no finding here: whether it is needed, the programme says.
    """
    person = Person(row.number, number)
    reasons = []
    for column in columns:
        cell = row.cell(column.index)
        text = text_of(cell)
        if column.role is Role.ABSENCE:
            reasons.append((column, text))
        elif column.role is Field.PATRONYMIC and _is_no_patronymic(text):
            person.absent[Field.PATRONYMIC] = Absence.NONE_BY_LAW
        elif text is None or says_nothing(text):
            continue
        elif column.role is Role.FULL_NAME:
            _read_full_name(person, column, text)
        elif isinstance(column.role, Field):
            _read_item(person, column, column.role, cell, text, today)
    for column, text in reasons:
        _read_reason(person, column, text)
    if number is not None:
        _read_relation(person, row, {column.role: column for column in columns})
    return person


def _is_no_patronymic(text: str | None) -> bool:
    return text is not None and (plain(text) in NO_PATRONYMIC or not plain(text))


def _read_full_name(person: Person, column: Column, text: str) -> None:
    mended = with_one_script(text)
    try:
        parts = split_full_name(mended)
    except ValueError as refusal:
        person.doubt(_code(refusal), column)
        return
    for item, value in zip(NAMES, parts, strict=True):
        if value is not None:
            person.values[item] = value
    if mended != text:
        person.repaired(Code.NAME_LOOKALIKES_REPAIRED, column, text, mended)


def _read_item(
    person: Person, column: Column, item: Field, cell: Cell, text: str, today: date
) -> None:
    if item is Field.SNILS and (reason := _stated(text)):
        person.absent[item] = reason
        return
    if item in NAMES:
        mended = with_one_script(text)
    elif item in (Field.SNILS, Field.PHONE, Field.BIRTH_DATE):
        mended = _EATEN_POINT.sub("", text)
    else:
        mended = text
    try:
        value = _value(item, mended, today)
    except ValueError as refusal:
        person.doubt(_code(refusal), column)
        return
    person.values[item] = value
    shown = cell if isinstance(cell, str) else text
    if item in NAMES and mended != text:
        person.repaired(Code.NAME_LOOKALIKES_REPAIRED, column, shown, value)
    elif item is Field.SNILS and sum(map(str.isdigit, mended)) < len(value):
        person.repaired(Code.SNILS_ZERO_RESTORED, column, shown, value)
    elif item is Field.EMAIL and value != shown:
        person.repaired(Code.EMAIL_TIDIED, column, shown, value)
    elif mended != text and item is not Field.BIRTH_DATE:
        person.repaired(Code.NUMBER_TIDIED, column, shown, mended)


def _value(item: Field, text: str, today: date) -> str:
    """Canonical value. Raises ValueError(Code)."""
    if item is Field.BIRTH_DATE and re.fullmatch(r"\d{4,5}(?:\.\d+)?", text):
        serial = int(float(text))
        if serial < _LEAST_SERIAL:
            raise ValueError(Code.DATE_FORM)
        return of_serial(serial, today).isoformat()
    if item is Field.SNILS and (whole := restore_zeros(re.sub(r"[\s-]", "", text))):
        return whole
    return parse(item, text, today)


def _stated(text: str) -> Absence | None:
    words = plain(text)
    return next((reason for reason, said in STATED_IN_PLACE.items() if says(said, words)), None)


def _read_reason(person: Person, column: Column, text: str | None) -> None:
    """What a column of reasons explains; it cannot explain away a value that is there."""
    missing = {
        item
        for item in EXPLAINS.values()
        if item not in person.values and column.explains in (None, item)
    }
    if text is None or says_nothing(text) or not missing:
        return
    words = plain(text)
    found = {
        EXPLAINS[reason]: reason
        for reason, said in ABSENCES.items()
        if EXPLAINS[reason] in missing and says(said, words)
    }
    if not found:
        person.doubt(Code.ABSENCE_UNKNOWN, column)
    person.absent.update(found)


def _read_relation(person: Person, row: Row, columns: Mapping[Field | Role, Column]) -> None:
    """Kind of representative. Who is not understood needs an authority document, as a guardian."""
    name = columns.get(Role.FULL_NAME) or columns.get(Field.FAMILY_NAME)
    column = columns.get(Role.RELATION)
    text = text_of(row.cell(column.index)) if column else None
    if column is None and name is not None:
        text = name.relation or ("родитель" if says(("родител*",), plain(name.title)) else None)
    elif text is None and name is not None:
        text = name.relation
    words = plain(text or "")
    kind = next((kind for kind, said in RELATIONS.items() if says(said, words)), None)
    person.relation = (text or "").casefold()[:60]
    if kind is not None:
        person.kind = kind
    elif doubtful := column or name:
        person.doubt(Code.RELATION_UNKNOWN, doubtful)


def _code(refusal: ValueError) -> Code:
    """The code that a parser of `policies` refuses with."""
    (code,) = refusal.args
    return Code(code)
