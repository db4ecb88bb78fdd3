"""An acting director by order and dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from policies.acting import ACTING, MOST_DAYS, acting_findings, acts
from policies.findings import Code
from policies.permissions import Permission, Role, allowed

TODAY = date(2026, 9, 1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(TODAY - DAY, False, id="the day before"),
        pytest.param(TODAY, True, id="first day"),
        pytest.param(TODAY + 7 * DAY, True, id="last day"),
        pytest.param(TODAY + 8 * DAY, False, id="the day after"),
    ],
)
def test_both_days_of_the_order_count(on: date, expected: bool):
    assert acts(on, TODAY, TODAY + 7 * DAY) is expected


@pytest.mark.parametrize(
    ("order", "first", "last", "codes"),
    [
        pytest.param(0, 0, 7, [], id="from today"),
        pytest.param(-3, -2, 0, [], id="until today"),
        pytest.param(1, 2, 7, [Code.ORDER_IN_FUTURE], id="order of tomorrow"),
        pytest.param(0, 7, 6, [Code.ACTING_DAYS], id="backwards"),
        pytest.param(0, 0, MOST_DAYS + 1, [Code.ACTING_DAYS], id="more than a year"),
        pytest.param(-9, -8, -1, [Code.ACTING_OVER], id="past"),
    ],
)
def test_an_order_is_of_a_time_that_is_not_over(
    order: int, first: int, last: int, codes: list[Code]
):
    days = [TODAY + n * DAY for n in (order, first, last)]
    assert [f.code for f in acting_findings(*days, TODAY)] == codes


def test_an_order_gives_nothing_that_a_director_does_not_have():
    assert all(allowed(Role.DIRECTOR, each) for each in ACTING)
    assert Permission.APPOINT_ACTING not in ACTING
