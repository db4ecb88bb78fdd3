"""XLSX to rows, with python-calamine, after the container was looked through.

calamine lays a sheet out from corner to corner and unpacks whatever the archive holds, so a file
of a few kilobytes could ask for gigabytes and end the process. Hence the parts are unpacked here
under limits, every filled cell's place is checked, and calamine is given a plain copy.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import PurePosixPath

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from gateway.intake.cells import Cell, Limits, Row, Table, UnreadableFile, filled
from policies.findings import Code

_TITLE_ROWS = 100  # rows above the list that the limit of rows does not count
_TAG = re.compile(rb"<(?:\w+:)?(row|c)((?:\s[^>]*)?)>")
_PLACE = re.compile(rb"(?<![\w:])r\s*=\s*[\"']([A-Za-z]*)(\d*)[\"']")
_HIDDEN = re.compile(rb"(?<![\w:])hidden\s*=\s*[\"'](?:1|true)[\"']")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?(?<!\w)\w+:id\s*=\s*[\"']([^\"']+)[\"']")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ID = re.compile(rb"(?<!\w)Id\s*=\s*[\"']([^\"']+)[\"']")
_TARGET = re.compile(rb"(?<!\w)Target\s*=\s*[\"']([^\"']+)[\"']")


def read_workbook(data: bytes, limits: Limits) -> tuple[Table, ...]:
    """The filled visible sheets of an XLSX, in the order of their tabs.

    A value of a cell merged downwards stands in each of its rows. Raises `UnreadableFile`.
    """
    parts = _unpack(data, limits)
    hidden = {name: _look_through(part, limits) for name, part in parts.items()}
    places = list(_sheet_parts(parts))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_packed(parts)))
        found = []
        for index, meta in enumerate(book.sheets_metadata):
            if meta.typ is SheetTypeEnum.WorkSheet and meta.visible is SheetVisibleEnum.Visible:
                rows = filled(_rows(book.get_sheet_by_index(index)))
                unseen = hidden.get(places[index], frozenset()) if index < len(places) else set()
                numbers = frozenset(row.number for row in rows if row.number in unseen)
                found.append(Table("xlsx", meta.name, rows, hidden=numbers))
    except (CalamineError, OSError, ValueError):
        raise UnreadableFile(Code.FILE_BROKEN) from None
    return tuple(table for table in found if table.rows)


def _unpack(data: bytes, limits: Limits) -> dict[str, bytes]:
    """XML parts by name, none bigger than it declares, all together within the limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise UnreadableFile(Code.FILE_ENCRYPTED)
            names = {entry.filename for entry in entries}
            if "xl/workbook.xml" not in names:
                raise UnreadableFile(Code.FILE_NOT_A_TABLE)
            size = sum(entry.file_size for entry in entries)
            if size > limits.unpacked_bytes or size > limits.unpacked_ratio * len(data):
                raise UnreadableFile(Code.FILE_UNPACKS_TOO_BIG)
            parts = {
                entry.filename: archive.read(entry)
                for entry in entries
                if entry.filename.endswith((".xml", ".rels"))
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
        raise UnreadableFile(Code.FILE_BROKEN) from None
    # XML in UTF-16 would pass the look at the cells unseen; Excel never writes it.
    if any(b"\0" in part[:4] or part[:2] in {b"\xff\xfe", b"\xfe\xff"} for part in parts.values()):
        raise UnreadableFile(Code.FILE_BROKEN)
    return parts


def _packed(parts: dict[str, bytes]) -> bytes:
    """The same parts in an archive whose declared sizes are true."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return into.getvalue()


def _look_through(part: bytes, limits: Limits) -> frozenset[int]:
    """Numbers of hidden rows, after every filled cell was found within the limits."""
    row = column = 0
    hidden: set[int] = set()
    for tag in _TAG.finditer(part):
        attributes = tag[2]
        place = _PLACE.search(attributes)
        if tag[1] == b"row":
            row, column = (int(place[2] or row + 1) if place else row + 1), 0
            if _HIDDEN.search(attributes):
                hidden.add(row)
            continue
        if place and place[1] and place[2]:
            column, at = _column_number(place[1]), int(place[2])
        else:
            column, at = column + 1, row
        if attributes.endswith(b"/") or part[tag.end() : tag.end() + 2] == b"</":
            continue  # formatted, but empty: calamine leaves it out too
        if at > limits.rows + _TITLE_ROWS:
            raise UnreadableFile(Code.FILE_TOO_MANY_ROWS)
        if column > limits.columns:
            raise UnreadableFile(Code.FILE_UNPACKS_TOO_BIG)
    return frozenset(hidden)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - 64
    return number


def _sheet_parts(parts: dict[str, bytes]) -> Iterator[str]:
    """Part names of the sheets in the order of their tabs (ECMA-376 part 1, 18.2.20)."""
    targets = {}
    for relation in _RELATION.finditer(parts.get("xl/_rels/workbook.xml.rels", b"")):
        name, target = _ID.search(relation[1]), _TARGET.search(relation[1])
        if name and target:
            targets[name[1]] = target[1].decode("utf-8", "replace")
    for sheet in _SHEET.finditer(parts["xl/workbook.xml"]):
        yield str(PurePosixPath("/xl") / targets.get(sheet[1], "")).lstrip("/")


def _rows(sheet: CalamineSheet) -> list[Row]:
    grid = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if left == right and top < len(grid) and left < len(grid[top]):
            for line in grid[top + 1 : bottom + 1]:
                line[left] = grid[top][left]
    return [Row(number, tuple(line)) for number, line in enumerate(grid, start=1)]


def _cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool) or not isinstance(value, int | float | date):
        text = str(value)
        return text if text.strip() else None
    return float(value) if isinstance(value, int) else value
