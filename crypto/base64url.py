"""Base64url without padding (RFC 7515, section 2), one spelling per byte string."""

from __future__ import annotations

import base64
import binascii


def encode(data: bytes) -> str:
    """ASCII text, no "="."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Refuse padding, foreign signs and stray last bits: ValueError("base64url").

    The standard decoder skips what it does not know and ignores the unused bits of the last
    sign, so several texts would read as the same bytes. We compare with our own spelling.
    """
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        data = None
    if data is None or encode(data) != text:
        raise ValueError("base64url")
    return data
