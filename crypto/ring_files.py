"""Key files on disk: who may read one, how one comes into being. Bytes only, no meaning.

Everything odd is a refusal, never a warning: a ring that others can read or replace is no secret.
All checks are made on open descriptors, so nothing can be swapped between the look and the use.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crypto.errors import RingError

MAX_BYTES = 64 * 1024
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def read(path: Path) -> bytes:
    """The whole file, less than 64 KiB. Raises RingError naming the file's last part only."""
    with _directory(path) as folder:
        # O_NONBLOCK: a FIFO in place of the ring must not hang the start.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        with _descriptor(path, flags, folder) as ring:
            found = os.fstat(ring)
            if not stat.S_ISREG(found.st_mode):
                raise RingError("ring.kind", path.name)
            if not _is_ours(found):
                raise RingError("ring.owner", path.name)
            if found.st_mode & _OTHERS:
                raise RingError("ring.mode", path.name)
            if found.st_size >= MAX_BYTES:
                raise RingError("ring.size", path.name)
            with os.fdopen(ring, "rb", closefd=False) as stream:
                return stream.read(MAX_BYTES)


def create(path: Path, data: bytes) -> None:
    """Write a new file, mode 0600, and wait until file and directory are on the disk.

    An existing file is never touched: RingError("ring.exists").
    """
    with _directory(path) as folder:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with _descriptor(path, flags, folder) as ring:
            os.fchmod(ring, stat.S_IRUSR | stat.S_IWUSR)
            with os.fdopen(ring, "wb", closefd=False) as stream:
                stream.write(data)
            os.fsync(ring)
        os.fsync(folder)


@contextmanager
def _directory(path: Path) -> Iterator[int]:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    with _descriptor(path.absolute().parent, flags, None) as folder:
        found = os.fstat(folder)
        if found.st_mode & _OTHERS_WRITE or not _is_ours(found):
            raise RingError("ring.directory", path.name)
        yield folder


@contextmanager
def _descriptor(path: Path, flags: int, folder: int | None) -> Iterator[int]:
    code = ""
    number = -1
    try:
        name = path if folder is None else path.name
        number = os.open(name, flags, stat.S_IRUSR | stat.S_IWUSR, dir_fd=folder)
    except FileNotFoundError:
        code = "ring.missing"
    except FileExistsError:
        code = "ring.exists"
    except OSError:  # a symbolic link (ELOOP), no right to read, a socket
        code = "ring.open"
    if code:
        raise RingError(code, path.name)
    try:
        yield number
    finally:
        os.close(number)


def _is_ours(found: os.stat_result) -> bool:
    return found.st_uid in (os.geteuid(), 0)
