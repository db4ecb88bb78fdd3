"""Paper that a worker hands out: blanks of a class or a pupil, the receipt of a paper answer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from flask import Response, request

from gateway.actions.print_forms import class_parts, print_class, print_pupil
from gateway.actions.witness_answer import read_receipt
from gateway.web.context import current_unit, current_wiring
from gateway.web.pages.access import needs
from gateway.web.pages.school.desk import desk
from gateway.web.pages.school.frame import (
    CLASS,
    PUPIL,
    class_name,
    framed,
    school,
    the_collection,
)
from gateway.web.pages.school.pupil import pupil
from gateway.web.pages.site import Page, Sheet
from gateway.web.receipts import PDF_TYPE, as_pdf, receipt_facts
from policies.permissions import Permission

READ = needs(Permission.READ_CLASS)


@school.on("GET", f"{CLASS}/forms", READ, again=desk)
def class_forms(collection_id: UUID, class_id: UUID) -> Page:
    """The parts in which the blanks of a class are printed."""
    name = class_name(class_id)
    return framed(
        "forms.html",
        the_collection(collection_id),
        class_id=class_id,
        name=name,
        parts=class_parts(current_unit(), collection_id, class_id),
    )


@school.on("GET", f"{CLASS}/forms.pdf", READ, again=desk)
def class_forms_pdf(collection_id: UUID, class_id: UUID) -> Sheet:
    """Consent and refusal for the families of one part (`?part=`) that have not answered."""
    class_name(class_id)
    part = request.args.get("part", 1, int)
    host = current_wiring().host
    return _printed(print_class(current_unit(), collection_id, class_id, part, host))


@school.on("GET", f"{PUPIL}/forms.pdf", READ, again=pupil)
def pupil_forms(collection_id: UUID, pupil_id: UUID) -> Sheet:
    """The same for one pupil."""
    return _printed(print_pupil(current_unit(), collection_id, pupil_id, current_wiring().host))


@school.on("GET", "/school/receipts/<uuid:answer_id>.pdf", READ)
def paper_receipt(answer_id: UUID) -> Sheet:
    """The receipt of an answer that a worker wrote down."""
    unit = current_unit()
    kept, sitting = read_receipt(unit, answer_id)
    facts = receipt_facts(unit, kept, sitting, current_wiring().signing_keys)
    return Sheet(partial(as_pdf, facts))


def _printed(documents: Sequence[bytes]) -> Sheet:
    return Sheet(partial(_as_pdf, documents))


def _as_pdf(documents: Sequence[bytes]) -> Response:
    """The printer is imported here, for serving seldom needs it."""
    from consent_forms.class_set import class_set

    answer = Response(class_set(documents), mimetype=PDF_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="forms.pdf"'
    return answer
