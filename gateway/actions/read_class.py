"""The class desk: who is in the class, how each stands, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from gateway.actions.own_classes import require_classes
from gateway.actions.personal_document import full_name
from gateway.actions.pinned_rules import rules_of
from gateway.actions.roster_index import folded
from gateway.errors import NotFound
from gateway.store.consents import Ask
from gateway.store.pupils import Guardianship
from gateway.unit import Unit
from policies.facts import Items
from policies.permissions import Permission
from policies.standing import Standing, standing, without_why


@dataclass(frozen=True, slots=True)
class DeskGuardian:
    """A representative of a pupil, with what is known and asked."""

    link: Guardianship
    name: str = field(repr=False)
    items: Items


@dataclass(frozen=True, slots=True)
class DeskPupil:
    """One row of the desk. `asks`: everything asked for this pupil's sake."""

    person_id: UUID
    name: str = field(repr=False)
    items: Items
    standing: Standing
    guardians: tuple[DeskGuardian, ...]
    asks: tuple[Ask, ...]


def read_class(unit: Unit, collection_id: UUID, class_id: UUID) -> list[DeskPupil]:
    """Pupils of one class by name; a read of personal data, journalled as one.

    A tutor reads own classes only. Raises `NotAllowed`, `NotFound`.
    """
    school_id = unit.school_id
    collection = unit.collections.get(school_id, collection_id)
    if class_id not in unit.schools.class_names(school_id):
        raise NotFound
    require_classes(unit, Permission.READ_CLASS, [class_id])
    rules = rules_of(collection)
    today = unit.schools.get(school_id).today(unit.now)
    facts = [p for p in unit.dossier.pupils(school_id, collection_id) if p.class_id == class_id]
    links: dict[UUID, list[Guardianship]] = {}
    for link in unit.pupils.list_guardianships(school_id):
        links.setdefault(link.pupil_id, []).append(link)
    asks = unit.consents.list_asks(school_id, collection_id)
    desk = []
    for pupil in facts:
        by_id = {g.person_id: g for g in pupil.guardians}
        family = {pupil.person_id, *by_id}
        desk.append(
            DeskPupil(
                pupil.person_id,
                full_name(pupil.items),
                pupil.items,
                told_standing(unit, standing(pupil, rules, today)),
                tuple(
                    DeskGuardian(
                        link,
                        full_name(by_id[link.guardian_id].items),
                        by_id[link.guardian_id].items,
                    )
                    for link in links.get(pupil.person_id, ())
                ),
                tuple(
                    a
                    for a in asks
                    if a.subject_id == pupil.person_id
                    or (a.subject_id in by_id and a.signer_id in family)
                ),
            )
        )
    unit.record("class.read", class_id=class_id, purpose="desk", pupils=len(desk))
    return sorted(desk, key=lambda p: (folded(p.name), p.person_id))


def told_standing(unit: Unit, where: Standing) -> Standing:
    """As the actor may know it."""
    may_know = unit.actor.may(Permission.READ_REFUSALS)
    return where if may_know else without_why(where)
