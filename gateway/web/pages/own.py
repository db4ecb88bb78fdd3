"""The signer's own pages: everybody they answer for, what was said, what followed, who looked."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from flask import Response, request

from consent_forms.wording import GUARDIANS
from gateway.actions import answer as answering
from gateway.actions import look_at_own as looking
from gateway.actions import open_link
from gateway.actions.name_newcomer import name_newcomer, require_open
from gateway.errors import BadInput, NothingToWithdraw
from gateway.web.context import current_session, current_unit, current_wiring
from gateway.web.pages.access import HOLDER, needs
from gateway.web.pages.cookies import FAMILY, secret_of
from gateway.web.pages.forms import chosen, is_ticked
from gateway.web.pages.reading import told
from gateway.web.pages.site import Page, Pages, Sheet, To
from gateway.web.receipts import as_pdf, receipt_facts
from gateway.web.schemas.family import NewNewcomer, told_of_self
from policies.permissions import Permission

own = Pages("own")
SIGNER = needs(Permission.ANSWER_ASKS)
ANSWER = "/me/answers/<uuid:answer_id>"
MOST_BYTES = 20_000  # ten fields of Cyrillic letters, percent-encoded


class Who(StrEnum):
    """Who has opened the link."""

    SIGNER = "signer"
    OTHER = "other"
    NOBODY = "nobody"


@own.on("GET", "/me/who", SIGNER)
def who(**_: object) -> Page:
    """Is it really you?"""
    page = looking.look_at_own(current_unit(), current_session())
    return Page("family/who.html", {"school": page.school, "page": page})


@own.on("POST", "/me/who", SIGNER, again=who)
def say_who() -> To:
    """The signer goes on, another representative names themselves, a stranger leaves."""
    match chosen("who", Who):
        case Who.OTHER:
            return To("own.other")
        case Who.NOBODY:
            return _leave("stranger")
    return To("own.overview")


@own.on("GET", "/me/other", SIGNER)
def other() -> Page:
    """Another representative says who they are."""
    require_open(current_unit(), current_session())
    school = current_unit().schools.get(current_session().school_id)
    kinds = [(kind.value, words.capitalize(), None) for kind, words in GUARDIANS.items()]
    return Page("family/other.html", {"school": school, "kinds": kinds})


@own.on("POST", "/me/other", SIGNER, again=other, most_bytes=MOST_BYTES)
def name_other() -> To:
    """Keep it for the school, which checks the documents."""
    read = told(NewNewcomer)
    if not is_ticked("sure"):
        raise BadInput({"/sure": "responsibility_unsaid"})
    name_newcomer(current_unit(), current_session(), told_of_self(read))
    return To("own.named")


@own.on("GET", "/me/other/sent", SIGNER)
def named() -> Page:
    """What the school does next."""
    school = current_unit().schools.get(current_session().school_id)
    return Page("family/said.html", {"what": "named", "school": school})


@own.on("GET", "/me", SIGNER)
def overview() -> Page:
    """Cards of everybody the signer answers for."""
    page = looking.look_at_own(current_unit(), current_session())
    return Page("family/overview.html", {"school": page.school, "page": page})


@own.on("GET", ANSWER, SIGNER)
def receipt(answer_id: UUID) -> Page:
    """What was kept, what follows, and the next document."""
    seen = looking.look_at_answer(current_unit(), current_session(), answer_id)
    return Page("family/receipt.html", {"school": seen.page.school, "seen": seen})


@own.on("GET", f"{ANSWER}/receipt.pdf", SIGNER)
def receipt_pdf(answer_id: UUID) -> Sheet:
    """The receipt to print."""
    unit = current_unit()
    kept, sitting = answering.own_answer(unit, current_session(), answer_id)
    facts = receipt_facts(unit, kept, sitting, current_wiring().signing_keys)
    return Sheet(lambda: as_pdf(facts))


@own.on("GET", f"{ANSWER}/receipt.txt", SIGNER)
def receipt_text(answer_id: UUID) -> Sheet:
    """The receipt as the signed text that anybody can check."""
    kept, _ = answering.own_answer(current_unit(), current_session(), answer_id)
    return Sheet(lambda: _kept(kept.receipt.encode(), "text/plain", f"{kept.receipt_no}.txt"))


@own.on("GET", f"{ANSWER}/document.pdf", SIGNER)
def document_pdf(answer_id: UUID) -> Sheet:
    """The document that was signed, to print."""
    html = answering.own_document(current_unit(), current_session(), answer_id)

    def print_it() -> Response:
        from consent_forms.printing import pdf

        return _kept(pdf(html), "application/pdf", "document.pdf")

    return Sheet(print_it)


@own.on("GET", "/me/asks/<uuid:ask_id>/withdraw", SIGNER)
def withdrawal(ask_id: UUID) -> Page:
    """What a withdrawal stops, who is told, what stays."""
    page = looking.look_at_own(current_unit(), current_session())
    for card in page.cards:
        for one in card.asks:
            if one.ask.id == ask_id and one.is_given:
                facts = {"school": page.school, "page": page, "card": card, "one": one}
                return Page("family/withdraw.html", facts)
    raise NothingToWithdraw


@own.on("POST", "/me/asks/<uuid:ask_id>/withdraw", SIGNER)
def withdraw(ask_id: UUID) -> To:
    """Take the consent back."""
    wiring = current_wiring()
    kept = answering.withdraw(
        current_unit(), current_session(), ask_id, wiring.host, wiring.signing_keys
    )
    return To("own.receipt", {"answer_id": kept.facts.id})


@own.on("GET", "/me/people/<uuid:person_id>/looks", SIGNER)
def looks(person_id: UUID) -> Page:
    """Who has seen the data."""
    unit, session = current_unit(), current_session()
    found = looking.who_looked(unit, session, person_id)
    facts = {"school": unit.schools.get(session.school_id), "looks": found}
    return Page("family/looks.html", facts)


@own.on("POST", "/me/leave", HOLDER)
def leave() -> To:
    """Close the session."""
    return _leave("done")


@own.on("GET", "/me/left/<any(done, stranger):why>", HOLDER)
def left(why: str) -> Page:
    """The session is over; the address says whose school it was, by the code of its poster."""
    school = current_unit().schools.of_code(request.args.get("school", ""))
    return Page("family/said.html", {"school": school, "what": why})


def _leave(why: str) -> To:
    school = open_link.leave(current_unit(), secret_of(FAMILY))
    about = {"why": why, "school": school.public_code if school else None}
    return To("own.left", about, leaves=FAMILY)


def _kept(content: bytes, content_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=content_type, headers=headers)
