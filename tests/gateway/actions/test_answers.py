"""A family answers: one document, one answer, one receipt, and evidence of exactly those bytes."""

from __future__ import annotations

import base64
import hashlib
from datetime import date

import pytest

from crypto import canonical, jose
from crypto.envelope import KeyClass, RecordKind
from gateway.actions.add_staff import add_staff
from gateway.actions.answer import answer, list_own_asks, own_answer, show_document, withdraw
from gateway.actions.personal_document import NO_DETAILS, SigningDetails
from gateway.actions.record_agreement import record_agreements
from gateway.errors import (
    BadInput,
    DigestMismatch,
    NotFound,
    NothingToWithdraw,
    RulesBroken,
    TooLate,
)
from gateway.store.consents import Answer, Ask
from gateway.wiring import Wiring
from policies.facts import Decision, EvidenceLevel, Field, FormKind
from policies.findings import Code
from policies.permissions import Role
from policies.standing import StandingKind
from tests.conftest import Clock
from tests.factories import a_snils
from tests.gateway.actions.desk import standing_of
from tests.gateway.actions.listing import Person, line, take_in
from tests.gateway.actions.post import address, phone, waiting
from tests.gateway.actions.test_release import approve, opened, pull
from tests.town import DETAILS, FULL, Child, Town


@pytest.fixture
def town(wiring: Wiring) -> Town:
    return Town(wiring)


@pytest.fixture
def family(town: Town) -> Town:
    """A pupil of eleven with both parents; everybody has signed an agreement."""
    town.import_children([Child(1, guardians=(101, 102))])
    town.agree_on_signature()
    return town


def child_ask(town: Town, guardian: int = 101) -> Ask:
    return town.ask_of(town.person(guardian), FormKind.CHILD)


def digest_of(
    town: Town,
    ask: Ask,
    decision: Decision = Decision.GIVEN,
    details: SigningDetails = FULL,
) -> str:
    session = town.session(ask.signer_id)
    with town.family(ask.signer_id) as unit:
        return show_document(unit, session, ask.id, decision, details, town.wiring.host).digest


def say(
    town: Town,
    ask: Ask,
    digest: str,
    decision: Decision = Decision.GIVEN,
    details: SigningDetails = FULL,
) -> Answer:
    session = town.session(ask.signer_id)
    host, keys = town.wiring.host, town.wiring.signing_keys
    with town.family(ask.signer_id) as unit:
        return answer(unit, session, ask.id, decision, digest, details, host, keys)


def answers_to(town: Town, ask: Ask) -> int:
    with town.by(Role.REGISTRAR) as unit:
        return len(unit.consents.answers_by_ask(town.school_id, [ask.id]).get(ask.id, ()))


def receipt_of(town: Town, kept: Answer) -> dict[str, object]:
    return jose.read_receipt(kept.receipt, town.wiring.signing_keys.public("evidence"))


# what is shown is what is signed


def test_the_document_is_the_same_until_something_changes(family: Town, clock: Clock):
    ask = child_ask(family)
    first = digest_of(family, ask)
    assert digest_of(family, ask) == first
    clock.forward(days=1)
    assert digest_of(family, ask) != first


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(NO_DETAILS, id="nothing told"),
        pytest.param(SigningDetails(DETAILS), id="the child's part is missing"),
    ],
)
def test_a_consent_needs_address_and_identity_document(family: Town, change: SigningDetails):
    with pytest.raises(BadInput) as refused:
        digest_of(family, child_ask(family), details=change)
    assert set(refused.value.fields.values()) == {"missing"}


def test_another_digest_than_the_shown_one_is_refused(family: Town):
    ask = child_ask(family)
    with pytest.raises(DigestMismatch):
        say(family, ask, "0" * 64)
    assert answers_to(family, ask) == 0


def test_a_list_that_changed_in_between_makes_the_digest_stale(family: Town):
    ask = child_ask(family)
    digest = digest_of(family, ask)
    take_in(family, line(Person.child(1).but(email="eva@example.org"), Person.adult(101)))
    with pytest.raises(DigestMismatch):
        say(family, ask, digest)


def test_a_yes_is_no_answer_under_the_digest_of_a_no(family: Town):
    ask = child_ask(family)
    with pytest.raises(DigestMismatch):
        say(family, ask, digest_of(family, ask, Decision.REFUSED))


