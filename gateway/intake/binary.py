"""XLS to rows: the records of BIFF8 ([MS-XLS]) are looked through, then read by calamine."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from gateway.intake.cells import Limits, Table, UnreadableFile
from gateway.intake.compound import BrokenContainer, Container
from gateway.intake.sheets import Allowance, Look, read_sheets
from policies.codes import Code

# Record numbers, [MS-XLS] 2.3.
_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _ROW, _MULRK = 0x0809, 0x000A, 0x002F, 0x0085, 0x0208, 0x00BD
_CELLS = {0x0006, 0x0203, 0x0204, 0x0205, 0x00D6, 0x00FD, 0x027E, 0x0406, 0x0206, _MULRK}
_BEGINS = struct.pack("<H", _BOF)
_ROW_IS_HIDDEN = 0x20  # fDyZero, [MS-XLS] 2.4.221


def read_binary(data: bytes, limits: Limits) -> tuple[Table, ...]:
    """The filled sheets of an XLS. Raises `UnreadableFile`."""
    try:
        container = Container(data)
        names = container.names()
        if "EncryptedPackage" in names:  # [MS-OFFCRYPTO] 2.3.4.4: an XLSX under a password
            raise UnreadableFile(Code.FILE_ENCRYPTED)
        stream = next((name for name in ("Workbook", "Book") if name in names), None)
        if stream is None:
            raise UnreadableFile(Code.FILE_NOT_A_TABLE)
        looks = _look_through(container.stream(stream), Allowance(limits))
    except BrokenContainer:
        raise UnreadableFile(Code.FILE_BROKEN) from None

    def look_at(index: int) -> Look:
        return looks[index] if index < len(looks) else Look()

    return read_sheets("xls", io.BytesIO(data), look_at, limits)


def _look_through(book: bytes, allowance: Allowance) -> list[Look]:
    """One look for each sheet, in the order of the tabs. Raises `UnreadableFile`."""
    if not book.startswith(_BEGINS):
        raise UnreadableFile(Code.FILE_BROKEN)
    starts = []
    for number, body in _records(book, 0):
        if number == _FILEPASS:
            raise UnreadableFile(Code.FILE_ENCRYPTED)
        if number == _BOUNDSHEET and len(body) >= 4:
            starts.append(struct.unpack_from("<I", body)[0])
    return [_look_at(book, start, allowance) for start in starts]


def _look_at(book: bytes, start: int, allowance: Allowance) -> Look:
    look = Look()
    allowance.begin_sheet()
    for number, body in _records(book, start):
        if number in _CELLS and len(body) >= 4:
            row, column = struct.unpack_from("<HH", body)
            times = max(1, (len(body) - 6) // 6) if number == _MULRK else 1
            allowance.take(row + 1, column + times, times)
        elif number == _ROW and len(body) >= 16:
            (row,) = struct.unpack_from("<H", body)
            if body[12] & _ROW_IS_HIDDEN:
                look.hidden.add(row + 1)
    return look


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Records of one substream; those of charts inside it are passed over."""
    depth = 0
    while at + 4 <= len(book):
        number, size = struct.unpack_from("<HH", book, at)
        at += 4
        depth += (number == _BOF) - (number == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield number, book[at : at + size]
        at += size
