"""Why a school may not leave yet, and who may hand in which class."""

from __future__ import annotations

from uuid import UUID

import pytest

from gateway.actions.hand_in_class import hand_in_class
from gateway.actions.leave_school import leave_school
from gateway.actions.read_class import read_class
from gateway.actions.readiness import see_class_readiness, see_readiness
from gateway.errors import NotAllowed, NotFound, RulesBroken
from gateway.wiring import Wiring
from policies.facts import Decision
from policies.findings import Code
from policies.permissions import Role
from policies.release import Readiness
from policies.standing import StandingKind
from tests.gateway.actions.listing import Person, line, take_in
from tests.town import Child, Town

CHILDREN = (
    Child(1, guardians=(101,)),
    Child(2, guardians=(102,), name="Ия"),
    Child(3, "7Б", guardians=(103,), name="Яна"),
)


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children(CHILDREN)
    town.agree_on_signature()
    return town


def look(town: Town) -> Readiness:
    with town.by(Role.REGISTRAR) as unit:
        return see_readiness(unit, town.collection_id).readiness


def class_id(town: Town, name: str) -> UUID:
    with town.by(Role.REGISTRAR) as unit:
        names = unit.schools.class_names(town.school_id)
    return next(known for known, each in names.items() if each == name)


def test_sums_add_up_class_by_class(town: Town):
    refusing = town.person(101)
    silent = town.person(103)
    for ask in town.asks():
        if ask.signer_id != silent:
            town.answer(ask, Decision.REFUSED if ask.signer_id == refusing else Decision.GIVEN)
    town.work()
    found = look(town)
    sums = {c.name: (c.counts.enrolled, c.counts.ready, c.counts.refused) for c in found.classes}
    assert sums == {"7А": (2, 1, 1), "7Б": (1, 0, 0)}
    assert (found.totals.waiting, found.totals.paper, found.totals.listed) == (1, 1, 3)
    assert Code.NO_ANSWER in {f.code for f in found.findings}
    assert not found.may_leave
    with town.by(Role.REGISTRAR) as unit:
        alone = [
            see_class_readiness(unit, town.collection_id, one.class_id) for one in found.classes
        ]
    assert alone == list(found.classes)


def test_a_class_is_handed_in_when_everybody_in_it_is_settled(town: Town):
    first, second = class_id(town, "7А"), class_id(town, "7Б")
    with pytest.raises(RulesBroken) as refused, town.by(Role.TUTOR) as unit:
        hand_in_class(unit, town.collection_id, first)
    assert {f.code for f in refused.value.findings} == {Code.NO_ANSWER}
    town.answer_everything()
    for _ in range(2):
        with town.by(Role.TUTOR) as unit:
            assert hand_in_class(unit, town.collection_id, first) == 2
    assert [c.is_handed_in for c in look(town).classes] == [True, False]
    with pytest.raises(NotAllowed), town.by(Role.TUTOR) as unit:
        hand_in_class(unit, town.collection_id, second)


def test_a_tutor_reads_own_classes_alone(town: Town):
    first, second = class_id(town, "7А"), class_id(town, "7Б")
    with town.by(Role.TUTOR) as unit:
        desk = read_class(unit, town.collection_id, first)
    assert [p.name for p in desk] == ["Ёлкина Ева Юрьевна", "Ёлкина Ия Юрьевна"]
    assert [len(p.guardians) for p in desk] == [1, 1]
    assert [len(p.asks) for p in desk] == [2, 2]
    assert "Ёлкин" not in repr(desk)
    with pytest.raises(NotAllowed), town.by(Role.TUTOR) as unit:
        read_class(unit, town.collection_id, second)
    with town.by(Role.REGISTRAR) as unit:
        assert len(read_class(unit, town.collection_id, second)) == 1


def test_a_class_of_another_school_is_not_found(town: Town, wiring: Wiring):
    other = Town(wiring, 29)
    foreign = class_id(town, "7А")
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        read_class(unit, other.collection_id, foreign)
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        see_class_readiness(unit, other.collection_id, foreign)
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        hand_in_class(unit, other.collection_id, foreign)


def test_whoever_leaves_by_an_order_is_counted_no_more(town: Town):
    town.answer_everything()
    pupil = town.person(3)
    with town.by(Role.REGISTRAR) as unit:
        leave_school(unit, pupil, "7-у", town.today())
    found = look(town)
    assert pupil not in found.standings
    assert {c.name: c.counts.listed for c in found.classes} == {"7А": 2, "7Б": 0}
    with pytest.raises(NotFound), town.by(Role.REGISTRAR) as unit:
        leave_school(unit, pupil, "7-у", town.today())


def test_a_pupil_added_to_a_class_that_was_handed_in_holds_it_back(town: Town):
    town.answer_everything()
    town.hand_in()
    assert look(town).may_leave
    take_in(town, line(Person.child(4, "Сосновый Пётр Ильич"), Person.adult(104, "А Б В")))
    found = look(town)
    assert found.standings[town.person(4)].kind is StandingKind.WAITING
    assert {Code.ENROLMENT_MISMATCH, Code.NO_ANSWER} <= {f.code for f in found.findings}
