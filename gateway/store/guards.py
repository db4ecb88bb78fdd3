"""Statements that keep answers and evidence from being rewritten, on both engines.

An answer is never changed nor deleted. Evidence and scans are never changed; after its three years
`destroy_evidence` deletes them. Both are a speed bump against accidents; the proof is the journal.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from gateway.store.base import metadata
from gateway.store.consents import INSERT_ONLY
from gateway.store.witnesses import WITNESSED

GUARDED = {table: metadata.tables[table] for table in (*INSERT_ONLY, *WITNESSED)}
_DELETABLE = frozenset({"evidence", "scans"})


def guard_statements(dialect_name: str) -> list[str]:
    """DDL to run once after the tables are made. `dialect_name`: postgresql or sqlite."""
    if dialect_name == "postgresql":
        return [_POSTGRES_FUNCTION, *(line for table in GUARDED for line in _postgres(table))]
    if dialect_name == "sqlite":
        return [line for table in GUARDED for line in _sqlite(table)]
    raise ValueError("engine.unknown")


_POSTGRES_FUNCTION = """
CREATE FUNCTION insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation',
        MESSAGE = TG_TABLE_NAME || ' is insert-only';
END
$$
""".strip()


def _postgres(table: str) -> list[str]:
    """ALWAYS: a session in replica mode would pass over ordinary triggers."""
    acts = "UPDATE" if table in _DELETABLE else "UPDATE OR DELETE"
    return [
        f"CREATE TRIGGER {table}_rows BEFORE {acts} ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION insert_only()",
        f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION insert_only()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_rows",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_whole",
    ]


def _sqlite(table: str) -> list[str]:
    """REPLACE removes the old row without an update, so inserts are guarded, by rowid too."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
    taken = sa.or_(
        *(
            sa.and_(*(sa.column(name) == sa.literal_column(f"NEW.{name}") for name in key))
            for key in (("rowid",), *_keys(GUARDED[table]))
        )
    )
    row = sa.exists(sa.literal(1)).select_from(sa.table(table)).where(taken)
    exists = row.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    lines = [
        f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} WHEN {exists} {refuse}",
    ]
    if table not in _DELETABLE:
        lines.append(f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {refuse}")
    return lines


def _keys(table: sa.Table) -> list[tuple[str, ...]]:
    """Every unique key of a table: a guard against OR REPLACE needs all of them."""
    kinds = (sa.PrimaryKeyConstraint, sa.UniqueConstraint)
    keys = [tuple(c.columns.keys()) for c in table.constraints if isinstance(c, kinds)]
    return sorted(keys)
