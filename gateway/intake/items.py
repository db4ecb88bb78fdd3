"""The cells of one person to canonical items, with everything that was repaired or is in doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

from gateway.intake.cells import Row, squeezed
from gateway.intake.columns import Column
from gateway.intake.shapes import looks_of_another_kind
from gateway.intake.values import may_be_month_first, read_full_name, read_value
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
from policies.dates import parse_birth_date
from policies.facts import Absence, Field, GuardianKind, Items, ListedAgreement
from policies.findings import Code, Finding

NAMES = (Field.FAMILY_NAME, Field.GIVEN_NAME, Field.PATRONYMIC)
_LONGEST_NOTHING = 2 + max(map(len, NOTHING))  # brackets around it
_NOTHING_BEGINS = {sign for said in NOTHING for sign in (said[:1], said[:1].upper())}
_NO_PATRONYMIC_BEGINS = {sign for said in NO_PATRONYMIC for sign in (said[:1], said[:1].upper())}
_NAME_ROLES = (*NAMES, Role.FULL_NAME)
_LATIN_DOUBLES = re.compile(r"(?<![\w'])[ABCEHKMOPTXYaceopxy]{2,}(?![\w'])")
_FROM_LATIN = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_AGREEMENT = re.compile(
    r"(?:№|no|n)?\s*(?P<number>[\w/.-]{1,30}?)\s*(?:,|\s)\s*(?:от|дата)?\s*"
    r"(?P<day>\d{1,2}\.\d{1,2}\.\d{2,4})(?:\s?г\.?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Repair:
    """One cell that was put right by itself. `column`: the title in the words of the file.

    `item`, `representative` say what the repaired value became: an item (None: a full name) of
    the representative with that number, or of the pupil (None).
    """

    row: int
    column: str
    before: str = field(repr=False)
    after: str = field(repr=False)
    code: Code
    item: Field | None = None
    representative: int | None = None


@dataclass(slots=True)
class Person:
    """What the cells of one person gave. `number`: 1 for the first representative; None, pupil.

    `is_kind_said`: the kind was read and not supposed. `is_misread`: a refused cell holds a value
    of another kind than its column, as a date where a name belongs.
    """

    row: int
    number: int | None
    values: dict[Field, str] = field(default_factory=dict, repr=False)
    absent: dict[Field, Absence] = field(default_factory=dict)
    relation: str = ""
    kind: GuardianKind = GuardianKind.GUARDIAN
    is_kind_said: bool = False
    is_misread: bool = False
    findings: list[Finding] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    agreement: ListedAgreement | None = None

    @property
    def items(self) -> Items:
        return Items(values=self.values, absent=self.absent)

    def doubt(self, code: Code, column: Column) -> None:
        """Add a finding at the cell of `column`."""
        item = column.role if isinstance(column.role, Field) else None
        if column.role is Role.FULL_NAME:
            item = Field.FAMILY_NAME
        self.findings.append(
            Finding(code, row=self.row, column=column.title, field=item, representative=self.number)
        )

    def refuse(self, refusal: ValueError, column: Column, text: str) -> None:
        """Add what a parser of `policies` says against the cell of `column`."""
        (code,) = refusal.args
        self.doubt(Code(code), column)
        self.is_misread |= looks_of_another_kind(column.role, text)

    def repaired(self, code: Code, column: Column, before: str, after: str) -> None:
        """List the repair of the cell of `column`."""
        item = column.role if isinstance(column.role, Field) else None
        self.repairs.append(Repair(self.row, column.title, before, after, code, item, self.number))


def says_nothing(text: str | None) -> bool:
    """Empty, a dash, «нет»: the cell holds no value."""
    if text is None:
        return True
    if len(text) > _LONGEST_NOTHING or (text[0].isalnum() and text[0] not in _NOTHING_BEGINS):
        return False
    return plain(text) in NOTHING


def is_there(texts: Sequence[str | None], columns: Iterable[Column]) -> bool:
    """The row says something about this person; a filled relation alone does not."""
    return any(
        not says_nothing(texts[column.index])
        for column in columns
        if isinstance(column.role, Field) or column.role is Role.FULL_NAME
    )


class Desk:
    """Reads the persons of one list. `texts` are the cells of a row as text, one for each column.

    A bad cell leaves its item out and gives a finding. What is merely missing gets no finding
    here: whether it is needed, the programme says. `undone`: cells (line, title) whose repairs a
    person has taken back; such a cell is in doubt instead. `is_month_first`: some days of the list
    are written «3/25/2016», so «3/12/2016» may be either.
    """

    def __init__(
        self,
        today: date,
        undone: Set[tuple[int, str]] = frozenset(),
        *,
        is_month_first: bool = False,
    ) -> None:
        self._today = today
        self._is_month_first = is_month_first
        self._undone = undone
        self._relations: dict[str, GuardianKind | None] = {}

    def read(
        self,
        row: Row,
        texts: Sequence[str | None],
        columns: Iterable[Column],
        number: int | None,
    ) -> Person:
        """Items of one person of the row; `number`: 1 for the first representative."""
        person = Person(row.number, number)
        others = []
        kin = None
        mended = _without_doubles(texts, columns)
        for column in columns:
            role = column.role
            text = texts[column.index]
            if role is Role.FULL_NAME:
                if text is not None and not says_nothing(text):
                    mended_text = mended.get(column.index, text)
                    kin = self._read_full_name(person, column, text, mended_text)
            elif not isinstance(role, Field):
                others.append((column, text))
            elif text is not None:
                self._read_item(person, column, role, row, mended.get(column.index, text))
        for column, text in others:
            if column.role is Role.ABSENCE:
                _read_reason(person, column, text)
        self._read_agreement(person, others)
        if number is not None:
            self._read_relation(person, texts, columns, kin)
        return person

    def _read_item(self, person: Person, column: Column, item: Field, row: Row, text: str) -> None:
        if item is Field.PATRONYMIC and _is_no_patronymic(text):
            person.absent[item] = Absence.NONE_BY_LAW
            return
        if says_nothing(text):
            return
        cell = row.cell(column.index)
        try:
            if item is Field.BIRTH_DATE and self._is_month_first and may_be_month_first(text):
                raise ValueError(Code.DATE_FORM)
            value, code = read_value(item, cell, text, self._today)
        except ValueError as refusal:
            if (reason := _stated(item, text)) is not None:
                person.absent[item] = reason
            else:
                person.refuse(refusal, column, text)
            return
        if item in NAMES and isinstance(cell, str) and text != squeezed(cell):
            code = Code.NAME_LOOKALIKES_REPAIRED
        if self._is_undone(person, column, code):
            return
        person.values[item] = value
        if code is not None:
            person.repaired(code, column, cell if isinstance(cell, str) else text, value)

    def _read_full_name(self, person: Person, column: Column, said: str, text: str) -> str | None:
        """`text` is what the cell `said`, in one script. Answers the kinship beside the name."""
        try:
            parts, kin, code = read_full_name(text)
        except ValueError as refusal:
            person.refuse(refusal, column, text)
            return None
        if text != said:
            code = Code.NAME_LOOKALIKES_REPAIRED
        if self._is_undone(person, column, code):
            return kin
        for item, value in zip(NAMES, parts, strict=True):
            if value:
                person.values[item] = value
        if parts[2] == "":
            person.absent[Field.PATRONYMIC] = Absence.NONE_BY_LAW
        if code is not None:
            person.repaired(code, column, said, " ".join(part for part in parts if part))
        return kin

    def is_undone(self, line: int, column: Column) -> bool:
        """The repair of that cell was taken back."""
        return (line, column.title) in self._undone

    def _is_undone(self, person: Person, column: Column, code: Code | None) -> bool:
        """The repair of this cell was taken back: the cell is in doubt."""
        if code is None or not self.is_undone(person.row, column):
            return False
        person.doubt(Code.REPAIR_UNDONE, column)
        return True

    def _read_relation(
        self,
        person: Person,
        texts: Sequence[str | None],
        columns: Iterable[Column],
        kin: str | None,
    ) -> None:
        """Kind of representative. Who is not understood needs an authority document."""
        by_role = {column.role: column for column in columns}
        name = by_role.get(Role.FULL_NAME) or by_role.get(Field.FAMILY_NAME)
        column = by_role.get(Role.RELATION)
        text = texts[column.index] if column else None
        # What was understood once is no blank, and most lists know three kinds of kin.
        if text is None or (text not in self._relations and not plain(text)):
            text = kin
        is_supposed = False
        if text is None and name is not None:
            # «ФИО родителя» heads guardians too.
            is_supposed = column is None and says(("родител*",), plain(name.title))
            text = name.relation or ("родитель" if is_supposed else None)
            is_supposed &= name.relation is None
        if text not in self._relations:
            words = plain(text or "")
            self._relations[text or ""] = next(
                (kind for kind, said in RELATIONS.items() if says(said, words)), None
            )
        kind = self._relations[text or ""]
        mended = with_one_script(text or "")
        if column is not None and text == texts[column.index] and text and mended != text:
            if self._is_undone(person, column, Code.NAME_LOOKALIKES_REPAIRED):
                return
            person.repaired(Code.NAME_LOOKALIKES_REPAIRED, column, text, mended)
        person.relation = mended.casefold()[:60]
        if kind is not None:
            person.kind = kind
            person.is_kind_said = not is_supposed
        elif doubtful := column or name:
            person.doubt(Code.RELATION_UNKNOWN, doubtful)
            person.is_misread |= looks_of_another_kind(Role.RELATION, text or "")

    def _read_agreement(self, person: Person, others: Sequence[tuple[Column, str | None]]) -> None:
        """Number and day, in one cell or in two."""
        said = {column.role: (column, text) for column, text in others if not says_nothing(text)}
        column, text = said.get(Role.AGREEMENT, (None, None))
        if column is None or text is None:
            return
        _, day = said.get(Role.AGREEMENT_DATE, (None, None))
        number = text
        if day is None and (found := _AGREEMENT.fullmatch(text)):
            number, day = found["number"], found["day"]
        try:
            concluded = parse_birth_date(day, self._today) if day else None
        except ValueError:
            person.doubt(Code.AGREEMENT_UNREADABLE, column)
            return
        number = number.removeprefix("№").strip()[:40]
        person.agreement = ListedAgreement(number, concluded)
        if concluded is None:
            person.doubt(Code.AGREEMENT_UNDATED, column)


def _is_no_patronymic(text: str) -> bool:
    first = text[0]
    if len(text) > _LONGEST_NOTHING or ("А" <= first <= "я" and first not in _NO_PATRONYMIC_BEGINS):
        return False
    words = plain(text)
    return words in NO_PATRONYMIC or not words


def _without_doubles(texts: Sequence[str | None], columns: Iterable[Column]) -> dict[int, str]:
    """Column -> name in one script, where a word in Latin look-alikes («Рак» typed so) stands
    beside Cyrillic ones. Most people have none.
    """
    said = {
        column.index: text
        for column in columns
        if column.role in _NAME_ROLES and (text := texts[column.index]) is not None
    }
    whole = " ".join(said.values())
    if not _LATIN_DOUBLES.search(whole) or not _CYRILLIC.search(whole):
        return {}
    return {
        index: changed
        for index, text in said.items()
        if (changed := _LATIN_DOUBLES.sub(lambda word: word[0].translate(_FROM_LATIN), text))
        != text
    }


def _stated(item: Field, text: str) -> Absence | None:
    """The absence that the cell of an item states itself."""
    words = plain(text)
    reasons = STATED_IN_PLACE.get(item, {})
    return next((reason for reason, said in reasons.items() if says(said, words)), None)


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
