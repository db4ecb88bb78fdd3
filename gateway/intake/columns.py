"""Which row holds the titles, and whose what each column is.

A title is read by the words of `words.py`. Representatives are told apart by number, by kinship
(«телефон матери»), or by order: a second «СНИЛС представителя» is the second one's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from gateway.intake.cells import Row, Table, UnreadableFile, squeezed
from gateway.intake.words import (
    FILLER_WORDS,
    KIN_WORDS,
    NUMBER_WORDS,
    PUPIL_WORDS,
    REPRESENTATIVE_WORDS,
    Role,
    best_title,
    plain,
    says,
)
from policies.facts import Field
from policies.findings import Code, Finding

_ROWS_ABOVE = 30  # how far down the titles are looked for
_LEAST_COLUMNS = 3


class Part(StrEnum):
    """Whose column it is."""

    PUPIL = "pupil"
    REP1 = "rep1"
    REP2 = "rep2"
    REP3 = "rep3"


REPRESENTATIVES = (Part.REP1, Part.REP2, Part.REP3)


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is read. `index` is zero-based; `title` is in the words of the file.

    A title that stands there twice gets «(2)» the second time.
    `relation`: what a title by kinship says («мать»). `explains`: for an ABSENCE column the item
    it is about; None is any.
    """

    index: int
    title: str
    part: Part
    role: Field | Role
    relation: str | None = None
    explains: Field | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """Row of titles. `unread`: titles of columns that are left alone."""

    row: int
    columns: tuple[Column, ...]
    findings: tuple[Finding, ...]
    unread: tuple[str, ...]

    def find(self, part: Part, role: Field | Role) -> Column | None:
        """The column of that part and role, if the file has one."""
        return next((c for c in self.columns if (c.part, c.role) == (part, role)), None)


@dataclass(frozen=True, slots=True)
class _Title:
    """What the words of one title say by themselves, `group` being the cell above."""

    index: int
    text: str
    role: Field | Role | None
    is_pupil: bool
    is_representative: bool
    kin: str | None
    number: int | None
    explains: Field | None

    @property
    def is_item(self) -> bool:
        return self.role not in (None, Role.ORDINAL, Role.OTHER)


def find_header(table: Table) -> Header:
    """The titles of `table`, and what is wrong with them. Raises `UnreadableFile` (NO_HEADER)."""
    rows = table.rows[:_ROWS_ABOVE]
    best: tuple[int, int] = (0, -1)
    for at, row in enumerate(rows):
        if best[0] >= _LEAST_COLUMNS and at > best[1] + 2:
            break  # the lines of a group of titles stand together; now come pupils
        items = {
            (title.role, title.is_representative) for title in _titles(row, None) if title.is_item
        }
        if len(items) > best[0] and any(role in _NAMING for role, _ in items):
            best = len(items), at
    if best[0] < _LEAST_COLUMNS:
        raise UnreadableFile(Code.HEADER_NOT_FOUND)
    row = rows[best[1]]
    above = rows[best[1] - 1] if best[1] and rows[best[1] - 1].number == row.number - 1 else None
    titles = _titles(row, above)
    columns, doubled = _assigned(titles)
    read = {column.index for column in columns}
    return Header(
        row=row.number,
        columns=tuple(columns),
        findings=tuple(
            [*(Finding(Code.COLUMN_TWICE, row=row.number, column=title) for title in doubled)]
            + [
                Finding(Code.COLUMN_MISSING, row=row.number, column=name)
                for name in _missing(columns)
            ]
        ),
        unread=tuple(
            title.text
            for title in titles
            if title.index not in read and title.role is not Role.ORDINAL
        ),
    )


_NAMING = {Role.FULL_NAME, Field.FAMILY_NAME}


def _titles(row: Row, above: Row | None) -> list[_Title]:
    """The filled cells of a row as titles; `above` may group them («Законный представитель 1»)."""
    found: list[_Title] = []
    seen: Counter[str] = Counter()
    group = ""
    for index, cell in enumerate(row.cells):
        over = above.cell(index) if above else None
        if over is not None:
            group = plain(str(over))
        text = squeezed(str(cell)) if cell is not None else None
        if text is None or (isinstance(cell, float)):
            continue
        seen[text] += 1
        shown = text if seen[text] == 1 else f"{text} ({seen[text]})"
        found.append(_title(index, shown, plain(text), group))
    return found


def _title(index: int, shown: str, words: str, group: str) -> _Title:
    role = best_title(words)
    explains = None
    if says(_ABSENCE, words):
        without = " ".join(w for w in words.split() if not says(_ABSENCE, w))
        rest = best_title(without)
        role, explains = Role.ABSENCE, rest if isinstance(rest, Field) else None
    context = words if _names_someone(words) else f"{group} {words}".strip()
    if not _names_someone(context):
        context = words
    is_representative = says(REPRESENTATIVE_WORDS, context) or _kin(context) is not None
    if role is Role.RELATION:
        # «Статус (мать, отец, опекун)» lists answers; whose it is, the group or the order says.
        is_representative, context = True, group
    is_pupil = not is_representative and says(PUPIL_WORDS, context)
    if role is None and (is_pupil or is_representative) and _only_names(words):
        role = Role.FULL_NAME
    return _Title(
        index=index,
        text=shown,
        role=role,
        is_pupil=is_pupil,
        is_representative=is_representative,
        kin=_kin(context),
        number=_number(context) if is_representative else None,
        explains=explains,
    )


