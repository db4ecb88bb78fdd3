"""Who asked for a personal link at the door of a school: keyed tokens that wait for the worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import Moment, metadata, own_id, school_column
from policies.facts import Field

link_requests = sa.Table(
    "link_requests",
    metadata,
    own_id(),
    school_column(),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("token", sa.LargeBinary(16), nullable=False),
    sa.Column("queued_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """`token`: of a contact, scoped to the school. Nobody knows yet whether anyone holds it."""

    id: UUID
    school_id: UUID
    contact: Field
    token: bytes = field(repr=False)
    queued_at: datetime


_ANY = sa.select(link_requests.c.id).limit(1)


class LinkRequestStore:
    """A queue: rows go when they are looked into."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(self, request: LinkRequest) -> None:
        self._db.execute(
            link_requests.insert().values(
                id=request.id,
                school_id=request.school_id,
                field=request.contact.value,
                token=request.token,
                queued_at=request.queued_at,
            )
        )

    def take(self, limit: int) -> list[LinkRequest]:
        """Take the oldest out of the queue; two workers share it."""
        rows = self._db.execute(
            sa.select(link_requests)
            .order_by(link_requests.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        self._db.execute(
            link_requests.delete().where(link_requests.c.id.in_([row.id for row in rows]))
        )
        return [
            LinkRequest(row.id, row.school_id, Field(row.field), row.token, row.queued_at)
            for row in rows
        ]

    def is_waiting(self) -> bool:
        """Whether there is anything to look into."""
        return self._db.execute(_ANY).first() is not None
