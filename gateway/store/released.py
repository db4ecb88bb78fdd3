"""What the check of released bundles reads, across schools; it writes nothing."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from gateway.store.bundles import Bundle, bundles
from gateway.store.consents import answers

_BUNDLE = [column for column in bundles.c if column.name not in {"content", "event_id"}]


class ReleasedStore:
    """Reads without naming the school: for the operator, never for a request."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def bundle_ids(self) -> list[UUID]:
        """Every revision of every school."""
        return list(self._db.scalars(sa.select(bundles.c.id).order_by(bundles.c.id)))

    def find(self, bundle_id: UUID) -> Bundle | None:
        row = self._db.execute(sa.select(*_BUNDLE).where(bundles.c.id == bundle_id)).first()
        return None if row is None else Bundle(**row._mapping)

    def answer_events(self, school_id: UUID) -> dict[UUID, UUID]:
        """The event of every answer of the school."""
        rows = self._db.execute(
            sa.select(answers.c.id, answers.c.event_id).where(answers.c.school_id == school_id)
        )
        return {row.id: row.event_id for row in rows}