_ABSENCE = ("причин*", "почему", "отсутств*")
_PERSON_WORDS: tuple[str, ...] = (
    *PUPIL_WORDS,
    *REPRESENTATIVE_WORDS,
    *FILLER_WORDS,
    *(form for forms in KIN_WORDS.values() for form in forms),
    *(form for forms in NUMBER_WORDS.values() for form in forms),
)


def _names_someone(words: str) -> bool:
    return says(PUPIL_WORDS + REPRESENTATIVE_WORDS, words) or _kin(words) is not None


def _kin(words: str) -> str | None:
    found = [relation for relation, forms in KIN_WORDS.items() if says(forms, words)]
    return found[0] if len(found) == 1 else None


def _number(words: str) -> int | None:
    found = [number for number, forms in NUMBER_WORDS.items() if says(forms, words)]
    return found[0] if len(found) == 1 else None


def _only_names(words: str) -> bool:
    return all(says(_PERSON_WORDS, word) for word in words.split())


def _assigned(titles: Sequence[_Title]) -> tuple[list[Column], list[str]]:
    """Columns with their persons, and the titles that claim a place already taken."""
    places = _Places(titles)
    columns, doubled = [], []
    for title in titles:
        if not title.is_item:
            continue
        place = places.take(title)
        if place is None:
            doubled.append(title.text)
        elif title.role is not None:
            columns.append(
                Column(title.index, title.text, place, title.role, title.kin, title.explains)
            )
    return columns, doubled


class _Places:
    """Who a title without a name belongs to, told by the columns to the left of it."""

    def __init__(self, titles: Sequence[_Title]) -> None:
        self.taken: set[tuple[Part, Field | Role | None, Field | None]] = set()
        self.current = Part.PUPIL
        self.by_kin: dict[str, Part] = {}
        items = [title for title in titles if title.is_item]
        # When the representative's own items say so («телефон родителя»), bare ones are a pupil's.
        named = {t.role for t in items if t.is_representative and isinstance(t.role, Field)}
        self.bare_is_pupil = len(named - _NAMES) >= 2
        # «ФИО 1, ФИО 2, телефон, телефон»: persons alternate inside one item.
        self.alternate = any(
            a.is_representative and b.is_representative and a.role == b.role
            for a, b in pairwise(items)
        )

    def take(self, title: _Title) -> Part | None:
        for part in self._wanted(title):
            key = (part, title.role, title.explains)
            if key not in self.taken:
                self.taken.add(key)
                self.current = part
                return part
        return None

    def _wanted(self, title: _Title) -> list[Part]:
        """Parts that the title may belong to, the likeliest first."""
        if title.role in (Role.CLASS, Role.CLASS_LETTER) or title.is_pupil:
            return [Part.PUPIL]
        if title.number is not None:
            return [REPRESENTATIVES[title.number - 1]]
        if title.kin is not None:
            free = (part for part in REPRESENTATIVES if part not in self.by_kin.values())
            part = self.by_kin.get(title.kin) or next(free, Part.REP3)
            self.by_kin[title.kin] = part
            return [part]
        if title.is_representative:
            return self._in_order()
        if self.current is Part.PUPIL or self.bare_is_pupil:
            return [Part.PUPIL, *([] if self.current is Part.PUPIL else self._in_order())]
        return [*self._in_order(), Part.PUPIL]

    def _in_order(self) -> list[Part]:
        if self.current is Part.PUPIL or self.alternate:
            return list(REPRESENTATIVES)
        at = REPRESENTATIVES.index(self.current)
        return [*REPRESENTATIVES[at:]]


_NAMES = {Field.FAMILY_NAME, Field.GIVEN_NAME, Field.PATRONYMIC}
_REQUIRED: dict[Field, str] = {
    Field.BIRTH_DATE: "Дата рождения",
    Field.SNILS: "СНИЛС",
    Field.EMAIL: "Эл. почта",
    Field.PHONE: "Телефон",
}


def _missing(columns: Sequence[Column]) -> list[str]:
    """Names of the columns without which no row can be whole."""
    pupil = {column.role for column in columns if column.part is Part.PUPIL}
    missing = []
    if Role.FULL_NAME not in pupil and not pupil >= {Field.FAMILY_NAME, Field.GIVEN_NAME}:
        missing.append("ФИО")
    elif not pupil & {Role.FULL_NAME, Field.PATRONYMIC}:
        missing.append("Отчество")
    missing += [name for item, name in _REQUIRED.items() if item not in pupil]
    first = {column.role for column in columns if column.part is Part.REP1}
    if Role.FULL_NAME not in first and not first >= {Field.FAMILY_NAME, Field.GIVEN_NAME}:
        missing.append("ФИО представителя")
    return missing
