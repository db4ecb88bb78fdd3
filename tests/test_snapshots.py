"""What a step wrote is written again whole, and only where the step starts from the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from crypto.ids import uuid7
from gateway.actions.add_school import add_school
from gateway.settings import Settings
from gateway.store.schema import upgrade
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from tests import snapshots
from tests.conftest import Clock
from tests.races.racing import Ticking
from tests.town import Child, Town

NUMBER = 77


@pytest.fixture
def other(engine_url: str, tmp_path: Path, rings: Path, clock: Clock) -> Iterator[Wiring]:
    """A second service with the same keys, which has nothing yet."""
    upgrade(engine_url)
    home = tmp_path / "other"
    shutil.copytree(rings, home / "keys")
    wiring = Wiring(Settings(home=home, database_url=engine_url), clock)
    yield wiring
    wiring.close()


def told(wiring: Wiring) -> tuple[object, object]:
    rows = {name: sorted(found, key=repr) for name, found in snapshots.rows_of(wiring).items()}
    return rows, snapshots.files_of(wiring)


def test_a_school_that_is_written_again_is_the_one_that_was_played(wiring: Wiring, other: Wiring):
    played, again = Town(wiring, NUMBER), Town(other, NUMBER)
    assert told(other) == told(wiring)
    children = [Child(1, guardians=(101,))]
    assert again.import_children(children) == played.import_children(children)
    assert told(other) == told(wiring)
    played.ready(children)
    again.ready(children)
    assert told(other) == told(wiring)
    other.check_rules()
    again.answer(again.asks()[0])
    again.work()


def test_what_comes_after_a_written_step_has_later_ids(wiring: Wiring, other: Wiring, clock: Clock):
    """Another moment in between makes the generator begin anew, anywhere."""
    for each in (wiring, other):
        town = Town(each, NUMBER)
        school_id, moment = town.school_id, clock.now
        with each.units.open(SYSTEM) as unit:
            assert unit.new_id() > school_id
        for _ in range(8):
            clock.forward(seconds=1)
            uuid7(clock())
        clock.set(moment)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda wiring, clock: add(wiring), id="a row more"),
        pytest.param(lambda wiring, clock: clock.forward(seconds=1), id="a second later"),
        pytest.param(
            lambda wiring, clock: (wiring.settings.home / "more").write_bytes(b""),
            id="a file more",
        ),
    ],
)
def test_a_step_that_starts_from_something_else_is_played(
    wiring: Wiring, other: Wiring, clock: Clock, change: Callable[[Wiring, Clock], object]
):
    played: list[Wiring] = []
    step = ("counted", uuid4())
    for each in (wiring, other):
        snapshots.once(each, step, lambda each=each: played.append(each))  # type: ignore[misc]
    assert played == [wiring]
    change(other, clock)
    snapshots.once(other, step, lambda: played.append(other))
    assert played == [wiring, other]


def test_under_a_clock_that_ticks_every_step_is_played(settings: Settings):
    wiring, played = Wiring(settings, Ticking()), list[int]()
    for number in range(2):
        snapshots.once(wiring, "step", lambda number=number: played.append(number))  # type: ignore[misc]
    assert played == [0, 1]


def add(wiring: Wiring) -> None:
    with wiring.units.open(SYSTEM) as unit:
        add_school(unit, "Школа № 1", "Asia/Vladivostok")
