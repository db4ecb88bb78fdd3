"""The rollback guard: what this signer signed last, kept outside of the database.

A database brought back from a copy, or a replica that lags, would otherwise let the signer
sign a second history of the same size.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audit.checkpoint import Checkpoint
from audit.errors import ForkRefused, NoteError

_MAX_BYTES = 1024


class GuardFile:
    """`path` holds the text of the last signed checkpoint; its directory must exist."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other signers of this machine out while one reads, compares and writes."""
        lock = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def read(self) -> Checkpoint | None:
        """The last signed checkpoint; None when nothing was signed yet. Raises `ForkRefused`."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return Checkpoint.from_text(data[:_MAX_BYTES].decode())
        except (UnicodeDecodeError, NoteError):
            raise ForkRefused("the guard file is not readable") from None

    def write(self, checkpoint: Checkpoint) -> None:
        """Replace the text; on return it has reached the disk."""
        part = self._path.with_name(self._path.name + ".part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(checkpoint.text().encode())
            out.flush()
            os.fsync(out.fileno())
        part.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
