"""Start several acts at one moment and wait for what came of each."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import TypeVar

from gateway.errors import GatewayError
from tests.conftest import Clock

SPREAD_SECONDS = 0.002
TICK = timedelta(microseconds=10)
PATIENCE_SECONDS = 60

T = TypeVar("T")


class Ticking(Clock):
    """Every look at it is a tick later; threads may look at once."""

    def __init__(self) -> None:
        super().__init__()
        self._looking = threading.Lock()

    def __call__(self) -> datetime:
        with self._looking:
            self.now += TICK
            return self.now


def together(
    calls: Sequence[Callable[[], T]], dice: random.Random, spread: float = SPREAD_SECONDS
) -> list[T | GatewayError]:
    """What each call answered, or the refusal that it raised; any other exception goes on.

    Each has a thread of its own, waits for the others and then up to `spread` seconds. Threads
    that wait for each other for ever do not outlive the test.
    """
    gate = threading.Barrier(len(calls))
    done: SimpleQueue[tuple[int, T | BaseException]] = SimpleQueue()

    def run(place: int, call: Callable[[], T], pause: float) -> None:
        try:
            gate.wait(PATIENCE_SECONDS)
            time.sleep(pause)
            done.put((place, call()))
        except BaseException as fault:
            done.put((place, fault))

    for place, call in enumerate(calls):
        pause = dice.uniform(0, spread)
        threading.Thread(target=run, args=(place, call, pause), daemon=True).start()
    outcomes = dict(done.get(timeout=PATIENCE_SECONDS) for _ in calls)
    for outcome in outcomes.values():
        if isinstance(outcome, BaseException) and not isinstance(outcome, GatewayError):
            raise outcome
    return [outcomes[place] for place in range(len(calls))]
