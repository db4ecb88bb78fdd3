"""Claim a person's contacts across schools, claim anew what has changed, let go what is no more.

Whoever claims nothing yet (no consent was given) claims nothing by a change of the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from gateway.actions.pinned_rules import rules_of
from gateway.store.claims import ClaimRequest
from gateway.unit import Unit
from policies.claims import Strength
from policies.facts import ClaimState, Field, Items
from policies.programme import Subject

CONTACTS = (Field.EMAIL, Field.PHONE)


def claim_contacts(
    unit: Unit,
    school_id: UUID,
    person_id: UUID,
    items: Items,
    strengths: Mapping[Field, Strength],
    event: UUID,
) -> None:
    """Queue the contacts named in `strengths`. The school is locked."""
    before = {request.field: request for request in unit.claims.of_person(school_id, person_id)}
    holder = _holder(unit, person_id, items)
    requests = [
        ClaimRequest(
            id=unit.new_id(),
            school_id=school_id,
            person_id=person_id,
            field=field,
            key_version=unit.vault.index_version,
            token=unit.vault.token(field, items.values[field], None),
            holder=holder,
            strength=strength,
            state=ClaimState.QUEUED,
        )
        for field, strength in strengths.items()
        if field in items.values
    ]
    for request in requests:
        old = before.get(request.field)
        if old is not None and (old.token, old.holder) != (request.token, request.holder):
            let_go(unit, old)
    unit.claims.queue(requests, unit.now, event)


def claim_changed(unit: Unit, school_id: UUID, person_id: UUID, items: Items, event: UUID) -> None:
    """After a change of the record: a new contact is only stated. The school is locked."""
    before = {request.field: request for request in unit.claims.of_person(school_id, person_id)}
    if not before:
        return
    holder = _holder(unit, person_id, items)
    asked = _asked_of(unit, school_id, person_id)
    strengths = {}
    for field in CONTACTS:
        old = before.get(field)
        if old is None and field not in asked:
            continue
        value = items.values.get(field)
        if value is None:
            continue
        is_same = old is not None and old.token == unit.vault.token(field, value, None)
        if old is None or not is_same:
            strengths[field] = Strength.STATED
        elif old.holder != holder:
            strengths[field] = old.strength
    claim_contacts(unit, school_id, person_id, items, strengths, event)


def _asked_of(unit: Unit, school_id: UUID, person_id: UUID) -> set[Field]:
    """Items that some collection of the school asks of such a person."""
    is_pupil = person_id in unit.pupils.classes(school_id, [person_id])
    subject = Subject.PUPIL if is_pupil else Subject.GUARDIAN
    return {
        rule.field
        for collection in unit.collections.of_school(school_id)
        for rule in rules_of(collection).items[subject]
    }


def let_go(unit: Unit, request: ClaimRequest) -> None:
    """Free a contact, unless the same person holds it by another school.

    Who clashed with it is settled by the worker: other schools are not written from here.
    """
    if unit.claims.release(request):
        unit.record(
            "claim.released",
            school_id=request.school_id,
            claim_id=request.id,
            person_id=request.person_id,
            field=request.field.value,
            strength=request.strength.value,
        )


def _holder(unit: Unit, person_id: UUID, items: Items) -> bytes:
    """Global token of the SNILS. Without one nobody outside the school knows the person."""
    return unit.vault.token(
        Field.SNILS, items.values.get(Field.SNILS) or f"person:{person_id}", None
    )
