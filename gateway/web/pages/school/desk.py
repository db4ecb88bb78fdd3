"""Where a worker begins: collections, classes, and the class desk as a list of tasks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from gateway.actions import readiness
from gateway.actions.own_classes import own_classes
from gateway.unit import Unit
from gateway.web.context import current_unit
from gateway.web.pages.school.frame import (
    CLASS,
    COLLECTION,
    SEE,
    class_name,
    framed,
    named_classes,
    programme_title,
    school,
    the_collection,
)
from gateway.web.pages.school.words import days_left
from gateway.web.pages.site import Page, To
from policies.permissions import Permission
from policies.release import ClassReadiness, Counts

NOBODY = Counts(None, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Sum:
    """One class in a list of classes. `unanswered`: pupils who wait for an answer of the family."""

    class_id: UUID
    name: str
    counts: Counts
    is_handed_in: bool
    unanswered: int = 0


@school.on("GET", "/school", SEE)
def home() -> Page | To:
    """Collections of the school; where there is one alone, its classes at once."""
    unit = current_unit()
    found = unit.collections.of_school(unit.school_id)
    if len(found) == 1:
        return To("desks.collection", {"collection_id": found[0].id})
    today = unit.schools.get(unit.school_id).today(unit.now)
    told = [(c, programme_title(c), days_left((c.deadline_on - today).days)) for c in found]
    return framed("home.html", collections=told, newcomers=_newcomers(unit))


@school.on("GET", COLLECTION, SEE)
def collection(collection_id: UUID) -> Page | To:
    """Classes that the worker works in; a tutor of one class goes to its desk."""
    unit = current_unit()
    found = the_collection(collection_id)
    names = named_classes(unit)
    if len(names) == 1 and own_classes(unit) is not None:
        return To("desks.desk", {"collection_id": collection_id, "class_id": next(iter(names))})
    state = readiness.see_readiness(unit, collection_id)
    by_id = {one.class_id: one for one in state.readiness.classes}
    sums = [_sum(class_id, name, by_id.get(class_id)) for class_id, name in names.items()]
    left = (found.deadline_on - state.school.today(unit.now)).days
    return framed(
        "collection.html",
        found,
        classes=sums,
        left=days_left(left),
        totals=state.readiness.totals,
        newcomers=_newcomers(unit),
    )


@school.on("GET", CLASS, SEE)
def desk(collection_id: UUID, class_id: UUID) -> Page:
    """What is to be done with a class and until when. Sums alone: nobody is named."""
    unit = current_unit()
    found, name = the_collection(collection_id), class_name(class_id)
    one = readiness.see_class_readiness(unit, collection_id, class_id)
    days = (found.deadline_on - unit.schools.get(unit.school_id).today(unit.now)).days
    return framed(
        "desk.html",
        found,
        one=_sum(class_id, name, one),
        left=days_left(days),
        is_open=days >= 0,
    )


def _newcomers(unit: Unit) -> int:
    """How many wait for the worker to check their documents; 0 for whom it does not concern."""
    may = unit.actor.may(Permission.RECORD_AUTHORITY)
    return unit.newcomers.count_waiting(unit.school_id) if may else 0


def _sum(class_id: UUID, name: str, one: ClassReadiness | None) -> Sum:
    if one is None:
        return Sum(class_id, name, NOBODY, is_handed_in=False)
    return Sum(class_id, name, one.counts, one.is_handed_in, one.unanswered)