def test_the_same_answer_twice_has_one_receipt(family: Town, clock: Clock):
    ask = child_ask(family)
    digest = digest_of(family, ask)
    first = say(family, ask, digest)
    clock.forward(days=30)  # a repeated request is answered even after the deadline
    assert say(family, ask, digest) == first
    assert answers_to(family, ask) == 1


def test_evidence_holds_the_exact_bytes_of_the_receipts_digest(family: Town):
    kept = family.answer(child_ask(family))
    with family.by(Role.REGISTRAR) as unit:
        found = unit.consents.sealed_evidence(family.school_id, kept.facts.id)
        assert found is not None
        owner, sealed = found
        plain = unit.vault.open(
            family.school_id, owner, KeyClass.EVIDENCE, RecordKind.EVIDENCE, sealed
        )
    assert owner == family.person(101)
    evidence = canonical.loads(plain)
    assert isinstance(evidence, dict)
    html = base64.b64decode(evidence["document"])
    assert hashlib.sha256(html).hexdigest() == kept.facts.document_digest
    assert receipt_of(family, kept)["document_digest"] == kept.facts.document_digest
    assert DETAILS.address in html.decode()
    assert evidence["child"]["number"] == DETAILS.id_document.number


def test_a_receipt_is_ours_and_tells_no_personal_value(family: Town):
    kept = family.answer(child_ask(family))
    said = receipt_of(family, kept)
    assert said["answer"] == str(kept.facts.id)
    assert said["decision"] == "given"
    assert said["evidence"] == EvidenceLevel.LOCAL_PEP.value
    assert said["receipt"] == kept.receipt_no
    assert said["journal"] is not None
    text = canonical.dumps(said).decode()
    personal = ["Ёлкин", "Ева", "Ольга", "2015", a_snils(1), a_snils(101), "@", "+7", "Тихая"]
    assert [value for value in personal if value in text] == []


def test_address_and_document_stay_out_of_the_registry(family: Town):
    family.answer_everything()
    with family.by(Role.REGISTRAR) as unit:
        records = unit.people.items(family.school_id)
    told = {value for items in records.values() for value in items.values.values()}
    assert not {v for v in told if "Тихая" in v or DETAILS.id_document.number == v}


def test_address_and_document_stay_out_of_the_bundle(family: Town):
    family.answer_everything()
    family.hand_in()
    bundle = approve(family)
    family.work()
    document = opened(family, pull(family, bundle.id))
    people = [*document["pupils"], *document["guardians"]]  # type: ignore[misc]
    assert {field for person in people for field in person["items"]} == set(Field)
    text = canonical.dumps(document).decode()
    assert a_snils(1) in text
    paper = DETAILS.id_document
    for told in (DETAILS.address, "Тихая", paper.issued_by, str(paper.issued_on), "passport"):
        assert told not in text


def test_a_yes_is_confirmed_by_a_letter_to_the_signer(family: Town):
    family.work()
    kept = family.answer(child_ask(family))
    (letter,) = waiting(family)
    assert letter.to == address(101)
    assert kept.receipt_no in letter.text
    assert (letter.receipt_no, letter.receipt) == (kept.receipt_no, kept.receipt)


# yes and no


def test_a_refusal_needs_no_details_and_no_agreement(town: Town):
    town.import_children([Child(1, guardians=(101,))])
    ask = child_ask(town)
    kept = town.answer(ask, Decision.REFUSED)
    assert kept.facts.decision is Decision.REFUSED
    assert standing_of(town, 1).kind is StandingKind.REFUSED


def test_a_consent_by_code_needs_the_agreement(town: Town):
    town.import_children([Child(1, guardians=(101,))])
    ask = child_ask(town)
    with pytest.raises(RulesBroken) as refused:
        digest_of(town, ask)
    assert [f.code for f in refused.value.findings] == [Code.AGREEMENT_MISSING]
    town.agree_on_signature()
    town.answer(ask)


