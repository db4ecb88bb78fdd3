"""Answers that a worker writes down: how, for whom it was read aloud, and scans beside them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit import journal
from gateway.actions.destroy_evidence import destroy_evidence_due
from gateway.actions.destroy_person import destroy_person
from gateway.actions.read_evidence import EvidencePage, read_evidence
from gateway.actions.record_paper import record_paper
from gateway.actions.witness_answer import attach_scan, check_identity, read_scan
from gateway.errors import BadInput, NotAllowed, NotFound, RulesBroken
from gateway.store.consents import Answer
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from policies.facts import Decision, EvidenceLevel, FormKind
from policies.findings import Code
from policies.permissions import Role
from policies.witness import IdentityCheck, Way, Witness
from tests.conftest import Clock
from tests.gateway.intake.test_scans import A_JPEG, A_PDF
from tests.town import FULL, Child, Town

SAID = Witness(Way.ORAL, IdentityCheck.LATER)
HELPED = Witness(assisted_by="Ёлкина Мария Петровна, сестра")


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,)), Child(2, class_name="8Б", guardians=(102,))])
    return town


def written(
    town: Town,
    decision: Decision = Decision.GIVEN,
    witness: Witness | None = None,
    scan: bytes | None = None,
    role: Role = Role.TUTOR,
) -> Answer:
    ask = town.ask_of(town.person(101), FormKind.CHILD)
    host, keys = town.wiring.host, town.wiring.signing_keys
    with town.by(role) as unit:
        return record_paper(
            unit, ask.id, decision, town.today(), FULL, host, keys, witness or Witness(), scan
        )


def proof(town: Town, answer: Answer) -> EvidencePage:
    with town.by(Role.REGISTRAR) as unit:
        return read_evidence(unit, answer.facts.id)


def test_a_paper_keeps_who_checked_the_identity_and_how(town: Town):
    found = proof(town, written(town))
    assert [(each.how, each.checked_by) for each in found.checks] == [
        (IdentityCheck.DOCUMENT, town.staff[Role.TUTOR])
    ]
    assert found.workers[town.staff[Role.TUTOR]] == "tutor-28"
    assert found.signer == "Ёлкина Ольга Петровна"


def test_who_read_it_aloud_stands_in_the_evidence_alone(town: Town):
    found = proof(town, written(town, witness=HELPED))
    assert found.assisted_by == HELPED.assisted_by
    with town.by(Role.REGISTRAR) as unit:
        events = journal.latest(
            unit.connection, town.school_id, ("consent.given", "identity.checked"), 10
        )
    assert not any("Мария" in str(event.data) for event in events)


def test_a_withdrawal_by_word_of_mouth_blocks_at_once_and_is_checked_after(town: Town):
    written(town)
    kept = written(town, Decision.WITHDRAWN, SAID)
    assert kept.facts.evidence is EvidenceLevel.ORAL
    assert proof(town, kept).checks == ()
    with town.by(Role.REGISTRAR) as unit:
        check_identity(unit, kept.facts.id, IdentityCheck.CALL_BACK)
    assert [each.how for each in proof(town, kept).checks] == [IdentityCheck.CALL_BACK]
    with pytest.raises(BadInput), town.by(Role.REGISTRAR) as unit:
        check_identity(unit, kept.facts.id, IdentityCheck.LATER)


def test_a_consent_is_not_given_by_word_of_mouth(town: Town):
    with pytest.raises(RulesBroken) as refused:
        written(town, witness=SAID)
    codes = [finding.code for finding in refused.value.findings]
    assert codes == [Code.ORAL_CONSENT, Code.IDENTITY_UNCHECKED]


# scans


def test_a_scan_comes_back_as_it_was_and_reading_it_is_an_event(town: Town):
    kept = written(town, scan=A_PDF)
    (scan,) = proof(town, kept).scans
    with town.by(Role.TUTOR) as unit:
        assert read_scan(unit, scan.id) == (scan, A_PDF)
    with town.by(Role.REGISTRAR) as unit:
        (event, *_) = journal.latest(unit.connection, town.school_id, ("evidence.read",), 1)
        sealed = unit.witnesses.find_scan(town.school_id, scan.id)
    assert event.data == {"answer_id": str(kept.facts.id), "purpose": "scan"}
    assert sealed is not None
    assert A_PDF not in sealed[1]


def test_the_same_scan_twice_is_kept_once_and_ten_are_the_most(town: Town):
    kept = written(town, scan=A_PDF)
    again = written(town, scan=A_PDF)
    assert again.facts.id == kept.facts.id
    for number in range(9):
        with town.by(Role.TUTOR) as unit:
            attach_scan(unit, kept.facts.id, A_JPEG[:-2] + bytes([number]) + A_JPEG[-2:])
    assert len(proof(town, kept).scans) == 10
    with pytest.raises(BadInput), town.by(Role.TUTOR) as unit:
        attach_scan(unit, kept.facts.id, A_JPEG)


def test_a_file_that_is_no_scan_keeps_nothing(town: Town):
    with pytest.raises(BadInput):
        written(town, scan=b"MZ" + bytes(64))
    assert written(town).receipt_no


def test_only_answers_that_a_worker_wrote_down_take_scans(town: Town):
    town.agree_on_signature()
    own = town.answer(town.ask_of(town.person(101), FormKind.CHILD))
    with pytest.raises(NotFound), town.by(Role.REGISTRAR) as unit:
        attach_scan(unit, own.facts.id, A_PDF)


def test_a_scan_is_not_there_for_a_tutor_who_did_not_write_it_down(town: Town):
    kept = written(town, scan=A_PDF, role=Role.REGISTRAR)
    (scan,) = proof(town, kept).scans
    with pytest.raises(NotFound), town.by(Role.TUTOR) as unit:
        read_scan(unit, scan.id)


def test_a_tutor_attaches_nothing_to_another_class(town: Town):
    ask = town.ask_of(town.person(102), FormKind.CHILD)
    host, keys = town.wiring.host, town.wiring.signing_keys
    with town.by(Role.REGISTRAR) as unit:
        kept = record_paper(unit, ask.id, Decision.REFUSED, town.today(), FULL, host, keys)
    with pytest.raises(NotAllowed), town.by(Role.TUTOR) as unit:
        attach_scan(unit, kept.facts.id, A_PDF)


def test_scans_go_with_the_evidence(town: Town, clock: Clock):
    kept = written(town, Decision.REFUSED, scan=A_PDF)
    mother = town.person(101)
    with town.wiring.units.open(SYSTEM) as unit:
        unit.lock_school(town.school_id)
        destroy_person(unit, town.school_id, mother, "retention")
    clock.forward(days=3 * 366)
    with town.wiring.units.open(SYSTEM) as unit:
        assert destroy_evidence_due(unit, town.school_id) == 1
    found = proof(town, kept)
    assert (found.scans, found.document, found.signer) == ((), None, "")
    assert [each.how for each in found.checks] == [IdentityCheck.DOCUMENT]


# the place in the journal


def test_evidence_names_its_place_in_the_journal(town: Town):
    kept = written(town)
    assert proof(town, kept).place.root is None
    town.work()
    place = proof(town, kept).place
    assert place.idx is not None
    assert place.size is not None
    assert place.idx < place.size
    with town.by(Role.REGISTRAR) as unit:
        proved = journal.inclusion_proof(unit.connection, place.event_id)
    assert proved is not None
    assert proved.idx == place.idx


def test_evidence_of_another_school_is_not_there(town: Town, wiring: Wiring):
    kept = written(town)
    other = Town(wiring, number=29)
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        read_evidence(unit, kept.facts.id)


def test_a_scan_of_a_day_before_is_kept_with_its_answer(town: Town, clock: Clock):
    kept = written(town)
    clock.forward(days=1)
    with town.by(Role.REGISTRAR) as unit:
        attach_scan(unit, kept.facts.id, A_PDF)
    (scan,) = proof(town, kept).scans
    assert scan.attached_at - kept.recorded_at == timedelta(days=1)
