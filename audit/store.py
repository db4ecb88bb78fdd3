"""The tables of the journal, and the statements that make them append-only.

`metadata` is shared with the gateway, whose rows point at `audit_event` by foreign keys.
Events, leaves and checkpoints are only ever added. `audit_pending` is emptied by the sequencer,
`audit_head` is its place mark; neither is evidence.
"""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(sa.TypeDecorator[datetime]):
    """An aware UTC moment on both engines; SQLite itself keeps no zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """ValueError for a naive moment."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("moment.naive")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Always in UTC, whatever zone the session of the server has."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Tables without rowid: OR REPLACE over a hidden rowid would slip past the insert guards below.
audit_event = sa.Table(
    "audit_event",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("school_id", sa.Uuid, nullable=True),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

audit_pending = sa.Table(
    "audit_pending",
    metadata,
    sa.Column("event_id", sa.Uuid, sa.ForeignKey(audit_event.c.id), primary_key=True),
    sqlite_with_rowid=False,
)

audit_leaf = sa.Table(
    "audit_leaf",
    metadata,
    sa.Column("idx", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event_id", sa.Uuid, sa.ForeignKey(audit_event.c.id), nullable=False, unique=True),
    sa.Column("school_id", sa.Uuid, nullable=True),
    sa.Column("sseq", sa.BigInteger, nullable=False),
    sa.Column("envelope", sa.LargeBinary, nullable=False),
    sa.Column("leaf_hash", sa.LargeBinary(32), nullable=False),
    sa.Index(None, "school_id", "idx"),
    sqlite_with_rowid=False,
)

# One row. `edge` is a CompactRange: the size and the roots of the perfect subtrees.
audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("root", sa.LargeBinary(32), nullable=False),
    sa.Column("edge", sa.LargeBinary, nullable=False),
    sa.CheckConstraint("id = 1", name="one_row"),
)

audit_checkpoint = sa.Table(
    "audit_checkpoint",
    metadata,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("note", sa.LargeBinary, nullable=False),
    sa.Column("signed_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

# Every unique key of a table: the SQLite guard against OR REPLACE needs all of them.
APPEND_ONLY = MappingProxyType(
    {"audit_event": ("id",), "audit_leaf": ("idx", "event_id"), "audit_checkpoint": ("size",)}
)


def guard_statements(dialect_name: str) -> list[str]:
    """DDL to run once after the tables are made. `dialect_name`: postgresql or sqlite.

    A speed bump against accidents and casual changes; the proof is in the signatures, for an
    owner of the tables can always drop a trigger.
    """
    if dialect_name == "postgresql":
        return [_POSTGRES_FUNCTION, *(line for table in APPEND_ONLY for line in _postgres(table))]
    if dialect_name == "sqlite":
        return [line for table, keys in APPEND_ONLY.items() for line in _sqlite(table, keys)]
    raise ValueError("engine.unknown")


_POSTGRES_FUNCTION = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation',
        MESSAGE = TG_TABLE_NAME || ' is append-only';
END
$$
""".strip()


def _postgres(table: str) -> list[str]:
    """ALWAYS: a session in replica mode would pass over ordinary triggers."""
    return [
        f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
        f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_rows",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_whole",
    ]


def _sqlite(table: str, keys: tuple[str, ...]) -> list[str]:
    """REPLACE removes the old row without firing delete triggers, so inserts are guarded too."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    columns = metadata.tables[table].c
    taken = sa.or_(*(columns[key] == sa.literal_column(f"NEW.{key}") for key in keys))
    exists = str(sa.exists().where(taken).compile(dialect=sqlite.dialect()))
    return [
        f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} WHEN {exists} {refuse}",
    ]
