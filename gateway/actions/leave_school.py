"""Take a pupil off the list by an order of the school."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from gateway.actions.narrow_bundle import withdraw_from_bundles
from gateway.actions.own_family import require_no_relative
from gateway.errors import NotFound
from gateway.unit import Unit
from policies.permissions import Permission


def leave_school(unit: Unit, pupil_id: UUID, order_no: str, order_on: date) -> None:
    """The pupil counts no more; what was handed over is recalled.

    Raises `NotFound`, `OwnFamily`.
    """
    school_id = unit.lock_school()
    if pupil_id not in unit.pupils.classes(school_id):
        raise NotFound
    require_no_relative(unit, Permission.STATE_ENROLMENT, [pupil_id])
    event = unit.record("pupil.left", person_id=pupil_id, order_on=order_on)
    unit.pupils.leave(school_id, pupil_id, order_on, order_no, event)
    withdraw_from_bundles(unit, school_id)
