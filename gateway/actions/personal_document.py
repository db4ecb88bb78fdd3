"""The personal document of one ask, rendered from what the register says at this moment.

It is not stored before it is signed: the answer renders it again and compares the digest, so a
record that changed in between shows as a mismatch and is read again (decision 0006).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from consent_forms.facts import (
    AuthorityDocument,
    DocumentFacts,
    EarlierConsent,
    FactsError,
    IdDocument,
    Operator,
    Person,
    Processing,
    Recipient,
    Signing,
)
from consent_forms.form import ConsentForm
from consent_forms.rendering import blank, document_digest, render
from gateway.actions.pinned_rules import form_for
from gateway.actions.record_agreement import read_authority
from gateway.errors import BadInput, NotFound, PassportMissing
from gateway.settings import Host
from gateway.store.agreements import Agreement
from gateway.store.collections import Collection
from gateway.store.consents import Ask
from gateway.store.pupils import Guardianship
from gateway.store.schools import School
from gateway.unit import Unit
from policies.contacts import shown_phone
from policies.facts import AnswerFacts, Decision, EvidenceLevel, Field, FormKind, Items
from policies.programme import Programme
from policies.requisites import Paper, paper_findings


@dataclass(frozen=True, slots=True, repr=False)
class Details:
    """Address and identity document of one person: for the document alone (152-FZ art. 9(4) 1).

    They go to the evidence and never to the register or the bundle.
    """

    address: str
    id_document: IdDocument


@dataclass(frozen=True, slots=True, repr=False)
class SigningDetails:
    """What the signer tells before the document is shown. `child`: only on the CHILD form."""

    signer: Details | None = None
    child: Details | None = None


NO_DETAILS = SigningDetails()


@dataclass(frozen=True, slots=True)
class Sitting:
    """Everything about one ask that several steps need."""

    school: School
    collection: Collection
    rules: Programme
    ask: Ask
    answers: tuple[AnswerFacts, ...]
    agreement: Agreement | None
    items: dict[UUID, Items] = field(repr=False)

    @property
    def signer(self) -> Items:
        return self.items[self.ask.signer_id]

    @property
    def subject(self) -> Items:
        return self.items[self.ask.subject_id]


@dataclass(frozen=True, slots=True)
class Document:
    """The document: exact UTF-8 bytes of one HTML page, their SHA-256 (hex), and its text."""

    form: ConsentForm
    digest: str
    html: bytes = field(repr=False)


def render_document(
    unit: Unit,
    sitting: Sitting,
    decision: Decision,
    evidence: EvidenceLevel,
    details: SigningDetails,
    host: Host,
    decided_on: date,
) -> Document:
    """Same register, same details, same day: same bytes.

    Raises `PassportMissing`, and `BadInput` naming what the document lacks.
    """
    form = form_for(sitting.rules, sitting.ask.form, decision)
    _require_passport(sitting)
    # A refusal is heard in any form: it shows no papers, so nobody looks at them.
    if decision is Decision.GIVEN:
        require_papers(sitting, details, decided_on)
    facts = _facts(unit, sitting, form, evidence, details, host, decided_on)
    html = _made(render, form, facts)
    return Document(form, document_digest(html), html)


def render_blank(unit: Unit, sitting: Sitting, decision: Decision, host: Host) -> bytes:
    """The same for a pen: what the register does not know, day and signature are empty lines.

    Raises `PassportMissing`.
    """
    form = form_for(sitting.rules, sitting.ask.form, decision)
    _require_passport(sitting)
    today = sitting.school.today(unit.now)
    on_paper = EvidenceLevel.PAPER_ORIGINAL
    facts = _facts(unit, sitting, form, on_paper, NO_DETAILS, host, today)
    return _made(blank, form, facts)


def _require_passport(sitting: Sitting) -> None:
    if not sitting.school.is_complete:
        raise PassportMissing


def _made(
    make: Callable[[ConsentForm, DocumentFacts], bytes], form: ConsentForm, facts: DocumentFacts
) -> bytes:
    try:
        return make(form, facts)
    except FactsError as lacking:
        pointer = "/details/" + lacking.path.replace("subject", "child").replace(".", "/")
        raise BadInput({pointer: lacking.code.lower()}) from None


def _facts(
    unit: Unit,
    sitting: Sitting,
    form: ConsentForm,
    evidence: EvidenceLevel,
    details: SigningDetails,
    host: Host,
    decided_on: date,
) -> DocumentFacts:
    school, ask = sitting.school, sitting.ask
    link = _guardianship(unit, sitting)
    return DocumentFacts(
        kind=ask.form,
        programme_title=sitting.rules.title,
        operator=Operator(
            legal_name=school.legal_name or "",
            address=school.address or "",
            inn=school.inn or "",
            ogrn=school.ogrn or "",
            phone=shown_phone(school.phone or ""),
        ),
        processing=Processing(
            host.name,
            host.address,
            school.instruction_no or "",
            school.instruction_on or decided_on,
        ),
        recipient=Recipient(sitting.rules.recipient.name, sitting.rules.recipient.address),
        signer=_person(sitting.signer, details.signer),
        subject=_person(sitting.subject, details.child) if ask.form is FormKind.CHILD else None,
        answer_by=sitting.collection.deadline_on,
        signing=Signing(
            evidence,
            sitting.agreement.number if sitting.agreement else None,
            sitting.agreement.signed_on if sitting.agreement else None,
        ),
        decided_on=decided_on,
        guardian=link.kind if link else None,
        relation=link.relation if link else "",
        authority=_authority(unit, school.id, link),
        items=_listed(form, sitting.subject),
        earlier=_earlier(unit, sitting) if form.decision is Decision.WITHDRAWN else None,
    )


def full_name(items: Items) -> str:
    """Family name, given name, patronymic."""
    parts = (Field.FAMILY_NAME, Field.GIVEN_NAME, Field.PATRONYMIC)
    return " ".join(items.values[f] for f in parts if f in items.values)


def require_papers(sitting: Sitting, details: SigningDetails, on: date) -> None:
    """Raises `BadInput` for an identity document that cannot be its holder's on that day."""
    told = [("signer", details.signer, sitting.signer)]
    if sitting.ask.form is FormKind.CHILD:
        told.append(("child", details.child, sitting.subject))
    flaws = {
        f"/details/{who}/id_document/{finding.part}": finding.code.value
        for who, one, items in told
        if one is not None
        for finding in paper_findings(_paper(one.id_document), items.birth_date, on)
    }
    if flaws:
        raise BadInput(flaws)


