"""One pupil: what is known and asked, and everything that a worker records about the family."""

from __future__ import annotations

from uuid import UUID

from flask import request

from gateway.actions.correct_contacts import correct_contacts
from gateway.actions.leave_out import confirm_leaving_out, propose_leaving_out, record_attempt
from gateway.actions.leave_school import leave_school
from gateway.actions.read_pupil import PupilPage, read_pupil
from gateway.actions.record_agreement import Authority, record_agreements, record_authority
from gateway.actions.record_paper import record_paper
from gateway.errors import BadInput, NotFound, NothingToWithdraw, RulesBroken, TooLate
from gateway.web.context import current_unit, current_wiring
from gateway.web.pages.access import needs
from gateway.web.pages.reading import told
from gateway.web.pages.school import words
from gateway.web.pages.school.frame import PUPIL, framed, school
from gateway.web.pages.site import FormSize, Page, To
from gateway.web.schemas import school as wire
from gateway.web.schemas.fields import Wire
from gateway.web.schemas.parts import Corrections, details_of, witness_of
from gateway.web.schemas.written import NewPaperAnswer
from policies.facts import Decision, Field
from policies.permissions import Permission

READ = needs(Permission.READ_CLASS)
PERSON = f"{PUPIL}/people/<uuid:person_id>"
PAPER = f"{PUPIL}/answers/<uuid:ask_id>"
TWO_PAPERS = FormSize(parts=40, text_bytes=100_000)  # details of two people and a scan


class Contacts(Wire):
    """The two items that staff correct here; the rest comes with the list."""

    email = Corrections().fields["email"]
    phone = Corrections().fields["phone"]


@school.on("GET", PUPIL, READ)
def pupil(collection_id: UUID, pupil_id: UUID) -> Page:
    """Standing, family, documents, attempts, and what can be done about each."""
    found = read_pupil(current_unit(), collection_id, pupil_id)
    return framed("pupil.html", found.collection, one=found, words=words, recorded=_recorded())


@school.on("POST", f"{PUPIL}/attempts", needs(Permission.RECORD_ATTEMPT), again=pupil)
def attempt(collection_id: UUID, pupil_id: UUID) -> To:
    """Record an attempt to reach the family."""
    read = told(wire.NewAttempt)
    record_attempt(current_unit(), pupil_id, read["made_on"], read["channel"].value)
    return _back(collection_id, pupil_id, "Попытка записана.")


@school.on("POST", f"{PUPIL}/agreements", needs(Permission.RECORD_AGREEMENT), again=pupil)
def agreement(collection_id: UUID, pupil_id: UUID) -> To:
    """Record the agreement on simple e-signature that people of the family have signed."""
    read = told(wire.NewAgreements)
    if not read["person_ids"]:
        raise BadInput({"/person_ids": "required"})
    record_agreements(current_unit(), read["person_ids"], read["number"], read["signed_on"])
    return _back(collection_id, pupil_id, "Соглашение записано.")


@school.on("GET", PAPER, needs(Permission.RECORD_PAPER))
def paper_form(collection_id: UUID, pupil_id: UUID, ask_id: UUID) -> Page:
    """An answer that was given on paper or said: what it says, when, by whom."""
    found = read_pupil(current_unit(), collection_id, pupil_id)
    asked = next((each for each in found.asked if each.ask.id == ask_id), None)
    if asked is None:
        raise NotFound
    return framed("paper.html", found.collection, one=found, asked=asked, words=words)


@school.on(
    "POST",
    PAPER,
    needs(Permission.RECORD_PAPER),
    again=paper_form,
    mends=(BadInput, RulesBroken, NothingToWithdraw, TooLate),
    size=TWO_PAPERS,
)
def paper(collection_id: UUID, pupil_id: UUID, ask_id: UUID) -> To:
    """Record it; the worker is who has checked the identity."""
    read, wiring = told(NewPaperAnswer), current_wiring()
    if "identity" not in read:
        raise BadInput({"/identity": "identity_unchecked"})
    file = request.files.get("scan")
    decision = Decision(read["decision"].value)
    kept = record_paper(
        current_unit(),
        ask_id,
        decision,
        read["signed_on"],
        details_of(read),
        wiring.host,
        wiring.signing_keys,
        witness_of(read),
        (file.read() if file else b"") or None,
    )
    said = f"Ответ записан, номер {kept.receipt_no}."
    parts = {"collection_id": collection_id, "pupil_id": pupil_id, "recorded": kept.facts.id}
    return To("desks.pupil", parts, notice=said)


