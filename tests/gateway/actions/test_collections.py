"""A collection is opened once, for a school that can be named; its numbers come by an order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gateway.actions.add_school import add_school, set_passport
from gateway.actions.open_collection import move_deadline, open_collection, state_enrolment
from gateway.actions.readiness import see_readiness
from gateway.errors import AlreadyExists, BadInput, NotFound, PassportMissing
from gateway.unit import SYSTEM, Actor
from gateway.wiring import Wiring
from policies.findings import Code
from policies.permissions import Role
from tests.conftest import Clock
from tests.town import PASSPORT, PROGRAMME, Child, Town


@pytest.fixture
def town(wiring: Wiring) -> Town:
    return Town(wiring)


def codes(town: Town) -> set[Code]:
    with town.by(Role.REGISTRAR) as unit:
        return {f.code for f in see_readiness(unit, town.collection_id).readiness.findings}


def test_a_school_without_a_passport_opens_nothing(wiring: Wiring, clock: Clock):
    with wiring.units.open(SYSTEM) as unit:
        school_id = add_school(unit, "Школа № 30", "Asia/Vladivostok")
    actor = Actor(Role.REGISTRAR, None, school_id)
    today = clock.now.date()
    with pytest.raises(PassportMissing), wiring.units.open(actor) as unit:
        open_collection(unit, PROGRAMME, today, today)
    with wiring.units.open(SYSTEM) as unit:
        set_passport(unit, school_id, PASSPORT)
    with wiring.units.open(actor) as unit:
        open_collection(unit, PROGRAMME, today, today)


def test_a_zone_that_nobody_lives_in_is_refused(wiring: Wiring):
    with pytest.raises(BadInput), wiring.units.open(SYSTEM) as unit:
        add_school(unit, "Школа № 30", "Asia/Nowhere")


def test_the_passport_of_no_school_is_not_found(wiring: Wiring):
    with pytest.raises(NotFound), wiring.units.open(SYSTEM) as unit:
        set_passport(unit, unit.new_id(), PASSPORT)


def test_a_programme_has_one_open_collection(town: Town):
    with pytest.raises(AlreadyExists), town.by(Role.REGISTRAR) as unit:
        open_collection(unit, PROGRAMME, town.today(), town.today())


@pytest.mark.parametrize("slug", ["no-such", "../programmes/mesh-2020", ""])
def test_a_programme_that_is_not_published_is_refused(town: Town, slug: str):
    with pytest.raises(BadInput), town.by(Role.REGISTRAR) as unit:
        open_collection(unit, slug, town.today(), town.today())


@pytest.mark.parametrize(
    ("opens", "closes"),
    [pytest.param(0, -1, id="over already"), pytest.param(5, 4, id="closes before it opens")],
)
def test_days_of_a_collection_stand_in_their_order(
    wiring: Wiring, clock: Clock, opens: int, closes: int
):
    with wiring.units.open(SYSTEM) as unit:
        school_id = add_school(unit, "Школа № 30", "Asia/Vladivostok")
        set_passport(unit, school_id, PASSPORT)
    today = clock.now.date()
    first, last = today + timedelta(days=opens), today + timedelta(days=closes)
    actor = Actor(Role.REGISTRAR, None, school_id)
    with pytest.raises(BadInput), wiring.units.open(actor) as unit:
        open_collection(unit, PROGRAMME, first, last)


def test_a_moved_deadline_reopens_and_closes(town: Town, clock: Clock):
    town.ready([Child(1, guardians=(101,))])
    assert codes(town) == set()
    clock.forward(days=15)
    assert codes(town) == {Code.DEADLINE_PASSED}
    with town.by(Role.REGISTRAR) as unit:
        move_deadline(unit, town.collection_id, town.today())
    assert codes(town) == set()


def test_a_deadline_does_not_move_before_the_opening(town: Town):
    with pytest.raises(BadInput), town.by(Role.REGISTRAR) as unit:
        move_deadline(unit, town.collection_id, town.today() - timedelta(days=15))


def test_a_later_order_replaces_the_headcount(town: Town):
    town.ready([Child(1, guardians=(101,))])
    for headcount, expected in ((2, {Code.ENROLMENT_MISMATCH}), (1, set())):
        with town.by(Role.REGISTRAR) as unit:
            state_enrolment(unit, town.collection_id, "7А", headcount, "6-у", town.today())
        assert codes(town) == expected


def test_a_class_that_only_the_order_knows_blocks(town: Town):
    town.ready([Child(1, guardians=(101,))])
    with town.by(Role.REGISTRAR) as unit:
        state_enrolment(unit, town.collection_id, "7Б", 3, "6-у", town.today())
    assert codes(town) == {Code.ENROLMENT_MISMATCH, Code.CLASS_NOT_HANDED_IN}


def test_another_schools_collection_is_not_found(town: Town, wiring: Wiring):
    other = Town(wiring, 29)
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        state_enrolment(unit, town.collection_id, "7А", 1, "6-у", date(2026, 9, 1))
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        move_deadline(unit, town.collection_id, other.today())
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        see_readiness(unit, town.collection_id)


@pytest.mark.parametrize("year", [2029, 9999])
def test_a_deadline_years_away_is_a_slip(town: Town, year: int):
    with pytest.raises(BadInput) as refused, town.by(Role.REGISTRAR) as unit:
        move_deadline(unit, town.collection_id, date(year, 12, 31))
    assert refused.value.fields == {"/deadline_on": "deadline_far"}
