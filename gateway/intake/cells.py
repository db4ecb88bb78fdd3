"""Rows of cells with the numbers that the teacher sees, and why a file gives none.

Cells hold personal data: they never show in `repr`, and an error carries a code only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from gateway.errors import UnreadableList
from policies.codes import Code

TITLE_ROWS = 100  # rows above the list that the limit of rows does not count
# None is an empty cell. Excel stores every number as a float.
Cell = str | float | date | None
Kind = Literal["xlsx", "xls", "ods", "html", "xml", "csv"]


class UnreadableFile(UnreadableList):
    """A file that is no class list; `code` is one of the codes of a file as a whole.

    `sheets`: names to choose from when the one that was asked for is not there.
    """

    def __init__(self, code: Code, sheets: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.sheets = sheets


@dataclass(frozen=True, slots=True)
class Limits:
    """How big a class list may be, all sheets together.

    `unpacked_*` bound what an archive declares it holds; `cells` counts filled ones, `places`
    all between the corners of the sheets.
    """

    file_bytes: int = 5 * 1024 * 1024
    rows: int = 20_000
    columns: int = 256
    cells: int = 600_000
    places: int = 2_500_000
    sheets: int = 200
    unpacked_bytes: int = 50 * 1024 * 1024
    unpacked_ratio: int = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `number` counts from 1 and is what Excel shows at the left edge."""

    number: int
    cells: tuple[Cell, ...] = field(repr=False)

    def cell(self, index: int) -> Cell:
        """Cell at a zero-based column; a row may be shorter than the header."""
        return self.cells[index] if index < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. Rows without any value are left out, numbers stay those of the file.

    `sheet` is empty for a text; `encoding` and `delimiter` are None for a workbook, `delimiter`
    also for a text of one column. `hidden`: numbers of filled rows that Excel does not show.
    `is_hidden`: the sheet itself is not shown. `said`: what a person said of columns, whatever
    their titles are: zero-based column -> `part.role` of `columns`, or `columns.LEFT_ALONE`.
    `above`: what a page says between this table and the list before it.
    """

    kind: Kind
    sheet: str
    rows: tuple[Row, ...]
    encoding: str | None = None
    delimiter: str | None = None
    hidden: frozenset[int] = frozenset()
    is_hidden: bool = False
    said: Mapping[int, str] = field(default_factory=dict)
    above: tuple[str, ...] = ()


def filled(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows that hold a value."""
    return tuple(row for row in rows if any(cell is not None for cell in row.cells))


def shown(text: str) -> str:
    """What a spreadsheet shows: exports write `="01234"` to keep a zero."""
    return text[2:-1] if text.startswith('="') and text.endswith('"') and len(text) > 2 else text


def squeezed(text: str) -> str | None:
    """Text without outer and repeated blanks (also no-break ones); None when nothing is left."""
    return " ".join(text.replace("\u200b", "").replace("\ufeff", "").split()) or None
