"""Takes back what a round did, so that a thousand rounds cost what a round costs.

Nobody but a test can: the guard that keeps answers from being deleted is taken off the test's
own database first. The journal keeps everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from crypto.ids import uuid7
from gateway.store.bundles import approvals, bundle_members, bundles, recalls
from gateway.store.changes import item_changes
from gateway.store.claims import claim_requests
from gateway.store.collections import enrolments
from gateway.store.consents import answers, asks, evidence
from gateway.store.imports import imports
from gateway.store.outbox import messages
from gateway.store.people import person_tokens, persons
from gateway.store.pupils import guardianships, pupils
from gateway.store.vault import person_keys
from gateway.wiring import Wiring

RELEASE = (recalls, bundle_members, bundles, approvals)
ANSWERS = (evidence, answers, messages)
REGISTER = (
    asks,
    item_changes,
    guardianships,
    pupils,
    person_tokens,
    person_keys,
    claim_requests,
    persons,
    imports,
    enrolments,
)


class Rewind:
    """Remembers some tables as they are now. `tables`: those that point before those pointed at.

    Ids sort by time, so whatever was written later is found by its event.
    """

    def __init__(self, wiring: Wiring, tables: Iterable[sa.Table]) -> None:
        self._wiring = wiring
        self._tables = tuple(tables)
        self._mark = uuid7(wiring.clock())
        with wiring.writing.begin() as db:
            _let_answers_go(db)
            self._before = {t: _rows(db, sa.select(t), t) for t in self._tables}

    def __call__(self) -> None:
        """Everything as it was: new rows gone, changed rows changed back."""
        with self._wiring.writing.begin() as db:
            for table in self._tables:
                late = _rows(db, sa.select(table).where(_stamp(table) > self._mark), table)
                for key in late:
                    here = sa.and_(*(c == v for c, v in zip(table.primary_key, key, strict=True)))
                    if (row := self._before[table].get(key)) is None:
                        db.execute(table.delete().where(here))
                    else:
                        db.execute(table.update().where(here).values(row))


def _stamp(table: sa.Table) -> sa.Column[UUID]:
    """The id that says when a row was last written."""
    return next(table.c[name] for name in ("event_id", "bundle_id", "id") if name in table.c)


def _rows(
    db: sa.Connection, query: sa.Select[tuple[object, ...]], table: sa.Table
) -> dict[tuple[object, ...], dict[str, object]]:
    """Rows by primary key."""
    names = [column.name for column in table.primary_key]
    found = [dict(row._mapping) for row in db.execute(query)]
    return {tuple(row[name] for name in names): row for row in found}


def _let_answers_go(db: sa.Connection) -> None:
    if db.dialect.name == "sqlite":
        db.exec_driver_sql("DROP TRIGGER IF EXISTS answers_delete")
    else:
        db.exec_driver_sql("DROP TRIGGER IF EXISTS answers_rows ON answers")
