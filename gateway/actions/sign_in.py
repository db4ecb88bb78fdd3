"""Let a worker in: count the attempt, compare outside of any unit, then open a session.

An attempt is counted before the password is compared, so no attempt is ever free; a right one is
given back. Three limits, each with a window that ends by itself: a login from one address, an
address, a login from anywhere. The last two pass over addresses from which this login has signed
in before, so whoever guesses from elsewhere, alone or with many machines, locks nobody out of the
places where they work; and from one address nobody closes a login for all others.
"""

from __future__ import annotations

from datetime import timedelta

from crypto.secrets_text import hash_secret, new_secret
from gateway.errors import NotAuthenticated, TooManyAttempts
from gateway.store.limits import Limit
from gateway.unit import Unit
from policies.logins import parse_login
from policies.second_factor import Stage, stage

A_QUARTER = timedelta(minutes=15)
MAX_FAILURES = 10
FROM_HERE = Limit("sign-in.pair", MAX_FAILURES, A_QUARTER)
OF_ADDRESS = Limit("sign-in.address", 100, A_QUARTER)
OF_LOGIN = Limit("sign-in.login", 100, A_QUARTER)
FAMILIAR = Limit("sign-in.familiar", 1, timedelta(days=30))
STAFF_SESSION = timedelta(hours=8)


def count_attempt(unit: Unit, login: str, address: str) -> str | TooManyAttempts | None:
    """The password hash to compare with; None when there is no such login. Counts first."""
    login = canonical_login(login)
    subjects = _subjects(unit, login, address)
    if seconds := unit.limits.use_all(subjects, unit.now):
        unit.record("session.denied", reason="too_many")
        return TooManyAttempts(seconds)
    staff = unit.staff.find(login=login)
    return None if staff is None else staff.password_hash


def canonical_login(text: str) -> str:
    """What is no login at all is nobody's."""
    try:
        return parse_login(text)
    except ValueError:
        return ""


def _subjects(unit: Unit, login: str, address: str) -> list[tuple[Limit, str]]:
    """Always in this order: attempts of one moment then never wait for each other in a ring."""
    pair = f"{login} {address}"
    always = [(FROM_HERE, pair)]
    if is_familiar(unit, login, address):
        return always
    return [*always, (OF_ADDRESS, address), (OF_LOGIN, login)]


def deny(unit: Unit, login: str) -> None:
    """Note that the password was wrong."""
    staff = unit.staff.find(login=canonical_login(login))
    if staff is None:
        unit.record("session.denied", reason="unknown")
    else:
        unit.record(
            "session.denied", school_id=staff.school_id, reason="password", staff_id=staff.id
        )


def open_session(
    unit: Unit, login: str, address: str, *, everybody: bool = False
) -> tuple[str, Stage]:
    """An opaque session of eight hours after a right password, and what it still has to show.

    `everybody`: tutors need a second factor too. Raises `NotAuthenticated`.
    """
    login = canonical_login(login)
    staff = unit.staff.find(login=login)
    if staff is None:
        raise NotAuthenticated
    for limit, whose in _subjects(unit, login, address):
        if limit is FROM_HERE:
            unit.limits.forgive(limit, whose)
        else:
            unit.limits.give_back(limit, whose)
    has_factor = unit.factors.has_any(staff.id)
    reached = stage(staff.role, None, has_factor=has_factor, everybody=everybody)
    if reached is not Stage.NEEDED:
        remember_place(unit, login, address)
    token = new_secret()
    unit.record(
        "session.opened",
        school_id=staff.school_id,
        staff_id=staff.id,
        second_factor=reached.value,
    )
    unit.staff.open_session(hash_secret(token), staff.id, unit.now + STAFF_SESSION)
    return token, reached


def is_familiar(unit: Unit, login: str, address: str) -> bool:
    """This login has come in from this address within 30 days."""
    return bool(unit.limits.wait(FAMILIAR, f"{login} {address}", unit.now))


def remember_place(unit: Unit, login: str, address: str) -> None:
    """Whoever guesses elsewhere does not lock this login out here."""
    unit.limits.forgive(FAMILIAR, f"{login} {address}")
    unit.limits.use(FAMILIAR, f"{login} {address}", unit.now)


def sign_out(unit: Unit, token: str) -> None:
    """Close the session; once more is no error."""
    if unit.actor.ref is not None:
        unit.record("session.closed", staff_id=unit.actor.ref)
    unit.staff.close_session(hash_secret(token))
