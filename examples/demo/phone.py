"""A worker's telephone with an application of codes (RFC 6238), as any such application works."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

STEP_SECONDS = 30


class Phone:
    """Knows one secret (base 32) and never shows a code twice."""

    def __init__(self, secret: str) -> None:
        self._key = base64.b32decode(secret + "=" * (-len(secret) % 8))
        self._last = 0

    def code(self) -> str:
        """Six digits; the service takes the step before, this one and the next."""
        self._last = max(int(time.time()) // STEP_SECONDS - 1, self._last + 1)
        digest = hmac.digest(self._key, struct.pack(">Q", self._last), hashlib.sha1)
        at = digest[-1] & 0xF
        number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
        return f"{number % 1_000_000:06d}"