@school.on("GET", f"{PERSON}/contacts", needs(Permission.COMMIT_IMPORT))
def contacts_form(collection_id: UUID, pupil_id: UUID, person_id: UUID) -> Page:
    """E-mail and phone of the pupil or of a representative."""
    found = read_pupil(current_unit(), collection_id, pupil_id)
    name = _name(found, person_id)
    items = next((g.items for g in found.guardians if g.link.guardian_id == person_id), found.items)
    return framed(
        "contacts.html",
        found.collection,
        one=found,
        person_id=person_id,
        name=name,
        email=items.values.get(Field.EMAIL, ""),
        phone=items.values.get(Field.PHONE, ""),
    )


@school.on("POST", f"{PERSON}/contacts", needs(Permission.COMMIT_IMPORT), again=contacts_form)
def contacts(collection_id: UUID, pupil_id: UUID, person_id: UUID) -> To:
    """Put others on record."""
    read = told(Contacts)
    is_new = correct_contacts(
        current_unit(), person_id, {Field(name): value for name, value in read.items()}
    )
    said = "Контакты записаны, прежние предупреждены." if is_new else "Ничего не изменилось."
    return _back(collection_id, pupil_id, said)


@school.on("POST", f"{PUPIL}/leaving-out", needs(Permission.PROPOSE_LEAVING_OUT), again=pupil)
def propose(collection_id: UUID, pupil_id: UUID) -> To:
    """Propose to leave a silent family on paper."""
    reason = told(wire.NewLeavingOut)["reason"].value
    propose_leaving_out(current_unit(), collection_id, pupil_id, reason)
    return _back(collection_id, pupil_id, "Предложено. Решение подтверждает директор.")


@school.on(
    "POST",
    f"{PUPIL}/leaving-out/confirmation",
    needs(Permission.CONFIRM_LEAVING_OUT),
    again=pupil,
)
def confirm(collection_id: UUID, pupil_id: UUID) -> To:
    """Agree as the second person."""
    public_url = current_wiring().host.public_url
    confirm_leaving_out(current_unit(), collection_id, pupil_id, public_url)
    return _back(collection_id, pupil_id, "Подтверждено. Семье отправлено извещение.")


@school.on("POST", f"{PUPIL}/departure", needs(Permission.STATE_ENROLMENT), again=pupil)
def departure(collection_id: UUID, pupil_id: UUID) -> To:
    """Take the pupil off the list by an order."""
    read = told(wire.NewDeparture)
    leave_school(current_unit(), pupil_id, read["order_no"], read["order_on"])
    return To(
        "desks.collection",
        {"collection_id": collection_id},
        notice="Ученик выбыл. Проверьте число учеников по приказу.",
    )


@school.on(
    "POST",
    f"{PUPIL}/guardianships/<uuid:guardianship_id>/authority",
    needs(Permission.RECORD_AUTHORITY),
    again=lambda collection_id, pupil_id, guardianship_id: pupil(collection_id, pupil_id),
)
def authority(collection_id: UUID, pupil_id: UUID, guardianship_id: UUID) -> To:
    """Record the document that makes a guardian."""
    read = told(wire.NewAuthority)
    paper_of = Authority(read["kind"], read["number"], read["issued_on"], read["issuer"])
    record_authority(current_unit(), guardianship_id, paper_of, read.get("ends_on"))
    return _back(collection_id, pupil_id, "Документ записан.")


def _back(collection_id: UUID, pupil_id: UUID, notice: str) -> To:
    parts = {"collection_id": collection_id, "pupil_id": pupil_id}
    return To("desks.pupil", parts, notice=notice)


def _recorded() -> UUID | None:
    """The answer that was just written down, of which the page offers the receipt."""
    try:
        return UUID(request.args.get("recorded", ""))
    except ValueError:
        return None


def _name(found: PupilPage, person_id: UUID) -> str:
    for known, name in found.people:
        if known == person_id:
            return name
    raise NotFound
