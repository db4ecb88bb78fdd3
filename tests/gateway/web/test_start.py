"""A process that cannot work does not start, and says in one line what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.settings import Settings
from gateway.wiring import Wiring
from tests.database import migrated_sqlite

ROOT = Path(__file__).parents[3]


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    """Import `wsgi` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "import wsgi; print(wsgi.app.name)"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def prepared(home: Path, sqlite_template: Path) -> Path:
    """A home as `soglasie init` leaves it."""
    from crypto.keyring import RingName, load_ring
    from gateway.actions.initialise import put_canaries
    from gateway.unit import SYSTEM
    from gateway.wiring import ring_path

    migrated_sqlite(home / "soglasie.db", sqlite_template)
    wiring = Wiring(Settings(home=home))
    rings = [load_ring(ring_path(wiring.settings, ring), ring) for ring in RingName]
    with wiring.units.open(SYSTEM) as unit:
        put_canaries(unit, wiring.kek, wiring.index, rings)
    wiring.close()
    return home


def test_a_prepared_home_starts(prepared: Path):
    done = start(SOGLASIE_HOME=str(prepared))
    assert (done.returncode, done.stdout.strip()) == (0, "gateway"), done.stderr


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param("database", "database", id="no database"),
        pytest.param("keys", "ring", id="no keys"),
    ],
)
def test_what_is_missing_is_named(prepared: Path, spoil: str, said: str):
    if spoil == "database":
        for file in prepared.glob("soglasie.db*"):
            file.unlink()
    else:
        shutil.rmtree(prepared / "keys")
    done = start(SOGLASIE_HOME=str(prepared))
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert done.stderr.startswith("soglasie: ")
    assert said in done.stderr


def test_a_home_without_a_canary_is_not_prepared(home: Path, sqlite_template: Path):
    migrated_sqlite(home / "soglasie.db", sqlite_template)
    done = start(SOGLASIE_HOME=str(home))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "soglasie init" in done.stderr


def test_a_mistyped_setting_is_named(prepared: Path):
    done = start(SOGLASIE_HOME=str(prepared), SOGLASIE_PORT="many", SOGLASIE_PROT="1")
    assert done.stderr.strip() == "soglasie: cannot use: SOGLASIE_PORT, SOGLASIE_PROT"
