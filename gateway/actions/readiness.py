"""Why a school may or may not be released: sums per class and every reason, in one call."""

from __future__ import annotations

from uuid import UUID

from gateway.actions.pinned_rules import rules_of
from gateway.actions.release_set import SchoolState, look_at_school
from gateway.errors import NotFound
from gateway.unit import Unit
from policies.release import ClassReadiness, readiness


def see_readiness(unit: Unit, collection_id: UUID) -> SchoolState:
    """Codes and sums only: no personal value is shown. Raises `NotFound`."""
    return look_at_school(unit, unit.school_id, collection_id)


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
