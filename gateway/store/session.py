"""Engines for both databases: durable, serial where SQLite needs it, fast to give up.

A writing transaction begins IMMEDIATE on SQLite, so that two of them never deadlock on an
upgrade; reading transactions begin plainly on an engine of their own.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa

BUSY_MILLISECONDS = 20_000
POOL_SECONDS = 2
PRIMARY_CODE = 0xFF  # of an extended result code of SQLite
# What a caller who knows no SQL may want to tell apart: the database does not answer (or gave up
# on a lock), and there is no connection or no turn to be had: other writers are at it.
DatabaseDown = sa.exc.OperationalError
DatabaseFault = sa.exc.DatabaseError  # of any kind: also a file that is no database
DatabaseBusy = sa.exc.TimeoutError
POSTGRES_OPTIONS = (
    "-c statement_timeout=30000 -c lock_timeout=20000"
    " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
)


def make_engine(url: str, *, writes: bool) -> sa.Engine:
    """Engine of `url`. `hide_parameters` keeps bound values out of every error text."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, writes)
    if parsed.get_backend_name() != "postgresql":
        raise ValueError("the database is SQLite or PostgreSQL")
    return sa.create_engine(
        parsed,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=15,
        pool_timeout=POOL_SECONDS,
        connect_args={"prepare_threshold": None, "options": POSTGRES_OPTIONS},
    )


def _sqlite(url: sa.URL, writes: bool) -> sa.Engine:
    engine = sa.create_engine(
        url,
        hide_parameters=True,
        pool_size=5,
        max_overflow=30,
        pool_timeout=POOL_SECONDS,
        connect_args={"timeout": BUSY_MILLISECONDS / 1000, "isolation_level": None},
    )

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "recursive_triggers=ON",
            "trusted_schema=OFF",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @sa.event.listens_for(engine, "handle_error")
    def _busy(context: sa.engine.ExceptionContext) -> None:
        code = getattr(context.original_exception, "sqlite_errorcode", 0)
        if code & PRIMARY_CODE == sqlite3.SQLITE_BUSY:
            raise DatabaseBusy

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def sqlite_file(url: str) -> Path | None:
    """File of a SQLite URL; None for PostgreSQL."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def forget_deleted(engine: sa.Engine) -> None:
    """Empty SQLite's write-ahead log, so that destroyed bytes are in no file. Else nothing."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
