"""Codes that an authenticator application shows (RFC 6238 over RFC 4226): no clock here.

A code is of a step, a span of 30 seconds counted from 1970. Which steps were used already is the
caller's to remember.
"""

from __future__ import annotations

import base64
import hmac
import os
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

SECRET_BYTES = 20  # RFC 4226, section 4, R6: 160 bits recommended
STEP_SECONDS = 30  # RFC 6238, section 5.2
DIGITS = 6
DRIFT_STEPS = 1  # RFC 6238, section 6: a telephone's clock may be a step off


def new_one_time_secret() -> bytes:
    """`SECRET_BYTES` random bytes."""
    return os.urandom(SECRET_BYTES)


def step_of(at: datetime) -> int:
    """Number of the step that an aware moment lies in."""
    return int(at.timestamp()) // STEP_SECONDS


def code_of(secret: bytes, step: int) -> str:
    """The six digits of a step. HMAC-SHA-1 is what applications know; no weakness is known."""
    return HOTP(secret, DIGITS, SHA1()).generate(step).decode()


def step_shown(secret: bytes, code: str, now: int) -> int | None:
    """The step whose code this is, at most one before or behind `now`; None: of none of them."""
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if hmac.compare_digest(code_of(secret, step).encode(), code.encode()):
            found = step
    return found


def secret_text(secret: bytes) -> str:
    """Base 32 without padding, as applications take it by hand."""
    return base64.b32encode(secret).decode().rstrip("=")


def provisioning_uri(secret: bytes, account: str, issuer: str) -> str:
    """What the square picture holds ("otpauth://totp/…", the Key URI Format of Google).

    The issuer stands in its parameter alone: said twice in Russian it makes the picture dense.
    """
    return f"otpauth://totp/{quote(account, safe='')}?" + urlencode(
        {"secret": secret_text(secret), "issuer": issuer}, quote_via=quote
    )
