"""Grids of cells as files of every kind that schools send. A merge is (first row, last, column).

XLS and ODS are written by hand, as little of each as a reader needs ([MS-CFB], [MS-XLS],
OpenDocument 1.2).
"""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from html import escape

import openpyxl

Grid = Sequence[Sequence[object]]
Merges = Sequence[tuple[int, int, int]]


def as_text(value: object) -> str:
    """A cell as a spreadsheet shows it."""
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def a_csv(rows: Grid, delimiter: str = ";", encoding: str = "cp1251", said: str = "") -> bytes:
    into = io.StringIO()
    into.write(said)
    csv.writer(into, delimiter=delimiter).writerows([[as_text(v) for v in row] for row in rows])
    text = into.getvalue()
    if encoding in {"koi8-r", "mac_cyrillic"}:
        text = text.replace("№", "N")
    return text.encode(encoding)


def an_xlsx(
    rows: Grid | Mapping[str, Grid],
    sheet: str = "Лист1",
    merges: Merges = (),
    hidden_rows: Sequence[int] = (),
    hidden_sheets: Sequence[str] = (),
) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, grid in _sheets(rows, sheet).items():
        page = book.create_sheet(name)
        for number, row in enumerate(grid, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None and value != "":
                    cell = page.cell(number, column, value)
                    if isinstance(value, str) and value.startswith("="):
                        cell.data_type = "s"
        for first, last, column in merges:
            page.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)
        for number in hidden_rows:
            page.row_dimensions[number].hidden = True
        if name in hidden_sheets:
            page.sheet_state = "hidden"
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def _sheets(rows: Grid | Mapping[str, Grid], sheet: str) -> Mapping[str, Grid]:
    return rows if isinstance(rows, Mapping) else {sheet: rows}


_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)


def an_ods(
    rows: Grid | Mapping[str, Grid],
    sheet: str = "Лист1",
    merges: Merges = (),
    hidden_rows: Sequence[int] = (),
    tail: str = '<table:table-row table:number-rows-repeated="1048000">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
) -> bytes:
    """As LibreOffice writes it: the empty rest of the sheet is one row, repeated."""
    spans = {(first, column): last - first + 1 for first, last, column in merges}
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(_ods_row(n, row, spans, n in hidden_rows) for n, row in enumerate(grid, start=1))
        + f"{tail}</table:table>"
        for name, grid in _sheets(rows, sheet).items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES}'
        f' office:version="1.2"><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest'
        ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return into.getvalue()


def _ods_row(
    number: int, row: Sequence[object], spans: Mapping[tuple[int, int], int], is_hidden: bool
) -> str:
    cells = "".join(
        _ods_cell(value, spans.get((number, column))) for column, value in enumerate(row, start=1)
    )
    hidden = ' table:visibility="collapse"' if is_hidden else ""
    return f"<table:table-row{hidden}>{cells}</table:table-row>"


def _ods_cell(value: object, down: int | None) -> str:
    span = f' table:number-rows-spanned="{down}" table:number-columns-spanned="1"' if down else ""
    if value is None or value == "":
        return f"<table:table-cell{span}/>"
    text = "".join(f"<text:p>{escape(line)}</text:p>" for line in as_text(value).split("\n"))
    if isinstance(value, date):
        day = value.isoformat()
        kind = f'office:value-type="date" office:date-value="{day}"'
    elif isinstance(value, int | float):
        kind = f'office:value-type="float" office:value="{value}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}{span}>{text}</table:table-cell>"


def an_xls(
    rows: Grid | Mapping[str, Grid],
    sheet: str = "Лист1",
    merges: Merges = (),
    hidden_rows: Sequence[int] = (),
    stream: str = "Workbook",
) -> bytes:
    """BIFF8 in a compound file of 512-byte sectors."""
    pages = [
        (name, _biff_sheet(grid, merges, hidden_rows))
        for name, grid in _sheets(rows, sheet).items()
    ]
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 6))
    head += _record(0x0042, struct.pack("<H", 1200))
    # Two cell formats: general, and 14, the day of the system.
    head += b"".join(_record(0x00E0, struct.pack("<HH16x", 0, kind)) for kind in (0, 14))
    names = [_biff_text(name, "<B") for name, _ in pages]
    start = len(head) + sum(4 + 6 + len(name) for name in names) + 4
    for name, (_, body) in zip(names, pages, strict=True):
        head += _record(0x0085, struct.pack("<IBB", start, 0, 0) + name)
        start += len(body)
    book = head + _record(0x000A, b"") + b"".join(body for _, body in pages)
    return a_compound(stream, book)


