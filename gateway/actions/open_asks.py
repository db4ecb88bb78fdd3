"""Ask everybody whose answer the programme needs; who is asked already stays asked."""

from __future__ import annotations

from uuid import UUID

from gateway.actions.pinned_rules import rules_of
from gateway.store.consents import Ask
from gateway.unit import Unit
from policies.consent import asks_for


def open_asks(unit: Unit, school_id: UUID, collection_id: UUID) -> int:
    """Add the asks that are missing in one collection and say how many. The school is locked.

    Run after every import, after a change of representatives, and daily for birthdays.
    """
    collection = unit.collections.get(school_id, collection_id)
    rules = rules_of(collection)
    today = unit.schools.get(school_id).today(unit.now)
    known = {
        (ask.form, ask.signer_id, ask.subject_id)
        for ask in unit.consents.list_asks(school_id, collection_id)
    }
    missing = []
    for pupil in unit.dossier.pupils(school_id, collection_id):
        for key in asks_for(pupil, rules, today, collection.deadline_on):
            if key not in known:
                known.add(key)
                missing.append(Ask(unit.new_id(), collection_id, *key))
    events = unit.record_many(
        [
            (
                "ask.opened",
                {
                    "ask_id": ask.id,
                    "person_id": ask.subject_id,
                    "signer_id": ask.signer_id,
                    "form": ask.form.value,
                },
            )
            for ask in missing
        ],
        school_id=school_id,
    )
    unit.consents.add_asks(school_id, zip(missing, events, strict=True))
    return len(missing)
