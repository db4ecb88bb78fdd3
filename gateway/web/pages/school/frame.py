"""What every page of a school's worker shows: the school, who works here, where one is."""

from __future__ import annotations

from uuid import UUID

from gateway.actions.own_classes import seen_classes
from gateway.actions.pinned_rules import rules_of
from gateway.errors import NotFound
from gateway.store.collections import Collection
from gateway.unit import Unit
from gateway.web.context import current_unit
from gateway.web.pages.access import needs
from gateway.web.pages.school import words
from gateway.web.pages.site import Page, Pages
from policies.permissions import Permission

school = Pages("desks")
SEE = needs(Permission.READ_READINESS)
COLLECTION = "/school/<uuid:collection_id>"
CLASS = f"{COLLECTION}/classes/<uuid:class_id>"
PUPIL = f"{COLLECTION}/pupils/<uuid:pupil_id>"


def framed(template: str, collection: Collection | None = None, **facts: object) -> Page:
    """A page with its frame. `may`: names of the worker's permissions; `collection` None: above."""
    unit = current_unit()
    role = unit.actor.role
    found = unit.schools.get(unit.school_id)
    frame: dict[str, object] = {
        "school": found,
        "collection": collection,
        "programme": programme_title(collection) if collection else "",
        "role": words.ROLES.get(role, "") if role else "",
        "may": {each.value for each in Permission if unit.actor.may(each)},
        "today": found.today(unit.now),
    }
    return Page(f"school/{template}", frame | facts)


def programme_title(collection: Collection) -> str:
    """Its name for people."""
    return rules_of(collection).title


def the_collection(collection_id: UUID) -> Collection:
    """Raises `NotFound`."""
    unit = current_unit()
    return unit.collections.get(unit.school_id, collection_id)


def class_name(class_id: UUID) -> str:
    """Name of a class whose state the worker sees. Raises `NotFound`: another's is not there."""
    found = named_classes(current_unit()).get(class_id)
    if found is None:
        raise NotFound
    return found


def named_classes(unit: Unit) -> dict[UUID, str]:
    """Classes whose state the worker sees: id -> name."""
    own = seen_classes(unit)
    names = unit.schools.class_names(unit.school_id)
    return {class_id: name for class_id, name in names.items() if own is None or class_id in own}