def test_an_agreement_with_the_other_parent_is_none_of_ones_own(town: Town):
    town.import_children([Child(1, guardians=(101, 102))])
    father = town.person(102)
    with town.by(Role.REGISTRAR) as unit:
        record_agreements(unit, [father], "12", town.today())
    with pytest.raises(RulesBroken):
        digest_of(town, child_ask(town))
    town.answer(child_ask(town, 102))


def test_a_refusal_can_become_a_consent_and_a_consent_a_refusal(family: Town, clock: Clock):
    for ask in family.asks():
        family.answer(ask, Decision.REFUSED)
    clock.forward(minutes=1)
    family.answer_everything()
    assert standing_of(family, 1).kind is StandingKind.READY
    clock.forward(minutes=1)
    family.answer_everything(Decision.REFUSED)
    assert standing_of(family, 1).kind is StandingKind.REFUSED


def test_parents_who_disagree_leave_the_child_on_paper(family: Town):
    family.answer(child_ask(family, 101))
    family.answer(child_ask(family, 102), Decision.REFUSED)
    assert standing_of(family, 1).kind is StandingKind.DISPUTED


def test_an_incomplete_record_is_not_consented_to(town: Town):
    take_in(town, line(Person.child(1).but(email=""), Person.adult(101)))
    town.agree_on_signature()
    with pytest.raises(RulesBroken) as refused:
        digest_of(town, child_ask(town))
    assert {(f.code, f.field) for f in refused.value.findings} == {(Code.ITEM_MISSING, Field.EMAIL)}
    town.answer(child_ask(town), Decision.REFUSED)


def test_an_adult_signs_alone(town: Town):
    town.import_children([Child(1, guardians=(101,), born=date(2008, 9, 1))])
    (ask,) = town.asks()
    assert (ask.form, ask.signer_id) == (FormKind.PUPIL_OWN, town.person(1))
    town.agree_on_signature()
    town.answer_everything()
    found = standing_of(town, 1)
    assert (found.kind, found.guardians) == (StandingKind.READY, ())


def test_a_pupil_of_fourteen_signs_too_and_the_pupils_no_decides(town: Town):
    town.import_children([Child(1, guardians=(101,), born=date(2012, 9, 1))])
    town.agree_on_signature()
    own = town.ask_of(town.person(1), FormKind.PUPIL_OWN)
    for ask in town.asks():
        town.answer(ask, Decision.REFUSED if ask == own else Decision.GIVEN)
    assert standing_of(town, 1).kind is StandingKind.REFUSED


def test_whoever_is_fourteen_next_week_signs_now_and_holds_nobody_back(town: Town, clock: Clock):
    town.import_children([Child(1, guardians=(101,), born=date(2012, 9, 8))])
    town.agree_on_signature()
    own = town.ask_of(town.person(1), FormKind.PUPIL_OWN)
    for ask in town.asks():
        if ask != own:
            town.answer(ask)
    town.work()
    assert standing_of(town, 1).kind is StandingKind.READY
    clock.forward(days=7)
    assert standing_of(town, 1).kind is StandingKind.WAITING
    town.answer(own)
    town.work()
    assert standing_of(town, 1).kind is StandingKind.READY


# time


def test_after_the_deadline_only_a_no_is_taken(family: Town, clock: Clock):
    ask = child_ask(family)
    clock.forward(days=15)
    digest = digest_of(family, ask)
    with pytest.raises(TooLate):
        say(family, ask, digest)
    assert family.answer(ask, Decision.REFUSED).facts.decision is Decision.REFUSED


def test_the_last_minute_of_the_deadline_is_the_schools_own(family: Town, clock: Clock):
    ask = child_ask(family)
    # Vladivostok is ten hours ahead: the 15th of September ends there at 14 h UTC.
    clock.set(clock.now.replace(day=15, hour=13, minute=59))
    digest = digest_of(family, ask)
    clock.forward(minutes=2)
    with pytest.raises(TooLate):
        say(family, ask, digest)


def test_a_withdrawal_is_never_too_late(family: Town, clock: Clock):
    ask = child_ask(family)
    family.answer(ask)
    clock.forward(days=200)
    kept = family.withdraw(ask)
    assert kept.facts.decision is Decision.WITHDRAWN
    clock.forward(minutes=1)
    assert family.withdraw(ask) == kept


