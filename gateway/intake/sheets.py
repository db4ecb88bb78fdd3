"""Sheets that calamine has opened, as tables: days, numbers, merged cells, hidden rows."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from gateway.intake.cells import (
    TITLE_ROWS,
    Cell,
    Kind,
    Limits,
    Row,
    Table,
    UnreadableFile,
    filled,
)
from policies.codes import Code

# (top, left), (bottom, right); zero-based and inclusive
Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(slots=True)
class Look:
    """What a look at the bytes of one sheet found: numbers of hidden rows, cells merged."""

    hidden: set[int] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)


class Allowance:
    """Filled cells that may still come, and places that the sheets may span, all together."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._cells = 0
        self._places = 0  # of the sheets before
        self._row = self._column = 0

    def begin_sheet(self) -> None:
        """What follows stands on another sheet."""
        self._places += self._row * self._column
        self._row = self._column = 0

    def take_most(self, rows: int, columns: int, cells: int) -> bool:
        """Take a whole sheet of at most that many; False, and nothing taken, where that might be
        too much.
        """
        limits = self._limits
        if (
            rows > limits.rows + TITLE_ROWS
            or columns > limits.columns
            or self._cells + cells > limits.cells
            or self._places + rows * columns > limits.places
        ):
            return False
        self._cells += cells
        self._row, self._column = rows, columns
        return True

    def take(self, row: int, column: int, times: int = 1) -> None:
        """`times` filled cells, the last one at this place (from 1). Raises `UnreadableFile`."""
        self._cells += times
        self._row, self._column = max(self._row, row), max(self._column, column)
        if row > self._limits.rows + TITLE_ROWS:
            raise UnreadableFile(Code.FILE_TOO_MANY_ROWS)
        if (
            column > self._limits.columns
            or self._cells > self._limits.cells
            or self._places + self._row * self._column > self._limits.places
        ):
            raise UnreadableFile(Code.FILE_UNPACKS_TOO_BIG)


def read_sheets(
    kind: Kind, file: io.BytesIO, look_at: Callable[[int], Look], limits: Limits
) -> tuple[Table, ...]:
    """The filled sheets in the order of their tabs. `look_at(index)`: what is known of a sheet.

    A value of a cell merged downwards stands in each of its rows. Raises `UnreadableFile`.
    """
    try:
        book = CalamineWorkbook.from_filelike(file)
        sheets = book.sheets_metadata
        if len(sheets) > limits.sheets:
            raise UnreadableFile(Code.FILE_UNPACKS_TOO_BIG)
        tables = []
        for index, meta in enumerate(sheets):
            if meta.typ is not SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_index(index)
            look = look_at(index)
            merges = [*(sheet.merged_cell_ranges or ()), *look.merges]
            rows = _rows(sheet.to_python(skip_empty_area=False), merges)
            tables.append(
                Table(
                    kind,
                    meta.name,
                    rows,
                    hidden=frozenset(row.number for row in rows if row.number in look.hidden),
                    is_hidden=meta.visible is not SheetVisibleEnum.Visible,
                )
            )
    except PasswordError:
        raise UnreadableFile(Code.FILE_ENCRYPTED) from None
    except (CalamineError, OSError, ValueError, OverflowError):
        raise UnreadableFile(Code.FILE_BROKEN) from None
    except BaseException as fault:
        # A panic of the reader is no Exception; its text may quote a cell.
        if type(fault).__name__ == "PanicException":
            raise UnreadableFile(Code.FILE_BROKEN) from None
        raise
    return tuple(table for table in tables if table.rows)


def _rows(grid: Sequence[Sequence[object]], merges: Iterable[Merge]) -> tuple[Row, ...]:
    lines = [[_cell(value) for value in row] for row in grid]
    for (top, left), (bottom, right) in merges:
        if left == right and top < len(lines) and left < len(lines[top]):
            for line in lines[top + 1 : bottom + 1]:
                line[left] = lines[top][left]
    return filled(Row(number, tuple(line)) for number, line in enumerate(lines, start=1))


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool) or not isinstance(value, int | float | date):
        return str(value)
    return float(value) if isinstance(value, int) else value
