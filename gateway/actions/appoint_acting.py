"""Somebody of the school stands in for the director, by an order and its days."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from gateway.errors import NotFound, RulesBroken
from gateway.store.acting import Acting
from gateway.store.staff import Staff
from gateway.unit import Unit
from policies.acting import acting_findings, acts
from policies.permissions import Role

STAND_IN = frozenset({Role.REGISTRAR, Role.TUTOR})


def appoint_acting(
    unit: Unit,
    school_id: UUID,
    staff_id: UUID,
    order_no: str,
    order_on: date,
    from_on: date,
    to_on: date,
) -> UUID:
    """Both days count. The same order said twice is recorded once.

    Raises `NotFound` for who is no tutor or registrar of the school, `RulesBroken`.
    """
    unit.lock_school(school_id)
    worker = unit.staff.find(staff_id=staff_id)
    if worker is None or worker.school_id != school_id or worker.role not in STAND_IN:
        raise NotFound
    today = unit.schools.get(school_id).today(unit.now)
    if found := acting_findings(order_on, from_on, to_on, today):
        raise RulesBroken(found)
    for known in unit.acting.of_worker(school_id, staff_id):
        if (known.order_no, known.from_on, known.to_on) == (order_no, from_on, to_on):
            return known.id
    order = Acting(unit.new_id(), staff_id, order_no, order_on, from_on, to_on)
    event = unit.record(
        "acting.appointed",
        school_id=school_id,
        acting_id=order.id,
        staff_id=staff_id,
        from_on=from_on,
        to_on=to_on,
    )
    unit.acting.add(school_id, order, event)
    return order.id


def end_acting(unit: Unit, school_id: UUID, order_id: UUID) -> None:
    """The director is back before the order's last day. Ended before, it is no error.

    Raises `NotFound`.
    """
    unit.lock_school(school_id)
    known = {each.id: each for each in unit.acting.of_school(school_id)}.get(order_id)
    if known is None:
        raise NotFound
    if known.ended_at is None:
        event = unit.record(
            "acting.ended", school_id=school_id, acting_id=order_id, staff_id=known.staff_id
        )
        unit.acting.end(school_id, order_id, unit.now, event)


def is_acting(unit: Unit, worker: Staff) -> bool:
    """Whether the worker stands in for the director today, by the school's clock."""
    if worker.school_id is None or worker.role not in STAND_IN:
        return False
    orders = unit.acting.of_worker(worker.school_id, worker.id)
    if not orders:
        return False
    today = unit.schools.get(worker.school_id).today(unit.now)
    return any(acts(today, each.from_on, each.to_on) for each in orders)
