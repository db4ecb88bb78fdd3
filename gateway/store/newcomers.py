"""Newcomers: representatives who have named themselves and whom the school has not put on record.

What they told of themselves is sealed with the school's key and destroyed soon.
"""

from __future__ import annotations

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
    sa.Column("tag", sa.LargeBinary(TOKEN_BYTES), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("named_at", Moment, nullable=False),
    sa.Column("accepted_by", sa.Uuid, sa.ForeignKey("staff.id")),
    sa.Column("accepted_at", Moment),
    event_column(),
    tenant_reference("collection_id", "collections"),
    tenant_reference("signer_id", "persons"),
    sa.UniqueConstraint("school_id", "tag"),
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """`signer_id`: by whose link they came. `tag`: keyed, of all that was told: sent twice is one.

    `accepted_by` None: the school has not checked the documents yet.
    """

    id: UUID
    collection_id: UUID
    signer_id: UUID
    tag: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    named_at: datetime
    accepted_by: UUID | None = None
    accepted_at: datetime | None = None


_NEWCOMER = [newcomers.c[name] for name in Newcomer.__slots__]


class NewcomerStore:
    """Rows live until they are declined, or for the days that the worker is told."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(self, school_id: UUID, newcomer: Newcomer, event_id: UUID) -> None:
        told = {name: getattr(newcomer, name) for name in Newcomer.__slots__}
        self._db.execute(newcomers.insert().values(school_id=school_id, **told, event_id=event_id))

    def with_tag(self, school_id: UUID, tag: bytes) -> UUID | None:
        """Whoever told the same before."""
        found: UUID | None = self._db.scalar(
            sa.select(newcomers.c.id).where(
                newcomers.c.school_id == school_id, newcomers.c.tag == tag
            )
        )
        return found

    def of_school(self, school_id: UUID) -> list[Newcomer]:
        """Those to be checked first, the oldest of them on top."""
        rows = self._db.execute(
            sa.select(*_NEWCOMER)
            .where(newcomers.c.school_id == school_id)
            .order_by(newcomers.c.accepted_at.is_not(None), newcomers.c.id)
        )
        return [Newcomer(**row._mapping) for row in rows]

    def find(self, school_id: UUID, newcomer_id: UUID) -> Newcomer | None:
        row = self._db.execute(
            sa.select(*_NEWCOMER).where(
                newcomers.c.school_id == school_id, newcomers.c.id == newcomer_id
            )
        ).first()
        return None if row is None else Newcomer(**row._mapping)

    def waiting(self, school_id: UUID) -> int:
        """How many the school has not checked."""
        found = self._db.scalar(
            sa.select(sa.func.count())
            .select_from(newcomers)
            .where(newcomers.c.school_id == school_id, newcomers.c.accepted_at.is_(None))
        )
        return found or 0

    def accept(
        self, school_id: UUID, newcomer_id: UUID, staff_id: UUID, at: datetime, event_id: UUID
    ) -> None:
        self._db.execute(
            newcomers.update()
            .where(newcomers.c.school_id == school_id, newcomers.c.id == newcomer_id)
            .values(accepted_by=staff_id, accepted_at=at, event_id=event_id)
        )

    def drop(self, school_id: UUID, newcomer_id: UUID) -> None:
        self._db.execute(
            newcomers.delete().where(
                newcomers.c.school_id == school_id, newcomers.c.id == newcomer_id
            )
        )

    def forget(self, school_id: UUID, named: datetime, accepted: datetime) -> int:
        """Delete who was named or accepted by these moments; answers how many."""
        return self._db.execute(
            newcomers.delete().where(
                newcomers.c.school_id == school_id,
                sa.or_(newcomers.c.named_at <= named, newcomers.c.accepted_at <= accepted),
            )
        ).rowcount
