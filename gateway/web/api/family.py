"""A family answers: link, code, items, document, answer, receipt.

The token of a link is a secret in an address: only the route's pattern is ever logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from consent_forms.receipts import ReceiptFacts
from crypto.secrets_text import hash_secret
from gateway.actions import answer as answering
from gateway.actions import correct_items as correcting
from gateway.actions import open_link
from gateway.actions import sign_answer as signing
from gateway.actions.pinned_rules import rules_of
from gateway.errors import GatewayError, NotFound
from gateway.web.auth import needs, open_to
from gateway.web.context import current_session, current_unit, current_wiring
from gateway.web.paging import part_of
from gateway.web.preconditions import etag, told_versions
from gateway.web.receipts import JOSE_TYPE, PDF_TYPE, as_jose, as_pdf, receipt_facts
from gateway.web.routes import Bytes, Routes, Takes
from gateway.web.schemas import family as wire
from gateway.web.schemas.pages import ListPage
from gateway.web.schemas.parts import Corrections, ItemsOut, details_of, items_member
from gateway.web.shapes import answer_member, own_ask
from policies.facts import Decision, Field
from policies.permissions import Permission, Role

family = Routes("family", "Links, codes, documents and answers of families")

HOLDER = open_to(Role.FAMILY)
SIGNER = needs(Permission.ANSWER_ASKS)
LINK = "/v1/family/links/<token>"
ASK = "/v1/family/asks/<uuid:ask_id>"
ANSWER = "/v1/family/answers/<uuid:answer_id>"


@family.on("GET", LINK, HOLDER, gives=wire.LinkOut)
def show_link(token: str) -> object:
    """See whom the link is about and where the code would go. Looking changes nothing."""
    return open_link.show_link(current_unit(), token)


@family.on("POST", f"{LINK}/code", HOLDER, status=204)
def send_code(token: str) -> None:
    """Have a six-digit code sent; once a minute."""
    open_link.send_code(current_unit(), token, current_wiring().code_key)


@family.on(
    "POST", f"{LINK}/session", HOLDER, takes=wire.NewSession, gives=wire.SessionMade, status=201
)
def confirm_code(told: Mapping[str, Any], token: str) -> Mapping[str, object] | GatewayError:
    """Open a session by the code; five guesses."""
    unit = current_unit()
    opened = open_link.confirm_code(unit, token, told["code"], current_wiring().code_key)
    if isinstance(opened, GatewayError):
        return opened
    session = unit.links.find_session(hash_secret(opened), unit.now)
    if session is None:
        raise NotFound
    collection = unit.collections.get(session.school_id, session.collection_id)
    life = timedelta(minutes=rules_of(collection).terms.session_minutes)
    return {"token": opened, "expires_at": unit.now + life}


@family.on("POST", f"{LINK}/renewal", HOLDER, status=204)
def renew_link(token: str) -> None:
    """Have a fresh link sent to the known address."""
    open_link.renew_link(current_unit(), token, current_wiring().host.public_url)


@family.on("POST", f"{LINK}/disowning", HOLDER, status=204)
def disown_link(token: str) -> None:
    """Say that the link came to the wrong person."""
    open_link.disown_link(current_unit(), token)


@family.on("GET", "/v1/family/asks", SIGNER, takes=Takes(ListPage, "query"), gives=wire.OwnAsks)
def list_own_asks(told: Mapping[str, Any]) -> object:
    """Every document that the signer is asked for."""
    asks = answering.list_own_asks(current_unit(), current_session())
    return part_of("asks", [(view.ask.id, own_ask(view)) for view in asks], told)


@family.on("GET", f"{ASK}/items", SIGNER, gives=ItemsOut)
def see_items(ask_id: UUID) -> tuple[Mapping[str, object], Mapping[str, str]]:
    """The data that the document is about."""
    unit, session = current_unit(), current_session()
    items = correcting.read_items(unit, session, ask_id)
    return items_member(items), etag(correcting.own_items_version(unit, session, ask_id))


@family.on("PUT", f"{ASK}/items", SIGNER, takes=Corrections, gives=wire.Corrected, guarded=True)
def correct_items(told: Mapping[str, Any], ask_id: UUID) -> Mapping[str, object]:
    """Correct the data; what is left out stays as it is."""
    corrections = {Field(name): value for name, value in told.items()}
    changed = correcting.correct_items(
        current_unit(), current_session(), ask_id, corrections, told_versions()
    )
    return {"changed": [field.value for field in changed]}


@family.on(
    "POST",
    f"{ASK}/document",
    SIGNER,
    takes=wire.DocumentWanted,
    gives=wire.DocumentOut,
    repeatable=False,
)
def show_document(told: Mapping[str, Any], ask_id: UUID) -> Mapping[str, object]:
    """The document as it would be signed now."""
    decision = Decision(told["decision"].value)
    document = answering.show_document(
        current_unit(), current_session(), ask_id, decision, details_of(told), current_wiring().host
    )
    return {
        "digest": document.digest,
        "html": document.html.decode(),
        "form": document.form.slug,
        "form_version": document.form.version,
        "text_digest": document.form.text_digest,
    }


@family.on("POST", f"{ASK}/code", SIGNER, takes=wire.CodeWanted, status=204)
def send_sign_code(told: Mapping[str, Any], ask_id: UUID) -> None:
    """Have a code sent that signs this document and no other; ten minutes, five guesses."""
    wiring = current_wiring()
    signing.send_sign_code(
        current_unit(),
        current_session(),
        ask_id,
        Decision(told["decision"].value),
        told["digest"],
        details_of(told),
        wiring.host,
        wiring.code_key,
    )


@family.on("POST", f"{ASK}/answer", SIGNER, takes=wire.NewAnswer, gives=wire.AnswerMade, status=201)
def answer(told: Mapping[str, Any], ask_id: UUID) -> Mapping[str, object] | GatewayError:
    """Say yes or no under the document whose digest is repeated, by the code that signs it."""
    wiring = current_wiring()
    made = signing.sign(
        current_unit(),
        current_session(),
        ask_id,
        Decision(told["decision"].value),
        told["digest"],
        told["code"],
        details_of(told),
        wiring.host,
        wiring.signing_keys,
        wiring.code_key,
    )
    return made if isinstance(made, GatewayError) else answer_member(made)


@family.on("POST", f"{ASK}/withdrawal", SIGNER, gives=wire.AnswerMade, status=201)
def withdraw(ask_id: UUID) -> Mapping[str, object]:
    """Take a consent back: at any time, no reason is asked."""
    wiring = current_wiring()
    return answer_member(
        answering.withdraw(
            current_unit(), current_session(), ask_id, wiring.host, wiring.signing_keys
        )
    )


@family.on("GET", f"{ANSWER}/receipt", SIGNER, gives=Bytes(JOSE_TYPE, as_jose))
def see_receipt(answer_id: UUID) -> str:
    """The receipt as a JWS."""
    kept, _ = answering.own_answer(current_unit(), current_session(), answer_id)
    return kept.receipt


@family.on("GET", f"{ANSWER}/receipt.pdf", SIGNER, gives=Bytes(PDF_TYPE, as_pdf))
def print_receipt(answer_id: UUID) -> ReceiptFacts:
    """The receipt as a PDF of one page."""
    unit = current_unit()
    kept, sitting = answering.own_answer(unit, current_session(), answer_id)
    return receipt_facts(unit, kept, sitting, current_wiring().signing_keys)
