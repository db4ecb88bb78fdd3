"""The worker's process: rounds until it is told to stop, and signs of life."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from types import FrameType

import structlog

from gateway.store.watch import WORKER
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from gateway.worker.rounds import Rounds

BEAT_SECONDS = 10.0
log = structlog.get_logger("worker")


class Pulse:
    """Tells the database every few seconds that the worker lives, and what becomes of its duties.

    A worker that stands still in a duty tells nothing: there is no thread for it, on purpose.
    """

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._failed: Counter[str] = Counter()
        self._last: float | None = None

    def after(self, rounds: Rounds) -> None:
        """Count a round; tell of it when it is time. A database that is away is told later."""
        self._failed.update(rounds.failed)
        if self._last is not None and time.monotonic() - self._last < BEAT_SECONDS:
            return
        try:
            with self._wiring.units.open(SYSTEM) as unit:
                unit.watch.beat({WORKER, *rounds.kept}, self._failed, unit.now)
        except Exception as fault:
            log.error("duty_failed", duty="heartbeat", fault=type(fault).__name__)
        else:
            self._failed.clear()
            self._last = time.monotonic()


def run(wiring: Wiring) -> None:
    """Work until SIGTERM or SIGINT; the round that runs is finished first."""
    stop = threading.Event()

    def asked(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, asked)
    rounds, pulse = Rounds(wiring), Pulse(wiring)
    log.info("worker_started")
    while not stop.is_set():
        did = rounds.once()
        pulse.after(rounds)
        if not did:
            stop.wait(wiring.settings.worker_pause)
    log.info("worker_stopped")
    wiring.close()
