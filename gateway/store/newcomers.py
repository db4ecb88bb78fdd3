"""Newcomers: representatives who have named themselves by the link of one whom the school knows.

What they told of themselves is sealed with the school's key until the school has decided. A row
goes soon after; who was accepted lives on as a person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crypto.tokens_index import TOKEN_BYTES
from gateway.store.base import (
    Moment,
    event_column,
    metadata,
    own_id,
    school_key,
    tenant_reference,
)

newcomers = sa.Table(
    "newcomers",
    metadata,
    school_key(),
    own_id(),
    sa.Column("collection_id", sa.Uuid, nullable=False),
    sa.Column("signer_id", sa.Uuid, nullable=False),
    sa.Column("named_at", Moment, nullable=False),
    sa.Column("tag", sa.LargeBinary(TOKEN_BYTES)),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("decided_at", Moment),
    sa.Column("guardian_id", sa.Uuid),
    event_column(),
    tenant_reference("collection_id", "collections"),
    tenant_reference("signer_id", "persons"),
    tenant_reference("guardian_id", "persons"),
    sa.UniqueConstraint("school_id", "tag"),
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """`signer_id`: by whose link they came.

    `tag`: keyed, of all that was told: sent twice it is one; None once decided, so that the same
    may be told again. `sealed` None: the school has decided, at `decided_at`. `guardian_id`: who
    the accepted one is now; None: waits, or was declined.
    """

    id: UUID
    collection_id: UUID
    signer_id: UUID
    named_at: datetime
    tag: bytes | None = field(repr=False)
    sealed: bytes | None = field(repr=False)
    decided_at: datetime | None = None
    guardian_id: UUID | None = None


_NEWCOMER = [newcomers.c[name] for name in Newcomer.__slots__]


class NewcomerStore:
    """All of one school; it is locked by whoever writes."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(self, school_id: UUID, newcomer: Newcomer, event_id: UUID) -> None:
        told = {name: getattr(newcomer, name) for name in Newcomer.__slots__}
        self._db.execute(newcomers.insert().values(school_id=school_id, **told, event_id=event_id))

    def with_tag(self, school_id: UUID, tag: bytes) -> UUID | None:
        """Whoever told the same before and still waits."""
        found: UUID | None = self._db.scalar(
            sa.select(newcomers.c.id).where(
                newcomers.c.school_id == school_id, newcomers.c.tag == tag
            )
        )
        return found

    def waiting(self, school_id: UUID) -> list[Newcomer]:
        """Whom the school has not decided about, the oldest on top."""
        rows = self._db.execute(
            sa.select(*_NEWCOMER)
            .where(newcomers.c.school_id == school_id, newcomers.c.decided_at.is_(None))
            .order_by(newcomers.c.id)
        )
        return [Newcomer(**row._mapping) for row in rows]

    def count_waiting(self, school_id: UUID) -> int:
        found = self._db.scalar(
            sa.select(sa.func.count())
            .select_from(newcomers)
            .where(newcomers.c.school_id == school_id, newcomers.c.decided_at.is_(None))
        )
        return found or 0

    def find(self, school_id: UUID, newcomer_id: UUID) -> Newcomer | None:
        row = self._db.execute(
            sa.select(*_NEWCOMER).where(
                newcomers.c.school_id == school_id, newcomers.c.id == newcomer_id
            )
        ).first()
        return None if row is None else Newcomer(**row._mapping)

    def decide(
        self,
        school_id: UUID,
        newcomer_id: UUID,
        at: datetime,
        event_id: UUID,
        guardian_id: UUID | None,
    ) -> None:
        """What was told goes at once. `guardian_id` None: declined."""
        values = {"decided_at": at, "guardian_id": guardian_id, "sealed": None, "tag": None}
        self._db.execute(
            newcomers.update()
            .where(newcomers.c.school_id == school_id, newcomers.c.id == newcomer_id)
            .values(**values, event_id=event_id)
        )

    def forget(self, school_id: UUID, named: datetime, over: Collection[UUID]) -> int:
        """Delete who came by that moment or in a collection that is `over`; answers how many."""
        return self._db.execute(
            newcomers.delete().where(
                newcomers.c.school_id == school_id,
                sa.or_(newcomers.c.named_at <= named, newcomers.c.collection_id.in_(over)),
            )
        ).rowcount

    def forget_of(self, school_id: UUID, signer_id: UUID) -> None:
        """Delete who came by the link of a person whose record goes."""
        self._db.execute(
            newcomers.delete().where(
                newcomers.c.school_id == school_id, newcomers.c.signer_id == signer_id
            )
        )
