"""The facts of a receipt's PDF: read in the unit, drawn after it."""

from __future__ import annotations

from flask import Response

from consent_forms.receipts import JournalPoint, ReceiptFacts
from crypto import jose
from gateway.actions.personal_document import Sitting
from gateway.store.consents import Answer
from gateway.unit import Unit

PDF_TYPE = "application/pdf"
JOSE_TYPE = "application/jose"


def receipt_facts(
    unit: Unit, answer: Answer, sitting: Sitting, keys: jose.SigningKeys
) -> ReceiptFacts:
    """What stands on the receipt; the journal's point is the one that the JWS holds us to."""
    school, facts = sitting.school, answer.facts
    place = unit.pupils.classes(school.id).get(sitting.ask.subject_id)
    return ReceiptFacts(
        number=answer.receipt_no,
        decision=facts.decision,
        kind=sitting.ask.form,
        evidence=facts.evidence,
        decided_at=facts.decided_at,
        zone=school.zone,
        programme_title=sitting.rules.title,
        school_name=school.legal_name or school.short_name,
        school_address=school.address or "",
        school_phone=school.phone or "",
        recipient_name=sitting.rules.recipient.name,
        form_slug=facts.form,
        form_version=facts.form_version,
        text_digest=facts.text_digest,
        document_digest=facts.document_digest,
        answer_by=sitting.collection.deadline_on,
        class_name=unit.schools.class_names(school.id).get(place) if place else None,
        journal=_point(answer, keys),
        jws=answer.receipt,
    )


def _point(answer: Answer, keys: jose.SigningKeys) -> JournalPoint | None:
    told = jose.read_receipt(answer.receipt, keys.public("evidence"))["journal"]
    if not isinstance(told, dict):
        return None
    return JournalPoint(told["origin"], told["size"], told["root"])


def as_pdf(facts: ReceiptFacts) -> Response:
    """One page. The printer is imported here, for serving seldom needs it."""
    from consent_forms.receipts import receipt_pdf

    return Response(receipt_pdf(facts), mimetype=PDF_TYPE)


def as_jose(receipt: str) -> Response:
    """The receipt itself (JWS, compact)."""
    return Response(receipt, mimetype=JOSE_TYPE)
