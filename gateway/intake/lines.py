"""The lines below the titles: each one is a pupil, a further representative of the pupil above,
furniture, or in doubt. None is lost in silence.

A line that names a pupil (family name, given name, class) stays one without its bad items; any
other is `nameless`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date

from gateway.intake.cells import Row, Table
from gateway.intake.classes import class_of_section, parse_class
from gateway.intake.columns import NAMING, Header
from gateway.intake.items import Desk, Person, Repair, is_there, says_nothing
from gateway.intake.meanings import REPRESENTATIVES, Part
from gateway.intake.shapes import looks_like, looks_of_another_kind
from gateway.intake.values import tells_month_first, text_of
from gateway.intake.words import FOOTERS, GUIDES, OFFICES, Role, begins, plain
from policies.facts import Field, Items, PupilRow, RepresentativeRow
from policies.findings import Code, Finding

_FOOTER_CELLS = 8  # twice «Директор», a line to sign on, a name, a date
_NOTE_WORDS = 5
_SPARSE = 0.34  # of the lines
_LATIN = re.compile("[A-Za-z]")
_NEAR = 100  # repairs; those of one pupil are fewer
_NAME = re.compile(r"[А-ЯЁA-Z][\w'’-]+(?:\s+[А-ЯЁA-Z][\w'’-]+){0,3}")
_ITEM_ROLES = (*Field, Role.FULL_NAME)


@dataclass(slots=True)
class Reading:
    """What the lines gave before the rules looked at them.

    `places`: line -> where its representatives stand (line and part), in the order of
    `PupilRow.representatives`. `owners`: further line of a pupil -> the pupil's first line.
    `misread`: lines with a value of another kind than its column's.
    """

    rows: list[PupilRow] = field(default_factory=list, repr=False)
    repairs: list[Repair] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    places: dict[int, tuple[tuple[int, Part], ...]] = field(default_factory=dict)
    owners: dict[int, int] = field(default_factory=dict)
    nameless: set[int] = field(default_factory=set)
    misread: set[int] = field(default_factory=set)

    def owner(self, line: int | None) -> int | None:
        """The line of the pupil whom a remark on `line` is about."""
        return line if line is None else self.owners.get(line, line)


def read_rows(
    reading: Reading,
    table: Table,
    header: Header,
    today: date,
    class_name: str | None = None,
    undone: Set[tuple[int, str]] = frozenset(),
) -> None:
    """Add every line below the titles. `class_name` stands where no column says the class.

    A line that holds a class alone («7Б класс») begins that class. `undone`: cells (line, title)
    whose repairs were taken back.
    """
    days = [c.index for c in header.columns if c.role is Field.BIRTH_DATE]
    is_month_first = any(
        isinstance(cell := row.cell(at), str) and tells_month_first(cell.strip())
        for row in table.rows
        for at in days
    )
    desk = Desk(today, undone, is_month_first=is_month_first)
    _Lines(reading, table, header, desk, class_name).read()


class _Lines:
    def __init__(
        self,
        reading: Reading,
        table: Table,
        header: Header,
        desk: Desk,
        class_name: str | None,
    ) -> None:
        self._reading = reading
        self._table = table
        self._header = header
        self._class = class_name
        self._desk = desk
        self._columns = {part: [c for c in header.columns if c.part is part] for part in Part}
        self._naming = [c.index for c in header.columns if c.role in NAMING]
        self._telling = {c.index for c in header.columns if c.role in _ITEM_ROLES}
        # Nobody's name stands in the number of the line or under no title.
        self._asides = set(range(min(self._naming, default=0))) - {c.index for c in header.columns}
        self._width = 1 + max(c.index for c in header.columns)
        self._by_line = header.parts <= {Part.PUPIL, Part.REP1}
        self._fills_down = self._is_class_sparse()
        self._classes: dict[tuple[str | None, ...], str | None] = {}
        self._is_below = False
        self._is_open = False  # the line above is a pupil's
        # The titles and what stands above: repeated on a new page they are furniture.
        self._titles = {
            _signature(map(text_of, row.cells)) for row in table.rows if row.number <= header.row
        }

    def read(self) -> None:
        guide = self._header.row + 1
        for row in self._table.rows:
            if row.number <= self._header.row:
                continue
            texts = [text_of(cell) for cell in row.cells]
            texts += [None] * (self._width - len(texts))
            if section := class_of_section(texts):
                self._class, self._is_open = section, False
            elif not (self._is_furniture(texts) or (row.number == guide and _is_guide(texts))):
                self._read_row(row, texts)

    def _is_class_sparse(self) -> bool:
        """The class stands at its first pupil alone, as a merged cell comes out of a CSV."""
        places = [c.index for c in self._header.columns if c.role in _CLASSES]
        rows = [row for row in self._table.rows if row.number > self._header.row]
        said = sum(any(row.cell(at) is not None for at in places) for row in rows)
        return 0 < said <= len(rows) * _SPARSE

    def _is_furniture(self, texts: Sequence[str | None]) -> bool:
        """Titles repeated on a new page, the line of column numbers, the lines below the list."""
        if self._telling.isdisjoint(n for n, text in enumerate(texts) if text is not None):
            return True  # a line prepared for one more pupil, or notes beside the list
        told = [text for text in texts if text is not None]
        if len(told) > _FOOTER_CELLS:
            return _is_numbers(told) or tuple(texts) in self._titles
        if _is_numbers(told) or _signature(texts) in self._titles:
            return True
        items = sum(looks_like(c.role, texts[c.index] or "") for c in self._header.columns)
        if items > 1:
            return False  # somebody's numbers and days, whatever the line begins with
        if plain(told[0]).split()[:1] in OFFICES:
            self._is_below = True
            return True
        is_named = any(_NAME.fullmatch(texts[index] or "") for index in self._naming)
        first = next(index for index, text in enumerate(texts) if text is not None)
        if is_named and len(told) > 1 and first not in self._asides:
            return False
        if begins(FOOTERS, plain(told[0])):
            self._is_below = True
            return True
        return (len(told) == 1 and len(told[0].split()) >= _NOTE_WORDS) or (
            self._is_below and not any(_NAME.fullmatch(text) for text in told) and not items
        )

    def _read_row(self, row: Row, texts: Sequence[str | None]) -> None:
        pupil_columns = self._columns[Part.PUPIL]
        if self._by_line and not is_there(texts, pupil_columns) and self._continue(row, texts):
            return
        pupil = self._desk.read(row, texts, pupil_columns, None)
        class_name = self._class_of(texts)
        if self._by_line and self._is_again(pupil, class_name) and self._continue(row, texts):
            self._take(self._anew(pupil))
            self._complete(pupil)
            return
        self._take(pupil)
        reading = self._reading
        if class_name is None:
            column = next((c for c in pupil_columns if c.role is Role.CLASS), None)
            reading.findings.append(
                Finding(Code.CLASS_MISSING, row=row.number, column=column.title if column else None)
            )
            if column and looks_of_another_kind(Role.CLASS, texts[column.index] or ""):
                reading.misread.add(row.number)
        elif self._is_letter_undone(row, texts, class_name):
            class_name = None
        people = [
            (part, self._desk.read(row, texts, self._columns[part], number))
            for number, part in enumerate(
                (part for part in REPRESENTATIVES if is_there(texts, self._columns[part])), start=1
            )
        ]
        for _, person in people:
            self._take(person)
        self._doubt_agreements(row, texts, {part for part, _ in people})
        if class_name is None or not {Field.FAMILY_NAME, Field.GIVEN_NAME} <= pupil.values.keys():
            self._is_open = False
            reading.nameless.add(row.number)
            reading.findings.append(Finding(Code.ROW_NAMELESS, row=row.number))
            return
        self._is_open = True
        reading.places[row.number] = tuple((row.number, part) for part, _ in people)
        representatives = tuple(_representative(person) for _, person in people)
        reading.rows.append(
            PupilRow(row.number, class_name, pupil.items, representatives, pupil.agreement)
        )

    def _is_letter_undone(self, row: Row, texts: Sequence[str | None], name: str) -> bool:
        """List the Latin letter of a class («7B» is read as 7В); True where that was taken back."""
        for column in self._columns[Part.PUPIL]:
            said = texts[column.index] if column.role in _CLASSES else None
            if said is None or not _LATIN.search(said):
                continue
            code = Code.CLASS_LETTER_REPAIRED
            if self._desk.is_undone(row.number, column):
                self._reading.findings.append(
                    Finding(Code.REPAIR_UNDONE, row=row.number, column=column.title)
                )
                return True
            self._reading.repairs.append(Repair(row.number, column.title, said, name, code))
        return False

    def _doubt_agreements(self, row: Row, texts: Sequence[str | None], there: set[Part]) -> None:
        """An agreement beside a representative who is not in the line is nobody's."""
        for part in REPRESENTATIVES:
            for column in self._columns[part]:
                is_said = column.role is Role.AGREEMENT and not says_nothing(texts[column.index])
                if is_said and part not in there:
                    self._reading.findings.append(
                        Finding(Code.AGREEMENT_OF_NOBODY, row=row.number, column=column.title)
                    )

    def _take(self, person: Person) -> None:
        self._reading.repairs += person.repairs
        self._reading.findings += person.findings
        if person.is_misread:
            self._reading.misread.add(person.row)

    def _continue(self, row: Row, texts: Sequence[str | None]) -> bool:
        """The representative of this line belongs to the pupil above; False if that cannot be."""
        reading = self._reading
        columns = self._columns[Part.REP1]
        if not self._is_open or not is_there(texts, columns):
            return False
        above = reading.rows[-1]
        person = self._desk.read(row, texts, columns, len(above.representatives) + 1)
        if any(_is_one(person, each) for each in above.representatives):
            return False
        self._take(person)
        reading.rows[-1] = replace(
            above, representatives=(*above.representatives, _representative(person))
        )
        reading.places[above.row] += ((row.number, Part.REP1),)
        reading.owners[row.number] = above.row
        return True

    def _is_again(self, pupil: Person, class_name: str | None) -> bool:
        """The pupil of the line above once more, with nothing that contradicts it."""
        if not self._is_open:
            return False
        above = self._reading.rows[-1]
        known = above.items.values
        if class_name not in (None, above.class_name):
            return False
        same = {item for item, value in pupil.values.items() if known.get(item) == value}
        return {Field.FAMILY_NAME, Field.GIVEN_NAME} <= same and all(
            item in same or item not in known for item in pupil.values
        )

    def _anew(self, pupil: Person) -> Person:
        """The pupil of a repeated line without the repairs that the first line has listed."""
        first = self._reading.rows[-1].row
        told = {
            (each.column, each.before)
            for each in self._reading.repairs[-_NEAR:]
            if each.row == first and each.representative is None
        }
        pupil.repairs = [r for r in pupil.repairs if (r.column, r.before) not in told]
        return pupil

    def _complete(self, pupil: Person) -> None:
        """What the repeated line knows and the first one did not."""
        above = self._reading.rows[-1]
        values = {**pupil.values, **above.items.values}
        absent = {**pupil.absent, **above.items.absent}
        items = Items(values, {item: why for item, why in absent.items() if item not in values})
        agreement = above.agreement or pupil.agreement
        self._reading.rows[-1] = replace(above, items=items, agreement=agreement)

    def _class_of(self, texts: Sequence[str | None]) -> str | None:
        said: dict[object, str | None] = {
            c.role: texts[c.index] for c in self._columns[Part.PUPIL] if c.role in _CLASSES
        }
        if not said:
            return self._class
        key = tuple(said.get(role) for role in _CLASSES)
        if self._fills_down and not any(key):
            return self._class
        if key not in self._classes:
            self._classes[key] = _class_name(*key)
        if self._fills_down:
            self._class = self._classes[key]
        return self._classes[key]


