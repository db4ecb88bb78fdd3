"""An answer on paper: it counts from the end of its day, once, and only from whom it may come."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gateway.actions.approve_release import approve_release
from gateway.actions.prepare_release import prepare_release
from gateway.actions.record_agreement import (
    Authority,
    read_authority,
    record_agreements,
    record_authority,
)
from gateway.actions.record_paper import record_paper
from gateway.errors import BadInput, NotFound, NothingToWithdraw, RulesBroken, TooLate
from gateway.store.consents import Answer, Ask
from gateway.wiring import Wiring
from policies.facts import Decision, EvidenceLevel, FormKind
from policies.findings import Code
from policies.permissions import Role
from policies.standing import StandingKind
from tests.conftest import Clock
from tests.gateway.actions.desk import reasons_of, standing_of
from tests.town import DETAILS, FULL, Child, Town

ACT = Authority("акт органа опеки", "17-О", date(2025, 3, 1), "Отдел опеки г. Хабаровска")


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101, 102))])
    town.agree_on_signature()
    return town


def child_ask(town: Town, guardian: int = 101) -> Ask:
    return town.ask_of(town.person(guardian), FormKind.CHILD)


def paper(
    town: Town, ask: Ask, decision: Decision = Decision.GIVEN, on: date | None = None
) -> Answer:
    host, keys = town.wiring.host, town.wiring.signing_keys
    with town.by(Role.TUTOR) as unit:
        return record_paper(unit, ask.id, decision, on or town.today(), FULL, host, keys)


def answers_to(town: Town, ask: Ask) -> list[Decision]:
    with town.by(Role.REGISTRAR) as unit:
        found = unit.consents.answers_by_ask(town.school_id, [ask.id]).get(ask.id, ())
    return [answer.decision for answer in found]


def test_everybody_on_paper_is_ready_without_an_agreement(wiring: Wiring):
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,))])
    for ask in town.asks():
        kept = paper(town, ask)
        assert kept.facts.evidence is EvidenceLevel.PAPER_ORIGINAL
        assert kept.recorded_by == town.staff[Role.TUTOR]
        assert kept.decided_by == town.person(101)
    town.work()
    assert standing_of(town, 1).kind is StandingKind.READY


# which day


def test_paper_of_yesterday_gives_way_to_a_click_of_today(town: Town, clock: Clock):
    ask = child_ask(town)
    clock.forward(days=1)
    town.answer(ask, Decision.REFUSED)
    paper(town, ask, on=town.today() - timedelta(days=1))
    assert answers_to(town, ask) == [Decision.GIVEN, Decision.REFUSED]


def test_paper_of_today_beats_an_earlier_click_and_not_a_later_one(town: Town, clock: Clock):
    ask = child_ask(town)
    town.answer(ask)
    clock.forward(hours=1)
    paper(town, ask, Decision.REFUSED)
    assert answers_to(town, ask)[-1] is Decision.REFUSED
    clock.forward(hours=1)
    town.answer(ask)
    assert answers_to(town, ask)[-1] is Decision.GIVEN


def test_paper_of_an_earlier_day_counts_from_the_end_of_that_day(town: Town, clock: Clock):
    clock.forward(days=2)
    on = town.today() - timedelta(days=1)
    kept = paper(town, child_ask(town), on=on)
    assert kept.facts.decided_at < kept.recorded_at
    with town.by(Role.REGISTRAR) as unit:
        school = unit.schools.get(town.school_id)
    assert school.today(kept.facts.decided_at) == on
    assert school.today(kept.facts.decided_at + timedelta(microseconds=1)) == town.today()


def test_paper_of_tomorrow_is_no_paper(town: Town):
    with pytest.raises(BadInput):
        paper(town, child_ask(town), on=town.today() + timedelta(days=1))


def test_the_day_is_the_schools_own(town: Town, clock: Clock):
    """At 15 h UTC the next day has begun in Vladivostok."""
    clock.set(clock.now.replace(hour=15))
    paper(town, child_ask(town), on=clock.now.date() + timedelta(days=1))


def test_a_yes_on_paper_is_too_late_after_the_deadline_and_a_no_is_not(town: Town, clock: Clock):
    ask = child_ask(town)
    paper(town, ask)
    clock.forward(days=15)
    with pytest.raises(TooLate):
        paper(town, child_ask(town, 102))
    paper(town, ask, Decision.WITHDRAWN)
    paper(town, child_ask(town, 102), Decision.REFUSED)
    assert standing_of(town, 1).kind is StandingKind.REFUSED


# once


@pytest.mark.parametrize(
    "decision", [Decision.GIVEN, Decision.REFUSED, Decision.WITHDRAWN], ids=lambda d: d.value
)
def test_the_same_paper_recorded_twice_is_one_answer(town: Town, clock: Clock, decision: Decision):
    ask = child_ask(town)
    if decision is Decision.WITHDRAWN:
        town.answer(ask)
        clock.forward(hours=1)
    before = len(answers_to(town, ask))
    on = town.today()
    first = paper(town, ask, decision, on)
    clock.forward(days=1)
    assert paper(town, ask, decision, on) == first
    assert len(answers_to(town, ask)) == before + 1


def test_paper_found_again_after_a_click_is_still_the_same_paper(town: Town, clock: Clock):
    ask = child_ask(town)
    on = town.today()
    first = paper(town, ask, on=on)
    clock.forward(days=1)
    town.answer(ask, Decision.REFUSED)
    clock.forward(days=1)
    assert paper(town, ask, on=on) == first
    assert answers_to(town, ask) == [Decision.GIVEN, Decision.REFUSED]


def test_a_no_on_paper_after_another_yes_of_the_same_day_is_heard(town: Town, clock: Clock):
    """Its text is that of the first one; the clerk was told 201, so it has to hold."""
    ask = child_ask(town)
    for said in (Decision.WITHDRAWN, Decision.REFUSED):
        town.answer(ask)
        clock.forward(minutes=1)
        paper(town, ask, said)
        clock.forward(minutes=1)
        town.answer(ask)
        clock.forward(minutes=1)
        paper(town, ask, said)
        assert answers_to(town, ask)[-1] is said
        clock.forward(minutes=1)


def test_nothing_is_withdrawn_on_paper_that_was_not_given(town: Town):
    with pytest.raises(NothingToWithdraw):
        paper(town, child_ask(town), Decision.WITHDRAWN)


def test_a_withdrawal_on_paper_takes_the_child_out_of_the_bundle(town: Town):
    town.answer_everything()
    town.hand_in()
    with town.by(Role.REGISTRAR) as unit:
        release = prepare_release(unit, town.collection_id)
    with town.by(Role.DIRECTOR) as unit:
        approve_release(unit, release.id, release.set_digest, town.wiring.signing_keys)
    paper(town, child_ask(town), Decision.WITHDRAWN)
    with town.by(Role.REGISTRAR) as unit:
        bundle = unit.bundles.last_bundle(town.school_id, town.collection_id)
    assert bundle is not None
    assert bundle.superseded_at is not None


def test_an_ask_of_another_school_is_not_found(town: Town, wiring: Wiring):
    other = Town(wiring, 29)
    with pytest.raises(NotFound):
        paper(other, child_ask(town))


# authority


@pytest.fixture
def ward(wiring: Wiring) -> Town:
    """A child whose only representative is an aunt with a guardianship order."""
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,), relation="опекун")])
    return town


def record(town: Town, ends_on: date | None = None) -> None:
    with town.by(Role.REGISTRAR) as unit:
        (link,) = unit.pupils.list_guardianships(town.school_id)
        record_authority(unit, link.id, ACT, ends_on)


def test_a_guardian_without_papers_is_not_asked(ward: Town):
    assert ward.asks() == []
    assert reasons_of(ward, 1) == {Code.AUTHORITY_MISSING}


def test_a_guardian_is_asked_once_the_document_is_recorded(ward: Town):
    record(ward)
    assert {ask.form for ask in ward.asks()} == {FormKind.CHILD, FormKind.GUARDIAN_OWN}
    ward.agree_on_signature()
    ward.answer_everything()
    assert standing_of(ward, 1).kind is StandingKind.READY


def test_the_document_of_authority_is_sealed_and_reads_back(ward: Town):
    record(ward)
    with ward.by(Role.REGISTRAR) as unit:
        (link,) = unit.pupils.list_guardianships(ward.school_id)
        sealed = unit.pupils.sealed_authority(ward.school_id, link.id)
        assert sealed is not None
        assert ACT.number.encode() not in sealed
        assert read_authority(unit, ward.school_id, link.id, link.guardian_id) == ACT


def test_authority_that_has_ended_signs_nothing(ward: Town, clock: Clock):
    record(ward, ward.today() + timedelta(days=2))
    ask = child_ask(ward)
    clock.forward(days=2)
    paper(ward, ask)
    ward.work()
    clock.forward(days=1)
    with pytest.raises(RulesBroken) as refused:
        paper(ward, ask, Decision.REFUSED)
    assert [f.code for f in refused.value.findings] == [Code.AUTHORITY_ENDED]
    assert reasons_of(ward, 1) == {Code.AUTHORITY_ENDED}


def test_a_guardianship_of_another_school_is_not_found(ward: Town, wiring: Wiring):
    other = Town(wiring, 29)
    with ward.by(Role.REGISTRAR) as unit:
        (link,) = unit.pupils.list_guardianships(ward.school_id)
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        record_authority(unit, link.id, ACT, None)


# agreements


def test_an_agreement_is_recorded_once_under_its_number(town: Town):
    people = [town.person(101), town.person(102)]
    with town.by(Role.REGISTRAR) as unit:
        assert record_agreements(unit, people, "13", town.today()) == 2
        assert record_agreements(unit, [*people, *people], "13", town.today()) == 0
        assert record_agreements(unit, people[:1], "14", town.today()) == 1


def test_an_agreement_of_tomorrow_or_with_a_stranger_is_refused(town: Town, wiring: Wiring):
    other = Town(wiring, 29)
    other.import_children([Child(1, guardians=(101,))])
    stranger = other.person(101)
    with pytest.raises(BadInput), town.by(Role.REGISTRAR) as unit:
        record_agreements(unit, [], "13", town.today() + timedelta(days=1))
    with pytest.raises(NotFound), town.by(Role.REGISTRAR) as unit:
        record_agreements(unit, [stranger], "13", town.today())


def test_details_of_paper_are_evidence_and_nothing_else(town: Town):
    paper(town, child_ask(town))
    with town.by(Role.REGISTRAR) as unit:
        records = unit.people.items(town.school_id).values()
    assert not [r for r in records if DETAILS.address in r.values.values()]
