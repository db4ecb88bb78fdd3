"""Who shows a second factor, and when it is fresh."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from policies.permissions import Role
from policies.second_factor import ASKED_ALWAYS, Asks, Lack, Stage, is_fresh, lack, stage

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
STALE = NOW - timedelta(minutes=5, seconds=1)


@pytest.mark.parametrize("role", sorted(ASKED_ALWAYS))
def test_whoever_can_release_or_admit_must_have_one(role: Role):
    assert stage(role, None, has_factor=False, everybody=False) is Stage.TO_SET_UP


@pytest.mark.parametrize(
    ("shown_at", "has_factor", "everybody", "reached"),
    [
        pytest.param(None, False, False, Stage.OPTIONAL, id="none"),
        pytest.param(None, False, True, Stage.TO_SET_UP, id="asked of everybody"),
        pytest.param(None, True, False, Stage.NEEDED, id="set up"),
        pytest.param(NOW, True, False, Stage.SHOWN, id="shown"),
        pytest.param(NOW, False, True, Stage.SHOWN, id="shown before a reset elsewhere"),
    ],
)
def test_a_tutor_is_asked_for_what_was_set_up(
    shown_at: datetime | None, has_factor: bool, everybody: bool, reached: Stage
):
    found = stage(Role.TUTOR, shown_at, has_factor=has_factor, everybody=everybody)
    assert found is reached


@pytest.mark.parametrize(
    ("asks", "reached", "shown_at", "fresh", "found"),
    [
        pytest.param(Asks.NOTHING, Stage.NEEDED, None, True, None, id="signing out"),
        pytest.param(Asks.SECOND, Stage.NEEDED, None, False, Lack.SECOND, id="password alone"),
        pytest.param(Asks.SECOND, Stage.TO_SET_UP, None, False, Lack.SECOND, id="nothing set up"),
        pytest.param(Asks.SET_UP, Stage.TO_SET_UP, None, True, None, id="setting up first"),
        pytest.param(Asks.SET_UP, Stage.OPTIONAL, None, True, None, id="a tutor sets up"),
        pytest.param(Asks.SET_UP, Stage.NEEDED, None, True, Lack.SECOND, id="by password anew"),
        pytest.param(Asks.SET_UP, Stage.SHOWN, STALE, True, Lack.STALE, id="changing it later"),
        pytest.param(Asks.SET_UP, Stage.SHOWN, STALE, False, None, id="looking at it"),
        pytest.param(Asks.SECOND, Stage.SHOWN, STALE, False, None, id="everyday work"),
        pytest.param(Asks.SECOND, Stage.SHOWN, STALE, True, Lack.STALE, id="approving later"),
        pytest.param(Asks.SECOND, Stage.SHOWN, NOW, True, None, id="approving at once"),
        pytest.param(Asks.SECOND, Stage.OPTIONAL, None, True, Lack.STALE, id="without any"),
    ],
)
def test_a_door_asks_for_no_more_and_no_less(
    asks: Asks, reached: Stage, shown_at: datetime | None, fresh: bool, found: Lack | None
):
    assert lack(asks, reached, shown_at, NOW, fresh=fresh) is found


def test_five_minutes_are_fresh():
    assert is_fresh(NOW - timedelta(minutes=5), NOW)
    assert not is_fresh(STALE, NOW)
    assert not is_fresh(None, NOW)