def test_nothing_is_withdrawn_that_was_not_given(family: Town):
    ask = child_ask(family)
    with pytest.raises(NothingToWithdraw):
        family.withdraw(ask)
    family.answer(ask, Decision.REFUSED)
    with pytest.raises(NothingToWithdraw):
        family.withdraw(ask)


def test_a_withdrawal_can_be_followed_by_a_new_consent(family: Town, clock: Clock):
    ask = child_ask(family)
    for step in (family.answer, family.withdraw, family.answer):
        step(ask)
        clock.forward(minutes=1)
    assert answers_to(family, ask) == 3


def test_the_letter_says_whether_the_platform_has_the_data(family: Town):
    ask = child_ask(family)
    family.answer(ask)
    family.work()
    family.withdraw(ask)
    (letter,) = waiting(family)
    assert "не передавались" in letter.text


# whose ask it is


def test_nobody_answers_what_another_is_asked(family: Town):
    mother, father = child_ask(family, 101), child_ask(family, 102)
    session = family.session(father.signer_id)
    host, keys = family.wiring.host, family.wiring.signing_keys
    with pytest.raises(NotFound), family.family(father.signer_id) as unit:
        show_document(unit, session, mother.id, Decision.GIVEN, FULL, host)
    with pytest.raises(NotFound), family.family(father.signer_id) as unit:
        answer(unit, session, mother.id, Decision.GIVEN, "0" * 64, FULL, host, keys)
    kept = family.answer(mother)
    with pytest.raises(NotFound), family.family(father.signer_id) as unit:
        withdraw(unit, session, mother.id, host, keys)
    with pytest.raises(NotFound), family.family(father.signer_id) as unit:
        own_answer(unit, session, kept.facts.id)


def test_a_family_of_another_school_finds_nothing(family: Town, wiring: Wiring):
    other = Town(wiring, 29)
    other.import_children([Child(1, guardians=(101,))])
    ask, stranger = child_ask(family), child_ask(other)
    session = other.session(stranger.signer_id)
    with pytest.raises(NotFound), other.family(stranger.signer_id) as unit:
        show_document(unit, session, ask.id, Decision.GIVEN, FULL, wiring.host)


def test_a_signer_sees_own_asks_alone(family: Town):
    session = family.session(family.person(101))
    with family.family(session.signer_id) as unit:
        seen = list_own_asks(unit, session)
    assert {view.ask.signer_id for view in seen} == {session.signer_id}
    assert {view.ask.form for view in seen} == {FormKind.CHILD, FormKind.GUARDIAN_OWN}


# contacts that cannot sign


@pytest.mark.parametrize(
    "contact",
    [
        pytest.param({"email": address(101)}, id="mail"),
        pytest.param({"phone": phone(101)}, id="phone"),
    ],
)
def test_the_contact_of_a_worker_signs_nothing(family: Town, contact: dict[str, str]):
    with family.by(Role.REGISTRAR) as unit:
        add_staff(unit, "second-tutor", "no hash", Role.TUTOR, family.school_id, **contact)
    with pytest.raises(RulesBroken) as refused:
        digest_of(family, child_ask(family))
    assert [f.code for f in refused.value.findings] == [Code.CONTACT_OF_STAFF]


def test_a_contact_that_staff_changed_signs_a_day_later(family: Town, clock: Clock):
    mother = Person.adult(101)
    take_in(family, line(Person.child(1), mother.but(phone=phone(999))))
    ask = child_ask(family)
    with pytest.raises(RulesBroken) as refused:
        digest_of(family, ask)
    assert [f.code for f in refused.value.findings] == [Code.CONTACT_CHANGED_BY_STAFF]
    clock.forward(hours=23, minutes=59)
    with pytest.raises(RulesBroken):
        digest_of(family, ask)
    clock.forward(minutes=1)
    family.answer(ask)


def test_a_contact_that_staff_set_again_as_it_was_signs_at_once(family: Town):
    take_in(family, line(Person.child(1), Person.adult(101)))
    family.answer(child_ask(family))


def test_a_refusal_by_another_contact_is_refused_like_a_consent(family: Town):
    take_in(family, line(Person.child(1), Person.adult(101).but(phone=phone(999))))
    with pytest.raises(RulesBroken):
        digest_of(family, child_ask(family), Decision.REFUSED)
