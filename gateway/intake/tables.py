"""From bytes to tables. The kind of a file is told by its content, never by its name.

To read one more kind: a reader beside `workbook.py`, and its first bytes here. A reader is imported
for its kind alone: whoever sends a text waits for no reader of workbooks.
"""

from __future__ import annotations

from gateway.intake.cells import Limits, Table
from gateway.intake.cells import UnreadableFile as UnreadableFile
from gateway.intake.compound import MAGIC
from gateway.intake.delimited import read_delimited
from policies.codes import Code

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_MARKUP_BYTES = 2048
_NO_TABLE = (
    b"%PDF",
    b"%!PS",
    b"{\\rtf",
    b"{",
    b"MIME-Version",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BM",
    b"II*\0",
    b"RIFF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"SQLite format",
    b"MZ",
    b"\x7fELF",
)


def read_tables(data: bytes, limits: Limits | None = None) -> tuple[Table, ...]:
    """Every filled sheet, hidden ones too; a text is one. Raises `UnreadableFile`."""
    limits = limits or Limits()
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile(Code.FILE_EMPTY)
    if len(data) > limits.file_bytes:
        raise UnreadableFile(Code.FILE_TOO_BIG)
    try:
        tables = _read(data, limits)
    except (ValueError, OverflowError, RecursionError):  # a number of 5,000 digits, say
        raise UnreadableFile(Code.FILE_BROKEN) from None
    if not tables:
        raise UnreadableFile(Code.FILE_EMPTY)
    if sum(len(table.rows) for table in tables) > limits.rows:
        raise UnreadableFile(Code.FILE_TOO_MANY_ROWS)
    return tables


def _read(data: bytes, limits: Limits) -> tuple[Table, ...]:
    start = data[:_MARKUP_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if data.startswith(MAGIC):
        from gateway.intake.binary import read_binary

        return read_binary(data, limits)
    if data.startswith(_ZIP):
        return _read_archive(data, limits)
    if _is_markup(start):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
            from gateway.intake.markup import read_markup

            return read_markup(data, limits)
        from gateway.intake.page import read_page

        return read_page(data, limits)
    if start.startswith(_NO_TABLE):
        raise UnreadableFile(Code.FILE_NOT_A_TABLE)
    return tuple(table for table in [read_delimited(data, limits)] if table.rows)


def _is_markup(start: bytes) -> bool:
    """Begins with a tag; also in UTF-16 behind its mark."""
    narrow = start.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"").lstrip()
    return narrow.startswith(b"<")


def _read_archive(data: bytes, limits: Limits) -> tuple[Table, ...]:
    from gateway.intake import opendocument, workbook
    from gateway.intake.archive import unpack

    parts = unpack(data, limits)
    if workbook.MAIN_PART in parts:
        return workbook.read_workbook(parts, limits)
    if opendocument.MAIN_PART in parts:
        return opendocument.read_opendocument(parts, limits)
    raise UnreadableFile(Code.FILE_NOT_A_TABLE)
