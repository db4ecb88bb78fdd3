"""Compact serialisation, taken apart strictly before any key is touched (RFC 7515, 7516).

python-jose reads padded and non-canonical base64, repeated header members and unknown `crit`;
what it would quietly accept is refused here, so that one token has one text.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from crypto import base64url, canonical
from crypto.errors import JoseError

JWS_SEGMENTS = 3
JWE_SEGMENTS = 5
JWS_HEADER = frozenset({"alg", "kid", "typ"})
JWE_HEADER = frozenset({"alg", "enc", "kid", "cty"})
MAX_HEADER_SIGNS = 1024
MAX_KID_SIGNS = 128
_SIGNS = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Compact:
    """`header`: the protected header, all texts. `parts`: the other segments, decoded.

    `protected`: the header's own text, which a JWE authenticates.
    """

    header: dict[str, str]
    protected: bytes
    parts: tuple[bytes, ...] = field(repr=False)


def parse(text: str, segments: int, allowed: AbstractSet[str], max_bytes: int) -> Compact:
    """Raises JoseError: jose.size, jose.shape, jose.base64, jose.header, jose.crit, jose.kid."""
    if len(text) > max_bytes:
        raise JoseError("jose.size")
    if not _SIGNS.fullmatch(text) or text.count(".") != segments - 1:
        raise JoseError("jose.shape")
    protected, *rest = text.split(".")
    if len(protected) > MAX_HEADER_SIGNS:
        raise JoseError("jose.header")
    header = _header(_decoded(protected), allowed)
    parts = tuple(_decoded(segment) for segment in rest)
    return Compact(header, protected.encode(), parts)


def _decoded(segment: str) -> bytes:
    try:
        return base64url.decode(segment)
    except ValueError:
        raise JoseError("jose.base64") from None


def _header(data: bytes, allowed: AbstractSet[str]) -> dict[str, str]:
    """An allow-list: jwk, jku, x5c, x5u, zip, b64 and anything unheard of are refused alike."""
    try:
        found = canonical.loads(data)
    except ValueError:
        raise JoseError("jose.header") from None
    if not isinstance(found, dict):
        raise JoseError("jose.header")
    if "crit" in found:
        raise JoseError("jose.crit")
    if not set(found) <= allowed or not all(isinstance(value, str) for value in found.values()):
        raise JoseError("jose.header")
    if not 0 < len(found.get("kid", "")) <= MAX_KID_SIGNS:
        raise JoseError("jose.kid")
    return found
