"""Figures for Prometheus: what has to be watched is there, and no label tells of anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import TestResponse

from gateway.settings import Settings
from gateway.store.outbox import CHANNELS
from gateway.store.watch import WORKER
from gateway.unit import SYSTEM
from gateway.web.problems import PROBLEMS
from gateway.worker.rounds import Rounds
from policies.permissions import Role
from tests.gateway.web.conftest import MOTHER, Door, bearer, refusal, told
from tests.gateway.web.test_readiness import CHECKS

TOKEN = "a-token-for-the-tests"
PROBE = "/probe"  # another test of this process may have counted its own
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"}
FREE = {"le", "version", "schema", "engine", "python"}  # numbers and versions
DUTIES = {"journal", "claims", "bundles", "links", "messages", "days", "ended", "checkpoint"}
Sample = tuple[str, frozenset[tuple[str, str]]]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, metrics_token=TOKEN)


@pytest.fixture
def watched(full_door: Door) -> Door:
    """A day of a school: everybody came by, something was refused, the worker was seen."""
    link = full_door.mothers_link()
    code = full_door.code(link)
    told(full_door.post(f"{link}/session", body={"code": code}))
    full_door.get("/v1/audit/events", full_door.who(Role.TUTOR))
    full_door.get("/v1/family/links/no-such-link-of-anybody")
    full_door.get("/nowhere/Ёлкина?phone=79000000101")
    full_door.town.invite()
    rounds = Rounds(full_door.wiring)
    rounds.once()
    with full_door.wiring.units.open(SYSTEM) as unit:
        unit.watch.beat({WORKER, *rounds.kept}, {"messages": 2}, unit.now)
    return full_door


def scrape(door: Door, token: str = TOKEN) -> TestResponse:
    return door.get("/metrics", bearer(token))


def samples(text: str) -> Iterator[tuple[str, Mapping[str, str], float]]:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


def figures(door: Door) -> dict[Sample, float]:
    answer = scrape(door)
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (name, frozenset(labels.items())): value
        for name, labels, value in samples(answer.get_data(as_text=True))
    }


def figure(door: Door, name: str, **labels: str) -> float | None:
    return figures(door).get((f"soglasie_{name}", frozenset(labels.items())))


def test_figures_are_for_the_one_who_has_the_token(full_door: Door):
    assert scrape(full_door).status_code == 200
    assert refusal(scrape(full_door, "another-token-here")) == (401, "not_authenticated")
    assert refusal(full_door.get("/metrics")) == (401, "not_authenticated")
    assert refusal(full_door.get("/metrics", full_door.who(Role.ADMINISTRATOR)))[0] == 401


def test_label_values_come_from_closed_lists(watched: Door):
    routes = {rule.rule for rule in watched.http.application.url_map.iter_rules()} | {"-", PROBE}
    known = {
        "route": routes,
        "method": METHODS | {"-"},
        "status": {str(status) for status in range(200, 600)},
        "problem": {problem.slug for problem in PROBLEMS.values()},
        "check": CHECKS,
        "channel": set(CHANNELS),
        "step": {"checkpoint", "narrower"},
        "duty": DUTIES,
    }
    for name, labels, _ in samples(scrape(watched).get_data(as_text=True)):
        assert name.startswith("soglasie_")
        for label, value in labels.items():
            assert label in FREE or value in known[label], (name, label, value)


def test_nobody_is_in_the_figures(watched: Door):
    text = scrape(watched).get_data(as_text=True)
    link = watched.link_of(watched.town, watched.town.person(MOTHER))
    with watched.wiring.looking() as look:
        school = look.schools.get(watched.town.school_id)
    secrets = (link, "Ёлкин", "79000000101", f"900{MOTHER:07d}", "example.org", "no-such-link")
    for told_of in (*secrets, school.short_name, str(school.id), "7А", "7A", "registrar"):
        assert told_of not in text


def test_requests_and_refusals_are_counted_by_pattern(watched: Door):
    route = {"route": "/v1/family/links/<token>", "method": "GET"}
    before = figure(watched, "requests_total", status="404", **route) or 0
    refused = figure(watched, "refusals_total", problem="no-such-address") or 0
    times = figure(watched, "request_seconds_count", **route) or 0
    watched.get("/v1/family/links/no-such-link-of-anybody")
    watched.get("/nowhere")
    assert figure(watched, "requests_total", status="404", **route) == before + 1
    assert figure(watched, "request_seconds_count", **route) == times + 1
    assert figure(watched, "refusals_total", problem="no-such-address") == refused + 1
    assert figure(watched, "requests_total", route="-", method="-", status="404")


def test_what_waits_is_told_with_its_age(watched: Door):
    watched.town.work()
    watched.clock.forward(minutes=3)
    with watched.town.by(Role.REGISTRAR) as unit:
        unit.record("journal.read", purpose="watch")
    watched.clock.forward(minutes=2)
    found = figures(watched)

    def value(name: str, **labels: str) -> float:
        return found[f"soglasie_{name}", frozenset(labels.items())]

    assert value("journal_pending") == 1
    assert value("journal_lag_seconds") == 120
    assert value("checkpoint_age_seconds") == 300
    assert value("worker_age_seconds") == 300
    assert value("duty_age_seconds", duty="journal") == 300
    assert value("duty_failures_total", duty="messages") == 2
    assert value("messages_waiting", channel="mail") == 0
    assert value("bundles_waiting", step="narrower") == 0
    assert value("claims_waiting") == 0
    assert value("database_up") == 1
    assert value("check_ok", check="worker") == 1
    assert value("web_starts_total") >= 1


def test_a_bundle_waits_for_its_checkpoint(full_door: Door):
    full_door.released(is_covered=False)
    assert figure(full_door, "bundles_waiting", step="checkpoint") == 1


def test_what_is_built_is_told(full_door: Door, engine_name: str):
    (build,) = (
        dict(labels) for (name, labels) in figures(full_door) if name == "soglasie_build_info"
    )
    assert (build["engine"], build["schema"], build["version"]) == (engine_name, "0001", "0.1.0")


def test_a_database_that_is_away_is_a_figure(full_door: Door):
    with full_door.wiring.writing.begin() as connection:
        connection.execute(sa.text("ALTER TABLE heartbeats RENAME TO elsewhere"))
    assert figure(full_door, "database_up") == 0
    assert figure(full_door, "check_ok", check="worker") == 0
    assert figure(full_door, "check_ok", check="keys") == 1
