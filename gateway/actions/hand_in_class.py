"""A tutor hands in a class: everybody in it is settled."""

from __future__ import annotations

from uuid import UUID

from gateway.actions.own_classes import require_classes
from gateway.actions.pinned_rules import rules_of
from gateway.errors import NotFound, RulesBroken
from gateway.unit import Unit
from policies.permissions import Permission
from policies.release import hand_in_findings


def hand_in_class(unit: Unit, collection_id: UUID, class_id: UUID) -> int:
    """Answers how many pupils the class has; handed in before is no error.

    Raises `RulesBroken` while anybody waits, `NotAllowed` for another tutor's class, `NotFound`.
    """
    school_id = unit.lock_school()
    collection = unit.collections.get(school_id, collection_id)
    classes = unit.collections.class_facts(school_id, collection_id)
    place = next((c for c in classes if c.class_id == class_id), None)
    staff_id = unit.actor.ref
    if place is None or staff_id is None:
        raise NotFound
    require_classes(unit, Permission.HAND_IN_CLASS, [class_id])
    there = {who for who, place in unit.pupils.classes(school_id).items() if place == class_id}
    mine = unit.dossier.pupils(school_id, collection_id, there)
    today = unit.schools.get(school_id).today(unit.now)
    waiting = hand_in_findings(mine, rules_of(collection), today)
    if waiting:
        raise RulesBroken(waiting)
    if not place.handed_in:
        event = unit.record(
            "class.handed_in", collection_id=collection_id, class_id=class_id, pupils=len(mine)
        )
        unit.collections.hand_in(school_id, collection_id, class_id, staff_id, unit.now, event)
    return len(mine)
