"""What an import keeps of a file until its commit: the cells that are read, and their edits.

Whoever puts a cell right types it as if into the file: the whole list is read again by the same
code. Columns that nobody asked for are blanked at once and kept nowhere; one that may hold what
the list lacks waits with the rest for a person to say what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date

from gateway.intake.cells import Row, Table, UnreadableFile
from gateway.intake.columns import Header, find_header
from gateway.intake.meanings import LEFT_ALONE
from gateway.intake.rows import LINES_A_SHEET, Intake, lists_in, read_list
from gateway.intake.undecided import undecided
from gateway.intake.values import text_of
from policies.programme import Programme

# Number of the list in the file, number of the row, title of the column.
Place = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file between upload and commit.

    `sheet`, `class_name`: as the upload named them, see `rows.intake`. `edits`: what was typed
    into a cell, an empty text for nothing. `undone`: cells whose repair was taken back.
    """

    tables: tuple[Table, ...] = field(repr=False)
    filename: str = field(repr=False)
    sheet: str | None = None
    class_name: str | None = None
    edits: Mapping[Place, str] = field(default_factory=dict, repr=False)
    undone: frozenset[Place] = frozenset()

    def read(self, programme: Programme, today: date) -> Intake:
        """Read the list with all edits. Raises `UnreadableFile` when they leave nothing of it."""
        return read_list(
            self.edited(),
            self.filename,
            programme,
            today,
            sheet=self.sheet,
            class_name=self.class_name,
            undone={(number * LINES_A_SHEET + row, title) for number, row, title in self.undone},
        )

    def find(self, row: int, column: str) -> Place | None:
        """The cell that a remark of `Intake.told` names; None: the list has no such cell."""
        return self.finder()(row, column)

    def finder(self) -> Callable[[int, str], Place | None]:
        """`find` for many remarks: the titles are looked for once."""
        lists = lists_in(self.tables, self.sheet)
        known = []
        for number, (table, header) in enumerate(lists):
            prefix = f"{table.sheet}: " if len(lists) > 1 else ""
            titles = {prefix + each.title: each.title for each in header.columns}
            known.append((number, titles, {r.number for r in table.rows if r.number > header.row}))

        def find(row: int, column: str) -> Place | None:
            for number, titles, rows in known:
                if column in titles and row in rows:
                    return number, row, titles[column]
            return None

        return find

    def written(self, only: Set[int] | None = None) -> dict[tuple[int, str], str]:
        """What stands in the filled cells that are read, by row and column as they are told.

        `only`: in these rows.
        """
        lists = lists_in(self.edited(), self.sheet)
        return {
            (row.number, f"{table.sheet}: {each.title}" if len(lists) > 1 else each.title): text
            for table, header in lists
            for row in table.rows
            if row.number > header.row and (only is None or row.number in only)
            for each in header.columns
            if (text := text_of(row.cell(each.index))) is not None
        }

    def corrected(self, place: Place, text: str) -> Kept:
        """With another text in one cell; its repair, if any, is made anew."""
        edits = {**self.edits, place: text}
        return replace(self, edits=edits, undone=self.undone - {place})

    def without_repair(self, place: Place) -> Kept:
        """With the repair of one cell taken back."""
        return replace(self, undone=self.undone | {place})

    def as_said(self, said: Mapping[tuple[int, int], str], programme: Programme) -> Kept:
        """With columns read as a person says: (number of the list, zero-based column) -> meaning.

        What is to be left alone is blanked, and what is asked about no more. What was typed stays,
        but for columns that are read no more.
        """
        tables = list(self.tables)
        read = set()
        for number, (table, _) in enumerate(lists_in(self.tables, self.sheet)):
            chosen = {at: meaning for (of, at), meaning in said.items() if of == number}
            changed = replace(table, said={**table.said, **chosen})
            header = find_header(changed)
            at = next(at for at, each in enumerate(self.tables) if each is table)
            aside = {column for column, meaning in chosen.items() if meaning == LEFT_ALONE}
            tables[at] = _blanked(changed, header, aside | _unasked(changed, header, programme))
            read |= {(number, column.title) for column in header.columns}
        edits = {place: text for place, text in self.edits.items() if place[::2] in read}
        undone = frozenset(place for place in self.undone if place[::2] in read)
        return replace(self, tables=tuple(tables), edits=edits, undone=undone)

    def edited(self) -> tuple[Table, ...]:
        """The tables with what was typed into their cells."""
        if not self.edits:
            return self.tables
        tables = list(self.tables)
        for number, (table, header) in enumerate(lists_in(self.tables, self.sheet)):
            index = {column.title: column.index for column in header.columns}
            edits: dict[int, dict[int, str]] = {}
            for (at, row, title), text in self.edits.items():
                if at == number:
                    edits.setdefault(row, {})[index[title]] = text
            rows = tuple(_typed(row, edits.get(row.number, {})) for row in table.rows)
            at = next(at for at, each in enumerate(self.tables) if each is table)
            tables[at] = replace(table, rows=rows)
        return tuple(tables)


def keep(
    tables: Sequence[Table],
    filename: str,
    read: Intake,
    programme: Programme,
    today: date,
    *,
    sheet: str | None = None,
    class_name: str | None = None,
) -> Kept:
    """What is kept of the file that was `read`: no more than it takes to read the same again."""
    lists = lists_in(tables, sheet)
    hidden = tuple(_titles_of(table) for table in tables if table.is_hidden)
    read_alone = tuple(_blanked(*each, _unasked(*each, programme)) for each in lists)
    kept = Kept(read_alone + hidden, filename, sheet, class_name)
    if kept.read(programme, today) == read:
        return kept
    # A line was known for no pupil by a column that is not read: such a list is kept whole.
    return replace(kept, tables=tuple(table for table, _ in lists) + hidden)


def _unasked(table: Table, header: Header, programme: Programme) -> Set[int]:
    """Columns that are neither read nor asked about."""
    asked = undecided(table, header, programme).keys()
    wanted = {column.index for column in header.columns} | asked
    return set(range(max((len(row.cells) for row in table.rows), default=0))) - wanted


def _blanked(table: Table, header: Header, columns: Set[int]) -> Table:
    """Without what stands in these columns below the titles."""

    def blanked(row: Row) -> Row:
        if row.number <= header.row:
            return row
        cells = (None if at in columns else cell for at, cell in enumerate(row.cells))
        return Row(row.number, tuple(cells))

    return replace(table, rows=tuple(map(blanked, table.rows)))


def _titles_of(table: Table) -> Table:
    """A hidden sheet is told of and not read: its titles are enough."""
    try:
        last = find_header(table).row
    except UnreadableFile:
        last = 0
    return replace(table, rows=tuple(row for row in table.rows if row.number <= last))


def _typed(row: Row, edits: Mapping[int, str]) -> Row:
    """The row with texts of a person for some of its cells."""
    if not edits:
        return row
    width = max(len(row.cells), 1 + max(edits))
    cells = (edits[at] or None if at in edits else row.cell(at) for at in range(width))
    return Row(row.number, tuple(cells))
