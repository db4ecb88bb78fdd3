"""A journal on each engine, its signer and sequencer, events with good defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from audit.event import Actor, Event
from audit.pack import write_pack
from audit.record import record_many
from audit.sequencer import Sequencer
from crypto.ids import uuid7
from crypto.signing import NoteSigner
from tests.audit.journals import (
    LATER,
    ORIGIN,
    OTHER_SCHOOL,
    SCHOOL,
    START,
    create_journal,
    sqlite_engine,
)


@pytest.fixture
def engine(engine_name: str, engine_url: str) -> Iterator[sa.Engine]:
    """An empty journal with its guards, on each engine in turn."""
    if engine_name == "sqlite":
        made = sqlite_engine(Path(sa.make_url(engine_url).database or ""))
    else:
        made = sa.create_engine(engine_url)
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


@pytest.fixture
def signer() -> NoteSigner:
    return NoteSigner(ORIGIN, bytes(range(32)))


@pytest.fixture
def guard_file(tmp_path: Path) -> Path:
    return tmp_path / "last-signed"


@pytest.fixture
def make_sequencer(signer: NoteSigner, guard_file: Path) -> Callable[..., Sequencer]:
    """A sequencer as a fresh process would make it."""

    def make(engine: sa.Engine, guard: Path | None = guard_file) -> Sequencer:
        return Sequencer(engine, signer, ORIGIN, guard)

    return make


@pytest.fixture
def an_event() -> Callable[..., Event]:
    """Events with good defaults; every next one a second later."""
    made = 0

    def make(
        kind: str = "person.read",
        school: UUID | None = SCHOOL,
        data: dict[str, object] | None = None,
        at: datetime | None = None,
    ) -> Event:
        nonlocal made
        made += 1
        moment = at or START + timedelta(seconds=made)
        if data is None:
            data = {"person_id": UUID(int=made), "purpose": "check"}
        actor = Actor("staff", UUID(int=7))
        return Event(uuid7(moment), kind, school, actor, moment, f"req-{made}", data)

    return make


@pytest.fixture
def fill(an_event: Callable[..., Event]) -> Callable[[sa.Engine, int], list[Event]]:
    """Stage `count` events: two of a school, one of another, one of none, and so on."""
    schools = (SCHOOL, OTHER_SCHOOL, SCHOOL, None)

    def stage(engine: sa.Engine, count: int) -> list[Event]:
        staged = [an_event(school=schools[number % 4]) for number in range(count)]
        with engine.begin() as connection:
            record_many(connection, staged)
        return staged

    return stage


@pytest.fixture
def a_pack(lite, fill, make_sequencer, tmp_path: Path) -> Callable[..., Path]:
    """A pack over three signed steps of three events each; `scope` None is the whole log."""

    def make(scope: UUID | None = None) -> Path:
        sequencer = make_sequencer(lite)
        for _ in range(3):
            fill(lite, 3)
            sequencer.integrate_once(LATER)
            sequencer.sign_once(LATER)
        target = tmp_path / "journal.auditpack"
        with lite.begin() as connection:
            write_pack(connection, scope, target)
        return target

    return make
