"""`/readyz` tells the truth: every check fails by its own cause and by no other."""

from __future__ import annotations

import json
import resource
import shutil
from collections.abc import Callable
from io import StringIO

import pytest
import sqlalchemy as sa

from crypto.keyring import RingName, create_ring
from gateway.store.collections import collections
from gateway.store.vault import canaries
from gateway.store.watch import WORKER
from gateway.unit import SYSTEM
from gateway.wiring import Wiring, ring_path
from tests.conftest import NOW
from tests.gateway.web.conftest import Door, told

CHECKS = {"schema", "keys", "rules", "journal", "worker", "disk"}


@pytest.fixture
def alive(full_door: Door) -> Door:
    """Everything runs: the journal is signed, the worker was seen."""
    full_door.town.work()
    beat(full_door.wiring)
    return full_door


def beat(wiring: Wiring) -> None:
    with wiring.units.open(SYSTEM) as unit:
        unit.watch.beat({WORKER}, {}, unit.now)


def failing(door: Door) -> set[str]:
    """Names of the checks that do not hold; status and `ready` say the same."""
    answer = door.get("/readyz")
    found = json.loads(answer.data)
    assert set(found["checks"]) == CHECKS
    fails = {name for name, holds in found["checks"].items() if not holds}
    assert (answer.status_code, found["ready"]) == ((503, False) if fails else (200, True))
    return fails


def run(door: Door, statement: sa.Executable) -> None:
    with door.wiring.writing.begin() as connection:
        connection.execute(statement)


def test_a_service_that_works_is_ready(alive: Door):
    assert told(alive.get("/healthz")) == {"alive": True}
    assert failing(alive) == set()


@pytest.mark.parametrize("version", ["0000", "9999"])
def test_a_schema_of_another_version_is_not_ready(alive: Door, version: str):
    run(alive, sa.text("UPDATE alembic_version SET version_num = :v").bindparams(v=version))
    assert failing(alive) == {"schema"}


@pytest.mark.parametrize("ring", list(RingName), ids=lambda ring: ring.value)
def test_a_ring_that_was_exchanged_under_a_running_service_is_not_ready(
    alive: Door, ring: RingName
):
    path = ring_path(alive.wiring.settings, ring)
    kept = path.read_bytes()
    path.unlink()
    assert failing(alive) == {"keys"}
    create_ring(path, ring, NOW)
    assert failing(alive) == {"keys"}
    path.write_bytes(kept)
    assert failing(alive) == set()


def test_a_database_of_other_keys_is_not_ready(alive: Door):
    run(alive, sa.delete(canaries))
    assert failing(alive) == {"keys"}


def test_rules_that_are_not_here_are_not_ready(alive: Door):
    run(alive, collections.update().values(policy_digest="ab" * 32))
    assert failing(alive) == {"rules"}


def test_a_journal_that_stands_still_is_not_ready(alive: Door):
    alive.town.invite()
    alive.clock.forward(minutes=16)
    beat(alive.wiring)
    assert failing(alive) == {"journal"}
    alive.town.work()
    assert failing(alive) == set()


def test_a_worker_that_was_never_there_is_not_ready(full_door: Door):
    full_door.town.work()
    assert failing(full_door) == {"worker"}


def test_a_worker_that_has_stopped_is_not_ready(alive: Door):
    alive.clock.forward(minutes=4)
    assert failing(alive) == set()
    alive.clock.forward(minutes=2)
    assert failing(alive) == {"worker"}


def _no_room(_door: Door) -> Callable[[], None]:
    """Nothing may be written to any file: as a disk that is full answers."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _no_home(door: Door) -> Callable[[], None]:
    home = door.wiring.settings.home
    moved = home.rename(home.with_name("moved"))
    return lambda: shutil.move(moved, home)


@pytest.mark.parametrize(
    ("spoil", "also"),
    [pytest.param(_no_room, set(), id="no room"), pytest.param(_no_home, {"keys"}, id="no home")],
)
def test_a_disk_that_takes_nothing_is_not_ready(
    alive: Door, log_lines: StringIO, spoil: Callable[[Door], Callable[[], None]], also: set[str]
):
    assert failing(alive) == set()
    mend = spoil(alive)
    try:
        assert failing(alive) == {"disk"} | also
    finally:
        mend()
    assert failing(alive) == set()


def test_why_it_fails_stands_in_the_log_alone(alive: Door, log_lines: StringIO):
    ring_path(alive.wiring.settings, RingName.JOSE).unlink()
    told_outside = alive.get("/readyz").get_data(as_text=True)
    lines = [json.loads(line) for line in log_lines.getvalue().splitlines()]
    (line,) = [line for line in lines if line["event"] == "not_ready"]
    assert (line["check"], line["fault"]) == ("keys", "RingError")
    assert "jose" not in told_outside
    assert str(alive.wiring.settings.home) not in told_outside
