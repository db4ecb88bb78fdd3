"""Days of birth as people write them, and ages.

An age is reached on the birthday itself, the stricter reading: signatures are asked for from
that day. Who was born on 29 February has the birthday on 1 March of a common year.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from policies.findings import Code

MAX_AGE = 120
PUPIL_AGES = range(5, 21)
ADULT_AGES = range(18, 100)

_DAY_FIRST = re.compile(r"(\d{1,2})\s*[./\-\s]\s*(\d{1,2})\s*[./\-\s]\s*(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})(?:[T\s]00:00(?::00)?)?")
_IN_WORDS = re.compile(r"(\d{1,2})\s+([а-я]+)\s+(\d{4})")
_TAIL = re.compile(r"\s*(?:г|год|года)\.?\s*(?:р\.?)?$")
_MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]

# Day 0 of the 1900 date system: it counts a 29 February 1900 that never was.
_SERIAL_ORIGIN = date(1899, 12, 30)


def parse_birth_date(text: str, today: date) -> date:
    """Day of birth: 1.5.2012, 01.05.12, 01/05/2012, 2012-05-01, 1 мая 2012 г.

    Two digits of a year are read only where one plausible age comes out. Raises ValueError(Code).
    """
    cleaned = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    cleaned = re.sub(r"[‐‑‒–—−]", "-", _TAIL.sub("", cleaned))
    if not cleaned:
        raise ValueError(Code.DATE_EMPTY)
    return plausible(_read(cleaned, today), today)


def parse_day(year: str, month: str, day: str, today: date) -> date:
    """The same of its three numbers, the year in full. Raises ValueError(Code)."""
    return plausible(_day(int(year), int(month), int(day)), today)


def _read(text: str, today: date) -> date:
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(text):
        year = int(found[3]) if len(found[3]) == 4 else None
        if year is None:
            return _of_short_year(int(found[3]), int(found[2]), int(found[1]), today)
        return _day(year, int(found[2]), int(found[1]))
    if (found := _IN_WORDS.fullmatch(text)) and found[2] in _MONTHS:
        return _day(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
    raise ValueError(Code.DATE_FORM)


def _of_short_year(short: int, month: int, day: int, today: date) -> date:
    """A pupil of this century or an adult of the last one; neither fits: ask for four digits."""
    # A day that exists in no year is told first; 29 February depends on the century.
    _day(2000, month, day)
    for century, ages in ((2000, PUPIL_AGES), (1900, ADULT_AGES)):
        if century + short > today.year:
            continue
        born = _day(century + short, month, day)
        if age(born, today) in ages:
            return born
    raise ValueError(Code.DATE_YEAR)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(Code.DATE_IMPOSSIBLE) from None


def of_serial(serial: int, today: date) -> date:
    """Day of birth from a spreadsheet's number of days (1900 system). Raises ValueError(Code)."""
    if not 1 <= serial <= 2_958_465:  # 31 December 9999
        raise ValueError(Code.DATE_FORM)
    return plausible(_SERIAL_ORIGIN + timedelta(days=serial), today)


def plausible(born: date, today: date) -> date:
    """The same day, if somebody alive can have been born on it. Raises ValueError(Code)."""
    if born > today:
        raise ValueError(Code.DATE_FUTURE)
    if age(born, today) > MAX_AGE:
        raise ValueError(Code.DATE_TOO_OLD)
    return born


def age(born: date, on: date) -> int:
    """Full years on the day `on`; negative before birth."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def birthday(born: date, years: int) -> date:
    """First day on which `age` says `years`."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # 29 February in a common year
        return date(born.year + years, 3, 1)
