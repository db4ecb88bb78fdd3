"""A tutor works in own classes only; everybody else of the school in all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from gateway.actions.own_family import require_no_relative
from gateway.errors import NotAllowed
from gateway.unit import Unit
from policies.permissions import Permission, Role


def require_classes(unit: Unit, permission: Permission, class_ids: Iterable[UUID]) -> None:
    """Every one of the classes is the actor's to work in. Raises `NotAllowed`."""
    own = own_classes(unit)
    if own is not None and not set(class_ids) <= own:
        raise NotAllowed(permission)


def require_people(unit: Unit, permission: Permission, person_ids: Collection[UUID]) -> None:
    """Everybody named is a pupil of the actor's classes or stands for one, and no relative.

    Raises `NotAllowed`, `OwnFamily`.
    """
    require_no_relative(unit, permission, person_ids)
    if not are_own(unit, person_ids):
        raise NotAllowed(permission)


def are_own(unit: Unit, person_ids: Collection[UUID]) -> bool:
    """Whether everybody named is a pupil of the actor's classes or stands for one."""
    own = own_classes(unit)
    if own is None:
        return True
    classes = unit.pupils.classes(unit.school_id)
    mine = {pupil for pupil, class_id in classes.items() if class_id in own}
    links = unit.pupils.list_guardianships(unit.school_id, guardian_ids=list(person_ids))
    mine |= {link.guardian_id for link in links if link.pupil_id in mine}
    return set(person_ids) <= mine


def seen_classes(unit: Unit) -> set[UUID] | None:
    """Classes whose state the actor sees: a tutor the own ones; None for all of them, which whoever
    stands in for the director sees, too.
    """
    return None if unit.actor.is_acting else own_classes(unit)


def own_classes(unit: Unit) -> set[UUID] | None:
    """Classes of a tutor; None for those who are not bound to classes."""
    if unit.actor.role is not Role.TUTOR or unit.actor.ref is None:
        return None
    return unit.staff.classes_of_tutor(unit.school_id, unit.actor.ref)
