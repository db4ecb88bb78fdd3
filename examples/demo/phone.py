"""A worker's telephone with an application of codes (RFC 6238), as any such application works."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Iterable

STEP_SECONDS = 30
AHEAD_STEPS = 1  # the service takes the code before, this one and the next


class Phone:
    """Knows one secret (base 32, spaces do not matter) and never shows a code twice.

    `spare`: recovery codes, for whoever is quicker than the clock.
    """

    def __init__(self, secret: str, spare: Iterable[str] = ()) -> None:
        text = secret.replace(" ", "")
        self._key = base64.b32decode(text + "=" * (-len(text) % 8))
        self._last = 0
        self.spare = list(spare)

    def code(self) -> str:
        """Six digits, or a recovery code when all that the service takes now were shown."""
        now = int(time.time()) // STEP_SECONDS
        if self._last >= now + AHEAD_STEPS and self.spare:
            return self.spare.pop()
        self._last = max(now - AHEAD_STEPS, self._last + 1)
        digest = hmac.digest(self._key, struct.pack(">Q", self._last), hashlib.sha1)
        at = digest[-1] & 0xF
        number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
        return f"{number % 1_000_000:06d}"
