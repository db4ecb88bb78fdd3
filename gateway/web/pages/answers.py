"""One document from its items to the signature: check, tell address and paper, decide, sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import request

from gateway.actions import answer as answering
from gateway.actions import correct_items as correcting
from gateway.actions import keep_details as telling
from gateway.actions import look_at_own as looking
from gateway.actions import sign_answer as signing
from gateway.actions.personal_document import NO_DETAILS, Document, SigningDetails
from gateway.errors import CodeExpired, CodeNotSent, CodeSpent, CodeWrong, GatewayError
from gateway.web.context import current_session, current_unit, current_wiring
from gateway.web.pages.access import needs
from gateway.web.pages.documents import shown_document
from gateway.web.pages.forms import birth_said, chosen, day_said, is_ticked, read, said
from gateway.web.pages.sentences import told as in_words
from gateway.web.pages.site import MENDABLE, Page, Pages, To
from gateway.web.schemas.family import FamilyDecision, NewAnswer
from gateway.web.schemas.parts import Corrections, DetailsIn
from policies.facts import Decision, Field, FormKind
from policies.fields import PERSONAL
from policies.findings import Code
from policies.permissions import Permission

answers = Pages("answers")
SIGNER = needs(Permission.ANSWER_ASKS)
ASK = "/me/asks/<uuid:ask_id>"
CODES = (CodeWrong, CodeExpired, CodeSpent, CodeNotSent)
LATER = {Code.ITEM_MISSING, Code.ABSENCE_NOT_ACCEPTED}
"""What the signer mends on the next pages."""


@answers.on("GET", ASK, SIGNER)
def check(ask_id: UUID) -> Page:
    """The items as the school knows them, and what stands in the way of signing here."""
    unit, session = current_unit(), current_session()
    items = correcting.read_items(unit, session, ask_id)
    against, against_no = answering.objections(
        unit, session, ask_id, (Decision.GIVEN, Decision.REFUSED)
    )
    missing = [finding.field for finding in against if finding.code in LATER and finding.field]
    hurdles = list(dict.fromkeys(in_words(f.code) for f in against if f.code not in LATER))
    return _page(
        "check",
        ask_id,
        items=items,
        missing=missing,
        hurdles=hurdles,
        may_refuse=not against_no,
    )


@answers.on("GET", f"{ASK}/items", SIGNER)
def items(ask_id: UUID) -> Page:
    """The form with the items."""
    known = correcting.read_items(current_unit(), current_session(), ask_id)
    return _page("items", ask_id, items=known)


@answers.on("POST", f"{ASK}/items", SIGNER, again=items)
def correct(ask_id: UUID) -> To:
    """Correct what was changed."""
    unit, session = current_unit(), current_session()
    known = correcting.read_items(unit, session, ask_id).values
    told = {f.value: said(f.value) for f in Field if f is not Field.BIRTH_DATE}
    told[Field.BIRTH_DATE.value] = birth_said(Field.BIRTH_DATE.value)
    # An empty field of what is not known either says nothing.
    told = {name: text for name, text in told.items() if text or Field(name) in known}
    corrections = {Field(name): value for name, value in read(Corrections, told).items()}
    changed = correcting.correct_items(unit, session, ask_id, corrections)
    return To("answers.check", {"ask_id": ask_id}, notice="Исправлено." if changed else None)


@answers.on("GET", f"{ASK}/details", SIGNER)
def details(ask_id: UUID) -> Page:
    """Address and identity document: the law wants them in the consent."""
    known = telling.known_details(current_unit(), current_session(), ask_id)
    return _page("details", ask_id, known=known)


@answers.on("POST", f"{ASK}/details", SIGNER, again=details)
def tell_details(ask_id: UUID) -> To:
    """Keep them for this sitting."""
    told: SigningDetails = read(DetailsIn, _details_said())
    telling.keep_details(current_unit(), current_session(), ask_id, told)
    return To("answers.decision", {"ask_id": ask_id})


@answers.on("GET", f"{ASK}/decision", SIGNER)
def decision(ask_id: UUID) -> Page | To:
    """The exact documents of a yes and of a no, side by side."""
    unit, session = current_unit(), current_session()
    known = telling.known_details(unit, session, ask_id)
    if not telling.is_complete(unit.consents.get_ask(session.school_id, ask_id), known):
        return To("answers.details", {"ask_id": ask_id})
    told = {Decision.GIVEN: known, Decision.REFUSED: NO_DETAILS}
    yes, no = answering.show_documents(unit, session, ask_id, told, current_wiring().host)
    passed = ", ".join(_within(PERSONAL[item].label_ru) for item in yes.form.items)
    return _page("decision", ask_id, yes=_shown(yes), no=_shown(no), passed=passed)


def _within(label: str) -> str:
    """A label in the middle of a sentence: «телефон», «СНИЛС»."""
    return label if label.isupper() else label[:1].lower() + label[1:]


@answers.on("GET", f"{ASK}/refusal", SIGNER)
def refusal(ask_id: UUID) -> Page:
    """Only a no: it needs neither address nor paper."""
    return _page("refusal", ask_id, no=_document(ask_id, Decision.REFUSED, NO_DETAILS))


@answers.on("POST", f"{ASK}/decision", SIGNER, again=decision)
def decide(ask_id: UUID) -> To:
    """Have the code sent that signs what was chosen."""
    made = Decision(chosen("decision", FamilyDecision).value)
    wiring = current_wiring()
    signing.send_sign_code(
        current_unit(),
        current_session(),
        ask_id,
        made,
        said(f"digest-{made.value}"),
        _told(ask_id, made),
        wiring.host,
        wiring.code_key,
    )
    return To("answers.signature", {"ask_id": ask_id, "decision": made.value})


@answers.on("GET", f"{ASK}/<any(given, refused):decision>", SIGNER)
def signature(ask_id: UUID, decision: str) -> Page:
    """What is signed, and where the code goes."""
    made = Decision(decision)
    return _page(
        "signature",
        ask_id,
        made=made,
        document=_document(ask_id, made, _told(ask_id, made)),
        phone=signing.where_code_goes(current_unit(), current_session()),
    )


@answers.on(
    "POST",
    f"{ASK}/<any(given, refused):decision>",
    SIGNER,
    again=signature,
    mends=(*MENDABLE, *CODES),
)
def sign(ask_id: UUID, decision: str) -> To | GatewayError:
    """Keep the answer that the code signs."""
    wiring, made = current_wiring(), Decision(decision)
    code = said("code").replace(" ", "")
    told = read(NewAnswer, {"decision": decision, "digest": said("digest"), "code": code})
    kept = signing.sign(
        current_unit(),
        current_session(),
        ask_id,
        made,
        told["digest"],
        told["code"],
        _told(ask_id, made),
        wiring.host,
        wiring.signing_keys,
        wiring.code_key,
    )
    if isinstance(kept, GatewayError):
        return kept
    return To("own.receipt", {"answer_id": kept.facts.id})


def _told(ask_id: UUID, made: Decision) -> SigningDetails:
    """A refusal names neither address nor paper."""
    if made is not Decision.GIVEN:
        return NO_DETAILS
    return telling.known_details(current_unit(), current_session(), ask_id)


def _document(ask_id: UUID, made: Decision, told: SigningDetails) -> Mapping[str, object]:
    return _shown(
        answering.show_document(
            current_unit(), current_session(), ask_id, made, told, current_wiring().host
        )
    )


def _shown(document: Document) -> Mapping[str, object]:
    return {
        "digest": document.digest,
        "mark": signing.document_mark(document.digest),
        "edition": document.form.edition,
        "html": shown_document(document.html),
    }


def _details_said() -> dict[str, Any]:
    """By the names of the schema. `same_address`: the child lives where the signer does."""
    told = {}
    for person in ("signer", "child"):
        if f"{person}-id_document-kind" not in request.form:
            continue
        paper = {
            "kind": said(f"{person}-id_document-kind"),
            "series": said(f"{person}-id_document-series"),
            "number": said(f"{person}-id_document-number"),
            "issued_by": said(f"{person}-id_document-issued_by"),
            "issued_on": day_said(f"{person}-id_document-issued_on"),
        }
        if not paper["series"]:
            del paper["series"]
        is_same = person == "child" and is_ticked("same_address")
        told[person] = {
            "address": said("signer-address" if is_same else f"{person}-address"),
            "id_document": paper,
        }
    return told


def _page(name: str, ask_id: UUID, **facts: object) -> Page:
    """A page of one ask. Raises `NotFound`.

    What the signer's own page has as `page`, `card` and `one`, one thing tells here.
    """
    seen = looking.look_at_ask(current_unit(), current_session(), ask_id)
    about = {"school": seen.school, "page": seen, "card": seen, "one": seen}
    kinds = {"FormKind": FormKind, "Field": Field}
    return Page(f"family/{name}.html", {**about, **kinds, **facts})
