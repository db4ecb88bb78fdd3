"""Letters keep the hours of the school's own zone; codes, links asked for and warnings do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.actions.add_school import add_school
from gateway.actions.correct_contacts import correct_contacts
from gateway.actions.invite import invite
from gateway.actions.leave_out import confirm_leaving_out, propose_leaving_out, record_attempt
from gateway.actions.open_link import ask_for_link, send_code
from gateway.actions.send_message import read_message, send_mail
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from policies.facts import Field
from policies.permissions import Role
from tests.conftest import Clock
from tests.gateway.actions.post import address, phone, waiting
from tests.town import Child, Town

URL = "https://gateway.example.org"
EVENING, NIGHT, MORNING = (
    datetime(2026, 9, 1, 9, 59, tzinfo=UTC),  # 19:59 in Vladivostok
    datetime(2026, 9, 1, 10, tzinfo=UTC),  # 20:00
    datetime(2026, 9, 1, 23, tzinfo=UTC),  # 9:00
)


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,))])
    return town


def write(town: Town) -> None:
    with town.by(Role.REGISTRAR) as unit:
        invite(unit, town.collection_id, URL)


def test_a_letter_of_the_day_goes_at_once(town: Town, clock: Clock):
    clock.set(EVENING)
    write(town)
    assert [each.to for each in waiting(town)] == [address(101)]


def test_a_letter_of_the_night_waits_for_the_morning(town: Town, clock: Clock):
    clock.set(NIGHT)
    write(town)
    assert waiting(town) == []
    town.work()
    clock.set(MORNING)
    assert [each.to for each in waiting(town)] == [address(101)]


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        pytest.param(17, datetime(2026, 9, 1, 17, tzinfo=UTC), id="19:00"),
        pytest.param(18, datetime(2026, 9, 2, 7, tzinfo=UTC), id="20:00"),
    ],
)
def test_a_school_in_the_west_has_its_own_evening(
    wiring: Wiring, clock: Clock, now: int, goes: datetime
):
    clock.set(datetime(2026, 9, 1, now, tzinfo=UTC))
    with wiring.units.open(SYSTEM) as unit:
        school_id = add_school(unit, "Школа № 39", "Europe/Kaliningrad")
        unit.lock_school(school_id)
        send_mail(unit, school_id, "a@example.org", "Тема", "Текст", keeps_hours=True)
    with wiring.looking() as look:
        assert look.outbox.is_due(goes)
        assert not look.outbox.is_due(goes - timedelta(minutes=1))


def test_days_of_letters_are_forgotten(town: Town, clock: Clock):
    write(town)
    clock.forward(days=1, minutes=1)
    town.work()
    with town.wiring.looking() as look:
        assert not look.outbox.has_letters_before(clock.now)


def link_of(town: Town) -> str:
    with town.wiring.units.open(SYSTEM) as unit:
        (message,) = unit.outbox.take_due(unit.now, 10)
        text = read_message(unit, message)["text"]
    return text.partition("/p/")[2].split()[0]


def test_what_a_person_has_asked_for_goes_by_night_too(town: Town, clock: Clock):
    write(town)
    token = link_of(town)
    town.work()
    clock.set(NIGHT)
    with town.wiring.units.open(SYSTEM) as unit:
        send_code(unit, token, b"k" * 32)
    assert [(each.channel, each.to) for each in waiting(town)] == [("sms", phone(101))]
    town.work()
    with town.wiring.units.open(SYSTEM) as unit:
        ask_for_link(unit, URL, token=token)
    assert [each.to for each in waiting(town)] == [address(101)]


def test_a_warning_goes_by_night_too(town: Town, clock: Clock):
    clock.set(NIGHT)
    mother = town.person(101)
    with town.by(Role.REGISTRAR) as unit:
        correct_contacts(unit, mother, {Field.EMAIL: "new@example.org"})
    assert [each.to for each in waiting(town)] == [address(101)]


def test_one_address_hears_of_the_school_once_a_day(town: Town, clock: Clock):
    child = town.person(1)
    for _ in range(2):
        with town.by(Role.TUTOR) as unit:
            record_attempt(unit, child, town.today(), "phone")
        clock.forward(days=1)
    write(town)
    town.work()
    with town.by(Role.REGISTRAR) as unit:
        propose_leaving_out(unit, town.collection_id, child, "no_answer")
    with town.by(Role.DIRECTOR) as unit:
        confirm_leaving_out(unit, town.collection_id, child, URL)
    assert waiting(town) == []
    clock.forward(hours=23, minutes=59)
    assert waiting(town) == []
    clock.forward(minutes=1)
    assert [each.to for each in waiting(town)] == [address(101)]
