"""The envelope: the bytes that become a leaf of the tree. Nothing erasable is in it.

Canonical JSON with exactly these keys:
`bh` SHA-256 of the body, hex; `iat` moment of integration; `id` event; `idx` dense index in the
log; `log` origin; `school` UUID or null; `sseq` dense index among the events of that school (or
among those of no school); `v` 1.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit.errors import LeafError
from audit.moments import moment_text, parse_moment
from crypto import canonical

VERSION = 1
# A key name of crypto.signing without the two signs that JSON would spell in another way.
ORIGIN = r"[!#-*,-\[\]-~]{1,200}"
ORIGIN_FORM = re.compile(ORIGIN)
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_COUNT = "0|[1-9][0-9]{0,14}"  # 15 digits stay below 2**53
# One expression is both faster and stricter than a JSON reader: there is one spelling only.
_FORM = re.compile(
    (
        r'\{"bh":"([0-9a-f]{64})","iat":"([0-9T:.Z-]{27})",'
        rf'"id":"({_UUID})","idx":({_COUNT}),"log":"({ORIGIN})",'
        rf'"school":(?:null|"({_UUID})"),"sseq":({_COUNT}),"v":1\}}'
    ).encode()
)


def body_digest(body: bytes) -> bytes:
    """SHA-256 of a body, 32 bytes. The body's own salt keeps it from being guessed."""
    return hashlib.sha256(body).digest()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One envelope. `body_hash` is 32 bytes; `school_id` None: an event of no school."""

    idx: int
    log: str
    school_id: UUID | None
    sseq: int
    id: UUID
    integrated_at: datetime
    body_hash: bytes

    def encode(self) -> bytes:
        """The bytes that are hashed and stored, about 300 of them."""
        return canonical.dumps(
            {
                "v": VERSION,
                "log": self.log,
                "idx": self.idx,
                "school": None if self.school_id is None else str(self.school_id),
                "sseq": self.sseq,
                "id": str(self.id),
                "iat": moment_text(self.integrated_at),
                "bh": self.body_hash.hex(),
            }
        )

    @classmethod
    def decode(cls, envelope: bytes) -> Leaf:
        """Inverse of `encode`. Raises `LeafError` for any other spelling."""
        found = _FORM.fullmatch(envelope)
        if not found:
            raise LeafError("leaf.form")
        bh, iat, event_id, idx, log, school, sseq = found.groups()
        try:
            at = parse_moment(iat.decode())
        except ValueError:
            raise LeafError("leaf.moment") from None
        return cls(
            idx=int(idx),
            log=log.decode(),
            school_id=None if school is None else UUID(school.decode()),
            sseq=int(sseq),
            id=UUID(event_id.decode()),
            integrated_at=at,
            body_hash=bytes.fromhex(bh.decode()),
        )
