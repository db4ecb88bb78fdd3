"""The worker's process: rounds until it is told to stop."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from gateway.wiring import Wiring
from gateway.worker.rounds import Rounds


def run(wiring: Wiring) -> None:
    """Work until SIGTERM or SIGINT; the round that runs is finished first."""
    stop = threading.Event()

    def asked(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, asked)
    rounds = Rounds(wiring)
    while not stop.is_set():
        if not rounds.once():
            stop.wait(wiring.settings.worker_pause)
    wiring.close()
