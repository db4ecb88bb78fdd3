"""Figures for Prometheus (runbook, "Metrics"). No label names a school, a person or an id.

What a process counts itself (requests, refusals) is added up over the web processes of a machine
when PROMETHEUS_MULTIPROC_DIR, the library's own variable, names an empty directory that they
share. What the service has to do stands in the database and is counted when it is asked for, so
it is the same whichever process answers, and tells of the worker too.
"""

from __future__ import annotations

import configparser
import functools
import platform
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from gateway.store import schema
from gateway.store.watch import WORKER, Figures
from gateway.web.readiness import look_around
from gateway.wiring import Wiring

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
UNKNOWN = "-"  # a route or method that is none of ours
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SETUP = Path(__file__).parents[2] / "setup.cfg"
_OWN = CollectorRegistry()
log = structlog.get_logger("web")

_STARTS = Counter("soglasie_web_starts", "Starts of web processes", registry=_OWN)
_REQUESTS = Counter(
    "soglasie_requests",
    "Requests answered, by the pattern of the route",
    ("route", "method", "status"),
    registry=_OWN,
)
_SECONDS = Histogram(
    "soglasie_request_seconds",
    "Time from the first look at a request to its answer",
    ("route", "method"),
    buckets=BUCKETS,
    registry=_OWN,
)
_REFUSALS = Counter(
    "soglasie_refusals",
    "Refusals, by problem (docs/problems.md); database-down and database-busy among them",
    ("problem",),
    registry=_OWN,
)


def count_start() -> None:
    """A web process came up."""
    _STARTS.inc()


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """`route` is a pattern and `method` one of its own; `UNKNOWN` for what no route has."""
    _REQUESTS.labels(route, method, str(status)).inc()
    _SECONDS.labels(route, method).observe(seconds)


def count_refusal(problem: str) -> None:
    """`problem`: its slug."""
    _REFUSALS.labels(problem).inc()


def exposition(wiring: Wiring) -> bytes:
    """Everything in the text format 0.0.4. A database that is away is a figure too."""
    own = CollectorRegistry()
    try:
        add: Any = MultiProcessCollector
        add(own)
    except ValueError:  # the variable is not set: this process has but its own
        own = _OWN
    state = CollectorRegistry()
    state.register(_State(wiring))
    return generate_latest(own) + generate_latest(state)


class _State:
    """What the database and the checks tell at this moment."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    def collect(self) -> Iterator[Metric]:
        build = GaugeMetricFamily(
            "soglasie_build_info",
            "What runs here",
            labels=("version", "schema", "engine", "python"),
        )
        build.add_metric(
            [
                _version(),
                schema.HEAD,
                self._wiring.reading.dialect.name,
                platform.python_version(),
            ],
            1,
        )
        yield build
        checks = GaugeMetricFamily(
            "soglasie_check_ok", "Checks of /readyz: 1 it holds", labels=("check",)
        )
        for name, holds in look_around(self._wiring).items():
            checks.add_metric([name], holds)
        yield checks
        figures = self._figures()
        yield GaugeMetricFamily(
            "soglasie_database_up",
            "1: the database answered this question",
            value=figures is not None,
        )
        if figures is not None:
            yield from _families(figures, self._wiring.clock())

    def _figures(self) -> Figures | None:
        try:
            with self._wiring.looking() as look:
                return look.watch.figures()
        except Exception as fault:
            log.error("not_counted", fault=type(fault).__name__)
            return None


def _families(figures: Figures, now: datetime) -> Iterator[Metric]:
    def age(at: datetime | None) -> float:
        """Seconds; 0 when there is nothing, and for clocks that differ a little."""
        return 0.0 if at is None else max(0.0, (now - at).total_seconds())

    one, by = _gauge, _gauge_by
    journal, claims, post = figures.journal, figures.claims, figures.messages
    yield one("journal_pending", "Events without a place in the journal", journal.waiting)
    yield one("journal_lag_seconds", "Age of the oldest of them", age(journal.oldest_at))
    if figures.checkpoint_at is not None:
        yield one("checkpoint_age_seconds", "Since the last signing", age(figures.checkpoint_at))
    yield by(
        "messages_waiting",
        "Letters and short messages not sent yet",
        "channel",
        {channel: queue.waiting for channel, queue in post.items()},
    )
    yield by(
        "messages_retrying",
        "Those of them that were tried before",
        "channel",
        {channel: queue.tried for channel, queue in post.items()},
    )
    yield by(
        "messages_oldest_seconds",
        "Age of the oldest of them",
        "channel",
        {channel: age(queue.oldest_at) for channel, queue in post.items()},
    )
    yield one("claims_waiting", "Contacts whose claim is not settled", claims.waiting)
    yield one("claims_oldest_seconds", "Age of the oldest of them", age(claims.oldest_at))
    yield by(
        "bundles_waiting",
        "Bundles that wait: for a checkpoint, or for a narrower revision",
        "step",
        {"checkpoint": figures.uncovered, "narrower": figures.to_narrow},
    )
    beats = dict(figures.beats)
    worker = beats.pop(WORKER, None)
    if worker is not None and worker.at is not None:
        yield one("worker_age_seconds", "Since the worker last told of itself", age(worker.at))
    yield by(
        "duty_age_seconds",
        "Since a duty of the worker was last done without a fault",
        "duty",
        {duty: age(beat.at) for duty, beat in beats.items() if beat.at is not None},
    )
    failures = CounterMetricFamily(
        "soglasie_duty_failures", "Rounds in which a duty had a fault", labels=("duty",)
    )
    for duty, beat in beats.items():
        failures.add_metric([duty], beat.failures)
    yield failures


def _gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(f"soglasie_{name}", said, value=value)


def _gauge_by(name: str, said: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(f"soglasie_{name}", said, labels=(label,))
    for value, number in values.items():
        family.add_metric([value], number)
    return family


@functools.cache
def _version() -> str:
    """The version of this checkout; the service is not installed anywhere (decision 0001)."""
    told = configparser.ConfigParser()
    told.read(_SETUP, encoding="utf-8")
    return told.get("metadata", "version", fallback="unknown")
