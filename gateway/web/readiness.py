"""Whether this process can work: database and schema, keys, journal, and the rules in use."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from audit.journal import oldest_pending_at
from crypto.canary import check_canary
from gateway.store import schema
from gateway.store.vault import CANARY, read_canaries
from gateway.wiring import Wiring

MOST_LAG_SECONDS = 900
log = structlog.get_logger("web")


def look_around(wiring: Wiring) -> dict[str, bool]:
    """Checks by name. Why one fails stands in the log, not in the answer."""

    def database() -> bool:
        with wiring.reading.connect() as connection:
            schema.check(connection)
        return True

    def keys() -> bool:
        with wiring.reading.connect() as connection:
            check_canary(wiring.kek, wiring.index, read_canaries(connection)[CANARY])
        return True

    def journal() -> bool:
        with wiring.reading.connect() as connection:
            oldest = oldest_pending_at(connection)
        return oldest is None or (wiring.clock() - oldest).total_seconds() <= MOST_LAG_SECONDS

    def rules() -> bool:
        wiring.check_rules()
        return True

    return {
        "database": _holds("database", database),
        "keys": _holds("keys", keys),
        "journal": _holds("journal", journal),
        "rules": _holds("rules", rules),
    }


def _holds(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as fault:
        log.error("not_ready", check=name, fault=type(fault).__name__)
        return False
