"""When letters go to families: from nine to twenty by the school's clock, one a day to a family.

What a person has just asked for (a code, a link, a receipt) and what guards a person (another
contact on record) goes at once: it is awaited, or late it is of no use.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS = time(9)
CLOSES = time(20)
ONCE_A = timedelta(hours=24)


def goes_at(now: datetime, zone: str, last: datetime | None = None) -> datetime:
    """The first moment from `now` when a letter may go. `zone`: IANA name; `now` is aware UTC.

    `last`: when the latest letter of this kind went, or will go, to the same family; None: none.
    A day after it counts, but never a minute outside the hours. Raises ValueError for a naive
    moment.
    """
    if now.tzinfo is None:
        raise ValueError("a moment without a zone")
    wanted = now if last is None else max(now, last + ONCE_A)
    local = wanted.astimezone(ZoneInfo(zone))
    if OPENS <= local.time() < CLOSES:
        return wanted
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return datetime.combine(day, OPENS, ZoneInfo(zone)).astimezone(now.tzinfo)
