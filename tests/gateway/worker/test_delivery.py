"""Letters go at least once, under one name; a server that is away is tried again, not for ever."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from audit.store import audit_event
from gateway.actions.deliver_messages import MAX_ATTEMPTS, lease_messages
from gateway.actions.send_message import send_mail, send_sms
from gateway.messages import mail
from gateway.store.outbox import messages
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from gateway.worker import rounds as rounds_module
from gateway.worker.rounds import Rounds
from tests.conftest import Clock
from tests.town import Town


@pytest.fixture
def town(wiring: Wiring) -> Town:
    return Town(wiring)


@pytest.fixture
def unreachable(town: Town) -> Iterator[Wiring]:
    """A mail server that nobody answers at."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        settings = replace(town.wiring.settings, smtp_host="127.0.0.1", smtp_port=port)
        wiring = Wiring(settings, town.wiring.clock)
        yield wiring
        wiring.close()


def write(town: Town, *, count: int = 1) -> None:
    with town.wiring.units.open(SYSTEM) as unit:
        for number in range(count):
            to = f"person{number}@example.org"
            send_mail(unit, town.school_id, to, "Тема", "Здравствуйте!")


def queue(wiring: Wiring) -> list[tuple[int, datetime]]:
    """Attempts and moment of each waiting message."""
    with wiring.looking() as look:
        rows = look.connection.execute(sa.select(messages.c.attempts, messages.c.due_at))
        return [(row.attempts, row.due_at) for row in rows]


def failures(wiring: Wiring) -> int:
    with wiring.looking() as look:
        return list(look.connection.scalars(sa.select(audit_event.c.kind))).count("message.failed")


def files(wiring: Wiring) -> dict[str, bytes]:
    outbox: Path = wiring.settings.outbox
    return {path.name: path.read_bytes() for path in outbox.rglob("*") if path.is_file()}


def test_a_letter_and_a_message_become_files_and_leave_the_queue(town: Town):
    write(town)
    with town.wiring.units.open(SYSTEM) as unit:
        send_sms(unit, town.school_id, "+79000000101", "123456 — код")
    assert Rounds(town.wiring).deliver_messages()
    assert sorted(Path(name).suffix for name in files(town.wiring)) == [".eml", ".json"]
    assert queue(town.wiring) == []
    assert not Rounds(town.wiring).deliver_messages()


def test_the_receipt_that_a_letter_speaks_of_goes_with_it(town: Town):
    with town.wiring.units.open(SYSTEM) as unit:
        send_mail(unit, town.school_id, "a@example.org", "Тема", "Текст", ("7K4M-22", "a.b.c"))
    Rounds(town.wiring).deliver_messages()
    (file,) = files(town.wiring).values()
    (receipt,) = email.message_from_bytes(file, policy=email.policy.default).iter_attachments()
    assert receipt.get_filename() == "receipt-7K4M-22.jws"
    assert receipt.get_content_type() == "application/jose"
    assert receipt.get_payload(decode=True) == b"a.b.c"


def test_a_letter_is_sealed_while_it_waits(town: Town):
    write(town)
    with town.wiring.looking() as look:
        (sealed,) = look.connection.scalars(sa.select(messages.c.sealed))
    assert b"person0@example.org" not in sealed
    assert "Здравствуйте".encode() not in sealed


def test_whoever_broke_off_sends_the_same_file_again(town: Town, clock: Clock):
    """A worker that died between sending and dropping: a minute later another takes over."""
    write(town)
    rounds = Rounds(town.wiring)
    with town.wiring.units.open(SYSTEM) as unit:
        (parcel,) = lease_messages(unit)
    rounds._send(parcel)
    before = files(town.wiring)
    assert not rounds.deliver_messages()
    clock.forward(seconds=61)
    assert rounds.deliver_messages()
    assert files(town.wiring) == before


def test_two_workers_do_not_send_the_same(town: Town):
    write(town, count=3)
    with town.wiring.units.open(SYSTEM) as unit:
        first = lease_messages(unit)
    with town.wiring.units.open(SYSTEM) as unit:
        second = lease_messages(unit)
    assert (len(first), len(second)) == (3, 0)


