"""One stream out of a compound file ([MS-CFB]), without trusting a single number in it.

Excel 97-2003 keeps a workbook in such a container; so do Word, and a workbook under a password.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_SECTOR = 0xFFFFFFF0  # and above: end of chain, free, FAT, DIFAT ([MS-CFB] 2.1)
_STREAM, _ROOT = 2, 5
_ENTRY_BYTES = 128


class BrokenContainer(ValueError):
    """The container contradicts itself."""


class Container:
    """Streams of a compound file by name. Raises `BrokenContainer`."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(MAGIC):
            raise BrokenContainer
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise BrokenContainer
        self._data = data
        self._sector = 1 << shift
        directory, cutoff, mini_fat = struct.unpack_from("<I4xII", data, 48)
        self._cutoff = cutoff
        self._fat = self._numbers(self._fat_sectors())
        self._mini_fat = self._numbers(self._chain(mini_fat, self._fat))
        self._entries = list(self._read_directory(directory))
        root = next((entry for entry in self._entries if entry[1] == _ROOT), None)
        if root is None:
            raise BrokenContainer
        self._mini = b"".join(map(self._at, self._chain(root[2], self._fat)))

    def names(self) -> set[str]:
        """Names of the streams; a stream of a storage inside counts too."""
        return {name for name, kind, _, _ in self._entries if kind == _STREAM}

    def stream(self, name: str) -> bytes:
        """Its bytes. Raises `BrokenContainer`."""
        found = [entry for entry in self._entries if entry[:2] == (name, _STREAM)]
        if not found:
            raise BrokenContainer
        _, _, start, size = found[0]
        if size < self._cutoff:
            pieces = (
                self._mini[at * 64 : at * 64 + 64] for at in self._chain(start, self._mini_fat)
            )
        else:
            pieces = (self._at(sector) for sector in self._chain(start, self._fat))
        return b"".join(pieces)[:size]

    def _at(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        return self._data[start : start + self._sector]

    def _fat_sectors(self) -> list[int]:
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        more, count = struct.unpack_from("<II", self._data, 68)
        seen: set[int] = set()
        while more < _NO_SECTOR and len(seen) < count:
            table = self._numbers([more])
            if more in seen or len(table) < 2:
                raise BrokenContainer
            seen.add(more)
            *numbers, more = table
            sectors += numbers
        return [sector for sector in sectors if sector < _NO_SECTOR]

    def _numbers(self, sectors: list[int]) -> list[int]:
        found: list[int] = []
        for sector in sectors:
            part = self._at(sector)
            found += struct.unpack(f"<{len(part) // 4}I", part[: len(part) // 4 * 4])
        return found

    def _chain(self, start: int, table: list[int]) -> list[int]:
        found: list[int] = []
        while start < _NO_SECTOR:
            if start >= len(table) or len(found) > len(table):
                raise BrokenContainer
            found.append(start)
            start = table[start]
        return found

    def _read_directory(self, start: int) -> Iterator[tuple[str, int, int, int]]:
        """Name, kind, first sector and size of every entry."""
        data = b"".join(map(self._at, self._chain(start, self._fat)))
        for at in range(0, len(data) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            length, kind = struct.unpack_from("<HB", data, at + 64)
            first, size = struct.unpack_from("<II", data, at + 116)
            name = data[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            if kind in (_STREAM, _ROOT):
                yield name, kind, first, size
