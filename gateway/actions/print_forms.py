"""Blanks for families that answer on paper: consent and refusal, filled with what is known.

Address, identity document, day and signature are lines to write on. A consent after the deadline
could not be recorded, so nothing is printed then.
"""

from __future__ import annotations

from collections.abc import Collection as Many
from collections.abc import Iterable
from uuid import UUID

from gateway.actions.own_classes import own_classes, require_classes
from gateway.actions.personal_document import full_name, open_sitting, render_blank
from gateway.actions.pinned_rules import rules_of
from gateway.actions.roster_index import folded
from gateway.errors import BadInput, NotFound, TooLate
from gateway.settings import Host
from gateway.store.collections import Collection
from gateway.unit import Unit
from policies.blanks import of_one_guardian, open_documents
from policies.consent import AskFor
from policies.facts import Decision, PupilFacts
from policies.permissions import Permission
from policies.release import deadline_passed
from policies.standing import standing

PURPOSE = "forms"
ANSWERS = (Decision.GIVEN, Decision.REFUSED)
MOST_PUPILS = 40  # four documents each: some 20 seconds of printing


def print_class(unit: Unit, collection_id: UUID, class_id: UUID, host: Host) -> list[bytes]:
    """For every pupil who waits for an answer, by name; of two silent guardians for the first.

    HTML documents, each to begin on a sheet of its own. A read of personal data, journalled as
    one. Raises `NotFound`, `NotAllowed`, `TooLate`, `PassportMissing`; `BadInput` when there is
    nothing to print or more than `MOST_PUPILS`.
    """
    collection = unit.collections.get(unit.school_id, collection_id)
    if class_id not in unit.schools.class_names(unit.school_id):
        raise NotFound
    require_classes(unit, Permission.READ_CLASS, [class_id])
    members = unit.pupils.of_class(unit.school_id, class_id)
    pupils = unit.dossier.pupils(unit.school_id, collection_id, members)
    waiting = _waiting(unit, collection, pupils)
    unit.record("class.read", class_id=class_id, purpose=PURPOSE, pupils=len(waiting))
    wanted = [key for documents in waiting for key in of_one_guardian(documents)]
    return _blanks(unit, collection, wanted, host)


def print_pupil(unit: Unit, collection_id: UUID, pupil_id: UUID, host: Host) -> list[bytes]:
    """The same for one pupil and every silent guardian. Another tutor's pupil: `NotFound`."""
    collection = unit.collections.get(unit.school_id, collection_id)
    own = None if unit.actor.is_acting else own_classes(unit)
    pupils = unit.dossier.pupils(unit.school_id, collection_id, [pupil_id])
    if not pupils or (own is not None and pupils[0].class_id not in own):
        raise NotFound
    waiting = _waiting(unit, collection, pupils)
    unit.record("person.read", person_id=pupil_id, purpose=PURPOSE)
    return _blanks(unit, collection, waiting[0], host)


def _waiting(
    unit: Unit, collection: Collection, pupils: Iterable[PupilFacts]
) -> list[list[AskFor]]:
    """Open documents of each pupil who has some, by name."""
    school = unit.schools.get(unit.school_id)
    if deadline_passed(unit.now, collection.deadline_on, school.zone):
        raise TooLate
    rules, today = rules_of(collection), school.today(unit.now)
    found = []
    for pupil in sorted(pupils, key=lambda one: (folded(full_name(one.items)), one.person_id)):
        documents = open_documents(pupil.person_id, standing(pupil, rules, today))
        if documents:
            found.append(documents)
    if not found:
        raise BadInput({"/": "forms_none"})
    if len(found) > MOST_PUPILS:
        raise BadInput({"/": "forms_many"})
    return found


def _blanks(unit: Unit, collection: Collection, wanted: Many[AskFor], host: Host) -> list[bytes]:
    """Consent and refusal of each; what siblings share is printed once.

    Nobody is asked while a birth date is unknown: it decides who signs.
    """
    school_id, rules = unit.school_id, rules_of(collection)
    subjects = {key.subject_id for key in wanted}
    asks = {
        AskFor(ask.form, ask.signer_id, ask.subject_id): ask
        for ask in unit.consents.list_asks(school_id, collection.id, about=subjects)
    }
    sittings = [
        open_sitting(unit, rules, school_id, collection, asks[key])
        for key in dict.fromkeys(wanted)
        if key in asks
    ]
    if not sittings:
        raise BadInput({"/": "forms_none"})
    return [
        render_blank(unit, sitting, decision, host) for sitting in sittings for decision in ANSWERS
    ]
