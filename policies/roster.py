"""A class list as a whole: what is missing, who stands twice, what does not fit together.

Uniqueness is per person, never per row: brothers and sisters share one mother, who is
recognised by SNILS, else by name and birth date. A collision is told on the later row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from policies.completeness import item_findings
from policies.contacts import suggest_domain
from policies.dates import age
from policies.facts import Field, FormKind, Items, PupilRow
from policies.findings import Code, Finding
from policies.programme import Programme, Subject
from policies.snils import is_checkable

ADULT = 18
# Years by which an age may differ from the number of the class: 273-FZ art. 67 lets children in
# from 6½ to 8 and earlier or later by permission; some repeat a year.
YOUNGEST_OVER_CLASS = 4
OLDEST_OVER_CLASS = 9

# A list that lacks more of a class is likely half a list.
MOST_MISSING_PERCENT = 10

_CLASS_NUMBER = re.compile(r"\s*(\d{1,2})(?!\d)")
_DUPLICATES = {Field.EMAIL: Code.DUPLICATE_EMAIL, Field.PHONE: Code.DUPLICATE_PHONE}


@dataclass(frozen=True, slots=True)
class _Person:
    """One mention of a person. `representative` None: the pupil of the row."""

    row: int
    representative: int | None
    items: Items

    def finding(self, code: Code, field: Field | None, other: _Person | None = None) -> Finding:
        return Finding(
            code,
            row=self.row,
            field=field,
            representative=self.representative,
            other_row=None if other is None else other.row,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Family and given name for comparison; empty when one is missing. «ё» equals «е»."""
        parts = [self.items.values.get(name) for name in (Field.FAMILY_NAME, Field.GIVEN_NAME)]
        return tuple(part.lower().replace("ё", "е") for part in parts if part) if all(parts) else ()

    def agrees_with(self, other: _Person) -> bool:
        """Same names, and birth dates that do not contradict each other."""
        days = {self.items.birth_date, other.items.birth_date} - {None}
        return self.names == other.names != () and len(days) <= 1

    def is_same_as(self, other: _Person) -> bool:
        """One person: the same SNILS, or agreement where one SNILS is unknown."""
        numbers = self.items.values.get(Field.SNILS), other.items.values.get(Field.SNILS)
        return numbers[0] == numbers[1] if all(numbers) else self.agrees_with(other)


def roster_findings(rows: Sequence[PupilRow], programme: Programme, today: date) -> list[Finding]:
    """Everything to look at in a list, by the teacher's row numbers; hints are marked so.

    The order of `rows` does not matter. A cell that could not be read is absent from the items,
    so it is told as missing here too: the reader keeps its own remark on that cell.
    """
    ordered = sorted(rows, key=lambda each: each.row)
    found: list[Finding] = []
    for row in ordered:
        found += _row_findings(row, programme, today)
    people = [person for row in ordered for person in _people(row)]
    found += _snils_findings(people)
    found += _contact_findings(people)
    found += _namesake_findings([each for each in people if each.representative is None])
    return sorted(
        dict.fromkeys(found), key=lambda each: (each.row or 0, each.representative or 0, each.code)
    )


@dataclass(frozen=True, slots=True)
class ListedClass:
    """A class that the list names. `known`: pupils in the register; `missing`: not in the list."""

    class_id: UUID
    known: int
    missing: int


def shrink_findings(classes: Iterable[ListedClass]) -> list[Finding]:
    """Classes of which the list lacks too many to be taken at its word.

    Counted by class: in a whole school the loss of half a class would not show.
    """
    return [
        Finding(Code.ROSTER_SHRINKS, about=each.class_id)
        for each in classes
        if 100 * each.missing > MOST_MISSING_PERCENT * each.known
    ]


def _people(row: PupilRow) -> Iterator[_Person]:
    """Representatives before the pupil: a mother's phone in the child's cell is told there."""
    for number, each in enumerate(row.representatives, start=1):
        yield _Person(row.row, number, each.items)
    yield _Person(row.row, None, row.items)


def _row_findings(row: PupilRow, programme: Programme, today: date) -> Iterator[Finding]:
    pupil = _Person(row.row, None, row.items)
    born = row.items.birth_date
    years = None if born is None else age(born, today)
    if not row.class_name.strip():
        yield pupil.finding(Code.CLASS_MISSING, None)
    elif years is not None and not _fits_class(years, row.class_name):
        yield pupil.finding(Code.AGE_AGAINST_CLASS, Field.BIRTH_DATE)
    yield from _items_told(pupil, item_findings(row.items, Subject.PUPIL, programme, years))
    representatives = [person for person in _people(row) if person.representative is not None]
    if years is not None and FormKind.CHILD not in programme.required_forms(years):
        for person in representatives:
            yield person.finding(Code.REPRESENTATIVE_NOT_NEEDED, None)
        return
    if not representatives:
        nobody = _Person(row.row, 1, row.items)
        yield nobody.finding(Code.NO_REPRESENTATIVE, Field.FAMILY_NAME)
    for person in representatives:
        missing = item_findings(person.items, Subject.GUARDIAN, programme, None)
        yield from _items_told(person, missing)
        born = person.items.birth_date
        if born is not None and age(born, today) < ADULT:
            yield person.finding(Code.REPRESENTATIVE_TOO_YOUNG, Field.BIRTH_DATE)


