"""A workbook as one XML text (Excel 2003, «Таблица XML») to rows."""

from __future__ import annotations

import re
from datetime import date

from gateway.intake.cells import TITLE_ROWS, Cell, Limits, Row, Table, UnreadableFile, filled
from gateway.intake.encodings import decoded
from gateway.intake.tags import Tag, pieces
from policies.codes import Code

_SAID = re.compile(rb"encoding\s*=\s*[\"']([\w-]{3,20})[\"']", re.I)


def read_markup(data: bytes, limits: Limits) -> tuple[Table, ...]:
    """The filled sheets. Raises `UnreadableFile`."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnreadableFile(Code.FILE_BROKEN)
    said = _SAID.search(data[:200])
    text, encoding = decoded(data, said[1].decode().lower() if said else None)
    reader = _Reader(limits)
    for piece in pieces(text):
        reader.take(piece)
    tables = (
        Table(
            "xml",
            name,
            filled(Row(n, tuple(cells)) for n, cells in sorted(rows.items())),
            encoding,
            hidden=frozenset(hidden),
        )
        for name, rows, hidden in reader.sheets
    )
    return tuple(table for table in tables if table.rows)


class _Reader:
    """Collects the cells of sheets; tags have a prefix or none."""

    def __init__(self, limits: Limits) -> None:
        # name, rows by number, numbers of hidden rows
        self.sheets: list[tuple[str, dict[int, list[Cell]], set[int]]] = []
        self._limits = limits
        self._cells = 0
        self._row = 0
        self._column = 0
        self._wide = 1
        self._down = 0
        self._kind = ""
        self._text: list[str] | None = None
        # row -> column -> value of a cell above that is merged downwards
        self._spanned: dict[int, dict[int, Cell]] = {}

    def take(self, piece: Tag | str) -> None:
        if isinstance(piece, str):
            if self._text is not None:
                self._text.append(piece)
        elif piece.is_end:
            self._end(piece.name)
        else:
            self._begin(piece)

    def _begin(self, tag: Tag) -> None:
        name = tag.name.removeprefix("ss:")
        if name not in ("worksheet", "row", "cell", "data"):
            return
        given = {key.removeprefix("ss:"): value for key, value in tag.attributes.items()}
        match name:
            case "worksheet":
                if len(self.sheets) >= self._limits.sheets:
                    raise UnreadableFile(Code.FILE_UNPACKS_TOO_BIG)
                self.sheets.append((given.get("name", ""), {}, set()))
                self._row, self._spanned = 0, {}
            case "row" if self.sheets:
                self._begin_row(given)
            case "cell" if self.sheets and self._row:
                at = _number(given.get("index"), 0)
                self._column = at - 1 if at else self._column + self._wide
                while not at and self._column in self._spanned.get(self._row, {}):
                    self._column += 1
                self._wide = 1 + _number(given.get("mergeacross"), 0)
                self._down = _number(given.get("mergedown"), 0)
            case "data" if self.sheets and self._row:
                self._kind, self._text = given.get("type", ""), []

    def _end(self, name: str) -> None:
        if name.removeprefix("ss:") == "data" and self._text is not None:
            text, self._text = "".join(self._text), None
            if text.strip():
                self._put(_value(text, self._kind))

    def _begin_row(self, given: dict[str, str]) -> None:
        self._row = _number(given.get("index"), self._row + 1)
        if self._row > self._limits.rows + TITLE_ROWS:
            raise UnreadableFile(Code.FILE_TOO_MANY_ROWS)
        self._column, self._wide = -1, 1
        _, rows, hidden = self.sheets[-1]
        if given.get("hidden") == "1":
            hidden.add(self._row)
        for column, value in self._spanned.get(self._row, {}).items():
            _set(rows.setdefault(self._row, []), column, value)

    def _put(self, value: Cell) -> None:
        down = self._down if self._wide == 1 else 0
        self._cells += 1 + down
        if not 0 <= self._column < self._limits.columns or self._cells > self._limits.cells:
            raise UnreadableFile(Code.FILE_UNPACKS_TOO_BIG)
        _set(self.sheets[-1][1].setdefault(self._row, []), self._column, value)
        for below in range(self._row + 1, self._row + down + 1):
            self._spanned.setdefault(below, {})[self._column] = value


def _set(cells: list[Cell], column: int, value: Cell) -> None:
    cells += [None] * (column + 1 - len(cells))
    cells[column] = value


def _value(text: str, kind: str) -> Cell:
    """A cell by the kind that the file states; what cannot be so stays text."""
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return date.fromisoformat(text[:10])
    except ValueError:
        return text
    return text


def _number(said: str | None, otherwise: int) -> int:
    return int(said) if said and re.fullmatch(r"\d{1,7}", said) else otherwise
