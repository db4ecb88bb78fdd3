"""A service on an empty database for every example, on each engine."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from crypto.canary import make_canary
from gateway.settings import Settings
from gateway.store.vault import put_canary
from gateway.unit import SYSTEM
from gateway.wiring import CANARY, GUARD, Wiring
from tests.conftest import Clock
from tests.database import Postgres, migrated_sqlite
from tests.machine.collection_machine import FIRST, SECOND, CollectionMachine, School

EXAMPLES = 8
STEPS = 30
SECONDS_A_PLAY = 30  # many times what it takes
HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--examples", type=int, default=EXAMPLES, help="runs of the state machine")


def pytest_collection_modifyitems(config: pytest.Config, items: Iterable[pytest.Item]) -> None:
    """The suite's limit for a test is not meant for a thousand plays."""
    limit = 600 + SECONDS_A_PLAY * config.getoption("--examples", EXAMPLES)
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(limit))


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> int:
    """How often a collection is played."""
    found: int = request.config.getoption("--examples", EXAMPLES)
    return found


@pytest.fixture
def machine(
    engine_name: str,
    home: Path,
    tmp_path: Path,
    sqlite_template: Path,
    request: pytest.FixtureRequest,
) -> type[CollectionMachine]:
    """The machine on `engine_name`. One home for all examples: keys stay, data goes."""
    clock = Clock()
    guard = home / GUARD
    if engine_name == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        first = server.add_migrated()
        name = sa.make_url(first).database
        assert name is not None
        database, drop = lambda: server.add_database(name), server.drop
    else:
        numbers = count()
        first = migrated_sqlite(tmp_path / "first.db", sqlite_template)

        def database() -> str:
            file = tmp_path / f"{next(numbers)}.db"
            shutil.copy(tmp_path / "first.db", file)
            return f"sqlite:///{file}"

        def drop(url: str) -> None:
            for left in tmp_path.glob(f"{Path(url).name}*"):
                left.unlink()

    origin = Wiring(Settings(home=home, database_url=first), clock)
    with origin.units.open(SYSTEM) as unit:
        put_canary(unit.connection, CANARY, make_canary(origin.kek, origin.index))
    schools = [School(origin, 28, FIRST), School(origin, 29, SECOND)]
    origin.close()
    signed, began = guard.read_bytes(), clock.now

    @contextmanager
    def world() -> Iterator[tuple[Wiring, list[School]]]:
        clock.set(began)
        guard.write_bytes(signed)
        url = database()
        wiring = Wiring(Settings(home=home, database_url=url), clock)
        try:
            yield wiring, [school.again(wiring) for school in schools]
        finally:
            wiring.close()
            drop(url)

    traits = {"world": staticmethod(world), "clock": clock, "reached": Counter()}
    return type("Machine", (CollectionMachine,), traits)


@pytest.fixture
def play(machine: type[CollectionMachine], examples: int) -> Callable[[int], None]:
    """Run the machine so many times; raises what an invariant says."""
    from hypothesis import HealthCheck, Phase, settings
    from hypothesis.stateful import run_state_machine_as_test

    def run(times: int = examples) -> None:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=times,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=times == EXAMPLES,
                database=None,
                # To shrink a play costs hundreds of plays: the steps are printed as they were.
                phases=[Phase.generate],
                print_blob=True,
                suppress_health_check=list(HealthCheck),
            ),
        )

    return run
