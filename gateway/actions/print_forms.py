"""Blanks for families that answer on paper: consent and refusal, filled with what is known.

Address, identity document, day and signature are lines to write on. A consent after the deadline
could not be recorded, so nothing is printed then. A class is printed in parts, for a family costs
a second; they are cut by the list of the class, so an answer between two parts moves nobody.
"""

from __future__ import annotations

from collections.abc import Collection as Many
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from gateway.actions.own_classes import require_classes, seen_classes
from gateway.actions.personal_document import full_name, open_sitting, render_blank
from gateway.actions.pinned_rules import rules_of
from gateway.actions.roster_index import folded
from gateway.errors import BadInput, NotFound, TooLate
from gateway.settings import Host
from gateway.store.collections import Collection
from gateway.store.consents import Ask
from gateway.unit import Unit
from policies.blanks import of_one_guardian, open_documents
from policies.consent import AskFor
from policies.facts import Decision, PupilFacts
from policies.permissions import Permission
from policies.release import deadline_passed
from policies.standing import standing

PURPOSE = "forms"
ANSWERS = (Decision.GIVEN, Decision.REFUSED)
PART_PUPILS = 10


@dataclass(frozen=True, slots=True)
class Part:
    """Pupils `first` to `last` of a class by name, both counted from 1; `waiting` of them wait."""

    number: int
    first: int
    last: int
    waiting: int


def class_parts(unit: Unit, collection_id: UUID, class_id: UUID) -> list[Part]:
    """Those in which there is something to print. Sums alone: nobody is named. Raises as
    `print_class`."""
    collection, members = _class(unit, collection_id, class_id)
    found = []
    for number, start in enumerate(range(0, len(members), PART_PUPILS), 1):
        part = members[start : start + PART_PUPILS]
        waiting = len(_waiting(unit, collection, part))
        if waiting:
            found.append(Part(number, start + 1, start + len(part), waiting))
    if not found:
        raise BadInput({"/": "forms_none"})
    return found


def print_class(
    unit: Unit, collection_id: UUID, class_id: UUID, part: int, host: Host
) -> list[bytes]:
    """For every pupil of the part who waits for an answer; of two silent guardians for the first.

    HTML documents by name of the pupil, each to begin on a sheet of its own. A read of personal
    data, journalled as one. Raises `NotFound`, `NotAllowed`, `TooLate`, `PassportMissing`;
    `BadInput` when there is nothing to print.
    """
    collection, members = _class(unit, collection_id, class_id)
    end = part * PART_PUPILS
    pupils = members[max(0, end - PART_PUPILS) : max(0, end)]
    waiting = _waiting(unit, collection, pupils)
    if not waiting:
        raise BadInput({"/": "forms_none"})
    unit.record("class.read", class_id=class_id, purpose=PURPOSE, pupils=len(waiting))
    wanted = [key for documents in waiting for key in of_one_guardian(documents)]
    return _blanks(unit, collection, wanted, host)


def print_pupil(unit: Unit, collection_id: UUID, pupil_id: UUID, host: Host) -> list[bytes]:
    """The same for one pupil and every silent guardian. Another tutor's pupil: `NotFound`."""
    collection = unit.collections.get(unit.school_id, collection_id)
    own = seen_classes(unit)
    pupils = unit.dossier.pupils(unit.school_id, collection_id, [pupil_id])
    if not pupils or (own is not None and pupils[0].class_id not in own):
        raise NotFound
    waiting = _waiting(unit, collection, pupils)
    if not waiting:
        raise BadInput({"/": "forms_none"})
    unit.record("person.read", person_id=pupil_id, purpose=PURPOSE)
    return _blanks(unit, collection, waiting[0], host)


def _class(unit: Unit, collection_id: UUID, class_id: UUID) -> tuple[Collection, list[PupilFacts]]:
    """Its pupils by name."""
    collection = unit.collections.get(unit.school_id, collection_id)
    if class_id not in unit.schools.class_names(unit.school_id):
        raise NotFound
    require_classes(unit, Permission.READ_CLASS, [class_id])
    members = unit.pupils.of_class(unit.school_id, class_id)
    pupils = unit.dossier.pupils(unit.school_id, collection_id, members)
    return collection, sorted(pupils, key=lambda one: (folded(full_name(one.items)), one.person_id))


def _waiting(
    unit: Unit, collection: Collection, pupils: Iterable[PupilFacts]
) -> list[list[AskFor]]:
    """Open documents of each pupil who has some."""
    school = unit.schools.get(unit.school_id)
    if deadline_passed(unit.now, collection.deadline_on, school.zone):
        raise TooLate
    rules, today = rules_of(collection), school.today(unit.now)
    asks = _asks(unit, collection)
    each = (
        [key for key in open_documents(one.person_id, standing(one, rules, today)) if key in asks]
        for one in pupils
    )
    return [documents for documents in each if documents]


def _asks(unit: Unit, collection: Collection) -> dict[AskFor, Ask]:
    """Nobody is asked while a birth date is unknown: it decides who signs."""
    listed = unit.consents.list_asks(unit.school_id, collection.id)
    return {AskFor(ask.form, ask.signer_id, ask.subject_id): ask for ask in listed}


def _blanks(unit: Unit, collection: Collection, wanted: Many[AskFor], host: Host) -> list[bytes]:
    """Consent and refusal of each; what siblings share is printed once."""
    rules, asks = rules_of(collection), _asks(unit, collection)
    sittings = [
        open_sitting(unit, rules, unit.school_id, collection, asks[key])
        for key in dict.fromkeys(wanted)
    ]
    return [
        render_blank(unit, sitting, decision, host) for sitting in sittings for decision in ANSWERS
    ]
