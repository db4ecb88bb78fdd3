"""Looking for events: by time, kind, actor, school, object; newest first or in order; counted.

Fields of a body are looked for in its bytes. That is exact: a body has one spelling, and no value
in it can hold a quotation mark (`audit.event`). Whoever searches records `journal.read` first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from audit.errors import LeafError
from audit.event import Event
from audit.journal import Entry, readable
from audit.leaf import Leaf
from audit.store import audit_event, audit_leaf

ACTOR_KINDS = ("staff", "family", "platform", "system")
MOST_COUNTED = 50_000  # of the newest that match: counting is to help, not to occupy the database
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; whatever is None or empty is not asked about.

    `since` is included, `until` is not. `about`: ids, of which the body names at least one.
    """

    since: datetime | None = None
    until: datetime | None = None
    kinds: frozenset[str] = frozenset()
    actor_kind: str | None = None
    school_id: UUID | None = None
    about: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Facet:
    """How many events share kind, school and kind of actor."""

    kind: str
    school_id: UUID | None
    actor_kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Place:
    """One event with the bytes that are hashed: `body` into the leaf, `envelope` into the tree."""

    entry: Entry
    body: bytes
    envelope: bytes
    leaf_hash: bytes


def newest(
    connection: sa.Connection, wanted: Wanted, before: int | None = None, limit: int = 50
) -> list[Entry]:
    """Events in front of index `before` (None: from the end), newest first."""
    query = _matching(connection, wanted).order_by(audit_leaf.c.idx.desc()).limit(limit)
    if before is not None:
        query = query.where(audit_leaf.c.idx < before)
    return [_entry(row) for row in connection.execute(query)]


def oldest(
    connection: sa.Connection, wanted: Wanted, after: int = -1, limit: int = 100
) -> list[Entry]:
    """Events behind index `after`, in order."""
    query = _matching(connection, wanted).where(audit_leaf.c.idx > after)
    ordered = query.order_by(audit_leaf.c.idx).limit(limit)
    return [_entry(row) for row in connection.execute(ordered)]


def pages(connection: sa.Connection, wanted: Wanted) -> Iterator[list[Entry]]:
    """Everything that matches, in order, some hundred at a time."""
    after = -1
    while found := oldest(connection, wanted, after, _PAGE):
        yield found
        after = found[-1].idx


def facets(connection: sa.Connection, wanted: Wanted) -> list[Facet]:
    """Counts over the newest `MOST_COUNTED` events that match."""
    some = _matching(connection, wanted).order_by(audit_leaf.c.idx.desc()).limit(MOST_COUNTED)
    found = some.subquery()
    actor = sa.case(
        *((_holds(connection, found.c.body, _actor(kind)), kind) for kind in ACTOR_KINDS), else_=""
    ).label("actor_kind")
    grouped = sa.select(found.c.kind, found.c.school_id, actor, sa.func.count().label("count"))
    rows = connection.execute(grouped.group_by(found.c.kind, found.c.school_id, actor))
    return [Facet(row.kind, row.school_id, row.actor_kind, row[3]) for row in rows]


def place(connection: sa.Connection, idx: int) -> Place | None:
    """The event at an index of the log; None behind its end."""
    row = connection.execute(
        sa.select(
            audit_leaf.c.idx,
            audit_leaf.c.event_id,
            audit_leaf.c.envelope,
            audit_leaf.c.leaf_hash,
            audit_event.c.body,
        )
        .join(audit_event, audit_event.c.id == audit_leaf.c.event_id)
        .where(audit_leaf.c.idx == idx)
    ).first()
    return None if row is None else Place(_entry(row), row.body, row.envelope, row.leaf_hash)


def last_of_kind(connection: sa.Connection, kind: str) -> Event | None:
    """The newest readable event of a kind, pending or not; None: there was none."""
    bodies = connection.scalars(
        sa.select(audit_event.c.body)
        .where(audit_event.c.kind == kind)
        .order_by(audit_event.c.id.desc())
        .limit(_PAGE)
    )
    return next(filter(None, map(readable, bodies)), None)


def _matching(connection: sa.Connection, wanted: Wanted) -> sa.Select[Any]:
    query: sa.Select[Any] = sa.select(
        audit_leaf.c.idx,
        audit_leaf.c.event_id,
        audit_leaf.c.envelope,
        audit_event.c.body,
        audit_event.c.kind,
        audit_event.c.school_id,
    ).join(audit_event, audit_event.c.id == audit_leaf.c.event_id)
    if wanted.since is not None:
        query = query.where(audit_event.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(audit_event.c.at < wanted.until)
    if wanted.kinds:
        query = query.where(audit_event.c.kind.in_(sorted(wanted.kinds)))
    if wanted.school_id is not None:
        query = query.where(audit_leaf.c.school_id == wanted.school_id)
    if wanted.actor_kind is not None:
        query = query.where(_holds(connection, audit_event.c.body, _actor(wanted.actor_kind)))
    if wanted.about:
        named = (f'"{each}"'.encode() for each in sorted(wanted.about))
        query = query.where(
            sa.or_(*(_holds(connection, audit_event.c.body, each) for each in named))
        )
    return query


def _actor(kind: str) -> bytes:
    return f'"actor":{{"kind":"{kind}",'.encode()


def _holds(
    connection: sa.Connection, body: sa.ColumnElement[bytes], part: bytes
) -> sa.ColumnElement[bool]:
    """Whether these bytes stand in the body."""
    told = sa.literal(part, sa.LargeBinary)
    if connection.dialect.name == "postgresql":
        return sa.func.position(told.op("IN")(body)) > 0
    return sa.func.instr(body, told) > 0


def _entry(row: Any) -> Entry:
    """One damaged row must not hide the others: it is shown as damaged."""
    try:
        leaf = Leaf.decode(row.envelope)
    except LeafError:
        return Entry(row.idx, row.event_id, None, None)
    return Entry(row.idx, row.event_id, leaf.integrated_at, readable(row.body, leaf.body_hash))
