"""A checkpoint: what the log was when it was signed (C2SP tlog-checkpoint).

Three lines and nothing else: origin, size in decimal, root in base64. Extension lines are
refused: later kinds of cosignatures do not cover them. The origin is the name of the key.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from audit.errors import NoteError
from audit.leaf import ORIGIN
from audit.note import open_note, split, strict_base64
from audit.note import sign as sign_note
from audit.tree import EMPTY_ROOT, HASH_BYTES
from crypto.canonical import MAX_INT
from crypto.signing import NoteSigner, NoteVerifier

_TEXT = re.compile(rf"({ORIGIN})\n(0|[1-9][0-9]{{0,15}})\n([A-Za-z0-9+/]{{43}}=)\n")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`size` leaves of the log `origin` have this `root` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def from_text(cls, text: str) -> Checkpoint:
        """Inverse of `text`. Raises `NoteError` for any other spelling."""
        found = _TEXT.fullmatch(text)
        root = strict_base64(found[3]) if found else None
        if not found or root is None or len(root) != HASH_BYTES:
            raise NoteError("checkpoint.form")
        size = int(found[2])
        if size > MAX_INT or (size == 0 and root != EMPTY_ROOT):
            raise NoteError("checkpoint.form")
        return cls(found[1], size, root)


def sign_checkpoint(checkpoint: Checkpoint, signer: NoteSigner) -> bytes:
    """The signed note; the same bytes for the same checkpoint and key."""
    if checkpoint.origin != signer.name:
        raise NoteError("checkpoint.origin")
    return sign_note(checkpoint.text(), signer)


def open_checkpoint(note: bytes, verifier: NoteVerifier) -> Checkpoint:
    """The checkpoint of a note that `verifier` signed for its own log. Raises `NoteError`."""
    found = Checkpoint.from_text(open_note(note, verifier))
    if found.origin != verifier.name:
        raise NoteError("checkpoint.origin")
    return found


def read_unverified(note: bytes) -> Checkpoint:
    """What a note claims, its signature unread: for our own rows, never for a verdict."""
    return Checkpoint.from_text(split(note)[0])