def test_a_server_that_is_away_is_tried_again_later_and_later(
    town: Town, unreachable: Wiring, clock: Clock
):
    write(town)
    rounds = Rounds(unreachable)
    pauses = []
    for attempt in range(1, 6):
        assert not rounds.deliver_messages()
        ((attempts, due_at),) = queue(unreachable)
        assert attempts == attempt
        pauses.append((due_at - clock.now).total_seconds())
        clock.set(due_at)
    assert pauses == [30, 60, 120, 240, 480]


def test_a_letter_that_does_not_go_is_given_up_after_twelve_attempts(
    town: Town, unreachable: Wiring, clock: Clock
):
    write(town)
    rounds = Rounds(unreachable)
    for _ in range(MAX_ATTEMPTS - 1):
        rounds.deliver_messages()
        clock.forward(days=1)
        assert failures(unreachable) == 0
    rounds.deliver_messages()
    assert MAX_ATTEMPTS == 12
    assert failures(unreachable) == 1
    assert queue(unreachable) == []


def test_an_address_that_cannot_be_is_given_up_at_once(town: Town):
    with town.wiring.units.open(SYSTEM) as unit:
        send_mail(unit, town.school_id, "no address", "Тема", "Здравствуйте!")
    write(town)
    assert Rounds(town.wiring).deliver_messages()
    assert failures(town.wiring) == 1
    assert len(files(town.wiring)) == 1


def test_a_letter_that_does_not_open_is_given_up_and_the_next_goes(town: Town):
    write(town, count=2)
    with town.wiring.units.open(SYSTEM) as unit:
        first = unit.connection.scalar(sa.select(messages.c.id).order_by(messages.c.id))
        unit.connection.execute(
            messages.update().where(messages.c.id == first).values(sealed=b"\x01" * 64)
        )
    assert Rounds(town.wiring).deliver_messages()
    assert failures(town.wiring) == 1
    assert len(files(town.wiring)) == 1
    assert queue(town.wiring) == []


class Stumbles(Rounds):
    """A transport with a fault that nobody has thought of."""

    def _send(self, parcel):  # type: ignore[no-untyped-def]
        if parcel.content["to"].startswith("person0"):
            raise LookupError("a fault")
        super()._send(parcel)


def test_a_letter_that_trips_the_transport_does_not_stop_the_next(town: Town, clock: Clock):
    write(town, count=2)
    assert Stumbles(town.wiring).deliver_messages()
    assert len(files(town.wiring)) == 1
    assert queue(town.wiring) == [(1, clock.now + timedelta(seconds=30))]


def test_letters_leave_in_batches_until_the_queue_is_empty(town: Town):
    write(town, count=60)
    rounds = Rounds(town.wiring)
    assert rounds.deliver_messages()
    assert len(queue(town.wiring)) == 10
    assert rounds.deliver_messages()
    assert queue(town.wiring) == []


@pytest.fixture
def silent(town: Town) -> Iterator[tuple[Wiring, socket.socket]]:
    """A mail server that takes the connection and says nothing."""
    with socket.socket() as hanging:
        hanging.bind(("127.0.0.1", 0))
        hanging.listen()
        port = hanging.getsockname()[1]
        settings = replace(town.wiring.settings, smtp_host="127.0.0.1", smtp_port=port)
        wiring = Wiring(settings, town.wiring.clock)
        yield wiring, hanging
        wiring.close()


def test_a_server_that_hangs_is_asked_once_a_round_and_costs_one_attempt(
    town: Town,
    silent: tuple[Wiring, socket.socket],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
):
    """Else fifty letters would hold up the journal and the bundles for minutes."""
    monkeypatch.setattr(mail, "_TIMEOUT_SECONDS", 0.2)
    wiring, server = silent
    write(town, count=5)
    rounds = Rounds(wiring)
    assert not rounds.deliver_messages()
    assert rounds.failed == {"messages"}
    assert sorted(queue(wiring)) == [
        *[(0, clock.now + timedelta(seconds=30))] * 4,
        (1, clock.now + timedelta(seconds=30)),
    ]
    server.accept()[0].close()
    server.setblocking(False)
    with pytest.raises(BlockingIOError):
        server.accept()


def test_a_slow_server_leaves_the_rest_for_the_next_round(
    town: Town, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rounds_module, "DELIVERY_SECONDS", -1.0)
    write(town, count=2)
    assert not Rounds(town.wiring).deliver_messages()
    assert queue(town.wiring) == [(0, clock.now)] * 2
    monkeypatch.undo()
    assert Rounds(town.wiring).deliver_messages()
    assert queue(town.wiring) == []