def _record(number: int, body: bytes) -> bytes:
    return struct.pack("<HH", number, len(body)) + body


def _biff_text(text: str, length: str) -> bytes:
    return struct.pack(length, len(text)) + b"\1" + text.encode("utf-16-le")


def _biff_sheet(grid: Grid, merges: Merges, hidden_rows: Sequence[int]) -> bytes:
    body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 6))
    for number in hidden_rows:
        body += _record(0x0208, struct.pack("<HHHHHHI", number - 1, 0, 9, 0, 0, 0, 0x20))
    for number, row in enumerate(grid):
        for column, value in enumerate(row):
            at = struct.pack("<HH", number, column)
            if isinstance(value, date):
                day = value.date() if isinstance(value, datetime) else value
                serial = float((day - date(1899, 12, 30)).days)
                body += _record(0x0203, at + struct.pack("<Hd", 1, serial))
            elif isinstance(value, int | float):
                body += _record(0x0203, at + struct.pack("<Hd", 0, float(value)))
            elif value is not None and value != "":
                text = _biff_text(str(value), "<H")
                body += _record(0x0204, at + struct.pack("<H", 0) + text)
    if merges:
        cells = b"".join(
            struct.pack("<HHHH", first - 1, last - 1, column - 1, column - 1)
            for first, last, column in merges
        )
        body += _record(0x00E5, struct.pack("<H", len(merges)) + cells)
    return body + _record(0x000A, b"")


def a_compound(name: str, data: bytes) -> bytes:
    """A compound file with one stream, long enough to lie in sectors of its own."""
    sector, free, end, fat_mark = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    data = data.ljust(4096, b"\0")
    used = -(-len(data) // sector)
    # FAT sectors first, then the directory, then the stream.
    fats = 1
    while fats * (sector // 4) < fats + 1 + used:
        fats += 1
    chain = [fat_mark] * fats + [end]
    first = fats + 1
    chain += [*range(first + 1, first + used), end]
    chain += [free] * (fats * (sector // 4) - len(chain))
    header = bytearray(sector)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 40, 0, fats, fats, 0, 4096, end, 0, end, 0)
    difat = [*range(fats), *[free] * (109 - fats)]
    struct.pack_into("<109I", header, 76, *difat)
    entries = _entry("Root Entry", 5, end, 0, 1) + _entry(name, 2, first, len(data), free)
    directory = entries.ljust(sector, b"\0")
    body = struct.pack(f"<{len(chain)}I", *chain) + directory + data
    return bytes(header) + body.ljust((fats + 1 + used) * sector, b"\0")


def _entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    free = 0xFFFFFFFF
    head = struct.pack("<64sHBBIII", text, len(text), kind, 1, free, free, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def a_page(rows: Grid, encoding: str = "utf-8") -> bytes:
    """An HTML table as electronic journals call it .xls."""
    cells = "".join(
        "<tr>" + "".join(f"<td>{escape(as_text(v))}</td>" for v in row) + "</tr>" for row in rows
    )
    text = (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={encoding}">'
        "<style>td {mso-number-format:'\\@'}</style></head><body><table border=1>"
        f"{cells}</table></body></html>"
    )
    return text.encode(encoding)


def a_markup(rows: Grid, sheet: str = "Лист1") -> bytes:
    """«Таблица XML 2003»."""
    lines = ""
    for row in rows:
        cells = "".join(
            f'<Cell ss:Index="{column}"><Data ss:Type="{_markup_kind(value)}">'
            f"{_markup_text(value)}</Data></Cell>"
            for column, value in enumerate(row, start=1)
            if value is not None and value != ""
        )
        lines += f"<Row>{cells}</Row>"
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>'
        f'<Workbook xmlns="{space}" xmlns:ss="{space}"><Styles><Style ss:ID="Default"/></Styles>'
        f'<Worksheet ss:Name="{escape(sheet)}"><Table>{lines}</Table></Worksheet></Workbook>'
    ).encode()


def _markup_kind(value: object) -> str:
    if isinstance(value, date):
        return "DateTime"
    return "Number" if isinstance(value, int | float) else "String"


def _markup_text(value: object) -> str:
    return f"{value:%Y-%m-%d}T00:00:00.000" if isinstance(value, date) else escape(as_text(value))
