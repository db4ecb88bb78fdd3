"""Column types and shapes that every table shares.

`school_id` stands first in the key of every table that belongs to a school. A row that a
person or a rule can change carries the id of the journal event that changed it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from audit.store import metadata

__all__ = ["Moment", "event_column", "metadata", "own_id", "school_column", "school_key"]


class Moment(sa.TypeDecorator[datetime]):
    """An aware UTC moment. SQLite keeps no zone, so it is taken off and put on again."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def own_id() -> sa.Column[UUID]:
    """UUIDv7 given by the unit, never by the database."""
    return sa.Column("id", sa.Uuid, primary_key=True)


def school_key() -> sa.Column[UUID]:
    """First column of a tenant key."""
    return sa.Column("school_id", sa.Uuid, sa.ForeignKey("schools.id"), primary_key=True)


def school_column() -> sa.Column[UUID]:
    """School of a row whose key is something else (a token's hash)."""
    return sa.Column("school_id", sa.Uuid, sa.ForeignKey("schools.id"), nullable=False)


def event_column(name: str = "event_id", nullable: bool = False) -> sa.Column[UUID]:
    """Journal event that made or last changed the row: immediate foreign key, not unique."""
    return sa.Column(name, sa.Uuid, sa.ForeignKey("audit_event.id"), nullable=nullable)


def tenant_reference(column: str, table: str) -> sa.ForeignKeyConstraint:
    """Reference within the school: (school_id, column) -> table(school_id, id)."""
    target = "person_id" if table == "pupils" else "id"
    return sa.ForeignKeyConstraint(
        ["school_id", column], [f"{table}.school_id", f"{table}.{target}"]
    )
