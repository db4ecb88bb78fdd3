"""Rows of cells with the numbers that the teacher sees, and why a file gives none.

Cells hold personal data: they never show in `repr`, and an error carries a code only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from gateway.errors import UnreadableList

# None is an empty cell. Excel stores every number as a float.
Cell = str | float | date | None


class FileFault(StrEnum):
    """Why a file is no class list. Stable codes."""

    EMPTY = "FILE_EMPTY"
    TOO_BIG = "FILE_TOO_BIG"
    UNPACKS_TOO_BIG = "FILE_UNPACKS_TOO_BIG"
    TOO_MANY_ROWS = "FILE_TOO_MANY_ROWS"
    TOO_MANY_COLUMNS = "FILE_TOO_MANY_COLUMNS"
    NOT_TABLE = "FILE_NOT_TABLE"
    ENCRYPTED = "FILE_ENCRYPTED"
    BROKEN = "FILE_BROKEN"
    OTHER_KIND = "FILE_OTHER_KIND"
    LETTERS_UNKNOWN = "FILE_LETTERS_UNKNOWN"
    SEVERAL_SHEETS = "FILE_SEVERAL_SHEETS"
    NO_SUCH_SHEET = "FILE_NO_SUCH_SHEET"
    NO_HEADER = "FILE_NO_HEADER"


FAULT_TEXTS: dict[FileFault, str] = {
    FileFault.EMPTY: "В файле нет ни одной строки. Выберите файл со списком класса.",
    FileFault.TOO_BIG: "Файл больше 5 МБ. Оставьте в нём только список и сохраните снова.",
    FileFault.UNPACKS_TOO_BIG: (
        "Файл раскрывается в слишком большой объём. Скопируйте список в новую книгу Excel."
    ),
    FileFault.TOO_MANY_ROWS: "В файле слишком много строк. Разделите список по классам.",
    FileFault.TOO_MANY_COLUMNS: (
        "Данные стоят слишком далеко справа. Скопируйте список в новую книгу Excel."
    ),
    FileFault.NOT_TABLE: "Это не таблица. Нужен файл XLSX или CSV.",
    FileFault.ENCRYPTED: "Файл закрыт паролем. Снимите пароль и загрузите снова.",
    FileFault.BROKEN: "Файл повреждён. Откройте его в Excel, сохраните заново и загрузите.",
    FileFault.OTHER_KIND: "Такие файлы пока не читаем. Сохраните список как XLSX или CSV.",
    FileFault.LETTERS_UNKNOWN: (
        "Не удалось понять, какими буквами записан файл. Сохраните его как XLSX."
    ),
    FileFault.SEVERAL_SHEETS: "Списки стоят на нескольких листах. Выберите один лист.",
    FileFault.NO_SUCH_SHEET: "Такого листа в файле нет. Выберите лист из файла.",
    FileFault.NO_HEADER: (
        "Не нашли строку с названиями столбцов. Нужны хотя бы «ФИО», «Дата рождения» и «СНИЛС»."
    ),
}


class UnreadableFile(UnreadableList):
    """A file that is no class list; `code` is a `FileFault`.

    `sheets`: names to choose from when there are several filled sheets.
    """

    def __init__(self, code: FileFault, sheets: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.sheets = sheets


@dataclass(frozen=True, slots=True)
class Limits:
    """How big a class list may be. `unpacked_*` bound what an XLSX declares it holds."""

    file_bytes: int = 5 * 1024 * 1024
    rows: int = 20_000
    columns: int = 256
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

    `sheet` is empty for a CSV; `encoding` and `delimiter` are None for an XLSX, `delimiter` also
    for a text of one column. `hidden`: numbers of filled rows that Excel does not show.
    """

    kind: Literal["xlsx", "csv"]
    sheet: str
    rows: tuple[Row, ...]
    encoding: str | None = None
    delimiter: str | None = None
    hidden: frozenset[int] = frozenset()


def filled(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows that hold a value."""
    return tuple(row for row in rows if any(cell is not None for cell in row.cells))


def squeezed(text: str) -> str | None:
    """Text without outer and repeated blanks (also no-break ones); None when nothing is left."""
    return " ".join(text.replace("\u200b", "").replace("\ufeff", "").split()) or None
