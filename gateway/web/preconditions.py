"""If-Match (RFC 9110, section 13.1.1): a change that was meant for what the caller had read.

A version is the id of the journal event that last changed the thing, never a digest of personal
values. Without the header the last writer wins, and the journal tells whose write that was.
"""

from __future__ import annotations

from flask import request

from gateway.errors import BadInput

IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "ETag of what was read; 412 when it was changed since.",
    "schema": {"type": "string"},
}
MOST_SIGNS = 1_000


def told_versions() -> frozenset[str] | None:
    """Versions that the caller will write over; None: any. Raises `BadInput`."""
    told = request.headers.get("If-Match")
    if told is None or told.strip() == "*":
        return None
    if len(told) > MOST_SIGNS:
        raise BadInput({"/If-Match": "too_long"})
    return frozenset(request.if_match.as_set())


def etag(version: str) -> dict[str, str]:
    """Header of an answer that shows this version."""
    return {"ETag": f'"{version}"'}