def _fits_class(years: int, class_name: str) -> bool:
    number = _CLASS_NUMBER.match(class_name)
    if number is None:
        return True
    return YOUNGEST_OVER_CLASS <= years - int(number[1]) <= OLDEST_OVER_CLASS


def _items_told(person: _Person, missing: Iterable[Finding]) -> Iterator[Finding]:
    for finding in missing:
        told = replace(finding, row=person.row, representative=person.representative)
        # An empty cell is how schools write «нет отчества»; the family confirms it by signing.
        is_patronymic = finding.field is Field.PATRONYMIC and finding.code is Code.ITEM_MISSING
        yield replace(told, code=Code.PATRONYMIC_EMPTY) if is_patronymic else told
    snils = person.items.values.get(Field.SNILS)
    if snils is not None and not is_checkable(snils):
        yield person.finding(Code.SNILS_UNCHECKABLE, Field.SNILS)
    address = person.items.values.get(Field.EMAIL)
    if address is not None and suggest_domain(address) is not None:
        yield person.finding(Code.EMAIL_DOMAIN_MISTYPED, Field.EMAIL)


def _snils_findings(people: Iterable[_Person]) -> Iterator[Finding]:
    first_with: dict[str, _Person] = {}
    for person in people:
        snils = person.items.values.get(Field.SNILS)
        if snils is None:
            continue
        first = first_with.setdefault(snils, person)
        if first is not person:
            yield from _same_number(first, person)


def _same_number(first: _Person, person: _Person) -> Iterator[Finding]:
    """Two mentions of one SNILS; representatives come before the pupil of their row."""
    are_pupils = first.representative is None, person.representative is None
    agrees = person.agrees_with(first)
    if all(are_pupils):
        code = Code.DUPLICATE_PUPIL if agrees else Code.DUPLICATE_SNILS
        yield person.finding(code, Field.SNILS, first)
    elif not agrees:
        code = Code.DUPLICATE_SNILS if any(are_pupils) else Code.SNILS_OF_ANOTHER
        yield person.finding(code, Field.SNILS, first)
    elif first.row == person.row:
        if any(are_pupils):
            yield first.finding(Code.REPRESENTATIVE_IS_PUPIL, Field.FAMILY_NAME)
        else:
            yield person.finding(Code.REPRESENTATIVE_TWICE, Field.FAMILY_NAME)
    else:
        for field in _DUPLICATES:
            values = first.items.values.get(field), person.items.values.get(field)
            if all(values) and values[0] != values[1]:
                yield person.finding(Code.CONTACT_DIFFERS, field, first)


def _contact_findings(people: Sequence[_Person]) -> Iterator[Finding]:
    for field, code in _DUPLICATES.items():
        holders: dict[str, _Person] = {}
        for person in people:
            value = person.items.values.get(field)
            if value is None:
                continue
            holder = holders.setdefault(value, person)
            if holder is not person and not person.is_same_as(holder):
                yield person.finding(code, field, holder)


def _namesake_findings(pupils: Iterable[_Person]) -> Iterator[Finding]:
    earlier: dict[tuple[str, ...], _Namesakes] = {}
    for pupil in pupils:
        if not pupil.names:
            continue
        namesakes = earlier.setdefault(pupil.names, _Namesakes())
        # The gravest remark on the nearest row: a double, else a hint.
        if (double := namesakes.double_of(pupil)) is not None:
            yield pupil.finding(Code.DUPLICATE_PUPIL, Field.FAMILY_NAME, double)
        elif (other := namesakes.another(pupil)) is not None:
            yield pupil.finding(Code.NAMESAKES, Field.FAMILY_NAME, other)
        namesakes.add(pupil)


class _Namesakes:
    """Pupils of the same names, in order: asked in the same time however many they are."""

    def __init__(self) -> None:
        # The first pupil, and the first whose number is another: one of them differs from anybody.
        self._first: list[_Person] = []
        self._born: dict[tuple[date, bool], _Person] = {}

    def add(self, pupil: _Person) -> None:
        numbers = [each.items.values.get(Field.SNILS) for each in self._first]
        if len(numbers) < 2 and pupil.items.values.get(Field.SNILS) not in numbers:
            self._first.append(pupil)
        born = pupil.items.birth_date
        if born is not None:
            self._born.setdefault((born, Field.SNILS in pupil.items.values), pupil)

    def double_of(self, pupil: _Person) -> _Person | None:
        """The same birth date, and a number on one side at most: two numbers tell by themselves."""
        born = pupil.items.birth_date
        if born is None:
            return None
        found = [self._born.get((born, False))]
        if Field.SNILS not in pupil.items.values:
            found.append(self._born.get((born, True)))
        return min((each for each in found if each), key=lambda each: each.row, default=None)

    def another(self, pupil: _Person) -> _Person | None:
        """Not the same number, which has been told already."""
        snils = pupil.items.values.get(Field.SNILS)
        return next(
            (
                each
                for each in self._first
                if snils is None or each.items.values.get(Field.SNILS) != snils
            ),
            None,
        )
