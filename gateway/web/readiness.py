"""Whether the service can work: schema, keys, rules, a journal that keeps up, a worker, a disk.

It speaks of the service as a whole, not of this process alone: see the runbook before a proxy is
told to follow it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import structlog

from audit.journal import oldest_pending_at
from gateway.store import schema
from gateway.store.session import sqlite_file
from gateway.store.watch import WORKER
from gateway.wiring import Wiring

MOST_LAG = timedelta(minutes=15)
MOST_SILENCE = timedelta(minutes=5)
LEAST_FREE_BYTES = 64 * 1024 * 1024
log = structlog.get_logger("web")


def look_around(wiring: Wiring) -> dict[str, bool]:
    """Checks by name. Why one fails stands in the log, not in the answer."""
    checks: dict[str, Callable[[Wiring], bool]] = {
        "schema": _schema,
        "keys": _keys,
        "rules": _rules,
        "journal": _journal,
        "worker": _worker,
        "disk": _disk,
    }
    return {name: _holds(name, check, wiring) for name, check in checks.items()}


def _schema(wiring: Wiring) -> bool:
    with wiring.reading.connect() as connection:
        schema.check(connection)
    return True


def _keys(wiring: Wiring) -> bool:
    """As at the start: a ring that was exchanged since is not noticed by what is in memory."""
    wiring.check_keys()
    return True


def _rules(wiring: Wiring) -> bool:
    wiring.check_rules()
    return True


def _journal(wiring: Wiring) -> bool:
    with wiring.reading.connect() as connection:
        oldest = oldest_pending_at(connection)
    return oldest is None or wiring.clock() - oldest <= MOST_LAG


def _worker(wiring: Wiring) -> bool:
    """A sign of life that comes from the future is none."""
    with wiring.looking() as look:
        beat = look.watch.beats().get(WORKER)
        return beat is not None and beat.at is not None and abs(look.now - beat.at) <= MOST_SILENCE


def _disk(wiring: Wiring) -> bool:
    """Room and the right to write, where the home and SQLite's file lie."""
    file = sqlite_file(wiring.settings.database)
    folders = {wiring.settings.home, *([file.parent] if file else [])}
    return all(_is_writable(folder) for folder in folders)


def _is_writable(folder: Path) -> bool:
    room = os.statvfs(folder)
    if room.f_bavail * room.f_frsize < LEAST_FREE_BYTES:
        return False
    with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
        return probe.write(b"\0") == 1


def _holds(name: str, check: Callable[[Wiring], bool], wiring: Wiring) -> bool:
    fault = None
    try:
        if check(wiring):
            return True
    except Exception as raised:
        fault = type(raised).__name__
    log.error("not_ready", check=name, fault=fault)
    return False
