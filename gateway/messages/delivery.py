"""What a transport answers when a message did not go, and how a message becomes a file."""

from __future__ import annotations

import os
import re
import tempfile
from enum import StrEnum
from pathlib import Path

MESSAGE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class DeliveryFault(StrEnum):
    """Stable codes. `PERMANENT` ones will not get better by trying again."""

    MESSAGE_UNFIT = "MESSAGE_UNFIT"  # a line break in a header, no such form of address
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    MESSAGE_REFUSED = "MESSAGE_REFUSED"
    LATER = "LATER"  # the server asks to come again (4xx)
    UNREACHABLE = "UNREACHABLE"
    LOGIN_REFUSED = "LOGIN_REFUSED"
    NOT_ENCRYPTED = "NOT_ENCRYPTED"  # no STARTTLS, or a certificate of someone else
    NOT_STORED = "NOT_STORED"


PERMANENT = frozenset(
    {DeliveryFault.MESSAGE_UNFIT, DeliveryFault.ADDRESS_REFUSED, DeliveryFault.MESSAGE_REFUSED}
)


class DeliveryFailed(Exception):
    """A message did not go out. Holds no address and nothing that the server said."""

    def __init__(self, code: DeliveryFault) -> None:
        super().__init__(code)
        self.code = code

    @property
    def is_permanent(self) -> bool:
        """Trying again is of no use."""
        return self.code in PERMANENT


def keep_file(folder: Path, name: str, content: bytes) -> Path:
    """Write one message of an outbox folder: whole or not at all, for the owner's eyes (0600).

    The same name and content give the same file again. Raises `DeliveryFailed` (NOT_STORED).
    """
    path = folder / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")  # 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
        directory = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError:
        raise DeliveryFailed(DeliveryFault.NOT_STORED) from None
    return path
