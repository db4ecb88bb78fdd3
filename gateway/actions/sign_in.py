"""Let a worker in: count the attempt, compare outside of any unit, then open a session.

A failed attempt is counted before the password is compared, so no attempt is ever free.
"""

from __future__ import annotations

from datetime import timedelta

from crypto.secrets_text import hash_secret, new_secret
from gateway.errors import NotAuthenticated, TooManyCodes
from gateway.unit import Unit

MAX_FAILURES = 10
FORGET_AFTER = timedelta(minutes=15)
STAFF_SESSION = timedelta(hours=8)


def count_attempt(unit: Unit, login: str) -> str | TooManyCodes | None:
    """The password hash to compare with; None when there is no such login. Counts first."""
    key, since = hash_secret(login), unit.now - FORGET_AFTER
    if (
        unit.staff.failures(key, since) >= MAX_FAILURES
        or unit.staff.count_failure(key, unit.now, since) > MAX_FAILURES
    ):
        unit.record("session.denied", reason="too_many")
        return TooManyCodes()
    staff = unit.staff.find(login=login)
    return None if staff is None else staff.password_hash


def deny(unit: Unit, login: str) -> None:
    """Note that the password was wrong."""
    staff = unit.staff.find(login=login)
    if staff is None:
        unit.record("session.denied", reason="unknown")
    else:
        unit.record(
            "session.denied", school_id=staff.school_id, reason="password", staff_id=staff.id
        )


def open_session(unit: Unit, login: str) -> str:
    """An opaque session of eight hours after a right password. Raises `NotAuthenticated`."""
    staff = unit.staff.find(login=login)
    if staff is None:
        raise NotAuthenticated
    unit.staff.forgive(hash_secret(login))
    token = new_secret()
    unit.record("session.opened", school_id=staff.school_id, staff_id=staff.id)
    unit.staff.open_session(hash_secret(token), staff.id, unit.now + STAFF_SESSION)
    return token


def sign_out(unit: Unit, token: str) -> None:
    """Close the session; once more is no error."""
    if unit.actor.ref is not None:
        unit.record("session.closed", staff_id=unit.actor.ref)
    unit.staff.close_session(hash_secret(token))
