"""Write exactly what was reviewed into the register."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from crypto.envelope import KeyClass
from gateway.actions.add_staff import ensure_class
from gateway.actions.claim_contacts import claim_changed
from gateway.actions.narrow_bundle import withdraw_from_bundles
from gateway.actions.open_asks import open_asks
from gateway.actions.own_family import require_no_relative_in
from gateway.actions.planned_roster import RosterPlan
from gateway.actions.record_agreement import keep_agreements
from gateway.actions.reopen_asks import reopen_asks
from gateway.actions.review_import import Review, make_review
from gateway.actions.warn_contact import warn_old_contacts
from gateway.errors import ReviewStale, RulesBroken
from gateway.store.imports import ImportState
from gateway.store.pupils import Guardianship
from gateway.unit import Data, Unit


@dataclass(frozen=True, slots=True)
class Committed:
    """How many people were added, changed and left as they were.

    `asks`: opened now; `asked_again`: consents that count no more, because the person they were
    given for is named otherwise now. `missing`: pupils who are not in the list and stay.
    """

    added: int
    changed: int
    unchanged: int
    agreements: int
    asks: int
    asked_again: int
    missing: tuple[UUID, ...]


def commit_import(
    unit: Unit, import_id: UUID, digest: str, *, shrinking_confirmed: bool = False
) -> Committed:
    """Answers are never touched, nobody is taken off the list.

    `shrinking_confirmed`: said by a person who has seen that the list lacks many pupils. Raises
    `ReviewStale` if list or register is not what was reviewed; `RulesBroken` for a list that
    names nobody in a row, was misread, or shrinks unconfirmed; `OwnFamily`, `ImportClosed`,
    `NotFound`.
    """
    school_id = unit.lock_school()
    review = make_review(unit, import_id)
    if not hmac.compare_digest(review.digest, digest):
        raise ReviewStale
    if review.blocking:
        raise RulesBroken(review.blocking)
    plan = review.plan
    require_no_relative_in(unit, plan)
    if plan.shrinking and not shrinking_confirmed:
        raise RulesBroken(list(plan.shrinking.values()))
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
    _write_places(unit, school_id, plan, ids)
    _write_guardians(unit, school_id, plan, ids)
    agreements = keep_agreements(
        unit, school_id, [(ids[a.key], a.number, a.signed_on) for a in plan.agreements]
    )
    unit.imports.close(school_id, import_id, ImportState.COMMITTED, done)
    asked_again = reopen_asks(unit, school_id, {ids[p.key] for p in plan.changed})
    asks = sum(
        open_asks(unit, school_id, collection.id)
        for collection in unit.collections.of_school(school_id)
    )
    return Committed(
        *counts,
        len(plan.people) - sum(counts),
        agreements,
        asks,
        asked_again,
        tuple(pupil.person_id for pupil in plan.missing),
    )


def _write_people(unit: Unit, school_id: UUID, import_id: UUID, review: Review) -> dict[str, UUID]:
    """Add and change people; answers the person of every key of the plan."""
    plan = review.plan
    ids = {p.key: p.person_id or unit.new_id() for p in plan.people}
    new = [p for p in plan.added if not p.is_returning]
    returning = [p for p in plan.added if p.is_returning]
    changed = plan.changed
    told: list[tuple[str, dict[str, Data]]] = []
    for p in new:
        told.append(("person.added", {"person_id": ids[p.key], "import_id": import_id}))
    for p in returning:
        told.append(("person.returned", {"person_id": ids[p.key], "import_id": import_id}))
    for p in changed:
        fields = sorted(f.value for f in p.changed)
        told.append(
            (
                "person.changed",
                {"person_id": ids[p.key], "fields": fields, "import_id": import_id},
            )
        )
    written = (*new, *returning, *changed)
    events = dict(zip((p.key for p in written), unit.record_many(told), strict=True))
    unit.vault.add_keys(
        school_id,
        [
            (ids[p.key], key_class, events[p.key])
            for p in plan.added
            for key_class in (KeyClass.REGISTRY, KeyClass.EVIDENCE)
            # The evidence of whoever returns was kept, and its key with it.
            if not (p.is_returning and key_class is KeyClass.EVIDENCE)
        ],
    )
    # Changed before added: a contact that somebody gives up may go to somebody new.
    unit.people.change_many(
        school_id, [(ids[p.key], p.items, events[p.key]) for p in changed], staff_at=unit.now
    )
    for person in changed:
        claim_changed(unit, school_id, ids[person.key], person.items, events[person.key])
    warn_old_contacts(unit, school_id, {ids[p.key]: (p.before, p.items) for p in changed})
    unit.people.bring_back(school_id, [(ids[p.key], p.items, events[p.key]) for p in returning])
    unit.people.add_many(school_id, [(ids[p.key], p.items, events[p.key]) for p in new])
    return ids


def _write_places(unit: Unit, school_id: UUID, plan: RosterPlan, ids: Mapping[str, UUID]) -> None:
    """Places in classes that are new."""
    on_list = unit.pupils.classes(school_id)
    moving = [p for p in (*plan.pupils, *plan.passed_over) if p.moves]
    classes = {
        name: ensure_class(unit, school_id, name)
        for name in sorted({pupil.class_name for pupil in moving})
    }
    places = [
        (ids.get(p.key) or UUID(p.key.removeprefix("id:")), classes[p.class_name]) for p in moving
    ]
    events = unit.record_many(
        [("pupil.enrolled", {"person_id": who, "class_id": where}) for who, where in places]
    )
    enrolments = []
    for (person, class_id), event in zip(places, events, strict=True):
        if person in on_list:
            unit.pupils.move(school_id, person, class_id, event)
        else:
            enrolments.append((person, class_id, event))
    unit.pupils.enrol(school_id, enrolments)


def _write_guardians(
    unit: Unit, school_id: UUID, plan: RosterPlan, ids: Mapping[str, UUID]
) -> None:
    """Representatives that are new, and those whose kind the list corrects."""
    pairs = [(ids[pupil.key], guardian) for pupil in plan.pupils for guardian in pupil.guardians]
    new = [
        Guardianship(unit.new_id(), pupil, ids[g.key], g.kind, g.relation, False, None)
        for pupil, g in pairs
        if g.link_id is None
    ]
    corrected = [(pupil, g.link_id, g) for pupil, g in pairs if g.is_corrected and g.link_id]
    added = unit.record_many(
        [
            ("guardianship.added", {"guardianship_id": link.id, "person_id": link.pupil_id})
            for link in new
        ]
    )
    unit.pupils.add_guardianships(school_id, zip(new, added, strict=True))
    changed = unit.record_many(
        [
            (
                "guardianship.changed",
                {"guardianship_id": link, "person_id": pupil, "kind": g.kind.value},
            )
            for pupil, link, g in corrected
        ]
    )
    unit.pupils.change_kinds(
        school_id,
        [
            (link, g.kind, g.relation, event)
            for (_, link, g), event in zip(corrected, changed, strict=True)
        ],
    )
    if corrected:  # who needs a document now and has none represents nobody
        withdraw_from_bundles(unit, school_id)
