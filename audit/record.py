"""Writing events in the caller's own transaction: both the change and its event, or neither.

No head, no lock and no order is touched here, so writers never wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from audit.errors import OutsideTransaction
from audit.event import Event
from audit.store import audit_event, audit_pending

_INSERT_EVENT, _INSERT_PENDING = sa.insert(audit_event), sa.insert(audit_pending)


def record(connection: sa.Connection, event: Event) -> UUID:
    """Stage one event; returns its id for the rows that change. Never commits.

    Raises `OutsideTransaction` when no transaction of the caller is open.
    """
    record_many(connection, [event])
    return event.id


def record_many(connection: sa.Connection, events: Sequence[Event]) -> None:
    """Stage events in bulk: two statements, however many there are."""
    options = connection.get_execution_options()
    if not connection.in_transaction() or options.get("isolation_level") == "AUTOCOMMIT":
        raise OutsideTransaction("an event needs the transaction of the change it tells of")
    if not events:
        return
    connection.execute(
        _INSERT_EVENT,
        [
            {
                "id": event.id,
                "school_id": event.school_id,
                "kind": event.kind,
                "at": event.at,
                "body": event.body(),
            }
            for event in events
        ],
    )
    connection.execute(_INSERT_PENDING, [{"event_id": event.id} for event in events])
