"""Runs migrations on the connection and in the transaction that `gateway.store.schema` opened."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from audit.store import Moment as JournalMoment
from gateway.store.base import Moment
from gateway.store.schema import metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration stands on SQL types alone, not on classes that may change after it."""
    if kind == "type" and isinstance(item, Moment | JournalMoment):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: sa.Connection) -> None:
    """One transaction for all revisions, the caller's, on SQLite as well."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transactional_ddl=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
