"""Staff put another phone or e-mail on record; the old ones are warned.

Through a contact that staff have changed nobody signs for a day (policies/consent).
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from gateway.actions.claim_contacts import claim_changed
from gateway.actions.correct_items import TAKEN
from gateway.actions.own_classes import require_people
from gateway.actions.warn_contact import warn_old_contacts
from gateway.errors import NotFound, RulesBroken
from gateway.unit import Unit
from policies.facts import Field, Items
from policies.findings import Finding
from policies.permissions import Permission

CONTACTS = (Field.EMAIL, Field.PHONE)


def correct_contacts(unit: Unit, person_id: UUID, contacts: Mapping[Field, str]) -> bool:
    """Set canonical contacts of a pupil or representative; False: they stood there already.

    Raises `RulesBroken` when somebody else of the school has one, `NotFound`, `NotAllowed`.
    """
    school_id = unit.lock_school()
    before = unit.people.items(school_id, [person_id]).get(person_id)
    if before is None:
        raise NotFound
    require_people(unit, Permission.COMMIT_IMPORT, {person_id})
    changed = {
        f: contacts[f]
        for f in CONTACTS
        if contacts.get(f, before.values.get(f)) != before.values.get(f)
    }
    if not changed:
        return False
    taken = [
        Finding(TAKEN[field], about=person_id, field=field)
        for field, value in changed.items()
        if unit.people.find_by_token(school_id, field, unit.vault.token(field, value, school_id))
        not in (None, person_id)
    ]
    if taken:
        raise RulesBroken(taken)
    items = Items(
        {**before.values, **changed}, {f: a for f, a in before.absent.items() if f not in changed}
    )
    event = unit.record(
        "person.changed", person_id=person_id, fields=sorted(f.value for f in changed)
    )
    unit.people.change_many(school_id, [(person_id, items, event)], staff_at=unit.now)
    claim_changed(unit, school_id, person_id, items, event)
    warn_old_contacts(unit, school_id, {person_id: (before, items)}, is_by_hand=True)
    return True
