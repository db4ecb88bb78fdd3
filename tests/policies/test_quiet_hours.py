"""Hours of letters, over the zones of Russia."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from policies.quiet_hours import goes_at

KALININGRAD, VLADIVOSTOK = "Europe/Kaliningrad", "Asia/Vladivostok"  # UTC+2, UTC+10


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "goes"),
    [
        pytest.param(KALININGRAD, at(1, 7), at(1, 7), id="nine sharp in the west"),
        pytest.param(KALININGRAD, at(1, 6, 59), at(1, 7), id="a minute before nine"),
        pytest.param(KALININGRAD, at(1, 17, 59), at(1, 17, 59), id="the last minute"),
        pytest.param(KALININGRAD, at(1, 18), at(2, 7), id="twenty sharp"),
        pytest.param(VLADIVOSTOK, at(1, 7), at(1, 7), id="afternoon in the east"),
        pytest.param(VLADIVOSTOK, at(1, 10), at(1, 23), id="evening in the east"),
        pytest.param(VLADIVOSTOK, at(1, 22, 30), at(1, 23), id="early in the east"),
        pytest.param(VLADIVOSTOK, at(1, 23), at(1, 23), id="nine sharp in the east"),
    ],
)
def test_a_letter_goes_by_the_schools_own_clock(zone: str, now: datetime, goes: datetime):
    assert goes_at(now, zone) == goes
    assert goes_at(now, zone).tzinfo is UTC


@pytest.mark.parametrize(
    ("last", "goes"),
    [
        pytest.param(at(1, 0), at(2, 1), id="more than a day ago"),
        pytest.param(at(1, 1), at(2, 1), id="just a day ago"),
        pytest.param(at(1, 4), at(2, 4), id="less than a day ago"),
        pytest.param(at(2, 3), at(3, 3), id="one that waits itself"),
        pytest.param(at(1, 11), at(2, 23), id="a day later it is evening"),
    ],
)
def test_a_family_is_written_to_once_a_day(last: datetime, goes: datetime):
    assert goes_at(at(2, 1), VLADIVOSTOK, last) == goes


def test_every_answer_is_within_the_hours_and_not_before_now():
    for zone, offset in ((KALININGRAD, 2), (VLADIVOSTOK, 10)):
        for minutes in range(0, 48 * 60, 7):
            now = at(1, 0) + timedelta(minutes=minutes)
            found = goes_at(now, zone)
            assert found >= now
            assert 9 <= (found + timedelta(hours=offset)).hour < 20


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        goes_at(at(1, 0).replace(tzinfo=None), VLADIVOSTOK)
