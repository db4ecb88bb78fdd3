"""What the check of released bundles reads, across schools; it writes nothing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from gateway.store.bundles import Bundle, bundles, recalls
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

    def recalled_at(self, bundle: Bundle) -> dict[UUID, datetime]:
        """When each recalled person of the bundle was."""
        rows = self._db.execute(
            sa.select(recalls.c.person_id, recalls.c.opened_at).where(
                recalls.c.school_id == bundle.school_id, recalls.c.bundle_id == bundle.id
            )
        )
        return {row.person_id: row.opened_at for row in rows}

    def recorded_at(self, school_id: UUID) -> dict[UUID, datetime]:
        """Moment at which every answer of the school was recorded."""
        rows = self._db.execute(
            sa.select(answers.c.id, answers.c.recorded_at).where(answers.c.school_id == school_id)
        )
        return {row.id: row.recorded_at for row in rows}
