"""Why a school may or may not be released: sums per class and every reason, in one call."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from gateway.actions.own_classes import seen_classes
from gateway.actions.pinned_rules import rules_of
from gateway.actions.release_set import SchoolState, look_at_school
from gateway.errors import NotFound
from gateway.unit import Unit
from policies.permissions import Permission
from policies.release import ClassReadiness, Readiness, readiness


def see_readiness(unit: Unit, collection_id: UUID) -> SchoolState:
    """Codes and sums only: no personal value is shown. Raises `NotFound`."""
    return look_at_school(unit, unit.school_id, collection_id)


def told_readiness(unit: Unit, found: Readiness) -> Readiness:
    """What the actor is told of it: a tutor no other class, and nothing about its pupils.

    Sums of the school stay whole. Whether it may leave, the untold one says.
    """
    own = seen_classes(unit)
    if own is None:
        return found
    hidden = {
        finding for one in found.classes if one.class_id not in own for finding in one.findings
    }
    return replace(
        found,
        classes=tuple(one for one in found.classes if one.class_id in own),
        findings=tuple(finding for finding in found.findings if finding not in hidden),
    )


def knows_why(unit: Unit) -> bool:
    """Whether the actor may know why pupils are on paper, if only by their number."""
    return unit.actor.may(Permission.READ_REFUSALS)


def see_class_readiness(unit: Unit, collection_id: UUID, class_id: UUID) -> ClassReadiness:
    """The same of one class, whose pupils alone are read. Raises `NotFound`."""
    school = unit.schools.get(unit.school_id)
    collection = unit.collections.get(school.id, collection_id)
    facts = unit.collections.class_facts(school.id, collection_id)
    wanted = [one for one in facts if one.class_id == class_id]
    if not wanted:
        raise NotFound
    pupils = unit.dossier.pupils(
        school.id, collection_id, unit.pupils.of_class(school.id, class_id)
    )
    today = school.today(unit.now)
    seen = readiness(wanted, pupils, rules_of(collection), today, collection.deadline_on)
    (found,) = seen.classes
    return found
