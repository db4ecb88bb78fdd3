"""The teacher's list given back as XLSX: marked cells, a comment on each, nothing changed.

Every cell is written as the value that was read. Text stays text, whatever it begins with: a cell
«=…» of a stranger's file never becomes a formula on the teacher's machine.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gateway.intake.cells import Cell, Table
from gateway.intake.items import Repair
from gateway.intake.rows import Intake
from gateway.intake.telling import asks, sentence
from policies.fields import PERSONAL
from policies.findings import text_of

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_ASKED, _LOOKED, _REPAIRED = "FFC7CE", "FFEB9C", "DDEBF7"  # red, yellow, blue; pale
_AUTHOR = "Проверка списка"
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t")
_LONGEST_TITLE = 31  # signs of a sheet's name
# (row, zero-based column) -> colour and sentences; the first colour stays
Marks = dict[tuple[int, int], tuple[str, list[str]]]


def annotate(tables: Sequence[Table], read: Intake) -> bytes:
    """All sheets that are shown, with the marks of `read`."""
    from openpyxl import Workbook

    marks = _marks(read)
    book = Workbook()
    pages = book.worksheets
    shown = [table for table in tables if not table.is_hidden]
    for index, table in enumerate(shown):
        name = (table.sheet or "Список")[:_LONGEST_TITLE]
        page = book.create_sheet(name) if index else pages[0]
        if not index:
            page.title = name
        _write(page, table, marks.get(table.sheet, {}))
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def _marks(read: Intake) -> Mapping[str, Marks]:
    """Sheet -> marks. Questions first, then hints, then repairs."""
    found: defaultdict[str, Marks] = defaultdict(dict)

    def mark(line: int, title: str | None, colour: str, text: str) -> None:
        sheet, row = read.place(line)
        titles = read.titles[read.sheets.index(sheet)]
        column = titles.get(title or "", 0)
        # A column that the file lacks has no cell: its name leads the sentence.
        told = f"{title}: {text}" if title and title not in titles else text
        found[sheet].setdefault((row, column), (colour, []))[1].append(told)

    for finding in sorted(read.findings, key=lambda each: not asks(each)):
        if finding.row is not None:
            colour = _ASKED if asks(finding) else _LOOKED
            mark(finding.row, finding.column, colour, sentence(read, finding))
    for repair in read.repairs:
        text = f"{text_of(repair.code)} Прочитали так: {_shown(repair)}"
        mark(repair.row, repair.column, _REPAIRED, text)
    return found


def _shown(repair: Repair) -> str:
    return PERSONAL[repair.item].show(repair.after) if repair.item else repair.after


def _write(page: Worksheet, table: Table, marks: Marks) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill
    from openpyxl.utils import get_column_letter

    widths: defaultdict[int, int] = defaultdict(int)
    for row in table.rows:
        for index, value in enumerate(row.cells):
            if value is not None:
                _put(page, row.number, index + 1, value)
                widths[index] = max(widths[index], len(str(value)))
    for (number, index), (colour, texts) in marks.items():
        cell = page.cell(number, index + 1)
        cell.fill = PatternFill("solid", fgColor=colour)
        cell.comment = Comment("\n".join(dict.fromkeys(texts)), _AUTHOR, height=120, width=320)
    for index, width in widths.items():
        page.column_dimensions[get_column_letter(index + 1)].width = min(max(width + 2, 6), 40)


def _put(page: Worksheet, row: int, column: int, value: Cell) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = page.cell(row, column)
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(_FORMULA_SIGNS)
    elif isinstance(value, float):
        cell.value = int(value) if value.is_integer() else value
        cell.number_format = "0" if value.is_integer() else "General"
    elif value is not None:
        cell.value = value
        cell.number_format = "DD.MM.YYYY"
