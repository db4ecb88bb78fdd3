"""What an administrator does with a worker's access: another role, another password, none at all.

Each ends the worker's sessions. Nobody shuts the last administrator out.
"""

from __future__ import annotations

from uuid import UUID

from gateway.actions.add_staff import ABOVE_SCHOOLS, OF_A_SCHOOL
from gateway.errors import BadInput, NotFound
from gateway.store.staff import Staff
from gateway.unit import Unit
from policies.passwords import weakness
from policies.permissions import Role


def change_role(unit: Unit, staff_id: UUID, role: Role) -> None:
    """Raises `NotFound`, `BadInput` for a role of another place and for the last administrator."""
    worker = _get(unit, staff_id)
    place = ABOVE_SCHOOLS if worker.school_id is None else OF_A_SCHOOL
    if role not in place:
        raise BadInput({"/role": "role_place"})
    if role is worker.role:
        return
    _keep_one(unit, worker)
    event = unit.record(
        "staff.role_changed", school_id=worker.school_id, staff_id=worker.id, role=role.value
    )
    unit.staff.set_role(worker.id, role, event)


def disable_staff(unit: Unit, staff_id: UUID, password_hash: str) -> None:
    """`password_hash`: of something that nobody knows. Said again it changes nothing.

    Raises `NotFound`, `BadInput` for the last administrator.
    """
    worker = _get(unit, staff_id)
    if worker.disabled_at is not None:
        return
    _keep_one(unit, worker)
    event = unit.record("staff.disabled", school_id=worker.school_id, staff_id=worker.id)
    unit.staff.disable(worker.id, unit.now, password_hash, event)


def check_new_password(look: Unit, staff_id: UUID, password: str) -> None:
    """Before it is hashed. Raises `NotFound`, `BadInput` for a weak password."""
    found = weakness(password, _get(look, staff_id).login)
    if found is not None:
        raise BadInput({"/password": found.value})


def set_password(unit: Unit, staff_id: UUID, password_hash: str) -> None:
    """A new password; it lets in whoever was disabled. Raises `NotFound`."""
    worker = _get(unit, staff_id)
    event = unit.record("staff.password_set", school_id=worker.school_id, staff_id=worker.id)
    unit.staff.set_password(worker.id, password_hash, event)


def _get(unit: Unit, staff_id: UUID) -> Staff:
    worker = unit.staff.find(staff_id=staff_id)
    if worker is None:
        raise NotFound
    return worker


def _keep_one(unit: Unit, worker: Staff) -> None:
    if worker.role is not Role.ADMINISTRATOR or worker.disabled_at is not None:
        return
    if unit.staff.count_enabled(Role.ADMINISTRATOR) <= 1:
        raise BadInput({"/role": "last_administrator"})
