"""Search tokens: equal values of one field and scope have equal tokens, and say nothing else.

A token is 128 bits of HMAC-SHA-256 under a root of its own ring (docs/formats/token.md). The
space of SNILS or phone numbers is small: whoever holds this ring can try all of it in minutes,
so the ring is kept apart from the database and from the key-encryption ring.
"""

from __future__ import annotations

import struct
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from crypto.errors import RingError
from crypto.keyring import Ring, RingName

TOKEN_BYTES = 16
# Version of the canonical forms in policies/fields.py. A changed form is another version: all
# tokens are then built anew, or duplicates would slip past each other.
NORMALISER_VERSION = 1
GLOBAL_SCOPE = b"global"
_LABEL = b"sg/i/1\0"
_U16 = struct.Struct(">H")


class Index:
    """Makes tokens under the active key of the index ring.

    `version` (1 ... 65535) is kept beside every token, so that two roots can live side by side
    while tokens are rebuilt.
    """

    def __init__(self, ring: Ring) -> None:
        if ring.ring is not RingName.INDEX:
            raise RingError("ring.ring", ring.ring)
        key = ring.active()
        self.version = key.version
        self._root = key.material
        self._keyed: dict[str, HMAC] = {}

    def token(self, field: str, scope: UUID | None, value: str) -> bytes:
        """16 bytes for a canonical `value`. `scope`: a school, or None for all schools.

        Raises ValueError("token.value") for what has no UTF-8 or exceeds 65,535 bytes.
        """
        place = GLOBAL_SCOPE if scope is None else scope.bytes
        text = _utf8(value)
        if text is None or len(text) > 0xFFFF:
            raise ValueError("token.value")
        keyed = self._for(field).copy()
        keyed.update(_U16.pack(len(place)) + place + _U16.pack(len(text)) + text)
        return keyed.finalize()[:TOKEN_BYTES]

    def _for(self, field: str) -> HMAC:
        """HMAC state of one field, keyed and fed with the constant head; only ever copied.

        Copied it costs half of what the standard library's does.
        """
        state = self._keyed.get(field)
        if state is None:
            info = _LABEL + field.encode("ascii")
            key = HKDFExpand(hashes.SHA256(), 32, info).derive(self._root)  # RFC 5869, 2.3
            state = HMAC(key, hashes.SHA256())
            state.update(_LABEL + _U16.pack(NORMALISER_VERSION))
            self._keyed[field] = state
        return state

    def __repr__(self) -> str:
        return f"Index(version={self.version})"


def _utf8(value: str) -> bytes | None:
    """None for a lone surrogate. The encoder's own error would carry the value."""
    try:
        return value.encode()
    except UnicodeEncodeError:
        return None
