"""Which rows hold the titles, and whose what each column is.

A title is read by the words of `words.py`. Representatives are told apart by number, by kinship
(«телефон матери»), or by order: a second «СНИЛС представителя» is the second one's. Up to two
rows above the titles may group them. What a person said of a column beats its title.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from gateway.intake.cells import Cell, Row, Table, UnreadableFile, squeezed
from gateway.intake.meanings import LEFT_ALONE, Part, letters, meant
from gateway.intake.places import Places
from gateway.intake.titles import Title, names_someone, read_title, title_words
from gateway.intake.words import Role, best_title, says
from policies.facts import Field
from policies.findings import Code, Finding

_ROWS_ABOVE = 40  # how far down the titles are looked for
_LEAST_COLUMNS = 3
_DEEPEST_GROUPS = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is read. `index` is zero-based; `title` is in the words of the file.

    A title that stands there twice is told apart: by its group, else by «(2)»; `said` is as the
    cell has it. `relation`: what a title by kinship says («мать»). `explains`: for an ABSENCE
    column the item it is about; None is any.
    """

    index: int
    title: str
    part: Part
    role: Field | Role
    relation: str | None = None
    explains: Field | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """The lowest row of titles. `unread`: titles of columns that are left alone.

    `titles`: zero-based column -> title, told apart. `aside`: columns that are known for what
    nobody asks for (a number of the line, an address), or were said to be left alone.
    """

    row: int
    columns: tuple[Column, ...]
    findings: tuple[Finding, ...]
    unread: tuple[str, ...]
    titles: Mapping[int, str] = field(default_factory=dict)
    aside: frozenset[int] = frozenset()

    def find(self, part: Part, role: Field | Role) -> Column | None:
        """The column of that part and role, if the file has one."""
        return next((c for c in self.columns if (c.part, c.role) == (part, role)), None)

    @property
    def parts(self) -> set[Part]:
        """Whose columns there are."""
        return {column.part for column in self.columns}


def find_header(table: Table) -> Header:
    """The titles of `table`, and what is wrong with them.

    Raises `UnreadableFile` (HEADER_NOT_FOUND).
    """
    rows = table.rows[:_ROWS_ABOVE]
    best: list[Title] = []
    best_score = best_at = 0
    for at in range(len(rows)):
        if best_score >= _LEAST_COLUMNS and at > best_at + 2:
            break  # the lines of a group of titles stand together; now come pupils
        for depth in range(_DEEPEST_GROUPS + 1):
            block = _block(rows, at, depth)
            if block is None:
                break
            titles = _titles(block)
            score = _score(titles)
            # Of two readings that find as much, the one that knows the groups.
            if score > best_score or (score == best_score and depth and at == best_at):
                best, best_score, best_at = titles, score, at
    if best_score < _LEAST_COLUMNS:
        raise UnreadableFile(Code.HEADER_NOT_FOUND)
    number = rows[best_at].number
    below = [row for row in table.rows if row.number > number]
    return _header(number, list(_with_kin_beside(_spread(best, below))), table.said)


def _block(rows: Sequence[Row], at: int, depth: int) -> Sequence[Row] | None:
    """The row and `depth` rows that stand right above it; None when they are no groups."""
    if depth > at:
        return None
    block = rows[at - depth : at + 1]
    if rows[at].number - block[0].number != depth:
        return None
    if depth and not (_is_group(block[0]) and _is_titles(rows[at])):
        return None
    return block


def _is_group(row: Row) -> bool:
    """Titles over titles: several of them, or one that begins further right."""
    places = [index for index, cell in enumerate(row.cells) if cell is not None]
    texts = {_group_of(row.cells[index]) for index in places} - {""}
    if not all(isinstance(row.cells[index], str) for index in places):
        return False
    return (len(texts) > 1 or places[0] > 0) and any(
        names_someone(text) or best_title(text) is not None for text in texts
    )


def _group_of(cell: Cell) -> str:
    """Plain words of a group; none for the heading of the whole list."""
    words = title_words(str(cell))
    return "" if says(_HEADINGS, words) else words


_HEADINGS = (
    "список*",
    "реестр*",
    "ведомост*",
    "класса",
    "школ*",
    "сош",
    "учебн* год*",
    "приложение",
)


def _is_titles(row: Row) -> bool:
    """Words in every filled cell, and most of them titles; a lone cell begins a class."""
    cells = [cell for cell in row.cells if cell is not None]
    if len(cells) < 2 or not all(isinstance(cell, str) for cell in cells):
        return False
    texts = [title_words(str(cell)) for cell in cells]
    known = [text for text in texts if best_title(text) is not None or names_someone(text)]
    return 2 * len(known) > len(texts)


def _score(titles: Sequence[Title]) -> int:
    """Different things that the titles speak of; 0 when none names a person."""
    items = {
        (title.role, title.is_representative, title.number, title.kin, title.explains)
        for title in titles
        if title.is_item
    }
    return len(items) if any(item[0] in NAMING for item in items) else 0


NAMING = {Role.FULL_NAME, Field.FAMILY_NAME}


def _titles(block: Sequence[Row]) -> list[Title]:
    """The filled cells of the lowest row, under the groups of the rows above.

    A column without a lower title has its upper one, if that is a title of an item.
    """
    *above, lowest = block
    width = max(len(row.cells) for row in block)
    found = []
    groups = [""] * len(above)
    for index in range(width):
        for level, row in enumerate(above):
            over = row.cell(index)
            if over is not None:
                groups[level] = _group_of(over)
                groups[level + 1 :] = [""] * (len(groups) - level - 1)
        text = _words(lowest, index)
        group = groups
        if text is None:
            own = [(level, said) for level, row in enumerate(above) if (said := _words(row, index))]
            if not own or not _is_title(own[-1][1]):
                continue
            level, text = own[-1]
            group = groups[:level]
        words = title_words(text)
        found.append(read_title(index, text, " ".join(g for g in group if g != words)))
    return found


