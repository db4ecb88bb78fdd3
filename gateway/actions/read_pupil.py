"""One pupil as a worker of the school sees him: standing, family, asks, attempts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from gateway.actions.answer_rules import signing_contacts
from gateway.actions.own_classes import seen_classes
from gateway.actions.own_family import family_of_worker
from gateway.actions.personal_document import full_name
from gateway.actions.pinned_rules import rules_of
from gateway.actions.read_class import DeskGuardian, told_standing
from gateway.errors import NotFound
from gateway.store.agreements import Agreement
from gateway.store.collections import Collection
from gateway.store.consents import Ask
from gateway.store.leaving_out import LeaveOut
from gateway.unit import Unit
from policies.blanks import open_documents
from policies.consent import latest, may_sign_electronically
from policies.facts import AnswerFacts, AttemptFacts, Items
from policies.findings import Finding
from policies.permissions import Permission
from policies.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class AskedOf:
    """One document that is asked. `answer`: the latest; None: none, or not this worker's to know.

    `is_answered` is everybody's to know.
    """

    ask: Ask
    signer: str = field(repr=False)
    subject: str = field(repr=False)
    is_answered: bool
    answer: AnswerFacts | None


@dataclass(frozen=True, slots=True)
class PupilPage:
    """`leave_out` None: nobody has proposed to leave the pupil out.

    `hindrances`: why a signer's contacts carry no electronic signature now, by person.
    `is_own_family`: the worker is a parent here, and records nothing.
    """

    person_id: UUID
    class_id: UUID
    name: str = field(repr=False)
    items: Items
    standing: Standing
    collection: Collection
    guardians: tuple[DeskGuardian, ...]
    asked: tuple[AskedOf, ...]
    agreements: dict[UUID, tuple[Agreement, ...]]
    attempts: tuple[AttemptFacts, ...]
    leave_out: LeaveOut | None
    hindrances: dict[UUID, tuple[Finding, ...]]
    is_own_family: bool
    today: date

    @property
    def has_blanks(self) -> bool:
        """There is something to print for the family: a consent can still be recorded."""
        is_open = self.today <= self.collection.deadline_on
        return is_open and bool(open_documents(self.person_id, self.standing))

    @property
    def people(self) -> list[tuple[UUID, str]]:
        """Pupil and representatives."""
        return [
            (self.person_id, self.name),
            *((each.link.guardian_id, each.name) for each in self.guardians),
        ]

    @property
    def signers(self) -> list[tuple[UUID, str]]:
        """Of these, who is asked here or has agreed to sign: a child is neither."""
        signing = {each.ask.signer_id for each in self.asked}
        return [one for one in self.people if one[0] in signing or self.agreements[one[0]]]


def read_pupil(unit: Unit, collection_id: UUID, pupil_id: UUID) -> PupilPage:
    """A read of personal data, journalled. Another tutor's pupil is not there: `NotFound`."""
    school_id = unit.school_id
    collection = unit.collections.get(school_id, collection_id)
    own = seen_classes(unit)
    found = unit.dossier.pupils(school_id, collection_id, [pupil_id])
    if not found or (own is not None and found[0].class_id not in own):
        raise NotFound
    pupil = found[0]
    today = unit.schools.get(school_id).today(unit.now)
    links = unit.pupils.list_guardianships(school_id, pupil_ids=[pupil_id])
    items = {pupil_id: pupil.items, **{g.person_id: g.items for g in pupil.guardians}}
    names = {person: full_name(known) for person, known in items.items()}
    asks = [
        ask
        for ask in unit.consents.list_asks(school_id, collection_id, about=list(items))
        if ask.signer_id in items
    ]
    answers = unit.consents.answers_by_ask(school_id, [ask.id for ask in asks])
    may_know = unit.actor.may(Permission.READ_REFUSALS)
    unit.record("person.read", person_id=pupil_id, purpose="pupil_page")
    return PupilPage(
        pupil_id,
        pupil.class_id,
        names[pupil_id],
        pupil.items,
        told_standing(unit, standing(pupil, rules_of(collection), today)),
        collection,
        tuple(
            DeskGuardian(link, names[link.guardian_id], items[link.guardian_id]) for link in links
        ),
        tuple(
            AskedOf(
                ask,
                names[ask.signer_id],
                names[ask.subject_id],
                ask.id in answers,
                latest(answers[ask.id]) if may_know and ask.id in answers else None,
            )
            for ask in asks
        ),
        {p: tuple(unit.agreements.of_person(school_id, p)) for p in items},
        tuple(unit.leaving_out.attempts_for(school_id, pupil_id)),
        unit.leaving_out.by_pupil(school_id, collection_id).get(pupil_id),
        {
            who: _hindrances(unit, school_id, who, items[who])
            for who in {ask.signer_id for ask in asks}
        },
        pupil_id in family_of_worker(unit),
        today,
    )


def _hindrances(unit: Unit, school_id: UUID, person: UUID, items: Items) -> tuple[Finding, ...]:
    """Each said once, whichever contact it is about."""
    found = [
        finding
        for contact in signing_contacts(unit, school_id, person, items)
        for finding in may_sign_electronically(contact, unit.now)
    ]
    return tuple({finding.code: finding for finding in found}.values())
