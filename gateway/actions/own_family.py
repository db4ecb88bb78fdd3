"""A worker who is a parent records and approves nothing about the own family: a colleague does.

Acts about a whole class or school (hand-in, release) are nobody's own: they stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from gateway.actions.planned_roster import RosterPlan
from gateway.errors import OwnFamily
from gateway.unit import Unit
from policies.facts import Items
from policies.permissions import Permission, Role
from policies.workers import WorkerMarks, own_family


def family_of_worker(unit: Unit) -> frozenset[UUID]:
    """People of the actor's own family in the actor's school; nobody for those above schools."""
    marks = _marks(unit)
    if not marks.all:
        return frozenset()
    school_id = unit.school_id
    marked = unit.people.marked(school_id, marks.all)
    if not marked:
        return frozenset()
    links = unit.pupils.list_guardianships(school_id)
    return own_family(marked, [(link.guardian_id, link.pupil_id) for link in links])


def require_no_relative(unit: Unit, permission: Permission, person_ids: Iterable[UUID]) -> None:
    """Nobody named is of the actor's family. Raises `OwnFamily`."""
    if not family_of_worker(unit).isdisjoint(person_ids):
        raise OwnFamily(permission)


def require_not_own(unit: Unit, permission: Permission, items: Items) -> None:
    """Whoever is not on record yet has no contact of the actor's. Raises `OwnFamily`."""
    if is_own(unit, items):
        raise OwnFamily(permission)


def is_own(unit: Unit, items: Items) -> bool:
    """Somebody with a contact or SNILS of the actor's."""
    marks = _marks(unit).all
    return not marks.isdisjoint(unit.vault.tokens_of(unit.school_id, items).values())


def require_no_relative_in(unit: Unit, plan: RosterPlan) -> None:
    """The list adds or changes nobody of the actor's family. Raises `OwnFamily`."""
    marks = _marks(unit).all
    if not marks:
        return
    known = family_of_worker(unit)
    own = {
        person.key
        for person in plan.people
        if person.person_id in known
        or not marks.isdisjoint(unit.vault.tokens_of(unit.school_id, person.items).values())
    }
    links = [(g.key, pupil.key) for pupil in plan.pupils for g in pupil.guardians]
    family = own_family(own, links)
    if any(person.key in family for person in (*plan.added, *plan.changed)):
        raise OwnFamily(Permission.COMMIT_IMPORT)


def _marks(unit: Unit) -> WorkerMarks:
    if unit.actor.role in {None, Role.FAMILY, Role.PLATFORM} or unit.actor.ref is None:
        return WorkerMarks(None)
    return unit.staff.marks_of(unit.actor.ref)
