"""One unit: one transaction, one moment, all or nothing."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from audit.errors import BadField, OutsideTransaction, UnknownKind
from audit.store import audit_event, audit_pending
from gateway import unit as unit_module
from gateway.actions.add_school import add_school
from gateway.errors import NotFound
from gateway.store import session
from gateway.store.schools import schools
from gateway.store.session import DatabaseBusy
from gateway.unit import SYSTEM, Actor, Units
from gateway.wiring import Wiring
from policies.permissions import Role
from tests.conftest import Clock


def count(wiring: Wiring, table: sa.Table) -> int:
    with wiring.looking() as look:
        return look.connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def a_school(units: Units) -> UUID:
    with units.open(SYSTEM) as unit:
        return add_school(unit, "Школа № 1", "Asia/Vladivostok")


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        pytest.param(None, "system", id="system"),
        pytest.param(Role.REGISTRAR, "staff", id="registrar"),
        pytest.param(Role.AUDITOR, "staff", id="auditor"),
        pytest.param(Role.FAMILY, "family", id="family"),
        pytest.param(Role.PLATFORM, "platform", id="platform"),
    ],
)
def test_the_journal_knows_four_kinds_of_actors(role: Role | None, kind: str):
    assert Actor(role).kind == kind


def test_a_clean_end_commits_and_an_error_does_not(wiring: Wiring):
    a_school(wiring.units)
    assert (count(wiring, schools), count(wiring, audit_event)) == (1, 1)
    with pytest.raises(KeyboardInterrupt), wiring.units.open(SYSTEM) as unit:
        _found_and_stop(unit)
    assert (count(wiring, schools), count(wiring, audit_event)) == (1, 1)
    assert count(wiring, audit_pending) == 1


def _found_and_stop(unit: object) -> None:
    add_school(unit, "Школа № 2", "Asia/Vladivostok")  # type: ignore[arg-type]
    raise KeyboardInterrupt


def test_a_unit_has_one_moment(units: Units, clock: Clock):
    with units.open(SYSTEM) as unit:
        now = unit.now
        clock.forward(seconds=5)
        assert unit.now == now
    moment = datetime(2026, 9, 3, tzinfo=UTC)
    with units.open(SYSTEM, moment) as unit:
        assert unit.now == moment


def test_ids_of_a_unit_differ_and_sort_by_time(units: Units, clock: Clock):
    with units.open(SYSTEM) as unit:
        first = {unit.new_id() for _ in range(100)}
    clock.forward(seconds=1)
    with units.open(SYSTEM) as unit:
        later = unit.new_id()
    assert len(first) == 100
    assert all(earlier < later for earlier in first)


def test_whoever_is_above_the_schools_has_no_school(units: Units):
    with pytest.raises(NotFound), units.open(Actor(Role.AUDITOR)) as unit:
        assert unit.school_id
    with pytest.raises(NotFound), units.open(SYSTEM) as unit:
        unit.lock_school()


def test_a_school_that_is_not_there_cannot_be_locked(units: Units):
    school = a_school(units)
    with units.open(SYSTEM) as unit:
        assert unit.lock_school(school) == school
        assert unit.lock_school(school) == school
        with pytest.raises(NotFound):
            unit.lock_school(UUID(int=7))


def test_the_lock_of_a_school_is_held_to_the_end(wiring: Wiring):
    """The second writer sees what the first has done, never half of it."""
    school = a_school(wiring.units)
    order: list[str] = []
    entered = threading.Event()

    def second() -> None:
        entered.wait(10)
        with wiring.units.open(SYSTEM) as unit:
            unit.lock_school(school)
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with wiring.units.open(SYSTEM) as unit:
        unit.lock_school(school)
        entered.set()
        thread.join(0.3)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_other_schools_are_not_kept_waiting(wiring: Wiring, engine_name: str):
    if engine_name == "sqlite":
        pytest.skip("SQLite has one writer for the whole database")
    one, other = a_school(wiring.units), a_school(wiring.units)
    done = threading.Event()

    def elsewhere() -> None:
        with wiring.units.open(SYSTEM) as unit:
            unit.lock_school(other)
        done.set()

    with wiring.units.open(SYSTEM) as unit:
        unit.lock_school(one)
        thread = threading.Thread(target=elsewhere)
        thread.start()
        assert done.wait(10)
    thread.join()


def test_an_event_that_the_table_does_not_know_is_refused(units: Units):
    with pytest.raises(UnknownKind), units.open(SYSTEM) as unit:
        unit.record("school.painted")
    with pytest.raises(BadField), units.open(SYSTEM) as unit:
        unit.record("school.created", name="Школа № 1")
    with units.open(SYSTEM) as unit:
        assert unit.record_many([]) == []


def test_an_event_belongs_to_the_actors_school_unless_another_is_named(wiring: Wiring):
    school = a_school(wiring.units)
    actor = Actor(Role.REGISTRAR, None, school, "request-1")
    with wiring.units.open(actor) as unit:
        own = unit.record("journal.read", purpose="events")
    with wiring.units.open(SYSTEM) as unit:
        named = unit.record("journal.read", school_id=school, purpose="events")
        nobodys = unit.record("journal.read", purpose="events")
    with wiring.looking() as look:
        schools_of = {
            row.id: row.school_id
            for row in look.connection.execute(sa.select(audit_event.c.id, audit_event.c.school_id))
        }
    assert [schools_of[event] for event in (own, named, nobodys)] == [school, school, None]


def test_a_look_writes_nothing(wiring: Wiring):
    a_school(wiring.units)
    with pytest.raises(OutsideTransaction), wiring.looking() as look:
        add_school(look, "Школа № 2", "Asia/Vladivostok")
    assert count(wiring, schools) == 1


def test_whoever_waits_too_long_for_a_turn_is_sent_away(
    wiring: Wiring, engine_name: str, monkeypatch: pytest.MonkeyPatch
):
    """SQLite has one writer; on PostgreSQL nobody waits for a turn."""
    monkeypatch.setattr(unit_module, "TURN_SECONDS", 0.01)
    refused: list[bool] = []

    def second() -> None:
        try:
            with wiring.units.open(SYSTEM):
                refused.append(False)
        except DatabaseBusy:
            refused.append(True)

    with wiring.units.open(SYSTEM):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    second()
    assert refused == [engine_name == "sqlite", False]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_another_process_that_writes_for_long_makes_the_database_busy(
    wiring: Wiring, database: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(session, "BUSY_MILLISECONDS", 10)
    file = sa.make_url(database).database or ""
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy), wiring.units.open(SYSTEM):
            pass
        other.execute("ROLLBACK")
    other.close()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_pool_without_a_free_connection_is_soon_told(wiring: Wiring):
    assert wiring.reading.pool.timeout() == session.POOL_SECONDS == 2  # type: ignore[attr-defined]
