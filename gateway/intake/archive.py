"""The parts of a zipped workbook, unpacked under limits before any reader of sheets sees them.

A reader unpacks whatever an archive holds, so a file of a few kilobytes could ask for gigabytes.
Hence the sizes are compared first, and the reader is given a plain copy whose sizes are true.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from gateway.intake.cells import Limits, UnreadableFile
from policies.codes import Code

_MOST_PARTS = 2_000
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,  # «password required»
    ValueError,
)


def unpack(data: bytes, limits: Limits) -> dict[str, bytes]:
    """The XML parts by name, none bigger than it declares, all together within the limits.

    Raises `UnreadableFile`. Declarations of entities and XML in UTF-16 are refused: offices write
    neither, and both could hide cells from a look at the bytes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise UnreadableFile(Code.FILE_ENCRYPTED)
            size = sum(entry.file_size for entry in entries)
            if (
                size > limits.unpacked_bytes
                or size > limits.unpacked_ratio * len(data)
                or len(entries) > _MOST_PARTS
            ):
                raise UnreadableFile(Code.FILE_UNPACKS_TOO_BIG)
            parts = {
                entry.filename.replace("\\", "/"): archive.read(entry)
                for entry in entries
                if entry.filename.endswith((".xml", ".rels"))
            }
    except _BROKEN:
        raise UnreadableFile(Code.FILE_BROKEN) from None
    if any(_hides(part) for part in parts.values()):
        raise UnreadableFile(Code.FILE_BROKEN)
    return parts


def _hides(part: bytes) -> bool:
    return b"\0" in part[:4] or part[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"<!DOCTYPE" in part


def packed(parts: dict[str, bytes], mimetype: str | None = None) -> io.BytesIO:
    """The same parts as an archive; an OpenDocument one begins with its `mimetype`."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        if mimetype is not None:
            archive.writestr("mimetype", mimetype)
        while parts:  # each part is let go once it is copied
            name, part = parts.popitem()
            archive.writestr(name, part)
    into.seek(0)
    return into
