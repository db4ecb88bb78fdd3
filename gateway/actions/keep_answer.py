"""Write down one answer: event, answer, evidence, receipt, claims, and what it takes away.

Shared by the family's own answer, a withdrawal and an answer on paper. The school is locked.
"""

from __future__ import annotations

import base64
from datetime import datetime
from uuid import UUID

from audit.journal import last_checkpoint
from crypto import canonical, jose
from crypto.envelope import KeyClass, RecordKind
from crypto.secrets_text import receipt_number
from gateway.actions.claim_contacts import CONTACTS, claim_contacts
from gateway.actions.narrow_bundle import withdraw_from_bundles
from gateway.actions.personal_document import Details, Document, SigningDetails, Sitting
from gateway.errors import NotFound
from gateway.store.consents import Answer
from gateway.unit import Unit
from policies.claims import strength
from policies.facts import (
    AnswerFacts,
    Decision,
    EvidenceLevel,
    Field,
)

EVENTS = {
    Decision.GIVEN: "consent.given",
    Decision.REFUSED: "consent.refused",
    Decision.WITHDRAWN: "consent.withdrawn",
}


def keep_answer(
    unit: Unit,
    sitting: Sitting,
    decision: Decision,
    evidence: EvidenceLevel,
    document: Document,
    details: SigningDetails,
    keys: jose.SigningKeys,
    *,
    decided_at: datetime,
    recorded_by: UUID | None = None,
    proved: frozenset[Field] = frozenset(),
    assisted_by: str = "",
) -> Answer:
    """`recorded_by`: the worker who entered a paper answer; None for the signer's own act.

    `proved`: contacts of the signer that the channel itself has proved. `assisted_by`: who read the
    document to the signer; empty: nobody.
    """
    school_id, ask = sitting.school.id, sitting.ask
    versions = unit.people.changes.numbers(school_id, {ask.subject_id, ask.signer_id})
    facts = AnswerFacts(
        id=unit.new_id(),
        decision=decision,
        decided_at=decided_at,
        evidence=evidence,
        form=document.form.slug,
        form_version=document.form.version,
        text_digest=document.form.text_digest,
        document_digest=document.digest,
        has_agreement=sitting.agreement is not None,
        subject_version=versions.get(ask.subject_id, 0),
        signer_version=versions.get(ask.signer_id, 0),
    )
    event = unit.record(
        EVENTS[decision],
        school_id=school_id,
        answer_id=facts.id,
        ask_id=ask.id,
        person_id=ask.subject_id,
        signer_id=ask.signer_id,
        form=facts.form,
        form_version=facts.form_version,
        text_digest=facts.text_digest,
        document_digest=facts.document_digest,
        evidence=evidence.value,
    )
    number = receipt_number()
    answer = Answer(
        facts,
        ask.id,
        unit.now,
        ask.signer_id,
        recorded_by,
        number,
        jose.receipt(keys, _receipt(unit, sitting, facts, number)),
    )
    sealed = unit.vault.seal(
        school_id,
        ask.signer_id,
        KeyClass.EVIDENCE,
        RecordKind.EVIDENCE,
        _evidence(document, details, assisted_by),
    )
    unit.consents.add_answer(school_id, answer, sealed, event)
    if decision is Decision.GIVEN:
        listed = frozenset(document.form.items)
        _claim(unit, sitting, evidence, proved, listed, event)
    else:
        withdraw_from_bundles(unit, school_id)
    return answer


def _receipt(unit: Unit, sitting: Sitting, facts: AnswerFacts, number: str) -> dict[str, object]:
    """Claims of a receipt: no personal value, and a point of the journal to hold us to."""
    point = last_checkpoint(unit.connection)
    return {
        "receipt": number,
        "answer": str(facts.id),
        "decision": facts.decision.value,
        "decided_at": facts.decided_at.isoformat(timespec="seconds"),
        "document": sitting.ask.form.value,
        "form": facts.form,
        "form_version": facts.form_version,
        "text_digest": facts.text_digest,
        "document_digest": facts.document_digest,
        "evidence": facts.evidence.value,
        "school": str(sitting.school.id),
        "programme": sitting.rules.slug,
        "journal": None
        if point is None
        else {
            "origin": point.checkpoint.origin,
            "size": point.checkpoint.size,
            "root": point.checkpoint.root.hex(),
        },
    }


def _evidence(document: Document, details: SigningDetails, assisted_by: str) -> bytes:
    """The bytes that were signed, and what was told for them alone."""
    return canonical.dumps(
        {
            "document": base64.b64encode(document.html).decode(),
            "signer": details.signer and details_record(details.signer),
            "child": details.child and details_record(details.child),
            "assisted_by": assisted_by or None,
        }
    )


def assistant_of(plain: bytes) -> str:
    """Who read the document to the signer; empty: nobody."""
    record = canonical.loads(plain)
    told = record.get("assisted_by") if isinstance(record, dict) else None
    return told if isinstance(told, str) else ""


def signed_document(plain: bytes) -> bytes:
    """The document out of an opened evidence record. Raises `NotFound` for another record."""
    record = canonical.loads(plain)
    if not isinstance(record, dict):
        raise NotFound
    return base64.b64decode(record["document"])


def details_record(told: Details) -> dict[str, object]:
    """Address and identity document as one flat object."""
    paper = told.id_document
    return {
        "address": told.address,
        "kind": paper.kind.value,
        "series": paper.series,
        "number": paper.number,
        "issued_on": paper.issued_on.isoformat(),
        "issued_by": paper.issued_by,
        "department_code": paper.department_code,
    }


def _claim(
    unit: Unit,
    sitting: Sitting,
    evidence: EvidenceLevel,
    proved: frozenset[Field],
    listed: frozenset[Field],
    event: UUID,
) -> None:
    """Claim each contact of the document's subject that the document lists (design 4)."""
    ask = sitting.ask
    own = ask.signer_id == ask.subject_id
    claim_contacts(
        unit,
        sitting.school.id,
        ask.subject_id,
        sitting.subject,
        {
            field: strength(evidence, is_own=own, code_was_sent_there=field in proved)
            for field in CONTACTS
            if field in listed
        },
        event,
    )
