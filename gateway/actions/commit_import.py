"""Write exactly what was reviewed into the register."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from crypto.envelope import KeyClass
from gateway.actions.add_staff import ensure_class
from gateway.actions.claim_contacts import claim_changed
from gateway.actions.open_asks import open_asks
from gateway.actions.review_import import Review, make_review
from gateway.actions.roster_plan import PlannedPerson
from gateway.errors import ReviewStale, RulesBroken
from gateway.store.imports import ImportState
from gateway.store.pupils import Guardianship
from gateway.unit import Data, Unit
from policies.findings import Code


@dataclass(frozen=True, slots=True)
class Committed:
    """How many people were added, changed and left as they were, and how many asks opened."""

    added: int
    changed: int
    unchanged: int
    asks: int


def commit_import(unit: Unit, import_id: UUID, digest: str) -> Committed:
    """Raises `ReviewStale` if list or register is not what was reviewed, `RulesBroken` for a list
    with rows that name nobody, `ImportClosed`, `NotFound`. Answers are never touched.
    """
    school_id = unit.lock_school()
    review = make_review(unit, import_id)
    if not hmac.compare_digest(review.digest, digest):
        raise ReviewStale
    if not review.is_committable:
        raise RulesBroken([f for f in review.findings if f.code is Code.ROW_NAMELESS])
    plan = review.plan
    counts = (len(plan.added), len(plan.changed))
    done = unit.record(
        "import.committed",
        import_id=import_id,
        review_digest=review.digest,
        added=counts[0],
        changed=counts[1],
        unchanged=len(plan.people) - sum(counts),
    )
    ids = _write_people(unit, school_id, import_id, review)
    _write_pupils(unit, school_id, review, ids)
    unit.imports.close(school_id, import_id, ImportState.COMMITTED, done)
    asks = sum(
        open_asks(unit, school_id, collection.id)
        for collection in unit.collections.of_school(school_id)
    )
    return Committed(counts[0], counts[1], len(plan.people) - sum(counts), asks)


def _write_people(unit: Unit, school_id: UUID, import_id: UUID, review: Review) -> dict[str, UUID]:
    """Add and change people; answers the person of every key of the plan."""
    plan = review.plan
    ids = {p.key: p.person_id or unit.new_id() for p in plan.people}
    added, changed = plan.added, plan.changed
    events = unit.record_many(
        [("person.added", {"person_id": ids[p.key], "import_id": import_id}) for p in added]
    )
    unit.vault.add_keys(
        school_id,
        [
            (ids[p.key], key_class, event)
            for p, event in zip(added, events, strict=True)
            for key_class in (KeyClass.REGISTRY, KeyClass.EVIDENCE)
        ],
    )
    changes = unit.record_many([("person.changed", _change(p, ids, import_id)) for p in changed])
    unit.people.change_many(
        school_id,
        [(ids[p.key], p.items, e) for p, e in zip(changed, changes, strict=True)],
        staff_at=unit.now,
    )
    for person, change in zip(changed, changes, strict=True):
        claim_changed(unit, school_id, ids[person.key], person.items, change)
    unit.people.add_many(
        school_id, [(ids[p.key], p.items, e) for p, e in zip(added, events, strict=True)]
    )
    return ids


def _change(person: PlannedPerson, ids: Mapping[str, UUID], import_id: UUID) -> dict[str, Data]:
    return {
        "person_id": ids[person.key],
        "fields": sorted(f.value for f in person.changed),
        "import_id": import_id,
    }


def _write_pupils(unit: Unit, school_id: UUID, review: Review, ids: Mapping[str, UUID]) -> None:
    """Places in classes and representatives that are new."""
    on_list = unit.pupils.classes(school_id)
    known = {(g.pupil_id, g.guardian_id) for g in unit.pupils.list_guardianships(school_id)}
    enrolments, links = [], []
    for pupil in review.plan.pupils:
        person = ids[pupil.key]
        if pupil.moves:
            class_id = ensure_class(unit, school_id, pupil.class_name)
            event = unit.record("pupil.enrolled", person_id=person, class_id=class_id)
            if person in on_list:
                unit.pupils.move(school_id, person, class_id, event)
            else:
                enrolments.append((person, class_id, event))
        for key, kind, relation in pupil.guardians:
            if (person, ids[key]) not in known:
                known.add((person, ids[key]))
                link = Guardianship(unit.new_id(), person, ids[key], kind, relation, False, None)
                event = unit.record("guardianship.added", guardianship_id=link.id, person_id=person)
                links.append((link, event))
    unit.pupils.enrol(school_id, enrolments)
    unit.pupils.add_guardianships(school_id, links)
