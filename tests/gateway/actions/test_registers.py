"""Registers: every answer once, sums as readiness has them, every look a row."""

from __future__ import annotations

import pytest

from gateway.actions.read_pupil import read_pupil
from gateway.actions.read_registers import (
    AccessRegister,
    ConsentRegister,
    read_accesses,
    read_consents,
)
from gateway.actions.readiness import see_readiness
from gateway.errors import NotFound
from gateway.wiring import Wiring
from policies.facts import Decision, FormKind
from policies.permissions import Role
from tests.conftest import Clock
from tests.town import Child, Town


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children(
        [
            Child(1, guardians=(101,)),
            Child(2, guardians=(102,), name="Ёся"),
            Child(3, class_name="8Б", guardians=(101,)),
        ]
    )
    town.agree_on_signature()
    return town


def consents(town: Town) -> ConsentRegister:
    with town.by(Role.REGISTRAR) as unit:
        return read_consents(unit, town.collection_id)


def accesses(town: Town) -> AccessRegister:
    with town.by(Role.REGISTRAR) as unit:
        return read_accesses(unit, town.collection_id)


def test_every_answer_stands_in_the_register_once_in_its_order(town: Town, clock: Clock):
    given = town.ask_of(town.person(101), FormKind.CHILD, town.person(1))
    refused = town.ask_of(town.person(102), FormKind.CHILD)
    kept = [town.answer(given)]
    clock.forward(minutes=5)
    kept.append(town.answer(refused, Decision.REFUSED))
    clock.forward(minutes=5)
    kept.append(town.withdraw(given))
    rows = consents(town).rows
    assert [row.answer.receipt_no for row in rows] == [each.receipt_no for each in kept]
    assert [row.answer.facts.decision for row in rows] == [
        Decision.GIVEN,
        Decision.REFUSED,
        Decision.WITHDRAWN,
    ]
    assert {row.class_name for row in rows} == {"7А"}
    assert rows[1].subject == "Ёлкина Ёся Юрьевна"


def test_the_sums_are_those_of_readiness(town: Town):
    town.answer_everything()
    found = consents(town)
    with town.by(Role.REGISTRAR) as unit:
        totals = see_readiness(unit, town.collection_id).readiness.totals
    assert found.state.readiness.totals == totals
    assert totals.listed == totals.ready == 3
    assert len(found.rows) == len(town.asks())


def test_a_mother_of_two_classes_stands_under_the_first_of_them(town: Town):
    own = town.ask_of(town.person(101), FormKind.GUARDIAN_OWN)
    town.answer(own)
    assert [row.class_name for row in consents(town).rows] == ["7А"]


def test_the_access_list_tells_who_looked_at_whom(town: Town):
    child = town.person(1)
    with town.by(Role.TUTOR) as unit:
        read_pupil(unit, town.collection_id, child)
    found = accesses(town)
    look = found.rows[0]
    assert (look.worker, look.what, look.purpose) == (
        town.staff[Role.TUTOR],
        "person.read",
        "pupil_page",
    )
    assert look.whose == "Ёлкина Ева Юрьевна"
    assert found.classes[town.staff[Role.TUTOR]] == ("7А",)
    assert found.counts[town.staff[Role.TUTOR]] == 1


def test_reading_a_register_is_a_look_too(town: Town):
    consents(town)
    look = accesses(town).rows[0]
    assert (look.what, look.worker) == ("register.read", town.staff[Role.REGISTRAR])


def test_another_schools_registers_are_not_there(town: Town, wiring: Wiring):
    other = Town(wiring, number=29)
    for read in (read_consents, read_accesses):
        with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
            read(unit, town.collection_id)
