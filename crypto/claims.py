"""Claims of tokens, checked after the signature: texts, audience and times (RFC 7519, section 4).

Strict where JWT is lax: nothing is optional that a decision rests on, times are whole seconds,
the audience is one exact text and never a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from crypto import canonical
from crypto.errors import JoseError

MAX_TEXT_SIGNS = 255
MAX_JTI_SIGNS = 128
ASSERTION_SECONDS = 300  # longest life of a client assertion
_LAST_SECOND = 253_402_300_799  # end of year 9999


def read_claims(payload: bytes) -> dict[str, object]:
    """A JSON object without repeated names or fractions, else JoseError("jose.claims")."""
    try:
        found = canonical.loads(payload)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise JoseError("jose.claims")
    return found


def require_text(claims: Mapping[str, object], name: str, max_signs: int = MAX_TEXT_SIGNS) -> str:
    """A text of 1 ... `max_signs` signs, else jose.claims."""
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= max_signs:
        raise JoseError("jose.claims")
    return value


def require_audience(claims: Mapping[str, object], audience: str) -> None:
    """`aud` is exactly this text, else jose.aud; missing is refused too."""
    if claims.get("aud") != audience:
        raise JoseError("jose.aud")


def require_times(
    claims: Mapping[str, object], now: datetime, leeway_seconds: int, *, needs_iat: bool
) -> datetime:
    """The moment of expiry. jose.exp: missing or past; jose.claims: issued in the future."""
    leeway = timedelta(seconds=leeway_seconds)
    expires_at = _moment(claims, "exp")
    if expires_at is None or now >= expires_at + leeway:
        raise JoseError("jose.exp")
    issued_at = _moment(claims, "iat")
    if needs_iat and issued_at is None:
        raise JoseError("jose.claims")
    for start in (issued_at, _moment(claims, "nbf")):
        if start is not None and now < start - leeway:
            raise JoseError("jose.claims")
    return expires_at


def _moment(claims: Mapping[str, object], name: str) -> datetime | None:
    """Seconds since 1970, whole; None when the claim is absent."""
    if name not in claims:
        return None
    value = claims[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LAST_SECOND:
        raise JoseError("jose.claims")
    return datetime.fromtimestamp(value, UTC)
