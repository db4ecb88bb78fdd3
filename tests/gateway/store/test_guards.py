"""Answers and evidence are only ever added, whichever way a statement tries, on both engines.

The connections here are bare on purpose: no pragmas, no foreign keys, and on PostgreSQL a session
in replica mode, which passes over ordinary triggers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from gateway.store.consents import INSERT_ONLY, answers, evidence
from gateway.store.guards import guard_statements

SCHOOL, FIRST, SECOND = (UUID(int=number) for number in (1, 2, 3))
AT = datetime(2026, 9, 1, tzinfo=UTC)


def an_answer(answer_id: UUID, receipt_no: str) -> dict[str, object]:
    return {
        "school_id": SCHOOL,
        "id": answer_id,
        "ask_id": FIRST,
        "decision": "given",
        "decided_at": AT,
        "recorded_at": AT,
        "decided_by": FIRST,
        "evidence_level": "LOCAL_PEP",
        "form_slug": "child",
        "form_version": "1",
        "text_digest": "0" * 64,
        "document_digest": "0" * 64,
        "has_agreement": True,
        "subject_version": 0,
        "signer_version": 0,
        "receipt_no": receipt_no,
        "receipt": "a.b.c",
        "event_id": FIRST,
    }


EVIDENCE = {
    "school_id": SCHOOL,
    "answer_id": FIRST,
    "person_id": FIRST,
    "sealed": b"sealed",
    "event_id": FIRST,
}


@pytest.fixture
def bare(database: str) -> Iterator[sa.Connection]:
    """A connection that knows nothing of the house, with one answer and its evidence."""
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET session_replication_role = replica"))
        connection.execute(answers.insert(), an_answer(FIRST, "7K4M"))
        connection.execute(evidence.insert(), EVIDENCE)
        connection.commit()
        yield connection
    engine.dispose()


def refused(connection: sa.Connection, statement: sa.Executable, *rows: object) -> bool:
    """The guard itself refused, not a unique key."""
    with pytest.raises(sa.exc.DBAPIError, match="is insert-only"):
        connection.execute(statement, *rows)
    connection.rollback()
    return True


def test_a_further_answer_is_added(bare: sa.Connection) -> None:
    bare.execute(answers.insert(), an_answer(SECOND, "92QF"))
    assert bare.scalar(sa.select(sa.func.count()).select_from(answers)) == 2


def test_an_answer_is_not_changed(bare: sa.Connection) -> None:
    assert refused(bare, answers.update().values(decision="refused"))


def test_an_answer_is_not_deleted(bare: sa.Connection) -> None:
    assert refused(bare, answers.delete())


def test_evidence_is_not_changed(bare: sa.Connection) -> None:
    assert refused(bare, evidence.update().values(sealed=b"other"))


def test_evidence_is_deleted_when_its_time_has_come(bare: sa.Connection) -> None:
    bare.execute(evidence.delete())
    assert bare.execute(sa.select(evidence)).first() is None


@pytest.mark.parametrize("table", INSERT_ONLY)
def test_a_table_is_not_emptied_at_once(bare: sa.Connection, table: str) -> None:
    # SQLite does not know the word; its DELETE is guarded row by row.
    with pytest.raises(sa.exc.DBAPIError, match=r"is insert-only|syntax error"):
        bare.execute(sa.text(f"TRUNCATE {table} CASCADE"))


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(an_answer(FIRST, "XW3T"), id="by its key"),
        pytest.param(an_answer(SECOND, "7K4M"), id="by its receipt number"),
    ],
)
def test_an_answer_is_not_replaced(bare: sa.Connection, again: dict[str, object]) -> None:
    if bare.dialect.name == "sqlite":
        assert refused(bare, answers.insert().prefix_with("OR REPLACE"), again)
    else:
        with pytest.raises(sa.exc.IntegrityError):
            bare.execute(answers.insert(), again)


def test_an_answer_is_not_replaced_by_its_hidden_row_number(bare: sa.Connection) -> None:
    if bare.dialect.name == "sqlite":
        row = {"rowid": 1, **an_answer(SECOND, "92QF")}
        columns = [sa.column(name, getattr(answers.c.get(name), "type", None)) for name in row]
        assert refused(bare, sa.table("answers", *columns).insert().prefix_with("OR REPLACE"), row)
    else:
        with pytest.raises(sa.exc.ProgrammingError):
            bare.execute(sa.text("SELECT rowid FROM answers"))


def test_there_are_two_engines() -> None:
    with pytest.raises(ValueError, match=r"engine\.unknown"):
        guard_statements("oracle")