_CLASSES = (Role.CLASS, Role.PARALLEL, Role.CLASS_LETTER)


def _class_name(name: str | None, parallel: str | None, letter: str | None) -> str | None:
    """«7А»; «7» and «А»; the parallel «7» and the class «А»."""
    whole = (parallel, name) if name and not name[0].isdigit() else (parallel, letter)
    for first, second in ((name, letter), whole, (name, None)):
        if first is not None and not says_nothing(first):
            found = parse_class(f"{first} {second or ''}".strip())
            if found is not None:
                return found
    return None


def _representative(person: Person) -> RepresentativeRow:
    return RepresentativeRow(
        person.items, person.kind, person.relation, person.is_kind_said, person.agreement
    )


def _is_one(person: Person, known: RepresentativeRow) -> bool:
    """The same representative as one who stands there already."""
    shared = person.values.keys() & known.items.values.keys()
    return bool(shared) and all(person.values[item] == known.items.values[item] for item in shared)


def _signature(texts: Iterable[str | None]) -> tuple[str | None, ...]:
    """Without the empty cells at the end."""
    told = list(texts)
    while told and told[-1] is None:
        told.pop()
    return tuple(told)


def _is_numbers(told: Sequence[str]) -> bool:
    """«1 2 3 …» under the titles."""
    return (
        len(told) > 1
        and told[0] == "1"
        and told == [str(number) for number in range(1, len(told) + 1)]
    )


def _is_guide(texts: Sequence[str | None]) -> bool:
    """The line right under the titles says how to fill them in."""
    return any(begins(GUIDES, plain(text)) for text in texts if text is not None)
