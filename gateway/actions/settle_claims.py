"""Settle one claimed contact across schools, in a transaction of the worker's own."""

from __future__ import annotations

from uuid import UUID

from gateway.actions.send_message import send_mail, spokesmen
from gateway.messages import texts
from gateway.store.claims import ClaimRequest
from gateway.unit import Unit
from policies.claims import Claim, decide
from policies.facts import ClaimState, Field

WORDS = {Field.EMAIL: "адрес почты", Field.PHONE: "телефон"}


def settle_claim(unit: Unit, school_id: UUID, request_id: UUID, public_url: str) -> bool:
    """Give the contact to the request's person, or explain the clash to the family.

    A clash whose rival is gone is settled like a new request. Locks every school that may be
    touched, in the order of their ids. False: it was settled before.
    """
    seen = unit.claims.find(school_id, request_id)
    if seen is None:
        return False
    locked = {school_id, *(rival.school_id for rival in unit.claims.of_token(seen))}
    for school in sorted(locked):
        unit.lock_school(school)
    request = unit.claims.find(school_id, request_id)
    if request is None or request.state is ClaimState.SETTLED:
        return False
    held = unit.claims.holder_of(request)
    if request.state is ClaimState.CLASH and held and held.holder != request.holder:
        return False
    found = decide(held, Claim(request.holder, request.strength))
    event = unit.record(
        "claim.settled" if found.state is ClaimState.SETTLED else "claim.clashed",
        school_id=school_id,
        claim_id=request.id,
        person_id=request.person_id,
        field=request.field.value,
        strength=request.strength.value,
    )
    # What holds from now on may be the earlier claim itself: then only the event is new.
    if found.holds != held and not unit.claims.put_claim(request, held, unit.now, event):
        raise ClaimRaced
    unit.claims.mark(request, found.state, event)
    if found.state is ClaimState.CLASH:
        _explain(unit, request, public_url)
    if found.is_displaced:
        for rival in unit.claims.of_token(request):
            # A school that joined since is not locked here: out of order it could deadlock.
            if rival.school_id not in locked:
                raise ClaimRaced
            _displace(unit, rival, public_url)
    return True


class ClaimRaced(Exception):
    """Somebody claimed the contact in this very moment: roll back and try again."""


def _displace(unit: Unit, rival: ClaimRequest, public_url: str) -> None:
    """A proved claim has beaten this stated one."""
    if rival.state is ClaimState.CLASH:
        return
    event = unit.record(
        "claim.clashed",
        school_id=rival.school_id,
        claim_id=rival.id,
        person_id=rival.person_id,
        field=rival.field.value,
        strength=rival.strength.value,
    )
    unit.claims.mark(rival, ClaimState.CLASH, event)
    _explain(unit, rival, public_url)


def _explain(unit: Unit, request: ClaimRequest, public_url: str) -> None:
    """Write to the family whose contact is taken; the school only sees that it waits."""
    school_id = request.school_id
    own = unit.people.items(school_id, [request.person_id]).get(request.person_id)
    if own is None:
        return
    school = unit.schools.get(school_id)
    for items in spokesmen(unit, school_id, request.person_id, own):
        to = items.values.get(Field.EMAIL)
        if to is not None:
            letter = texts.clash(
                school.short_name,
                own.values.get(Field.GIVEN_NAME, ""),
                WORDS[request.field],
                f"{public_url}/me",
                school.phone,
            )
            send_mail(unit, school_id, to, letter.subject, letter.text, keeps_hours=True)
