"""Tables of an HTML page to rows: electronic journals save such pages under names like .xls."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gateway.intake.cells import TITLE_ROWS, Limits, Row, Table, UnreadableFile, filled, squeezed
from gateway.intake.encodings import decoded
from gateway.intake.tags import Tag, pieces
from policies.codes import Code

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.I)
_DEEPEST = 50


def read_page(data: bytes, limits: Limits) -> tuple[Table, ...]:
    """The filled tables of a page, each for itself. Raises `UnreadableFile`."""
    said = _CHARSET.search(data[:4096])
    text, encoding = decoded(data, said[1].decode().lower() if said else None)
    reader = _Reader(limits)
    for piece in pieces(text):
        reader.take(piece)
    tables = [
        filled(Row(number, tuple(cells)) for number, cells in enumerate(grid.rows, start=1))
        for grid in reader.grids
    ]
    tables = [rows for rows in tables if rows]
    if not tables:
        raise UnreadableFile(Code.FILE_NOT_A_TABLE)
    return tuple(
        Table("html", f"Таблица {number}" if len(tables) > 1 else "", rows, encoding)
        for number, rows in enumerate(tables, start=1)
    )


@dataclass(slots=True)
class _Grid:
    """A table while it is read. `text`: of the cell that is open.

    `down`: column -> rows that a cell above still spans, and its value.
    """

    rows: list[list[str | None]] = field(default_factory=list)
    text: list[str] | None = None
    span: tuple[int, int] = (1, 1)
    down: dict[int, tuple[int, str | None]] = field(default_factory=dict)


class _Reader:
    """Collects the cells of tables; a cell spanned downwards stands in each of its rows."""

    def __init__(self, limits: Limits) -> None:
        self.grids: list[_Grid] = []
        self._open: list[_Grid] = []
        self._limits = limits
        self._cells = 0

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
            self._open.append(_Grid())
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
        if self._open and self._open[-1].text is not None:
            self._open[-1].text.append(text)

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
        value = text.strip() if squeezed(text) else None
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
