"""The worker tells that it lives, and its log what it did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import pytest
import sqlalchemy as sa
import structlog

from gateway.logs import set_up_logs
from gateway.store.watch import WORKER, Beat, heartbeats
from gateway.wiring import Wiring
from gateway.worker.rounds import Rounds
from gateway.worker.run import Pulse
from tests.conftest import Clock
from tests.town import Child, Town


@pytest.fixture
def log_lines() -> Iterator[StringIO]:
    stream = StringIO()
    set_up_logs(stream)
    yield stream
    structlog.reset_defaults()


class NoPost(Rounds):
    """A fault that nobody has thought of."""

    def deliver_messages(self) -> bool:
        raise RuntimeError("Ёлкина Ольга")


def beats(wiring: Wiring) -> dict[str, Beat]:
    with wiring.looking() as look:
        return look.watch.beats()


def test_the_first_round_is_told_at_once_and_the_next_is_not(wiring: Wiring, clock: Clock):
    rounds, pulse = Rounds(wiring), Pulse(wiring)
    rounds.once()
    pulse.after(rounds)
    first = beats(wiring)
    assert {WORKER, "journal", "messages", "days"} <= first.keys()
    assert {(beat.at, beat.failures) for beat in first.values()} == {(clock.now, 0)}
    clock.forward(minutes=5)
    pulse.after(rounds)
    assert beats(wiring) == first


def test_a_duty_that_fails_is_counted_and_the_worker_lives(wiring: Wiring, clock: Clock):
    rounds, pulse = NoPost(wiring), Pulse(wiring)
    rounds.once()
    pulse.after(rounds)
    told = beats(wiring)
    assert told["messages"] == Beat(None, 1)
    assert told[WORKER] == told["journal"] == Beat(clock.now, 0)


def test_what_could_not_be_told_is_told_later(
    wiring: Wiring, clock: Clock, log_lines: StringIO, monkeypatch: pytest.MonkeyPatch
):
    rounds, pulse = NoPost(wiring), Pulse(wiring)
    rounds.once()
    with wiring.writing.begin() as connection:
        connection.execute(sa.text("ALTER TABLE heartbeats RENAME TO elsewhere"))
    pulse.after(rounds)
    with wiring.writing.begin() as connection:
        connection.execute(sa.text("ALTER TABLE elsewhere RENAME TO heartbeats"))
    pulse.after(rounds)
    assert beats(wiring)["messages"].failures == 2
    assert '"duty": "heartbeat"' in log_lines.getvalue()


def test_two_workers_share_the_rows(wiring: Wiring):
    for pulse in (Pulse(wiring), Pulse(wiring)):
        rounds = Rounds(wiring)
        rounds.once()
        pulse.after(rounds)
    with wiring.reading.connect() as connection:
        names = list(connection.scalars(sa.select(heartbeats.c.duty)))
    assert len(names) == len(set(names))


def test_a_round_leaves_a_line_for_each_duty_that_did_something(
    wiring: Wiring, log_lines: StringIO
):
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,))])
    town.agree_on_signature()
    town.invite()
    for ask in town.asks():
        town.answer(ask)
    log_lines.truncate(0)
    rounds = Rounds(wiring)
    rounds.once()
    lines = [json.loads(line) for line in log_lines.getvalue().strip("\0").splitlines()]
    assert {"journal", "messages", "claims"} <= {line["duty"] for line in lines}
    assert all(line["event"] == "duty" and line["milliseconds"] >= 0 for line in lines)
    log_lines.truncate(0)
    rounds.once()
    rounds.once()
    assert "Ёлкин" not in log_lines.getvalue()
