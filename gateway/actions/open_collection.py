"""Open a collection of one programme in a school, and state how many pupils each class has."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from gateway.actions.add_staff import ensure_class
from gateway.actions.versions import (
    Seen,
    collection_version,
    enrolments_version,
    require_seen,
)
from gateway.errors import AlreadyExists, BadInput, PassportMissing
from gateway.store.collections import Collection
from gateway.unit import Unit
from policies.programme import ProgrammeError, load_programme

FARTHEST = timedelta(days=2 * 366)


def open_collection(unit: Unit, programme: str, opens_on: date, deadline_on: date) -> UUID:
    """Raises `PassportMissing`, `AlreadyExists` (the programme has an open collection),
    `BadInput`.
    """
    school_id = unit.lock_school()
    school = unit.schools.get(school_id)
    if not school.is_complete:
        raise PassportMissing
    if deadline_on < school.today(unit.now) or opens_on > deadline_on:
        raise BadInput({"/deadline_on": "deadline_order"})
    _require_near(deadline_on, school.today(unit.now))
    try:
        rules = load_programme(programme)
    except ProgrammeError:
        raise BadInput({"/programme": "programme_unknown"}) from None
    for other in unit.collections.of_school(school_id):
        if other.programme == programme and not unit.bundles.find_approval(school_id, other.id):
            raise AlreadyExists
    collection = Collection(unit.new_id(), programme, rules.digest, opens_on, deadline_on)
    event = unit.record(
        "collection.opened",
        collection_id=collection.id,
        programme=programme,
        policy_digest=rules.digest,
        deadline=deadline_on,
    )
    unit.collections.add(school_id, collection, event)
    return collection.id


def state_enrolment(
    unit: Unit,
    collection_id: UUID,
    class_name: str,
    headcount: int,
    order_no: str,
    order_on: date,
    seen: Seen = None,
) -> UUID:
    """Headcount of a class by an order. Said again it replaces. Raises `NotFound`, `StaleWrite`."""
    school_id = unit.lock_school()
    unit.collections.get(school_id, collection_id)
    require_seen(seen, enrolments_version(unit, school_id, collection_id))
    class_id = ensure_class(unit, school_id, class_name)
    event = unit.record(
        "enrolment.stated",
        collection_id=collection_id,
        class_id=class_id,
        headcount=headcount,
        order_on=order_on,
    )
    unit.collections.state_enrolment(
        school_id, collection_id, class_id, headcount, order_no, order_on, event
    )
    return class_id


def move_deadline(unit: Unit, collection_id: UUID, deadline_on: date, seen: Seen = None) -> None:
    """Set another deadline, before or after. Raises `NotFound`, `BadInput`, `StaleWrite`."""
    school_id = unit.lock_school()
    require_seen(seen, collection_version(unit, school_id, collection_id))
    if deadline_on < unit.collections.get(school_id, collection_id).opens_on:
        raise BadInput({"/deadline_on": "deadline_order"})
    _require_near(deadline_on, unit.schools.get(school_id).today(unit.now))
    event = unit.record(
        "collection.deadline_moved", collection_id=collection_id, deadline=deadline_on
    )
    unit.collections.move_deadline(school_id, collection_id, deadline_on, event)


def _require_near(deadline_on: date, today: date) -> None:
    """A deadline years away is a slip of a digit. Raises `BadInput`."""
    if deadline_on - today > FARTHEST:
        raise BadInput({"/deadline_on": "deadline_far"})
