"""The worker's duties: each in its turn, none in the way of another, none done twice."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from audit.journal import last_checkpoint, pending_count
from gateway.actions.approve_release import approve_release
from gateway.actions.open_collection import move_deadline
from gateway.actions.prepare_release import prepare_release
from gateway.store.people import persons
from gateway.wiring import Wiring
from gateway.worker.rounds import Rounds
from policies.facts import FormKind
from policies.findings import Code
from policies.permissions import Role
from tests.conftest import Clock
from tests.gateway.actions.desk import reasons_of, standing_of
from tests.gateway.actions.listing import Person, line, take_in
from tests.gateway.actions.post import phone
from tests.town import Child, Town

CHILD = (Child(1, guardians=(101,)),)


@pytest.fixture
def town(wiring: Wiring) -> Town:
    return Town(wiring)


@pytest.fixture
def other(wiring: Wiring, town: Town) -> Town:
    return Town(wiring, 29)


def letters(town: Town) -> list[Path]:
    return sorted(town.wiring.settings.outbox.glob("*.eml"))


def spoil(town: Town, number: int) -> None:
    """Nobody can open that person's record any more."""
    person = town.person(number)
    with town.by(Role.REGISTRAR) as unit:
        unit.connection.execute(
            persons.update().where(persons.c.id == person).values(registry=b"\x01" * 64)
        )


def approve(town: Town) -> None:
    with town.by(Role.REGISTRAR) as unit:
        release = prepare_release(unit, town.collection_id)
    with town.by(Role.DIRECTOR) as unit:
        approve_release(unit, release.id, release.set_digest, town.wiring.signing_keys)


class OneDutyBreaks(Rounds):
    """A fault that nobody has thought of."""

    def settle_claims(self) -> bool:
        raise LookupError("a fault")


def test_a_duty_that_breaks_does_not_stop_the_others(town: Town):
    town.import_children(CHILD)
    town.invite()
    rounds = OneDutyBreaks(town.wiring)
    rounds.once()
    assert len(letters(town)) == 1
    with town.wiring.looking() as look:
        point = last_checkpoint(look.connection)
        assert point is not None
        assert pending_count(look.connection) == 0


def test_nothing_is_done_when_nothing_is_due(town: Town):
    town.work()
    rounds = Rounds(town.wiring)
    while rounds.once():
        pass
    assert rounds.once() is False


# one thing that cannot be done


def test_a_claim_that_cannot_be_settled_does_not_stop_the_next(town: Town, other: Town):
    town.ready(CHILD)
    take_in(other, line(Person.child(2).but(phone=phone(1)), Person.adult(102)))
    take_in(other, line(Person.child(3, "Сосновый Пётр Ильич"), Person.adult(103, "А Б В")))
    other.agree_on_signature()
    for ask in other.asks():
        other.answer(ask)
    # The family whose contact clashes cannot be written to: its record does not open.
    spoiled, sound = other.person(102), other.person(103)
    spoil(other, 102)
    Rounds(town.wiring).once()
    with other.by(Role.REGISTRAR) as unit:
        states = unit.claims.states(other.school_id)
    assert {claim.state.value for claim in states[sound]} == {"settled"}
    assert {claim.state.value for claim in states[spoiled]} == {"settled"}


def test_a_school_that_cannot_be_narrowed_does_not_stop_the_next(town: Town, other: Town):
    for school in (town, other):
        school.ready([*CHILD, Child(2, guardians=(102,), name="Ия")])
        approve(school)
        school.withdraw(school.ask_of(school.person(101), FormKind.CHILD))
    spoil(town, 2)
    Rounds(town.wiring).once()
    with other.by(Role.REGISTRAR) as unit:
        bundle = unit.bundles.last_bundle(other.school_id, other.collection_id)
    assert bundle is not None
    assert (bundle.revision, bundle.pupils) == (2, 1)


def test_a_school_whose_days_cannot_be_kept_does_not_stop_the_next(
    town: Town, other: Town, clock: Clock
):
    soon = date(2012, 10, 20)
    for school in (town, other):
        school.import_children([Child(1, guardians=(101,), born=soon)])
    spoil(town, 101)
    clock.forward(days=5)
    assert {ask.form for ask in other.asks()} == {FormKind.CHILD, FormKind.GUARDIAN_OWN}
    with other.by(Role.REGISTRAR) as unit:
        move_deadline(unit, other.collection_id, other.today() + timedelta(days=30))
    Rounds(town.wiring).once()
    assert FormKind.PUPIL_OWN in {ask.form for ask in other.asks()}


# days


def test_a_birthday_is_noticed_on_its_day_and_once(town: Town, clock: Clock):
    """Fourteen on the 20th of October: 30 days after the deadline is the 15th."""
    town.import_children([Child(1, guardians=(101,), born=date(2012, 10, 20))])
    rounds = Rounds(town.wiring)
    assert rounds.keep_days()
    assert not rounds.keep_days()
    assert len(town.asks()) == 2
    clock.set(clock.now.replace(month=10, day=19, hour=15))  # the 20th in Vladivostok
    assert rounds.keep_days()
    assert len(town.asks()) == 3
    assert Code.NO_ANSWER in reasons_of(town, 1)


def test_a_birthday_after_the_approval_asks_nobody(town: Town, clock: Clock):
    town.ready([Child(1, guardians=(101,), born=date(2012, 10, 20))])
    approve(town)
    clock.set(clock.now.replace(month=10, day=21))
    Rounds(town.wiring).keep_days()
    assert len(town.asks()) == 2


def test_a_round_leads_from_the_answers_to_the_standing(town: Town):
    town.import_children(CHILD)
    town.agree_on_signature()
    for ask in town.asks():
        town.answer(ask)
    Rounds(town.wiring).once()
    assert standing_of(town, 1).is_settled
