"""From bytes to tables. The kind of a file is told by its content, never by its name.

To read one more kind: a reader beside `workbook.py`, and its first bytes here.
"""

from __future__ import annotations

from gateway.intake.cells import Limits, Table
from gateway.intake.cells import UnreadableFile as UnreadableFile
from gateway.intake.delimited import read_delimited
from gateway.intake.workbook import read_workbook
from policies.findings import Code

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2: XLS, or an XLSX under a password
_PASSWORD = "EncryptedPackage".encode("utf-16-le")  # [MS-OFFCRYPTO] 2.3.4.4
_NO_TABLE = (b"%PDF", b"<", b"{", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


def read_tables(data: bytes, limits: Limits | None = None) -> tuple[Table, ...]:
    """Every filled visible sheet; a text is one. Raises `UnreadableFile`."""
    limits = limits or Limits()
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not data.strip():
        raise UnreadableFile(Code.FILE_EMPTY)
    if len(data) > limits.file_bytes:
        raise UnreadableFile(Code.FILE_TOO_BIG)
    if data.startswith(_COMPOUND):
        raise UnreadableFile(Code.FILE_ENCRYPTED if _PASSWORD in data else Code.FILE_NOT_A_TABLE)
    if start.startswith(_NO_TABLE):
        raise UnreadableFile(Code.FILE_NOT_A_TABLE)
    if data.startswith(_ZIP):
        tables = read_workbook(data, limits)
    else:
        tables = tuple(table for table in [read_delimited(data, limits)] if table.rows)
    if not tables:
        raise UnreadableFile(Code.FILE_EMPTY)
    return tables


def read_table(data: bytes, sheet: str | None = None, limits: Limits | None = None) -> Table:
    """The only filled sheet, or the one called `sheet`. Raises `UnreadableFile`."""
    return only(read_tables(data, limits), sheet)


def only(tables: tuple[Table, ...], sheet: str | None = None) -> Table:
    """The table called `sheet`; without a name there has to be one. Raises `UnreadableFile`."""
    names = tuple(table.sheet for table in tables)
    if sheet is None and len(tables) != 1:
        raise UnreadableFile(Code.FILE_SEVERAL_SHEETS, names)
    found = [table for table in tables if sheet in (None, table.sheet)]
    if not found:
        raise UnreadableFile(Code.FILE_SEVERAL_SHEETS, names)
    return found[0]
