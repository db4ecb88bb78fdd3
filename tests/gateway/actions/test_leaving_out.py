"""A family that cannot be reached: attempts, a proposal, a second person, and the way back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gateway.actions.answer import show_document
from gateway.actions.leave_out import confirm_leaving_out, propose_leaving_out, record_attempt
from gateway.errors import BadInput, NotFound, RulesBroken
from gateway.wiring import Wiring
from policies.facts import Decision
from policies.findings import Code
from policies.permissions import Role
from policies.standing import StandingKind
from tests.conftest import Clock
from tests.gateway.actions.desk import standing_of
from tests.gateway.actions.post import address, waiting
from tests.town import FULL, Child, Town

URL = "https://soglasie.example.org"


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101, 102)), Child(2, guardians=(103,))])
    town.agree_on_signature()
    town.work()
    return town


def attempt(town: Town, number: int = 1, on: date | None = None) -> None:
    pupil = town.person(number)
    with town.by(Role.TUTOR) as unit:
        record_attempt(unit, pupil, on or town.today(), "phone")


def propose(town: Town, number: int = 1, role: Role = Role.REGISTRAR) -> object:
    pupil = town.person(number)
    with town.by(role) as unit:
        return propose_leaving_out(unit, town.collection_id, pupil, "not_reached")


def confirm(town: Town, number: int = 1, role: Role = Role.DIRECTOR) -> None:
    pupil = town.person(number)
    with town.by(role) as unit:
        confirm_leaving_out(unit, town.collection_id, pupil, URL)


def try_twice(town: Town, number: int = 1) -> None:
    attempt(town, number, town.today() - timedelta(days=1))
    attempt(town, number)


def codes(refused: pytest.ExceptionInfo[RulesBroken]) -> set[Code]:
    return {finding.code for finding in refused.value.findings}


def test_two_attempts_two_people_and_the_family_is_on_paper(town: Town):
    try_twice(town)
    propose(town)
    assert standing_of(town, 1).kind is StandingKind.WAITING
    confirm(town)
    assert standing_of(town, 1).kind is StandingKind.LEFT_OUT
    assert standing_of(town, 2).kind is StandingKind.WAITING


def test_two_calls_on_one_day_are_one_attempt(town: Town):
    attempt(town)
    attempt(town)
    with pytest.raises(RulesBroken) as refused:
        propose(town)
    assert codes(refused) == {Code.ATTEMPTS_TOO_FEW}


def test_an_attempt_of_tomorrow_is_refused(town: Town):
    with pytest.raises(BadInput):
        attempt(town, on=town.today() + timedelta(days=1))


def test_an_attempt_belongs_to_one_pupil(town: Town):
    try_twice(town, 2)
    with pytest.raises(RulesBroken):
        propose(town, 1)


def test_who_has_proposed_cannot_confirm(town: Town):
    try_twice(town)
    propose(town, role=Role.DIRECTOR)
    with pytest.raises(RulesBroken) as refused:
        confirm(town, role=Role.DIRECTOR)
    assert codes(refused) == {Code.SECOND_PERSON_NEEDED}


def test_nothing_is_confirmed_that_nobody_proposed(town: Town):
    with pytest.raises(NotFound):
        confirm(town)


def test_a_proposal_and_a_confirmation_can_be_repeated(town: Town):
    try_twice(town)
    assert propose(town) == propose(town)
    confirm(town)
    sent = len(waiting(town))
    confirm(town)
    assert len(waiting(town)) == sent


def test_the_whole_family_is_told(town: Town):
    try_twice(town)
    propose(town)
    confirm(town)
    letters = waiting(town)
    assert sorted(letter.to for letter in letters) == [address(101), address(102)]
    assert all("бумажным" in letter.text for letter in letters)


def test_an_adult_is_told_and_not_the_parents(wiring: Wiring):
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,), born=date(2008, 3, 8))])
    town.work()
    try_twice(town)
    propose(town)
    confirm(town)
    assert [letter.to for letter in waiting(town)] == [address(1)]


def test_a_family_that_has_answered_is_not_left_out(town: Town):
    try_twice(town)
    propose(town)
    town.answer_everything()
    with pytest.raises(RulesBroken) as refused:
        confirm(town)
    assert codes(refused) == {Code.NOT_WAITING}


def test_a_refusal_needs_no_leaving_out(town: Town):
    try_twice(town)
    town.answer_everything(Decision.REFUSED)
    with pytest.raises(RulesBroken) as refused:
        propose(town)
    assert codes(refused) == {Code.NOT_WAITING}


def test_a_full_set_of_answers_ends_the_leaving_out(town: Town, clock: Clock):
    try_twice(town)
    propose(town)
    confirm(town)
    clock.forward(days=1)
    town.answer_everything()
    assert standing_of(town, 1).kind is StandingKind.READY


def test_half_of_the_answers_does_not_end_it(town: Town, clock: Clock):
    try_twice(town)
    propose(town)
    confirm(town)
    clock.forward(days=1)
    mother = town.person(101)
    town.answer(next(ask for ask in town.asks() if ask.signer_id == mother))
    assert standing_of(town, 1).kind is StandingKind.LEFT_OUT


def test_a_no_after_the_leaving_out_is_a_refusal(town: Town, clock: Clock):
    try_twice(town)
    propose(town)
    confirm(town)
    clock.forward(days=1)
    town.answer_everything(Decision.REFUSED)
    assert standing_of(town, 1).kind is StandingKind.REFUSED


def test_who_fell_silent_again_can_be_left_out_again(town: Town, clock: Clock):
    """Full answers ended it; a clash of contacts holds the family up and nobody answers."""
    try_twice(town)
    propose(town)
    confirm(town)
    clock.forward(days=1)
    for ask in town.asks():
        town.answer(ask)
    assert standing_of(town, 1).kind is StandingKind.WAITING  # claims are not settled yet
    with pytest.raises(RulesBroken) as refused:
        propose(town)
    assert codes(refused) == {Code.ATTEMPTS_TOO_FEW}
    attempt(town)
    clock.forward(days=1)
    attempt(town)
    propose(town)
    assert standing_of(town, 1).kind is StandingKind.WAITING
    confirm(town)
    assert standing_of(town, 1).kind is StandingKind.LEFT_OUT


def test_a_pupil_of_another_school_is_not_found(town: Town, wiring: Wiring):
    other = Town(wiring, 29)
    pupil = town.person(1)
    with pytest.raises(NotFound), other.by(Role.TUTOR) as unit:
        record_attempt(unit, pupil, town.today(), "phone")
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        propose_leaving_out(unit, other.collection_id, pupil, "not_reached")
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        propose_leaving_out(unit, town.collection_id, pupil, "not_reached")


def test_whoever_is_left_out_can_still_read_the_document(town: Town):
    try_twice(town)
    propose(town)
    confirm(town)
    ask = town.ask_of(town.person(101), town.asks()[0].form)
    session = town.session(ask.signer_id)
    with town.family(ask.signer_id) as unit:
        assert show_document(unit, session, ask.id, Decision.GIVEN, FULL, town.wiring.host).html
