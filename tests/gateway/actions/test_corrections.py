"""The signer corrects the items before signing; whoever is on file hears of another contact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from gateway.actions.answer import answer, show_document
from gateway.actions.correct_items import correct_items, read_items
from gateway.errors import NotFound, RulesBroken
from gateway.store.consents import Ask
from gateway.store.links import FamilySession
from gateway.wiring import Wiring
from policies.claims import Strength
from policies.facts import ClaimState, Decision, Field, FormKind
from policies.findings import Code
from policies.permissions import Role
from tests.factories import a_snils
from tests.gateway.actions.desk import reasons_of, standing_of
from tests.gateway.actions.listing import Person, items_of, line, take_in
from tests.gateway.actions.post import address, phone, waiting
from tests.town import FULL, Child, Town


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,)), Child(2, guardians=(102,))])
    town.agree_on_signature()
    town.work()
    return town


def own_ask(town: Town, number: int = 101) -> Ask:
    return town.ask_of(town.person(number), FormKind.GUARDIAN_OWN)


def correct(
    town: Town, ask: Ask, values: Mapping[Field, str], session: FamilySession | None = None
) -> tuple[Field, ...]:
    session = session or town.session(ask.signer_id)
    with town.family(session.signer_id) as unit:
        return correct_items(unit, session, ask.id, values)


def strengths(town: Town, number: int) -> dict[Field, Strength]:
    person = town.person(number)
    with town.by(Role.REGISTRAR) as unit:
        return {r.field: r.strength for r in unit.claims.of_person(town.school_id, person)}


def test_only_what_differs_is_changed(town: Town):
    ask = own_ask(town)
    same = {Field.EMAIL: address(101), Field.GIVEN_NAME: "Ольга"}
    assert correct(town, ask, same) == ()
    assert correct(town, ask, {**same, Field.GIVEN_NAME: "Ольга-Мария"}) == (Field.GIVEN_NAME,)
    assert items_of(town, 101).values[Field.GIVEN_NAME] == "Ольга-Мария"
    assert items_of(town, 101).values[Field.EMAIL] == address(101)


def test_the_items_of_an_ask_are_those_of_its_subject(town: Town):
    ask = town.ask_of(town.person(101), FormKind.CHILD)
    session = town.session(ask.signer_id)
    with town.family(ask.signer_id) as unit:
        assert (
            read_items(unit, session, ask.id) == unit.people.items(town.school_id)[ask.subject_id]
        )


def test_another_familys_ask_is_not_found(town: Town):
    session = town.session(town.person(102))
    ask = own_ask(town)
    with pytest.raises(NotFound):
        correct(town, ask, {Field.GIVEN_NAME: "Инна"}, session)
    with pytest.raises(NotFound), town.family(session.signer_id) as unit:
        read_items(unit, session, ask.id)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        pytest.param({Field.EMAIL: address(2)}, Code.DUPLICATE_EMAIL, id="mail"),
        pytest.param({Field.PHONE: phone(102)}, Code.DUPLICATE_PHONE, id="phone"),
        pytest.param({Field.SNILS: a_snils(2)}, Code.SNILS_OF_ANOTHER, id="snils"),
    ],
)
def test_what_another_person_of_the_school_has_cannot_be_taken(
    town: Town, values: dict[Field, str], code: Code
):
    with pytest.raises(RulesBroken) as refused:
        correct(town, own_ask(town), values)
    assert [f.code for f in refused.value.findings] == [code]
    assert items_of(town, 101).values[Field.EMAIL] == address(101)


def test_the_address_on_file_is_warned_of_another_contact(town: Town):
    correct(town, own_ask(town), {Field.EMAIL: "new@example.org"})
    (letter,) = waiting(town)
    assert letter.to == address(101)
    assert "new@example.org" not in letter.text
    correct(town, own_ask(town), {Field.PHONE: phone(999)})
    assert [each.to for each in waiting(town)] == [address(101), "new@example.org"]


def test_a_changed_contact_of_the_child_is_told_to_the_guardian(town: Town):
    ask = town.ask_of(town.person(101), FormKind.CHILD)
    correct(town, ask, {Field.PHONE: phone(999)})
    assert [letter.to for letter in waiting(town)] == [address(101)]


def test_a_corrected_name_warns_nobody(town: Town):
    correct(town, own_ask(town), {Field.GIVEN_NAME: "Инна"})
    assert waiting(town) == []


def test_a_contact_corrected_in_the_sitting_is_only_stated(town: Town):
    """The link went to the old address: nothing has proved the new one."""
    ask = own_ask(town)
    session = town.session(ask.signer_id)
    correct(town, ask, {Field.EMAIL: "new@example.org"}, session)
    host, keys = town.wiring.host, town.wiring.signing_keys
    with town.family(ask.signer_id) as unit:
        digest = show_document(unit, session, ask.id, Decision.GIVEN, FULL, host).digest
    with town.family(ask.signer_id) as unit:
        answer(unit, session, ask.id, Decision.GIVEN, digest, FULL, host, keys)
    assert strengths(town, 101) == {Field.EMAIL: Strength.STATED, Field.PHONE: Strength.PROVED}


def test_a_correction_makes_up_for_what_the_list_lacks(town: Town):
    take_in(
        town, line(Person.child(3, "Сосновый Пётр Ильич").but(email=""), Person.adult(103, "А Б В"))
    )
    assert Code.ITEM_MISSING in reasons_of(town, 3)
    ask = town.ask_of(town.person(103), FormKind.CHILD)
    correct(town, ask, {Field.EMAIL: "petr@example.org"})
    assert Code.ITEM_MISSING not in reasons_of(town, 3)


def test_a_contact_corrected_after_the_consent_is_claimed_anew(town: Town):
    town.answer_everything()
    assert standing_of(town, 1).is_settled
    correct(town, own_ask(town), {Field.EMAIL: "new@example.org"})
    assert Code.CLAIM_PENDING in reasons_of(town, 1)
    town.work()
    assert standing_of(town, 1).is_settled
    assert strengths(town, 101) == {Field.EMAIL: Strength.STATED, Field.PHONE: Strength.PROVED}


def test_a_corrected_number_of_a_person_moves_the_claims_with_it(town: Town):
    town.answer_everything()
    correct(town, own_ask(town), {Field.SNILS: a_snils(901)})
    town.work()
    person = town.person(901)
    with town.by(Role.REGISTRAR) as unit:
        holder = unit.vault.token(Field.SNILS, a_snils(901), None)
        requests = unit.claims.of_person(town.school_id, person)
        held = [unit.claims.holder_of(request) for request in requests]
    assert {request.state for request in requests} == {ClaimState.SETTLED}
    assert {claim.holder for claim in held if claim} == {holder}


def test_a_corrected_birth_date_asks_whom_it_makes_a_signer(town: Town):
    ask = town.ask_of(town.person(101), FormKind.CHILD)
    correct(town, ask, {Field.BIRTH_DATE: "2012-03-08"})
    assert town.ask_of(town.person(1), FormKind.PUPIL_OWN)


@pytest.mark.parametrize(
    ("born", "told"),
    [
        pytest.param(date(2011, 3, 8), "2013-03-08", id="15 would be 13, and not be asked"),
        pytest.param(date(2015, 3, 8), "2001-03-08", id="11 would be of age, the mother not asked"),
    ],
)
def test_no_family_corrects_a_signer_away(wiring: Wiring, born: date, told: str):
    town = Town(wiring)
    town.import_children([Child(1, born=born, guardians=(101,))])
    town.agree_on_signature()
    ask = town.ask_of(town.person(101), FormKind.CHILD)
    with pytest.raises(RulesBroken) as refused:
        correct(town, ask, {Field.BIRTH_DATE: told})
    assert [f.code for f in refused.value.findings] == [Code.SIGNER_WOULD_BE_LOST]
