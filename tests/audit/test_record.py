"""Events enter with the change they tell of, and nothing can be taken out again."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
import sqlalchemy as sa

from audit import journal
from audit.errors import OutsideTransaction
from audit.record import record, record_many
from audit.store import APPEND_ONLY, audit_event, audit_leaf, guard_statements, metadata
from tests.audit.journals import LATER, START, drop_guards


def test_an_event_is_kept_as_it_was_made(engine, an_event):
    event = an_event()
    with engine.begin() as connection:
        assert record(connection, event) == event.id
        assert journal.event(connection, event.id) == event
        row = connection.execute(sa.select(audit_event)).one()
    assert (row.id, row.school_id, row.kind) == (event.id, event.school_id, event.kind)
    assert (row.at, row.body) == (event.at, event.body())


def test_an_event_goes_with_the_change_it_tells_of(engine, an_event):
    with engine.connect() as connection:
        transaction = connection.begin()
        record_many(connection, [an_event(), an_event()])
        assert journal.pending_count(connection) == 2
        transaction.rollback()
    with engine.begin() as connection:
        assert journal.pending_count(connection) == 0
        assert connection.execute(sa.select(audit_event)).first() is None


def test_an_event_is_refused_outside_of_a_transaction(engine, an_event):
    with engine.connect() as connection, pytest.raises(OutsideTransaction):
        record(connection, an_event())


def test_an_event_is_refused_where_every_statement_commits_itself(engine_name, engine, an_event):
    if engine_name == "sqlite":
        free = engine.execution_options(isolation_level="AUTOCOMMIT")
    else:
        free = sa.create_engine(engine.url, isolation_level="AUTOCOMMIT").execution_options(
            isolation_level="AUTOCOMMIT"
        )
    with free.connect() as connection, connection.begin(), pytest.raises(OutsideTransaction):
        record(connection, an_event())
    free.dispose()


def test_recording_nothing_writes_nothing(engine):
    with engine.begin() as connection:
        record_many(connection, [])
        assert journal.pending_count(connection) == 0


def test_one_event_is_recorded_once(engine, an_event):
    event = an_event()
    with engine.begin() as connection:
        record(connection, event)
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        record(connection, event)


def test_moments_come_back_in_utc(engine, an_event):
    event = an_event(at=START.astimezone(timezone(timedelta(hours=10))))
    with engine.begin() as connection:
        record(connection, event)
        assert journal.oldest_pending_at(connection) == START
        assert journal.oldest_pending_at(connection).utcoffset() == timedelta(0)


def test_a_naive_moment_reaches_no_table(engine):
    with pytest.raises(sa.exc.StatementError, match=r"moment\.naive"), engine.begin() as connection:
        connection.execute(
            sa.select(audit_event).where(audit_event.c.at == START.replace(tzinfo=None))
        )


def test_no_moment_is_no_moment(engine):
    with engine.begin() as connection:
        column = sa.cast(sa.null(), audit_event.c.at.type)
        assert connection.execute(sa.select(column)).scalar() is None
        assert connection.execute(
            sa.select(sa.literal(None, audit_event.c.at.type).is_(None))
        ).scalar()


STATEMENTS = {
    "update": "UPDATE {table} SET {key} = {key}",
    "delete": "DELETE FROM {table}",
}
SQLITE_ONLY = {
    "replace": "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    "ignore": "INSERT OR IGNORE INTO {table} SELECT * FROM {table}",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} WHERE true"
    " ON CONFLICT DO UPDATE SET {key} = {key}",
}
POSTGRES_ONLY = {
    "truncate": "TRUNCATE {table} CASCADE",
    "upsert": "INSERT INTO {table} SELECT * FROM {table}"
    " ON CONFLICT ({key}) DO UPDATE SET {key} = {table}.{key}",
    "replica": "SET LOCAL session_replication_role = replica; DELETE FROM {table}",
}


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_rows_of_the_journal_are_only_ever_added(engine_name, engine, fill, make_sequencer, table):
    fill(engine, 3)
    sequencer = make_sequencer(engine)
    sequencer.integrate_once(LATER)
    sequencer.sign_once(LATER)
    before = rows(engine, table)
    own = SQLITE_ONLY if engine_name == "sqlite" else POSTGRES_ONLY
    for name, statement in {**STATEMENTS, **own}.items():
        text = statement.format(table=table, key=APPEND_ONLY[table][0])
        with pytest.raises(sa.exc.DBAPIError) as refusal, engine.begin() as connection:
            connection.exec_driver_sql(text)
        assert f"{table} is append-only" in str(refusal.value), name
    assert rows(engine, table) == before


def rows(engine: sa.Engine, table: str) -> list[tuple[object, ...]]:
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(sa.select(metadata.tables[table]))]


def test_replacing_a_leaf_under_another_index_is_refused(lite, fill, make_sequencer):
    fill(lite, 3)
    make_sequencer(lite).integrate_once(LATER)
    statement = (
        "INSERT OR REPLACE INTO audit_leaf"
        " SELECT 99, event_id, school_id, sseq, envelope, leaf_hash FROM audit_leaf WHERE idx = 0"
    )
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), lite.begin() as connection:
        connection.exec_driver_sql(statement)


def test_no_hidden_row_number_lets_a_row_be_replaced(lite):
    with lite.begin() as connection:
        for table in APPEND_ONLY:
            with pytest.raises(sa.exc.DBAPIError, match="rowid"):
                connection.execute(sa.select(sa.text("rowid")).select_from(sa.table(table)))


def test_an_owner_who_drops_the_guards_can_change_rows(engine, fill, make_sequencer):
    """The guards are a speed bump; what finds this change is the verifier."""
    fill(engine, 3)
    make_sequencer(engine).integrate_once(LATER)
    drop_guards(engine)
    with engine.begin() as connection:
        done = connection.execute(sa.update(audit_leaf).values(school_id=None))
    assert done.rowcount == 3


def test_guards_are_known_for_two_engines_only():
    with pytest.raises(ValueError, match=r"engine\.unknown"):
        guard_statements("oracle")
