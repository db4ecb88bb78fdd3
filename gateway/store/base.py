"""Column types and shapes that every table shares.

`school_id` stands first in the key of every table that belongs to a school. A row that a
person or a rule can change carries the id of the journal event that changed it.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from audit.store import Moment, metadata

__all__ = ["Moment", "event_column", "metadata", "own_id", "school_column", "school_key"]

# What a statement that is written once is told when it runs (decision 0020).
SCHOOL: sa.BindParameter[UUID] = sa.bindparam("school_id")
ID: sa.BindParameter[UUID] = sa.bindparam("id")
PERSON: sa.BindParameter[UUID] = sa.bindparam("person_id")
IDS: sa.BindParameter[UUID] = sa.bindparam("ids", expanding=True)


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
