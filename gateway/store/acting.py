"""Acting directors: who, by which order, from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import Moment, event_column, metadata, own_id, school_key

acting_directors = sa.Table(
    "acting_directors",
    metadata,
    school_key(),
    own_id(),
    sa.Column("staff_id", sa.Uuid, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("order_no", sa.Text, nullable=False),
    sa.Column("order_on", sa.Date, nullable=False),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("to_on", sa.Date, nullable=False),
    sa.Column("ended_at", Moment),
    event_column(),
)


@dataclass(frozen=True, slots=True)
class Acting:
    """One order. `ended_at`: taken back before its last day; None: not."""

    id: UUID
    staff_id: UUID
    order_no: str
    order_on: date
    from_on: date
    to_on: date
    ended_at: datetime | None = None


_ACTING = [acting_directors.c[name] for name in Acting.__slots__]


class ActingStore:
    """Orders stay when they are over: they say who could approve, and when."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(self, school_id: UUID, order: Acting, event_id: UUID) -> None:
        told = {name: getattr(order, name) for name in Acting.__slots__}
        self._db.execute(
            acting_directors.insert().values(school_id=school_id, **told, event_id=event_id)
        )

    def end(self, school_id: UUID, order_id: UUID, at: datetime, event_id: UUID) -> None:
        self._db.execute(
            acting_directors.update()
            .where(acting_directors.c.school_id == school_id, acting_directors.c.id == order_id)
            .values(ended_at=at, event_id=event_id)
        )

    def of_school(self, school_id: UUID) -> list[Acting]:
        """All orders, the latest first."""
        rows = self._db.execute(
            sa.select(*_ACTING)
            .where(acting_directors.c.school_id == school_id)
            .order_by(acting_directors.c.from_on.desc(), acting_directors.c.id.desc())
        )
        return [Acting(**row._mapping) for row in rows]

    def of_worker(self, school_id: UUID, staff_id: UUID) -> list[Acting]:
        """Orders of one worker that were not taken back."""
        rows = self._db.execute(
            sa.select(*_ACTING).where(
                acting_directors.c.school_id == school_id,
                acting_directors.c.staff_id == staff_id,
                acting_directors.c.ended_at.is_(None),
            )
        )
        return [Acting(**row._mapping) for row in rows]