def _paper(one: IdDocument) -> Paper:
    return Paper(one.kind, one.series, one.number, one.department_code, one.issued_on)


def _person(items: Items, details: Details | None) -> Person:
    if details is None:
        return Person(full_name(items))
    return Person(full_name(items), details.address, details.id_document)


def _listed(form: ConsentForm, items: Items) -> Items:
    """Only what the text lists."""
    return Items(
        {f: v for f, v in items.values.items() if f in form.items},
        {f: a for f, a in items.absent.items() if f in form.items},
    )


def _guardianship(unit: Unit, sitting: Sitting) -> Guardianship | None:
    if sitting.ask.form is not FormKind.CHILD:
        return None
    links = unit.pupils.list_guardianships(
        sitting.school.id,
        pupil_ids=[sitting.ask.subject_id],
        guardian_ids=[sitting.ask.signer_id],
    )
    for link in links:
        return link
    raise NotFound


def _authority(unit: Unit, school_id: UUID, link: Guardianship | None) -> AuthorityDocument | None:
    found = read_authority(unit, school_id, link.id, link.guardian_id) if link else None
    if found is None:
        return None
    return AuthorityDocument(found.kind, found.number, found.issued_on, found.issuer)


def _earlier(unit: Unit, sitting: Sitting) -> EarlierConsent | None:
    given = [a for a in sitting.answers if a.decision is Decision.GIVEN]
    if not given:
        return None
    answer = unit.consents.find_answer(sitting.school.id, given[-1].id)
    on = sitting.school.today(given[-1].decided_at)
    return EarlierConsent(on, answer.receipt_no if answer else None)


def open_sitting(
    unit: Unit, rules: Programme, school_id: UUID, collection: Collection, ask: Ask
) -> Sitting:
    """Read what the steps of one ask share. Raises `NotFound` for destroyed people."""
    items = unit.people.items(school_id, {ask.signer_id, ask.subject_id})
    if ask.signer_id not in items or ask.subject_id not in items:
        raise NotFound
    school = unit.schools.get(school_id)
    today = school.today(unit.now)
    agreements = [
        a for a in unit.agreements.of_person(school_id, ask.signer_id) if a.signed_on <= today
    ]
    return Sitting(
        school,
        collection,
        rules,
        ask,
        unit.consents.answers_by_ask(school_id, [ask.id]).get(ask.id, ()),
        agreements[-1] if agreements else None,
        items,
    )
