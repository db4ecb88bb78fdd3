"""Tables of an HTML page to rows: electronic journals save such pages under names like .xls."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gateway.intake.cells import (
    TITLE_ROWS,
    Limits,
    Row,
    Table,
    UnreadableFile,
    filled,
    shown,
    squeezed,
)
from gateway.intake.encodings import decoded
from gateway.intake.tags import Tag, pieces
from policies.codes import Code

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.I)
_DEEPEST = 50
_HEADING_CELLS = 2
_LINES_ABOVE = 20
_LONGEST_LINE = 200


def read_page(data: bytes, limits: Limits) -> tuple[Table, ...]:
    """The filled tables of a page, each for itself. Raises `UnreadableFile`."""
    said = _CHARSET.search(data[:4096])
    text, encoding = decoded(data, said[1].decode().lower() if said else None)
    reader = _Reader(limits)
    for piece in pieces(text):
        reader.take(piece)
    tables = [
        (rows, grid.above)
        for grid in reader.grids
        if (rows := filled(Row(n, tuple(cells)) for n, cells in enumerate(grid.rows, start=1)))
    ]
    if not tables:
        raise UnreadableFile(Code.FILE_NOT_A_TABLE)
    found: list[Table] = []
    above: tuple[str, ...] = ()
    for number, (rows, lines) in enumerate(tables, start=1):
        above = (*above, *lines)[-_LINES_ABOVE:]
        name = f"Таблица {number}" if len(tables) > 1 else ""
        found.append(Table("html", name, rows, encoding, above=above))
        # A narrow table is a heading of the one below it, as «Класс: 7А» in a frame.
        texts = [[str(cell) for cell in row.cells if cell is not None] for row in rows]
        is_heading = max(map(len, texts)) <= _HEADING_CELLS
        above = (*above, *map(" ".join, texts)) if is_heading else ()
    return tuple(found)


@dataclass(slots=True)
class _Grid:
    """A table while it is read. `text`: of the cell that is open.

    `down`: column -> rows that a cell above still spans, and its value. `above`: lines of the
    page before it.
    """

    rows: list[list[str | None]] = field(default_factory=list)
    text: list[str] | None = None
    span: tuple[int, int] = (1, 1)
    down: dict[int, tuple[int, str | None]] = field(default_factory=dict)
    above: list[str] = field(default_factory=list)


class _Reader:
    """Collects the cells of tables; a cell spanned downwards stands in each of its rows."""

    def __init__(self, limits: Limits) -> None:
        self.grids: list[_Grid] = []
        self._open: list[_Grid] = []
        self._limits = limits
        self._cells = 0
        self._outside: list[str] = []

    def take(self, piece: Tag | str) -> None:
        if isinstance(piece, str):
            self._add_text(piece)
        elif piece.is_end:
            self._end(piece.name)
        else:
            self._begin(piece)

    def _begin(self, tag: Tag) -> None:
        if tag.name == "table":
            if len(self._open) >= _DEEPEST or len(self.grids) >= self._limits.sheets:
                raise UnreadableFile(Code.FILE_UNPACKS_TOO_BIG)
            self._open.append(_Grid(above=self._outside))
            self._outside = []
            self.grids.append(self._open[-1])
        elif not self._open:
            return
        elif tag.name == "tr":
            self._end_cell()
            self._begin_row()
        elif tag.name in ("td", "th"):
            self._end_cell()
            if not self._open[-1].rows:
                self._begin_row()
            said = tag.attributes
            self._open[-1].span = _number(said.get("rowspan")), _number(said.get("colspan"))
            self._open[-1].text = []
            if tag.ends_itself:
                self._end_cell()
        elif tag.name in ("br", "p", "div"):
            self._add_text("\n")

    def _end(self, name: str) -> None:
        if self._open and name in ("td", "th", "tr", "table"):
            self._end_cell()
            if name == "table":
                self._open.pop()

    def _add_text(self, text: str) -> None:
        if self._open:
            if self._open[-1].text is not None:
                self._open[-1].text.append(text)
        elif line := squeezed(text[:_LONGEST_LINE]):
            self._outside = [*self._outside[1 - _LINES_ABOVE :], line]

    def _begin_row(self) -> None:
        grid = self._open[-1]
        if len(grid.rows) >= self._limits.rows + TITLE_ROWS:
            raise UnreadableFile(Code.FILE_TOO_MANY_ROWS)
        grid.rows.append([])
        self._fill_spanned()

    def _fill_spanned(self) -> None:
        """Cells that rows above span into the place that comes next."""
        grid = self._open[-1]
        row = grid.rows[-1]
        while (known := grid.down.pop(len(row), None)) is not None:
            left, value = known
            if left > 1:
                grid.down[len(row)] = left - 1, value
            self._add(row, value)

    def _end_cell(self) -> None:
        grid = self._open[-1]
        if grid.text is None:
            return
        text = "".join(grid.text)
        value = shown(text.strip()) if squeezed(text) else None
        grid.text = None
        down, right = grid.span
        for number in range(right):
            if down > 1:
                grid.down[len(grid.rows[-1])] = down - 1, value if right == 1 else None
            # A title across columns stands in the first of them, as in a workbook.
            self._add(grid.rows[-1], value if number == 0 else None)
        self._fill_spanned()

    def _add(self, row: list[str | None], value: str | None) -> None:
        row.append(value)
        self._cells += 1
        if len(row) > self._limits.columns or self._cells > 2 * self._limits.cells:
            raise UnreadableFile(Code.FILE_UNPACKS_TOO_BIG)


def _number(said: str | None) -> int:
    """A count of rows or columns; 1 for nonsense."""
    return int(said) if said and re.fullmatch(r"[1-9]\d{0,3}", said) else 1
