"""What every test may ask for: a database on each engine, a home with keys, a clock, units.

A test that asks for `database`, `units`, `wiring` or `client` runs twice, on SQLite and on
PostgreSQL (`-m engine -k sqlite` for one of them). Rules, formats and crypto ask for none.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import sqlalchemy as sa
    from flask.testing import FlaskClient

    from gateway.settings import Settings
    from gateway.unit import Units
    from gateway.wiring import Wiring
    from tests.database import Postgres

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until a test moves it. Call it for the moment."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        """Jump to an aware moment."""
        if now.tzinfo is None:
            raise ValueError("a moment without a zone")
        self.now = now.astimezone(UTC)

    def forward(self, **step: float) -> datetime:
        """Go on by `timedelta(**step)`; answers the new moment."""
        self.now += timedelta(**step)
        return self.now


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for the run (one for each worker of a parallel run)."""
    from tests.database import running_postgres

    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the migrated SQLite file of the run lies."""
    return tmp_path_factory.mktemp("template") / "migrated.db"


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.engine),
        pytest.param("postgresql", marks=pytest.mark.engine),
    ]
)
def engine_name(request: pytest.FixtureRequest) -> str:
    """`sqlite`, then `postgresql`."""
    name: str = request.param
    return name


@pytest.fixture
def engine_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of an empty database."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.add_database()
    yield url
    server.drop(url)


@pytest.fixture
def database(
    engine_name: str, tmp_path: Path, sqlite_template: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """URL of a database at the newest revision, without a row."""
    if engine_name == "sqlite":
        from tests.database import migrated_sqlite

        yield migrated_sqlite(tmp_path / "soglasie.db", sqlite_template)
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.add_migrated()
    yield url
    server.drop(url)


@pytest.fixture
def clock() -> Clock:
    """Tuesday, 1 September 2026, 9 h UTC."""
    return Clock()


@pytest.fixture(scope="session")
def rings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The four rings of the run (of one worker of it): what they sealed can be kept for a test."""
    from crypto.keyring import RingName, create_ring

    keys = tmp_path_factory.mktemp("rings") / "keys"
    keys.mkdir(mode=0o700)
    for ring in RingName:
        create_ring(keys / f"{ring.value}.ring", ring, NOW)
    return keys


@pytest.fixture
def home(tmp_path: Path, rings: Path) -> Path:
    """A home directory with copies of the four rings, as `soglasie init` leaves it."""
    home = tmp_path / "home"
    shutil.copytree(rings, home / "keys")
    return home


@pytest.fixture
def settings(home: Path, database: str) -> Settings:
    """Settings of a service on `home` and `database`."""
    from gateway.settings import Settings

    return Settings(home=home, database_url=database)


@pytest.fixture
def open_engine(database: str) -> Iterator[Callable[[bool], sa.Engine]]:
    """Makes engines on `database` (True: for writing) and disposes of them afterwards."""
    from gateway.store.session import make_engine

    made: list[sa.Engine] = []

    def open_one(writes: bool) -> sa.Engine:
        made.append(make_engine(database, writes=writes))
        return made[-1]

    yield open_one
    for engine in made:
        engine.dispose()


@pytest.fixture
def wiring(settings: Settings, clock: Clock) -> Iterator[Wiring]:
    """The collaborators of an initialised service that has no row but the canaries of its rings."""
    from crypto.keyring import RingName, load_ring
    from gateway.actions.initialise import put_canaries
    from gateway.unit import SYSTEM
    from gateway.wiring import Wiring, ring_path

    built = Wiring(settings, clock)
    rings = [load_ring(ring_path(settings, ring), ring) for ring in RingName]
    with built.units.open(SYSTEM) as unit:
        put_canaries(unit, built.kek, built.index, rings)
    yield built
    built.close()


@pytest.fixture
def units(wiring: Wiring) -> Units:
    """Opens units on `database` with the keys of `home` and the test's clock."""
    return wiring.units


@pytest.fixture
def client(wiring: Wiring) -> FlaskClient:
    """HTTP without a socket: the application of `wiring`."""
    from gateway.app import create_app

    return create_app(wiring).test_client()
