"""Find a person's events by SNILS, telephone or e-mail, which go no further than this request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.actions.search_journal import SEARCHED, find_person
from gateway.errors import BadInput
from gateway.web.context import current_unit, current_wiring
from gateway.web.pages.audit.frame import READ, auditor, framed
from gateway.web.pages.forms import chosen, said
from gateway.web.pages.site import Page
from policies import fields
from policies.facts import Field

MOST_SIGNS = 100


class What(StrEnum):
    """`SEARCHED` as a choice of the form."""

    SNILS = Field.SNILS.value
    PHONE = Field.PHONE.value
    EMAIL = Field.EMAIL.value


HINTS = {
    Field.SNILS: "Например, 112-233-445 95",
    Field.PHONE: "Например, 8 914 000-00-00",
    Field.EMAIL: "Например, name@example.org",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One school where the value is, or was, somebody's."""

    school: str
    address: dict[str, str]
    is_destroyed: bool


@auditor.on("GET", "/audit/find", READ)
def find_form() -> Page:
    """What to look by."""
    return _page(None)


@auditor.on("POST", "/audit/find", READ, again=find_form)
def find() -> Page:
    """Schools with somebody of that value; the value itself is not shown again."""
    field = Field(chosen("field", What).value)
    unit = current_unit()
    try:
        value = fields.parse(field, said("value")[:MOST_SIGNS], current_wiring().clock().date())
    except ValueError as refused:
        raise BadInput({"/value": str(refused)}) from None
    hits = [
        Hit(
            unit.schools.get(each.school_id).short_name,
            {"school_id": str(each.school_id), "person_id": str(each.person_id)},
            each.is_destroyed,
        )
        for each in find_person(unit, field, value)
    ]
    return _page(hits)


def _page(hits: list[Hit] | None) -> Page:
    choices = [(f.value, fields.PERSONAL[f].label_ru, HINTS[f]) for f in SEARCHED]
    return framed("find.html", choices=choices, hits=hits)
