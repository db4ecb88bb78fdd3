"""A worker who is a parent signs as a parent, and records nothing about the own family."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from gateway.actions.add_staff import add_staff
from gateway.actions.correct_contacts import correct_contacts
from gateway.actions.leave_out import (
    confirm_leaving_out,
    propose_leaving_out,
    record_attempt,
)
from gateway.actions.leave_school import leave_school
from gateway.actions.read_pupil import PupilPage, read_pupil
from gateway.actions.record_agreement import Authority, record_agreements, record_authority
from gateway.actions.record_paper import record_paper
from gateway.errors import OwnFamily
from gateway.unit import Unit
from gateway.wiring import Wiring
from policies.facts import Decision, Field, FormKind
from policies.findings import Code
from policies.permissions import Role
from tests.conftest import Clock
from tests.factories import a_snils
from tests.gateway.actions.listing import Person, commit, line, review, take_in, upload
from tests.gateway.actions.post import address, phone, waiting
from tests.town import FULL, Child, Town

ACT = Authority("акт органа опеки", "17-О", date(2025, 3, 1), "Отдел опеки г. Хабаровска")
MOTHER, FATHER, CHILD, STRANGER, STRANGERS_CHILD = 101, 102, 1, 103, 2


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children(
        [Child(CHILD, guardians=(MOTHER, FATHER)), Child(STRANGERS_CHILD, guardians=(STRANGER,))]
    )
    town.agree_on_signature()
    return town


def hire(town: Town, role: Role, **known: str) -> None:
    """The worker of that role is another one now."""
    with town.by(Role.REGISTRAR) as unit:
        town.staff[role] = add_staff(
            unit,
            f"parent-{role.value}",
            "no hash",
            role,
            town.school_id,
            class_names=["7А"] if role is Role.TUTOR else [],
            **known,
        )


def record(town: Town, unit: Unit, guardian: int, child: int) -> None:
    ask = next(
        each
        for each in unit.consents.list_asks(town.school_id, town.collection_id)
        if each.form is FormKind.CHILD and each.signer_id == person(unit, town, guardian)
    )
    host, keys = town.wiring.host, town.wiring.signing_keys
    record_paper(unit, ask.id, Decision.GIVEN, town.today(), FULL, host, keys)


def person(unit: Unit, town: Town, number: int) -> UUID:
    token = unit.vault.token(Field.SNILS, a_snils(number), town.school_id)
    found = unit.people.find_by_token(town.school_id, Field.SNILS, token)
    assert found is not None
    return found


def authority(town: Town, unit: Unit, guardian: int, child: int) -> None:
    links = unit.pupils.list_guardianships(
        town.school_id, guardian_ids=[person(unit, town, guardian)]
    )
    record_authority(unit, links[0].id, ACT, None)


ACTS: dict[str, Callable[[Town, Unit, int, int], object]] = {
    "an answer on paper": record,
    "an agreement": lambda town, unit, guardian, child: record_agreements(
        unit, [person(unit, town, guardian)], "77", town.today()
    ),
    "a document of authority": authority,
    "contacts": lambda town, unit, guardian, child: correct_contacts(
        unit, person(unit, town, guardian), {Field.PHONE: phone(900)}
    ),
    "an attempt": lambda town, unit, guardian, child: record_attempt(
        unit, person(unit, town, child), town.today(), "phone"
    ),
    "a leaving out": lambda town, unit, guardian, child: propose_leaving_out(
        unit, town.collection_id, person(unit, town, child), "no_answer"
    ),
    "a departure": lambda town, unit, guardian, child: leave_school(
        unit, person(unit, town, child), "7-у", town.today()
    ),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"snils": a_snils(MOTHER)}, id="by SNILS"),
        pytest.param({"phone": phone(FATHER)}, id="by the phone of the other parent"),
        pytest.param({"email": address(CHILD)}, id="by the child's address"),
    ],
)
def test_nothing_of_the_own_family_is_recorded(town: Town, act: str, known: dict[str, str]):
    hire(town, Role.REGISTRAR, **known)
    with pytest.raises(OwnFamily), town.by(Role.REGISTRAR) as unit:
        ACTS[act](town, unit, MOTHER, CHILD)


@pytest.mark.parametrize("act", [each for each in ACTS if each != "a leaving out"])
def test_other_families_are_recorded_as_ever(town: Town, act: str):
    hire(town, Role.REGISTRAR, snils=a_snils(MOTHER), phone=phone(MOTHER))
    with town.by(Role.REGISTRAR) as unit:
        ACTS[act](town, unit, STRANGER, STRANGERS_CHILD)


def test_a_director_does_not_leave_the_own_child_out(town: Town, clock: Clock):
    child = town.person(CHILD)
    for _ in range(2):
        with town.by(Role.REGISTRAR) as unit:
            record_attempt(unit, child, town.today(), "phone")
        clock.forward(days=1)
    with town.by(Role.REGISTRAR) as unit:
        propose_leaving_out(unit, town.collection_id, child, "no_answer")
    hire(town, Role.DIRECTOR, snils=a_snils(FATHER))
    with pytest.raises(OwnFamily), town.by(Role.DIRECTOR) as unit:
        confirm_leaving_out(unit, town.collection_id, child, "https://example.org")


def test_a_list_that_changes_the_own_family_is_written_by_a_colleague(town: Town):
    worker, colleague = town.staff[Role.REGISTRAR], None
    colleague = worker
    hire(town, Role.REGISTRAR, snils=a_snils(MOTHER))
    father = Person.adult(FATHER)
    changed = line(Person.child(CHILD), Person.adult(MOTHER), father.but(phone=phone(901)))
    import_id = upload(town, changed)
    digest = review(town, import_id).digest
    with pytest.raises(OwnFamily):
        commit(town, import_id, digest, confirmed=True)
    town.staff[Role.REGISTRAR] = colleague
    assert commit(town, import_id, digest, confirmed=True).changed == 1


def test_a_list_with_the_own_family_unchanged_is_an_ordinary_one(town: Town):
    hire(town, Role.REGISTRAR, snils=a_snils(MOTHER))
    same = line(Person.child(CHILD), Person.adult(MOTHER), Person.adult(FATHER))
    strange = line(Person.child(5), Person.adult(105))
    assert take_in(town, same, strange).added == 2


def test_a_worker_does_not_enter_the_own_child(town: Town):
    colleague = town.staff[Role.REGISTRAR]
    hire(town, Role.REGISTRAR, phone=phone(777))
    import_id = upload(town, line(Person.child(6), Person.adult(777)))
    digest = review(town, import_id).digest
    with pytest.raises(OwnFamily):
        commit(town, import_id, digest, confirmed=True)
    town.staff[Role.REGISTRAR] = colleague
    assert commit(town, import_id, digest, confirmed=True).added == 2


def test_a_worker_who_is_the_mother_signs_by_the_own_phone(town: Town):
    hire(town, Role.TUTOR, snils=a_snils(MOTHER), phone=phone(MOTHER), email=address(MOTHER))
    kept = town.answer(town.ask_of(town.person(MOTHER), FormKind.CHILD))
    assert kept.recorded_by is None


def test_the_page_of_a_pupil_says_whose_it_is_and_who_cannot_sign(town: Town):
    def page(child: int) -> PupilPage:
        pupil = town.person(child)
        with town.by(Role.REGISTRAR) as unit:
            return read_pupil(unit, town.collection_id, pupil)

    hire(town, Role.REGISTRAR, snils=a_snils(MOTHER))
    assert page(CHILD).is_own_family
    assert not page(STRANGERS_CHILD).is_own_family
    assert not any(page(CHILD).hindrances.values())
    hire(town, Role.DIRECTOR, phone=phone(STRANGER))
    found = page(STRANGERS_CHILD).hindrances[town.person(STRANGER)]
    assert [f.code for f in found] == [Code.CONTACT_OF_STAFF]


# warnings to the contact that was replaced


def replaced(town: Town) -> list[tuple[str, str]]:
    return [(each.channel, each.to) for each in waiting(town) if "вместо эт" in each.text]


def test_whoever_loses_a_contact_by_hand_hears_of_it_there(town: Town):
    with town.by(Role.TUTOR) as unit:
        new = {Field.PHONE: phone(902), Field.EMAIL: "new@example.org"}
        correct_contacts(unit, person(unit, town, MOTHER), new)
    assert sorted(replaced(town)) == [("mail", address(MOTHER)), ("sms", phone(MOTHER))]
    assert not any("Ева" in each.text or "Ольга" in each.text for each in waiting(town))


def test_a_list_warns_whom_it_takes_a_contact_from_once_they_were_invited(town: Town):
    take_in(town, line(Person.child(CHILD), Person.adult(MOTHER).but(phone=phone(903))))
    assert replaced(town) == []
    town.invite()
    take_in(town, line(Person.child(CHILD), Person.adult(MOTHER).but(phone=phone(904))))
    assert replaced(town) == [("sms", phone(903))]
