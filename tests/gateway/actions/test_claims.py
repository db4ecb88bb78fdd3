"""One contact, one person, across all schools; a school sees no more than that it waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from gateway.actions.destroy_person import destroy_person
from gateway.actions.record_paper import record_paper
from gateway.actions.settle_claims import settle_claim
from gateway.store.consents import Ask
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from policies.claims import Strength
from policies.facts import ClaimState, Decision, Field, FormKind
from policies.findings import Code
from policies.permissions import Role
from tests.conftest import Clock
from tests.gateway.actions.desk import reasons_of, standing_of
from tests.gateway.actions.listing import Person, line, take_in
from tests.gateway.actions.post import address, phone, waiting
from tests.town import FULL, Child, Town


@pytest.fixture
def here(wiring: Wiring) -> Town:
    return Town(wiring, 28)


@pytest.fixture
def there(wiring: Wiring, here: Town) -> Town:
    return Town(wiring, 29)


def agree(town: Town) -> Iterator[Ask]:
    """Everybody consents; no claim is settled yet."""
    town.agree_on_signature()
    for ask in town.asks():
        town.answer(ask)
        yield ask


def claims_of(town: Town, number: int) -> dict[Field, tuple[Strength, ClaimState]]:
    person = town.person(number)
    with town.by(Role.REGISTRAR) as unit:
        requests = unit.claims.of_person(town.school_id, person)
    return {request.field: (request.strength, request.state) for request in requests}


def destroy(town: Town, number: int) -> None:
    person = town.person(number)
    with town.wiring.units.open(SYSTEM) as unit:
        unit.lock_school(town.school_id)
        destroy_person(unit, town.school_id, person, "retention")


def test_an_answer_waits_for_its_claims(here: Town):
    here.import_children([Child(1, guardians=(101,))])
    list(agree(here))
    assert reasons_of(here, 1) == {Code.CLAIM_PENDING}
    here.work()
    assert standing_of(here, 1).is_settled


def test_a_guardians_own_contacts_are_proved_and_the_childs_are_stated(here: Town):
    here.import_children([Child(1, guardians=(101,))])
    list(agree(here))
    here.work()
    assert claims_of(here, 101) == dict.fromkeys(
        (Field.EMAIL, Field.PHONE), (Strength.PROVED, ClaimState.SETTLED)
    )
    assert claims_of(here, 1) == dict.fromkeys(
        (Field.EMAIL, Field.PHONE), (Strength.STATED, ClaimState.SETTLED)
    )


def test_a_paper_only_states_a_contact(here: Town):
    here.import_children([Child(1, guardians=(101,))])
    ask = here.ask_of(here.person(101), FormKind.GUARDIAN_OWN)
    with here.by(Role.TUTOR) as unit:
        record_paper(
            unit, ask.id, Decision.GIVEN, here.today(), FULL, here.wiring.host,
            here.wiring.signing_keys,
        )  # fmt: skip
    assert {strength for strength, _ in claims_of(here, 101).values()} == {Strength.STATED}


def test_a_mother_of_children_in_two_schools_is_one_holder(here: Town, there: Town):
    for town, child in ((here, 1), (there, 2)):
        town.import_children([Child(child, guardians=(101,))])
        list(agree(town))
    here.work()
    assert standing_of(here, 1).is_settled
    assert standing_of(there, 2).is_settled


def test_a_contact_of_a_stranger_clashes_and_the_family_alone_is_told(here: Town, there: Town):
    here.import_children([Child(1, guardians=(101,))])
    list(agree(here))
    here.work()
    take_in(there, line(Person.child(2).but(email=address(1)), Person.adult(102)))
    list(agree(there))
    assert reasons_of(there, 2) == {Code.CLAIM_PENDING}
    assert [m for m in waiting(here) if "уже указан" in m.subject] == []
    settle_all(here)
    assert reasons_of(there, 2) == {Code.CLAIM_CLASH}
    assert standing_of(here, 1).is_settled
    (letter,) = [m for m in waiting(here) if "уже указан" in m.subject]
    assert letter.to == address(102)
    assert "Школа № 29" in letter.subject
    for secret in ("Школа № 28", address(1), address(101)):
        assert secret not in letter.text


def settle_all(town: Town) -> None:
    """Settle what is queued and leave the letters where they are."""
    with town.wiring.units.open(SYSTEM) as unit:
        queue = unit.claims.queued(1000)
    for request in queue:
        with town.wiring.units.open(SYSTEM) as unit:
            assert settle_claim(unit, request.school_id, request.id, "https://example.org")


def test_a_proved_contact_beats_the_stated_one_of_another(here: Town, there: Town):
    take_in(here, line(Person.child(1).but(phone=phone(102)), Person.adult(101)))
    list(agree(here))
    here.work()
    assert standing_of(here, 1).is_settled
    there.import_children([Child(2, guardians=(102,))])
    list(agree(there))
    settle_all(here)
    assert standing_of(there, 2).is_settled
    assert reasons_of(here, 1) == {Code.CLAIM_CLASH}
    told = [m.to for m in waiting(here) if "уже указан" in m.subject]
    assert told == [address(101)]


def test_a_stated_contact_does_not_beat_an_earlier_stated_one(here: Town, there: Town):
    for town, child, guardian in ((here, 1, 101), (there, 2, 102)):
        take_in(town, line(Person.child(child).but(phone=phone(999)), Person.adult(guardian)))
        list(agree(town))
        town.work()
    assert standing_of(here, 1).is_settled
    assert reasons_of(there, 2) == {Code.CLAIM_CLASH}


def test_a_claim_is_settled_once(here: Town):
    here.import_children([Child(1, guardians=(101,))])
    list(agree(here))
    with here.wiring.units.open(SYSTEM) as unit:
        request = unit.claims.queued(1)[0]
    for expected in (True, False):
        with here.wiring.units.open(SYSTEM) as unit:
            done = settle_claim(unit, request.school_id, request.id, "https://example.org")
        assert done is expected


def test_an_adults_clash_is_told_to_the_adult_and_not_to_the_parents(here: Town, there: Town):
    here.import_children([Child(1, guardians=(101,))])
    list(agree(here))
    here.work()
    adult = Person.child(2, born="01.09.2008").but(phone=phone(101))
    take_in(there, line(adult, Person.adult(102)))
    list(agree(there))
    settle_all(here)
    assert [m.to for m in waiting(here) if "уже указан" in m.subject] == [address(2)]


# a contact becomes free


def clash(here: Town, there: Town) -> None:
    """The child there states the phone that the child here has."""
    take_in(here, line(Person.child(1).but(phone=phone(999)), Person.adult(101)))
    take_in(there, line(Person.child(2).but(phone=phone(999)), Person.adult(102)))
    for town in (here, there):
        list(agree(town))
        town.work()
    assert reasons_of(there, 2) == {Code.CLAIM_CLASH}


def test_destruction_frees_the_contact_for_whoever_clashed_with_it(here: Town, there: Town):
    clash(here, there)
    destroy(here, 1)
    there.work()
    assert standing_of(there, 2).is_settled


def test_another_number_frees_the_old_one(here: Town, there: Town):
    clash(here, there)
    take_in(here, line(Person.child(1).but(phone=phone(998)), Person.adult(101)))
    assert reasons_of(here, 1) == {Code.CLAIM_PENDING}
    there.work()
    assert standing_of(here, 1).is_settled
    assert standing_of(there, 2).is_settled


def test_a_corrected_number_ends_the_clash(here: Town, there: Town):
    clash(here, there)
    take_in(there, line(Person.child(2).but(phone=phone(998)), Person.adult(102)))
    there.work()
    assert standing_of(there, 2).is_settled
    assert standing_of(here, 1).is_settled


def test_destruction_in_one_school_leaves_the_mother_her_contacts_in_the_other(
    here: Town, there: Town
):
    for town, child in ((here, 1), (there, 2)):
        town.import_children([Child(child, guardians=(101,))])
        list(agree(town))
    here.work()
    destroy(here, 101)
    take_in(
        here,
        line(
            Person.child(3, "Сосновый Пётр Ильич").but(phone=phone(101)),
            Person.adult(103, "Соснова Анна Ильинична"),
            place="7Б",
        ),
    )
    here.agree_on_signature()
    for ask in here.asks():
        if ask.signer_id == here.person(103):
            here.answer(ask)
    here.work()
    assert reasons_of(here, 3) == {Code.CLAIM_CLASH}
    assert standing_of(there, 2).is_settled


def test_who_takes_the_same_contact_again_keeps_it(here: Town, clock: Clock):
    here.import_children([Child(1, guardians=(101,), born=date(2015, 3, 8))])
    list(agree(here))
    here.work()
    clock.forward(days=1)
    list(agree(here))
    assert standing_of(here, 1).is_settled
