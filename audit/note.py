"""Signed notes (C2SP signed-note): a text, an empty line, signature lines.

Reading is strict, for a lenient reader accepts flipped bits: one spelling of base64, one
spelling of a line, no control characters. Lines of keys we do not know are skipped, as the
format asks; nothing in them is trusted.
"""

from __future__ import annotations

import base64
import binascii
import re

from audit.errors import NoteError
from crypto.errors import SignatureError
from crypto.signing import NoteSigner, NoteVerifier

MAX_NOTE_BYTES = 64 * 1024
_KEY_ID_BYTES = 4
_MARK = "— "  # em dash, space
# No control characters but the newline; the rest of UTF-8 is free in unknown lines.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f]")
_LINE = re.compile(_MARK + r"([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


def sign(text: str, signer: NoteSigner) -> bytes:
    """`text` ends with a newline. Returns the whole note with one signature line."""
    if not text.endswith("\n") or "\n\n" in text or _CONTROL.search(text):
        raise NoteError("note.text")
    signature = signer.key_id + signer.sign(text.encode())
    line = f"{_MARK}{signer.name} {base64.b64encode(signature).decode()}\n"
    return f"{text}\n{line}".encode()


def split(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """Text (with its newline) and signature lines as (key name, key id 4 bytes and signature).

    Checks the form only. Raises `NoteError`.
    """
    if len(note) > MAX_NOTE_BYTES:
        raise NoteError("note.size")
    try:
        whole = note.decode()
    except UnicodeDecodeError:
        raise NoteError("note.utf8") from None
    if _CONTROL.search(whole):
        raise NoteError("note.control")
    text, gap, tail = whole.rpartition("\n\n")
    if not gap or not text or not tail.endswith("\n"):
        raise NoteError("note.form")
    return text + "\n", [_signature(line) for line in tail[:-1].split("\n")]


def open_note(note: bytes, verifier: NoteVerifier) -> str:
    """The text, once `verifier` has found its own signature under it. Raises `NoteError`.

    A line with our name and another key id, or the reverse, is a forgery or damage, and is told
    from a note that only strangers signed.
    """
    text, lines = split(note)
    claims = [
        (name == verifier.name, blob[:_KEY_ID_BYTES] == verifier.key_id, blob[_KEY_ID_BYTES:])
        for name, blob in lines
    ]
    ours = [signature for named, numbered, signature in claims if named and numbered]
    if not ours:
        claimed = any(named or numbered for named, numbered, _ in claims)
        raise NoteError("note.impostor" if claimed else "note.unsigned")
    if len(ours) > 1:
        raise NoteError("note.repeated")
    try:
        verifier.verify(text.encode(), ours[0])
    except SignatureError:
        raise NoteError("note.signature") from None
    return text


def _signature(line: str) -> tuple[str, bytes]:
    found = _LINE.fullmatch(line)
    if not found:
        raise NoteError("note.line")
    blob = strict_base64(found[2])
    if blob is None or len(blob) <= _KEY_ID_BYTES:
        raise NoteError("note.base64")
    return found[1], blob


def strict_base64(text: str) -> bytes | None:
    """Bytes of the one canonical base64 spelling; None for any other."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return data if base64.b64encode(data).decode() == text else None