def _is_title(text: str) -> bool:
    return best_title(title_words(text)) is not None and not any(map(str.isdigit, text))


def _words(row: Row, index: int) -> str | None:
    cell = row.cell(index)
    return squeezed(cell) if isinstance(cell, str) else None


_NAME_PARTS = (Field.FAMILY_NAME, Field.GIVEN_NAME, Field.PATRONYMIC)


def _spread(titles: Sequence[Title], below: Sequence[Row]) -> Iterator[Title]:
    """One «ФИО» merged over three columns of names stands for each of them."""
    titled = {title.index for title in titles}
    for title in titles:
        beside = {title.index + 1, title.index + 2}
        if (
            title.role is Role.FULL_NAME
            and titled.isdisjoint(beside)
            and _are_names(below, title.index)
        ):
            for at, role in enumerate(_NAME_PARTS, start=title.index):
                yield replace(title, index=at, role=role)
        else:
            yield title


def _are_names(rows: Sequence[Row], at: int) -> bool:
    """A word, and another beside it, in most of the rows that have the first."""
    said = [(text, _words(row, at + 1)) for row in rows if (text := _words(row, at))]
    parted = [a for a, b in said if " " not in a and b is not None and b[0].isalpha()]
    return 2 * len(parted) > len(said)


def _with_kin_beside(titles: Iterable[Title]) -> Iterator[Title]:
    """A second bare «ФИО» before «Степень родства» is a representative's; «Мать/отец» behind a
    representative's name says which.
    """
    known = list(titles)
    is_named = False
    for before, title, after in zip([None, *known], known, [*known[1:], None], strict=False):
        is_bare = not (title.is_pupil or title.is_representative)
        if title.names_kin and title.role is Role.FULL_NAME and _is_of_a_name(before):
            title = replace(title, role=Role.RELATION, is_weak=True)
            yield title
        elif title.role is Role.FULL_NAME and is_bare and is_named and after is not None:
            yield replace(title, is_representative=after.role is Role.RELATION)
        else:
            yield title
        is_named |= title.role in NAMING


def _is_of_a_name(title: Title | None) -> bool:
    """What stands beside it tells who that representative is."""
    return (
        title is not None
        and title.is_representative
        and title.role in (*NAMING, Field.PATRONYMIC)
        and not title.names_kin
    )


def _header(row: int, titles: list[Title], said: Mapping[int, str]) -> Header:
    if any(title.role is Role.RELATION and not title.is_weak for title in titles):
        titles = [
            replace(title, role=None) if title.is_weak and not _is_of_a_name(before) else title
            for before, title in pairwise([None, *titles])
            if title is not None
        ]
    names = _told_apart(titles)
    columns, doubled = _assigned(titles, names)
    if said:
        names = {at: letters(at) for at in said} | names
        columns = _as_said(columns, {title.index: title.text for title in titles}, names, said)
    read = {column.index for column in columns}
    aside = {t.index for t in titles if t.role in (Role.ORDINAL, Role.OTHER)}
    aside |= {at for at, meaning in said.items() if meaning == LEFT_ALONE}
    return Header(
        row=row,
        columns=tuple(columns),
        findings=tuple(
            Finding(Code.COLUMN_TWICE, row=row, column=names[at])
            for at in doubled
            if at not in said
        ),
        unread=tuple(
            names[title.index]
            for title in titles
            if title.index not in read and title.role is not Role.ORDINAL
        ),
        titles=names,
        aside=frozenset(aside - read),
    )


def _as_said(
    columns: Sequence[Column],
    cells: Mapping[int, str],
    names: Mapping[int, str],
    said: Mapping[int, str],
) -> list[Column]:
    """The columns that nobody spoke of, and those a person chose, from left to right."""
    read = [column for column in columns if column.index not in said]
    kin = {column.part: column.relation for column in columns if column.relation is not None}
    for at, meaning in said.items():
        if meaning != LEFT_ALONE:
            part, role = meant(meaning)
            text = cells.get(at, names[at])
            read.append(Column(at, names[at], part, role, kin.get(part), None, text))
    return sorted(read, key=lambda column: column.index)


def _told_apart(titles: Sequence[Title]) -> dict[int, str]:
    """Column -> title; one that stands there again gets «(2)»."""
    seen: Counter[str] = Counter()
    names = {}
    for title in titles:
        seen[title.text] += 1
        count = seen[title.text]
        names[title.index] = title.text if count == 1 else f"{title.text} ({count})"
    return names


def _assigned(titles: Sequence[Title], names: dict[int, str]) -> tuple[list[Column], list[int]]:
    """Columns with their persons, and those whose titles claim a place already taken."""
    places = Places(titles)
    columns, doubled = [], []
    for title in titles:
        if not title.is_item:
            continue
        place = places.take(title)
        name = names[title.index]
        if place is None:
            if title.role not in _OPTIONAL:
                doubled.append(title.index)
        elif title.role is not None:
            columns.append(
                Column(title.index, name, place, title.role, title.kin, title.explains, title.text)
            )
    return columns, doubled


_OPTIONAL = (Role.RELATION, Role.ABSENCE, Role.AGREEMENT, Role.AGREEMENT_DATE)
