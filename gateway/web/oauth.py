"""Refusals of the token endpoint in the words of RFC 6749, section 5.2."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.exceptions import HTTPException

from gateway.errors import BadInput, TokenInvalid

ENDPOINT = "/oauth/token"
CLIENT_CREDENTIALS = "client_credentials"
UNREADABLE = {400: "malformed_request", 413: "too_large", 415: "unsupported_media_type"}
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523, section 2.2


@dataclass(frozen=True, slots=True)
class OauthRefusal:
    """`body` holds `error` of the RFC and the gate's own `code`."""

    status: int
    body: dict[str, object]


def oauth_refusal(error: Exception) -> OauthRefusal | None:
    """None: the RFC has no word for it (the database is down), a problem says it."""
    match error:
        case TokenInvalid():
            return OauthRefusal(401, {"error": "invalid_client", "code": error.code})
        case BadInput():
            codes = set(error.fields.values())
            known = "grant_unsupported" not in codes
            word = "invalid_request" if known else "unsupported_grant_type"
            return OauthRefusal(400, {"error": word, "code": min(codes)})
        case HTTPException() if error.code in UNREADABLE:
            return OauthRefusal(400, {"error": "invalid_request", "code": UNREADABLE[error.code]})
    return None
