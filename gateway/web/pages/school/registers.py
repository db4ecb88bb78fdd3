"""Registers on a page and as a PDF to print; one answer with everything that proves it."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Response, request

from consent_forms.registers import Register
from gateway.actions.read_evidence import EvidencePage, read_evidence
from gateway.actions.read_registers import read_accesses, read_consents
from gateway.actions.witness_answer import attach_scan, check_identity, read_scan
from gateway.errors import BadInput, NotFound
from gateway.web.context import current_unit
from gateway.web.pages.access import needs
from gateway.web.pages.documents import shown_document
from gateway.web.pages.reading import told
from gateway.web.pages.school import register_words as wording
from gateway.web.pages.school.frame import COLLECTION, PUPIL, framed, school, the_collection
from gateway.web.pages.site import Page, Sheet, To
from gateway.web.receipts import PDF_TYPE
from gateway.web.scans import as_file
from gateway.web.schemas.written import NewCheck
from policies.permissions import Permission

KNOW = needs(Permission.READ_REFUSALS)
REGISTERS = f"{COLLECTION}/registers"
PROOF = f"{PUPIL}/proofs/<uuid:answer_id>"
MOST_SHOWN = 500  # rows of a page
MOST_PRINTED = 1500  # rows that are laid out in some seconds


@school.on("GET", REGISTERS, KNOW)
def registers(collection_id: UUID) -> Page:
    """Which registers there are."""
    unit = current_unit()
    return framed(
        "registers.html",
        the_collection(collection_id),
        classes=list(unit.schools.class_names(unit.school_id).items()),
    )


@school.on("GET", f"{REGISTERS}/consents", KNOW)
def consent_register(collection_id: UUID) -> Page:
    """Every consent, refusal and withdrawal of the collection."""
    found = _consents(collection_id)
    return _shown(collection_id, [found], "consents")


@school.on("GET", f"{REGISTERS}/consents.pdf", KNOW)
def consent_register_pdf(collection_id: UUID) -> Sheet:
    """The same to print."""
    found = _consents(collection_id)
    if len(found.rows) > MOST_PRINTED:
        raise BadInput({"/class": "register_long"})
    return _printed(found, "consents")


@school.on("GET", f"{REGISTERS}/access", KNOW)
def access_register(collection_id: UUID) -> Page:
    """Who may see the data and who has."""
    both = _accesses(collection_id, MOST_SHOWN)
    return _shown(collection_id, both, "access")


@school.on("GET", f"{REGISTERS}/access.pdf", KNOW)
def access_register_pdf(collection_id: UUID) -> Sheet:
    """Who has seen the data, to print."""
    return _printed(_accesses(collection_id, MOST_PRINTED)[1], "access")


@school.on("GET", f"{REGISTERS}/staff.pdf", KNOW)
def staff_register_pdf(collection_id: UUID) -> Sheet:
    """Who may see the data, to print."""
    return _printed(_accesses(collection_id, 0)[0], "staff")


@school.on("GET", PROOF, KNOW)
def proof(collection_id: UUID, pupil_id: UUID, answer_id: UUID) -> Page:
    """One answer and everything that proves it."""
    found = _proof(collection_id, answer_id, "evidence_page")
    unit = current_unit()
    return framed(
        "proof.html",
        found.collection,
        pupil_id=pupil_id,
        found=found,
        register=wording.evidence(found, wording.made_by(unit, found.school)),
        document=shown_document(found.document) if found.document is not None else None,
        is_checked=bool(found.checks),
        checks=[(how.value, said) for how, said in wording.CHECKS.items() if how != "later"],
    )


@school.on("GET", f"{PROOF}/evidence.pdf", KNOW)
def proof_pdf(collection_id: UUID, pupil_id: UUID, answer_id: UUID) -> Sheet:
    """The same to print, without the document itself."""
    found = _proof(collection_id, answer_id, "evidence_pdf")
    made = wording.made_by(current_unit(), found.school)
    return _printed(wording.evidence(found, made), "evidence")


@school.on("POST", f"{PROOF}/scans", needs(Permission.RECORD_PAPER), again=proof)
def add_scan(collection_id: UUID, pupil_id: UUID, answer_id: UUID) -> To:
    """Keep another scan beside the answer."""
    file = request.files.get("scan")
    attach_scan(current_unit(), answer_id, file.read() if file else b"")
    return _back(collection_id, pupil_id, answer_id, "Скан приложен.")


@school.on("POST", f"{PROOF}/checks", needs(Permission.RECORD_PAPER), again=proof)
def add_check(collection_id: UUID, pupil_id: UUID, answer_id: UUID) -> To:
    """The identity is checked now."""
    check_identity(current_unit(), answer_id, told(NewCheck)["identity"])
    return _back(collection_id, pupil_id, answer_id, "Проверка личности записана.")


@school.on("GET", "/school/scans/<uuid:scan_id>", needs(Permission.READ_CLASS))
def scan(scan_id: UUID) -> Sheet:
    """A scan as it was attached."""
    return Sheet(partial(as_file, read_scan(current_unit(), scan_id)))


def _consents(collection_id: UUID) -> Register:
    unit = current_unit()
    names = unit.schools.class_names(unit.school_id)
    wanted = request.args.get("class", "")
    chosen = next((name for key, name in names.items() if str(key) == wanted), "")
    if wanted and not chosen:
        raise NotFound
    read = read_consents(unit, collection_id)
    return wording.consents(read, wording.made_by(unit, read.state.school), chosen)


def _accesses(collection_id: UUID, most: int) -> list[Register]:
    unit = current_unit()
    read = read_accesses(unit, collection_id)
    found = unit.schools.get(unit.school_id)
    made = wording.made_by(unit, found)
    return [
        wording.staff_list(read, found, made),
        wording.accesses(read, found, made, most),
    ]


def _proof(collection_id: UUID, answer_id: UUID, purpose: str) -> EvidencePage:
    found = read_evidence(current_unit(), answer_id, purpose)
    if found.ask.collection_id != collection_id:
        raise NotFound
    return found


def _shown(collection_id: UUID, found: list[Register], name: str) -> Page:
    return framed(
        "register.html",
        the_collection(collection_id),
        registers=found,
        name=name,
        most=MOST_SHOWN,
        is_printable=len(found[-1].rows) <= MOST_PRINTED,
        class_id=request.args.get("class", ""),
    )


def _back(collection_id: UUID, pupil_id: UUID, answer_id: UUID, notice: str) -> To:
    parts = {"collection_id": collection_id, "pupil_id": pupil_id, "answer_id": answer_id}
    return To("desks.proof", parts, notice=notice)


def _printed(register: Register, name: str) -> Sheet:
    return Sheet(partial(_as_pdf, register, name))


def _as_pdf(register: Register, name: str) -> Response:
    """The printer is imported here, for serving seldom needs it."""
    from consent_forms.registers import register_pdf

    answer = Response(register_pdf(register), mimetype=PDF_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer
