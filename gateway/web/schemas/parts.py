"""Parts that several kinds of callers see: problems, remarks of rules, items, details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import fields

from consent_forms.facts import IdDocument, IdKind
from gateway.actions.personal_document import NO_DETAILS, Details, SigningDetails
from gateway.web.schemas.fields import (
    Personal,
    Wire,
    a_choice,
    a_day,
    a_number,
    a_part,
    a_text,
    an_id,
    parts_of,
)
from policies.facts import Field, Items
from policies.requisites import parse_department_code, parse_number, parse_series
from policies.witness import Witness


class Remark(Wire):
    """A remark of a rule, or a field that cannot be read."""

    code = a_text()
    detail = a_text(metadata={"description": "Russian sentence for people"})
    pointer = a_text(
        least=0, required=False, metadata={"description": "RFC 6901; empty: the whole content"}
    )
    about = an_id(required=False)
    row = a_number(1, 1_000_000, required=False)
    column = a_text(required=False)
    field = a_text(required=False)
    form = a_text(required=False)
    representative = a_number(1, 9, required=False)
    other_row = a_number(1, 1_000_000, required=False)


class Problem(Wire):
    """RFC 9457."""

    type = a_text()
    title = a_text()
    status = a_number(400, 599)
    code = a_text()
    detail = a_text()
    request_id = a_text()
    errors = parts_of(Remark)


class ItemsOut(Wire):
    """Canonical values, and reasons of those that are absent."""

    items = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    absent = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


Corrections = type(
    "Corrections",
    (Wire,),
    {
        "__doc__": "Items to set; those left out stay as they are.",
        **{field.value: Personal(field) for field in Field},
    },
)


PARTS = {
    "series": parse_series,
    "number": parse_number,
    "department_code": parse_department_code,
}


class IdDocumentIn(Wire):
    """Main identity document (152-FZ art. 9(4) 1)."""

    kind = a_choice(IdKind)
    series = a_text(20, required=False)
    number = a_text(40)
    issued_on = a_day()
    issued_by = a_text(200)
    department_code = a_text(20, required=False)

    @ma.post_load
    def _tidy(self, told: dict[str, Any], **_: object) -> dict[str, Any]:
        """Numbers in the form of their kind of document; one that has not got it is refused."""
        flaws = {}
        for part, parse in PARTS.items():
            if part in told:
                try:
                    told[part] = parse(told["kind"], told[part])
                except ValueError as refused:
                    flaws[part] = [str(refused)]
        if flaws:
            raise ma.ValidationError(flaws)
        return told


class PersonDetails(Wire):
    """Address and identity document of one person: they go to the evidence alone."""

    address = a_text(300)
    id_document = a_part(IdDocumentIn)

    @ma.post_load
    def _build(self, told: dict[str, Any], **_: object) -> Details:
        return Details(told["address"], IdDocument(**told["id_document"]))


class DetailsIn(Wire):
    """What a signer tells before the document is shown. `child`: only for the child's document."""

    signer = a_part(PersonDetails, required=False)
    child = a_part(PersonDetails, required=False)

    @ma.post_load
    def _build(self, told: dict[str, Any], **_: object) -> SigningDetails:
        return SigningDetails(**told)


def details_of(told: Mapping[str, Any]) -> SigningDetails:
    """Details of a request; nothing told is nothing known."""
    found: SigningDetails = told.get("details", NO_DETAILS)
    return found


def witness_of(told: Mapping[str, Any]) -> Witness:
    """How the answer came and how its author was known."""
    return Witness(**{key: told[key] for key in Witness.__slots__ if key in told})


def items_member(items: Items) -> dict[str, dict[str, str]]:
    """`ItemsOut` of a record."""
    return {
        "items": {field.value: value for field, value in items.values.items()},
        "absent": {field.value: reason.value for field, reason in items.absent.items()},
    }
