"""The schema's version: bring a database to it, look at it, refuse what this program cannot read.

There is no way back down: a version is left by restoring a copy (docs/runbook.md). Alembic is
imported only where a database is changed, so that a serving process never loads it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from gateway.store import (
    acting,
    agreements,
    bundles,
    changes,
    claims,
    clients,
    collections,
    consents,
    factors,
    imports,
    leaving_out,
    limits,
    link_requests,
    links,
    newcomers,
    outbox,
    people,
    pupils,
    repeats,
    schools,
    sittings,
    staff,
    vault,
    watch,
    witnesses,
)
from gateway.store.base import metadata
from gateway.store.session import make_engine, sqlite_file

__all__ = ["HEAD", "SchemaFault", "check", "current", "metadata", "upgrade"]

HEAD = "0001"
TABLES_OF = (
    acting,
    agreements,
    bundles,
    changes,
    claims,
    clients,
    collections,
    consents,
    factors,
    imports,
    leaving_out,
    limits,
    link_requests,
    links,
    newcomers,
    outbox,
    people,
    pupils,
    repeats,
    schools,
    sittings,
    staff,
    vault,
    watch,
    witnesses,
)
_MIGRATIONS = Path(__file__).parent.parent / "migrations"
_TURN = 0x5347_5343_4845_4D41  # "SGSCHEMA": key of the advisory lock on PostgreSQL
_VERSION = sa.table("alembic_version", sa.column("version_num", sa.String))


class SchemaFault(Exception):
    """The database and the program do not fit; the text names both versions."""


def current(connection: sa.Connection) -> str | None:
    """Revision of the database; None when it was never set up."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    found: str | None = connection.scalar(sa.select(_VERSION.c.version_num))
    return found


def check(connection: sa.Connection) -> None:
    """Raises `SchemaFault` unless the database is at exactly this program's revision."""
    found = current(connection)
    if found is None:
        raise SchemaFault(f"the database is empty, the program needs {HEAD}: run `soglasie init`")
    if found < HEAD:
        raise SchemaFault(
            f"the database is at {found}, the program needs {HEAD}: run `soglasie upgrade`"
        )
    if found != HEAD:
        raise SchemaFault(_newer(found))


def upgrade(url: str) -> bool:
    """Bring the database of `url` to `HEAD` in one transaction. False: it was there already.

    Two of these at once take turns. Raises `SchemaFault` for a revision of a newer program.
    """
    from alembic import command
    from alembic.config import Config

    engine = make_engine(url, writes=True)
    try:
        with _held(sqlite_file(url)), engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))
            found = current(connection)
            if found == HEAD:
                return False
            if found is not None and found > HEAD:
                raise SchemaFault(_newer(found))
            config = Config()
            config.set_main_option("script_location", str(_MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return True
    finally:
        engine.dispose()


@contextmanager
def _held(database: Path | None) -> Iterator[None]:
    """Keep others out of a SQLite file that is being made: its switch to WAL waits for nobody."""
    if database is None:
        yield
        return
    folder = os.open(database.absolute().parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _newer(found: str) -> str:
    return (
        f"the database is at {found}, the program knows versions up to {HEAD}:"
        " a newer program has been here, start that one"
    )
