"""Destroy the registry class of people who are not handed over, when the law's days are over.

Contacts and SNILS go, and the key with them; the fact and the day stay (152-FZ art. 21(5)).
Evidence is another class and stays its three years.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from crypto.envelope import KeyClass
from gateway.actions.claim_contacts import let_go
from gateway.actions.release_set import look_at_school
from gateway.store.schools import School
from gateway.unit import Unit
from policies.facts import PupilFacts
from policies.retention import RecordClass, destroy_on
from policies.standing import PAPER


def destroy_due(unit: Unit, school_id: UUID, collection_id: UUID) -> int:
    """Destroy everybody of a collection whose day has come; answers how many people.

    A guardian goes with the last child for whom the guardian is known. Run daily, any number of
    times: who is destroyed already is passed over.
    """
    unit.lock_school(school_id)
    state = look_at_school(unit, school_id, collection_id)
    today = state.school.today(unit.now)
    due = set()
    for pupil in state.pupils:
        settled_on = _settled_on(pupil, state.school)
        if (
            pupil.items.values
            and settled_on is not None
            and state.readiness.standings[pupil.person_id].kind in PAPER
            and today >= destroy_on(RecordClass.REGISTRY, settled_on, state.rules)
        ):
            due.add(pupil.person_id)
    wards: dict[UUID, set[UUID]] = {}
    for link in unit.people.list_guardianships(school_id):
        wards.setdefault(link.guardian_id, set()).add(link.pupil_id)
    goes = due | {guardian for guardian, of in wards.items() if of <= due}
    for person in sorted(goes):
        destroy_person(unit, school_id, person, "retention")
    return len(goes)


def _settled_on(pupil: PupilFacts, school: School) -> date | None:
    """Day of the last word on this pupil; None when nobody has said any."""
    moments = [a.decided_at for g in pupil.guardians for a in (*g.child, *g.own)]
    moments += [a.decided_at for a in pupil.own]
    if pupil.left_out is not None:
        moments.append(pupil.left_out.confirmed_at)
    return school.today(max(moments)) if moments else None


def destroy_person(unit: Unit, school_id: UUID, person_id: UUID, reason: str) -> None:
    """Take away key, record, tokens and claims of one person. The school is locked."""
    event = unit.record(
        "person.destroyed",
        school_id=school_id,
        person_id=person_id,
        key_class=KeyClass.REGISTRY.name.lower(),
        reason=reason,
    )
    for request in unit.claims.of_person(school_id, person_id):
        let_go(unit, request)
    unit.claims.drop_requests(school_id, person_id)
    unit.people.destroy_registry(school_id, person_id, event)
    unit.vault.destroy_key(school_id, person_id, KeyClass.REGISTRY)
