"""A zip that has one spelling: stored files in a given order, fixed date, nothing between.

Any zip program opens it. Our reader accepts only the bytes that our writer would have written:
it walks the local headers, derives the directory anew and compares. So there are no duplicates,
no comments, no bytes before, between or behind.
"""

from __future__ import annotations

import mmap
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from audit.errors import PackError

# APPNOTE 6.3.10: local header 4.3.7, central header 4.3.12, end of directory 4.3.16.
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION = 20
_DATE, _TIME = 0x21, 0  # 1980-01-01 00:00, the beginning of time for zip
_MODE = 0o100644 << 16
_UNIX = 3 << 8
MAX_MEMBERS = 5000
MAX_BYTES = 2**32 - 1  # no zip64: one more spelling
_NAME = re.compile(rb"[a-z0-9]+(?:[./][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Member:
    """One stored file: where its header begins, and its bytes."""

    name: str
    offset: int
    start: int
    size: int
    crc: int


def looks_like_pack(file: BinaryIO) -> bool:
    """Whether a zip begins or ends here; one changed byte cannot take both away."""
    begins = file.read(4) == b"PK\3\4"
    size = file.seek(0, 2)
    file.seek(max(0, size - _END.size))
    ends = file.read(4) == b"PK\5\6"
    file.seek(0)
    return begins or ends


class ArchiveWriter:
    """Writes members one after another into a seekable file, then the directory."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._members: list[Member] = []

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Store the chunks as one file. Raises `PackError` beyond 4 GiB."""
        out, offset = self._out, self._out.tell()
        out.write(_local(Member(name, offset, 0, 0, 0)))
        start, size, crc = out.tell(), 0, 0
        for chunk in chunks:
            size += out.write(chunk)
            crc = zlib.crc32(chunk, crc)
            if start + size > MAX_BYTES:
                raise PackError("pack.size")
        member = Member(name, offset, start, size, crc)
        self._members.append(member)
        out.seek(offset)
        out.write(_local(member))
        out.seek(0, 2)

    def close(self) -> None:
        """Write the directory. The file itself stays open."""
        self._out.write(_directory(self._members))


class ArchiveReader:
    """Members of an open file by name, in order. Raises `PackError` for any other spelling."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:  # an empty file cannot be mapped
            raise PackError("pack.truncated") from None
        if len(self._bytes) > MAX_BYTES:
            raise PackError("pack.size")
        self.members = self._walk()

    def _walk(self) -> dict[str, Member]:
        members: dict[str, Member] = {}
        at = 0
        while self._bytes[at : at + 4] == b"PK\x03\x04":
            member = self._member(at)
            if member.name in members:
                raise PackError("pack.duplicate")
            if len(members) == MAX_MEMBERS:
                raise PackError("pack.members")
            members[member.name] = member
            at = member.start + member.size
        directory = _directory(list(members.values()))
        if len(self._bytes) < at + len(directory):
            raise PackError("pack.truncated")
        if self._bytes[at:] != directory:
            raise PackError("pack.directory")
        return members

    def _member(self, offset: int) -> Member:
        head = self._bytes[offset : offset + _LOCAL.size]
        if len(head) < _LOCAL.size:
            raise PackError("pack.truncated")
        crc, size, name_size = (_LOCAL.unpack(head)[at] for at in (6, 8, 9))
        start = offset + _LOCAL.size + name_size
        name = self._bytes[offset + _LOCAL.size : start]
        if not _NAME.fullmatch(name):
            raise PackError("pack.name")
        member = Member(name.decode(), offset, start, size, crc)
        if self._bytes[offset:start] != _local(member):
            raise PackError("pack.header")
        if start + size > len(self._bytes):
            raise PackError("pack.truncated")
        with memoryview(self._bytes) as whole, whole[start : start + size] as content:
            if zlib.crc32(content) != crc:
                raise PackError("pack.crc")
        return member

    def read(self, name: str, max_bytes: int) -> bytes:
        """A whole small file. Raises `PackError` when it is absent or above `max_bytes`."""
        member = self._find(name)
        if member.size > max_bytes:
            raise PackError("pack.size")
        return self._bytes[member.start : member.start + member.size]

    def lines(self, name: str, max_bytes: int) -> Iterator[bytes]:
        """Lines without their newline, each at most `max_bytes`; the last one must have it too."""
        member = self._find(name)
        at, end = member.start, member.start + member.size
        while at < end:
            stop = self._bytes.find(b"\n", at, min(end, at + max_bytes + 1))
            if stop < 0:
                raise PackError("pack.line")
            yield self._bytes[at:stop]
            at = stop + 1

    def _find(self, name: str) -> Member:
        member = self.members.get(name)
        if member is None:
            raise PackError("pack.missing")
        return member

    def close(self) -> None:
        """Let the mapped file go."""
        self._bytes.close()


def _local(member: Member) -> bytes:
    name = member.name.encode()
    size = member.size
    return (
        _LOCAL.pack(
            b"PK\x03\x04", _VERSION, 0, 0, _TIME, _DATE, member.crc, size, size, len(name), 0
        )
        + name
    )


def _directory(members: list[Member]) -> bytes:
    central = b"".join(_central(member) for member in members)
    start = members[-1].start + members[-1].size if members else 0
    count = len(members)
    return central + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(central), start, 0)


def _central(member: Member) -> bytes:
    name, size = member.name.encode(), member.size
    return (
        _CENTRAL.pack(
            b"PK\x01\x02", _UNIX | _VERSION, _VERSION, 0, 0, _TIME, _DATE, member.crc, size, size,
            len(name), 0, 0, 0, 0, _MODE, member.offset,
        )
        + name
    )  # fmt: skip
