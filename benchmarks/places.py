"""Databases to measure on: SQLite as a home has it, PostgreSQL as an operator runs it (durable)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.timing import tree_cpu
from crypto.keyring import RingName, create_ring, load_ring
from gateway.actions.initialise import initialise
from gateway.cli.rehearsed_school import Stage
from gateway.settings import Settings
from gateway.unit import SYSTEM
from gateway.wiring import ring_path, utc_now
from tests.database import Postgres, migrated_sqlite, running_postgres

DURABLE = """
fsync = on
synchronous_commit = on
jit = off
shared_buffers = 256MB
max_wal_size = 4GB
max_connections = 100
listen_addresses = ''
"""


@dataclass
class Place:
    """One engine. Every stage is a fresh home with a migrated database and the same rings."""

    name: str
    folder: Path
    server: Postgres | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def cpu(self) -> float:
        """CPU seconds of the database server so far; SQLite works inside of us."""
        return tree_cpu(self.server.pid) if self.server and self.server.pid else 0.0

    @contextmanager
    def stage(self) -> Iterator[Stage]:
        """An initialised service without a school; gone afterwards."""
        home = self.folder / f"home-{next(self._numbers)}"
        keys = home / "keys"
        shutil.copytree(self._keys(), keys)
        if self.server is not None:
            url = self.server.add_migrated()
        else:
            url = migrated_sqlite(home / "soglasie.db", self.folder / "template.db")
        stage = Stage(Settings(home=home, database_url=url))
        rings = [load_ring(ring_path(stage.settings, ring), ring) for ring in RingName]
        with stage.units.open(SYSTEM) as unit:
            initialise(unit, stage.kek, stage.index, rings)
        try:
            yield stage
        finally:
            stage.close()
            if self.server is not None:
                self.server.drop(url)
            shutil.rmtree(home)

    def _keys(self) -> Path:
        keys = self.folder / "keys"
        if not keys.exists():
            keys.mkdir(mode=0o700)
            for ring in RingName:
                create_ring(keys / f"{ring.value}.ring", ring, utc_now())
        return keys


@contextmanager
def places(engines: tuple[str, ...]) -> Iterator[dict[str, Place]]:
    """The engines by name; a server that does not start is an error, nothing is left out."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="sg-bench-")))
        found = {}
        for engine in engines:
            place = folder / engine
            place.mkdir()
            server = None
            if engine == "postgresql":
                server = stack.enter_context(running_postgres(DURABLE, on_disk=True))
            found[engine] = Place(engine, place, server)
        yield found
