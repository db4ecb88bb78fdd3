"""An acting director: somebody of the school, by an order, from a day to a day."""

from __future__ import annotations

from datetime import date

from policies.findings import Code, Finding
from policies.permissions import Permission

MOST_DAYS = 366

# What a director does and nobody else; the rest stays with the role that the worker has.
ACTING = frozenset(
    {
        Permission.READ_READINESS,
        Permission.READ_CLASS,
        Permission.READ_REFUSALS,
        Permission.CONFIRM_LEAVING_OUT,
        Permission.APPROVE_RELEASE,
    }
)


def acts(on: date, from_on: date, to_on: date) -> bool:
    """Both days count, by the school's clock."""
    return from_on <= on <= to_on


def acting_findings(order_on: date, from_on: date, to_on: date, today: date) -> list[Finding]:
    """What stands against such an order; empty means nothing. A past time is not given anew."""
    found = []
    if order_on > today:
        found.append(Finding(Code.ORDER_IN_FUTURE))
    if to_on < from_on or (to_on - from_on).days > MOST_DAYS:
        found.append(Finding(Code.ACTING_DAYS))
    if to_on < today:
        found.append(Finding(Code.ACTING_OVER))
    return found
