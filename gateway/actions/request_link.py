"""At the door of a school: whoever enters a contact that the school knows gets the personal link.

The door writes a keyed token into a queue and answers alike for everybody. Only the worker looks
whether the school knows the contact, so neither the answer nor its time tells.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from gateway.actions.open_link import send_fresh_link
from gateway.errors import BadInput, NotFound, TooManyAttempts
from gateway.store.limits import Limit
from gateway.store.link_requests import LinkRequest
from gateway.store.schools import School
from gateway.unit import Unit
from policies import fields
from policies.facts import Field

REQUESTS = Limit("link.requests", 5, timedelta(hours=1))
AT_ONCE = 20


def school_of_code(look: Unit, code: str) -> School:
    """The school behind its public code. Raises `NotFound`."""
    found = look.schools.of_code(code)
    if found is None:
        raise NotFound
    return found


def request_link(unit: Unit, school: School, contact: str) -> None:
    """Queue what was typed: a telephone or an address.

    Raises `BadInput` for what is neither, `TooManyAttempts` for one that comes too often, known or
    not.
    """
    field = Field.EMAIL if "@" in contact else Field.PHONE
    try:
        value = fields.parse(field, contact, school.today(unit.now))
    except ValueError as refused:
        raise BadInput({"/contact": str(refused)}) from None
    token = unit.vault.token(field, value, school.id)
    if seconds := unit.limits.use(REQUESTS, token.hex(), unit.now):
        raise TooManyAttempts(seconds)
    unit.link_requests.add(LinkRequest(unit.new_id(), school.id, field, token, unit.now))


def answer_requests(unit: Unit, public_url: str) -> bool:
    """Look into some requests; whom the school knows is written to, at the known address.

    False: none waited. What cannot be answered is dropped: nobody is told of it.
    """
    taken = unit.link_requests.take(AT_ONCE)
    for request in taken:
        signer = unit.people.find_by_token(request.school_id, request.contact, request.token)
        if signer is not None:
            _send(unit, request.school_id, signer, public_url)
    return bool(taken)


def _send(unit: Unit, school_id: UUID, signer: UUID, public_url: str) -> None:
    unit.lock_school(school_id)
    for collection in unit.collections.of_school(school_id):
        try:
            send_fresh_link(unit, school_id, collection.id, signer, public_url)
        except (NotFound, TooManyAttempts):
            continue
