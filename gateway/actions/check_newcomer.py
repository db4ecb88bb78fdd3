"""The school looks at representatives who have named themselves, and accepts or declines them.

Accepting is a mark: it says who has seen the documents. On record a representative comes as
everybody does, with the class list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from crypto.envelope import KeyClass, RecordKind
from crypto.errors import OpenError
from gateway.actions.name_newcomer import ToldOfSelf, children_of
from gateway.actions.own_family import family_of_worker, require_no_relative
from gateway.actions.personal_document import full_name
from gateway.errors import NotFound
from gateway.store.newcomers import Newcomer
from gateway.unit import Unit
from policies.permissions import Permission


@dataclass(frozen=True, slots=True)
class Candidate:
    """A newcomer beside the pupils in question: id, name. `accepted_by`: login; None: not yet."""

    newcomer: Newcomer
    told: ToldOfSelf
    accepted_by: str | None
    pupils: tuple[tuple[UUID, str], ...] = field(repr=False)


def see_newcomers(unit: Unit) -> list[Candidate]:
    """Those of the own school, those to be checked first; a read of personal data, journalled.

    What concerns the worker's own family is left to colleagues.
    """
    school_id, own = unit.school_id, family_of_worker(unit)
    found = [
        (newcomer, children_of(unit, school_id, newcomer.signer_id))
        for newcomer in unit.newcomers.of_school(school_id)
    ]
    found = [(newcomer, pupils) for newcomer, pupils in found if own.isdisjoint(pupils)]
    items = unit.people.items(school_id, {pupil for _, pupils in found for pupil in pupils})
    logins = {
        staff_id: worker.login if (worker := unit.staff.find(staff_id=staff_id)) else ""
        for staff_id in {newcomer.accepted_by for newcomer, _ in found}
        if staff_id is not None
    }
    unit.record("newcomer.read", rows=len(found))
    return [
        Candidate(
            newcomer,
            _told(unit, school_id, newcomer),
            logins[newcomer.accepted_by] if newcomer.accepted_by else None,
            tuple((pupil, full_name(items[pupil])) for pupil in sorted(pupils) if pupil in items),
        )
        for newcomer, pupils in found
    ]


def accept_newcomer(unit: Unit, newcomer_id: UUID) -> None:
    """The worker has seen the documents. Accepted before, it is no error.

    Raises `NotFound`, `OwnFamily`.
    """
    school_id, newcomer = _to_judge(unit, newcomer_id)
    if newcomer.accepted_by is None and unit.actor.ref is not None:
        event = unit.record("newcomer.accepted", newcomer_id=newcomer_id)
        unit.newcomers.accept(school_id, newcomer_id, unit.actor.ref, unit.now, event)


def decline_newcomer(unit: Unit, newcomer_id: UUID) -> None:
    """What was told is destroyed at once. Raises `NotFound`, `OwnFamily`."""
    school_id, _ = _to_judge(unit, newcomer_id)
    unit.record("newcomer.declined", newcomer_id=newcomer_id)
    unit.newcomers.drop(school_id, newcomer_id)


def _to_judge(unit: Unit, newcomer_id: UUID) -> tuple[UUID, Newcomer]:
    school_id = unit.lock_school()
    newcomer = unit.newcomers.find(school_id, newcomer_id)
    if newcomer is None:
        raise NotFound
    pupils = children_of(unit, school_id, newcomer.signer_id)
    require_no_relative(unit, Permission.RECORD_AUTHORITY, pupils)
    return school_id, newcomer


def _told(unit: Unit, school_id: UUID, newcomer: Newcomer) -> ToldOfSelf:
    """Raises `OpenError` for what was put into another newcomer's row."""
    plain = unit.vault.open(
        school_id, school_id, KeyClass.SCHOOL, RecordKind.NEWCOMER, newcomer.sealed
    )
    place = newcomer.id.bytes
    if not plain.startswith(place):
        raise OpenError
    return ToldOfSelf.of_text(plain[len(place) :])
