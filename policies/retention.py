"""How long things are kept and by which day something is due."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

import holidays

from policies.dates import birthday
from policies.findings import Code
from policies.programme import Programme


class RecordClass(StrEnum):
    """The two classes of a person's record; each has a key of its own."""

    REGISTRY = "registry"
    EVIDENCE = "evidence"


def destroy_on(record: RecordClass, event_on: date, programme: Programme) -> date:
    """Day on which that class of a record goes, counted from a withdrawal, refusal or leaving out.

    Registry: the last day the law leaves (152-FZ art. 21(5)). Evidence: the first day on which
    its years are over; it never goes earlier.
    """
    if record is RecordClass.REGISTRY:
        return event_on + timedelta(days=programme.terms.registry_days)
    return birthday(event_on, programme.terms.evidence_years)


def recall_due_on(withdrawn_on: date, programme: Programme) -> date:
    """Last day for the platform to confirm that a recalled record is destroyed."""
    return withdrawn_on + timedelta(days=programme.terms.recall_days)


def stop_due_on(received_on: date, programme: Programme) -> date:
    """Last day to stop processing after a demand to stop (152-FZ art. 21(5.1)).

    Raises ValueError(Code.CALENDAR_UNKNOWN).
    """
    return working_days(received_on, programme.terms.stop_working_days)


def working_days(start: date, number: int) -> date:
    """The `number`-th working day after `start`, which itself does not count (Civil Code 191).

    Government transfers of days off are counted. Raises ValueError(Code.CALENDAR_UNKNOWN) when
    the transfers of a year on the way are not published yet, or not known to the library.
    """
    day = start
    while number > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            number -= 1
    return day


def is_working_day(day: date) -> bool:
    """Whether people work on that day in Russia. Raises ValueError(Code.CALENDAR_UNKNOWN)."""
    calendar = holidays.country_holidays("RU")
    if day.year not in calendar.special_public_holidays:
        raise ValueError(Code.CALENDAR_UNKNOWN)
    return calendar.is_working_day(day)
