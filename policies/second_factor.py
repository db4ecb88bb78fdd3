"""Who shows a second factor, when, and how fresh it must be. One table, no clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from policies.permissions import Permission, Role

FRESH = timedelta(minutes=5)
ASKED_ALWAYS = frozenset({Role.REGISTRAR, Role.DIRECTOR, Role.ADMINISTRATOR, Role.AUDITOR})
"""Of a tutor it is asked when the tutor has set one up, or the operator asks everybody."""
FRESH_FOR = frozenset({Permission.APPROVE_RELEASE, Permission.MANAGE_SECOND_FACTORS})
"""What cannot be undone, or opens somebody's door: here an old sign-in is not enough."""


class Stage(StrEnum):
    """How far a session has come."""

    SHOWN = "shown"
    NEEDED = "needed"
    TO_SET_UP = "to_set_up"
    OPTIONAL = "optional"


class Asks(StrEnum):
    """What a door asks for besides the password."""

    NOTHING = "nothing"  # to sign out, to show the second factor
    SET_UP = "set_up"  # the second factor of whoever has one
    SECOND = "second"  # and of whoever must have one


class Lack(StrEnum):
    """Why a session is not let in."""

    SECOND = "second"
    STALE = "stale"


def stage(role: Role, shown_at: datetime | None, *, has_factor: bool, everybody: bool) -> Stage:
    """`shown_at`: when this session last saw the second factor. `everybody`: tutors too."""
    if shown_at is not None:
        return Stage.SHOWN
    if has_factor:
        return Stage.NEEDED
    return Stage.TO_SET_UP if everybody or role in ASKED_ALWAYS else Stage.OPTIONAL


def is_fresh(shown_at: datetime | None, now: datetime) -> bool:
    """Up to five minutes old."""
    return shown_at is not None and now - shown_at <= FRESH


def lack(
    asks: Asks, reached: Stage, shown_at: datetime | None, now: datetime, *, fresh: bool
) -> Lack | None:
    """What keeps a session out. `fresh`: whoever has a second factor has just shown it."""
    if asks is Asks.NOTHING:
        return None
    if reached is Stage.NEEDED or (reached is Stage.TO_SET_UP and asks is Asks.SECOND):
        return Lack.SECOND
    if not fresh or is_fresh(shown_at, now):
        return None
    return None if reached is not Stage.SHOWN and asks is Asks.SET_UP else Lack.STALE
