"""The school looks at representatives who have named themselves, and accepts or declines them.

Accepting puts them on record for the pupils whom the worker names, asks them and sends them a
link of their own. Whoever the school knew before is warned again. Somebody who is in the register
already keeps that record: what it lacks is filled in, what it says otherwise stays.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from consent_forms.wording import GUARDIANS
from crypto.envelope import KeyClass, RecordKind
from crypto.errors import OpenError
from gateway.actions.claim_contacts import claim_changed
from gateway.actions.correct_items import TAKEN
from gateway.actions.invite import invite_one
from gateway.actions.name_newcomer import ToldOfSelf, children_of, warn_guardians
from gateway.actions.open_asks import open_asks
from gateway.actions.own_family import (
    family_of_worker,
    is_own,
    require_no_relative,
    require_not_own,
)
from gateway.actions.personal_document import full_name
from gateway.actions.record_agreement import record_authority
from gateway.actions.roster_index import folded
from gateway.actions.send_message import send_mail
from gateway.errors import BadInput, NotFound, RulesBroken
from gateway.messages import texts
from gateway.store.changes import Mark
from gateway.store.newcomers import Newcomer
from gateway.store.pupils import Guardianship
from gateway.unit import Unit
from policies.facts import Field, GuardianKind, Items
from policies.findings import Code, Finding
from policies.permissions import Permission


class Declined(StrEnum):
    """Why the school does not put somebody on record."""

    NO_DOCUMENTS = "no_documents"
    NO_RIGHTS = "no_rights"
    WRONG_DATA = "wrong_data"
    UNREACHED = "unreached"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A newcomer who waits, beside the pupils in question: id, name.

    `is_known`: the register has such a person already.
    """

    newcomer: Newcomer
    told: ToldOfSelf = field(repr=False)
    name: str = field(repr=False)
    pupils: tuple[tuple[UUID, str], ...] = field(repr=False)
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """`is_invited` False: no letter could be sent to them now."""

    collection_id: UUID
    is_invited: bool


def see_newcomers(unit: Unit) -> tuple[list[Candidate], int]:
    """Those of the own school who wait; a read of personal data, journalled.

    What concerns the worker's own family is left to colleagues and counted alone.
    """
    school_id, own = unit.school_id, family_of_worker(unit)
    waiting = unit.newcomers.waiting(school_id)
    mine = [
        newcomer
        for newcomer in waiting
        if own.isdisjoint(children_of(unit, school_id, newcomer.signer_id))
        and not is_own(unit, _told(unit, school_id, newcomer).items)
    ]
    unit.record("newcomer.read", rows=len(mine))
    found = [_candidate(unit, school_id, newcomer) for newcomer in mine]
    return found, len(waiting) - len(mine)


def see_newcomer(unit: Unit, newcomer_id: UUID) -> Candidate:
    """One of them. Raises `NotFound`, also for whom the school has decided about; `OwnFamily`."""
    school_id = unit.school_id
    newcomer = _to_judge(unit, school_id, newcomer_id)
    if newcomer.decided_at is not None:
        raise NotFound
    require_not_own(unit, Permission.RECORD_AUTHORITY, _told(unit, school_id, newcomer).items)
    unit.record("newcomer.read", rows=1, newcomer_id=newcomer_id)
    return _candidate(unit, school_id, newcomer)


def accept_newcomer(
    unit: Unit, newcomer_id: UUID, pupil_ids: Collection[UUID], public_url: str
) -> Accepted:
    """Put them on record as a representative of those pupils.

    The worker has seen the documents. Sent twice it is done once. Raises `NotFound`, `OwnFamily`,
    `BadInput`, also where they stand for all of these pupils already; `RulesBroken` where somebody
    else has such a contact.
    """
    school_id = unit.lock_school()
    newcomer = _to_judge(unit, school_id, newcomer_id)
    if newcomer.guardian_id is not None:
        return Accepted(newcomer.collection_id, is_invited=True)
    told = _told(unit, school_id, newcomer)
    require_not_own(unit, Permission.RECORD_AUTHORITY, told.items)
    pupils = sorted(set(pupil_ids))
    if not pupils:
        raise BadInput({"/pupil_ids": "choose"})
    children = children_of(unit, school_id, newcomer.signer_id)
    if not set(pupils) <= children:
        raise NotFound
    person, is_returning = _known(unit, school_id, told, children)
    if person is not None:
        require_no_relative(unit, Permission.RECORD_AUTHORITY, [person])
    if found := _objections(unit, school_id, told, person, pupils):
        raise RulesBroken(found)
    guardian = person or unit.new_id()
    links = _links_of(unit, school_id, guardian)
    if all(pupil in links and _is_in_force(unit, school_id, links[pupil]) for pupil in pupils):
        raise BadInput({"/pupil_ids": "represented"})
    _warn(unit, school_id, pupils)
    done = unit.record("newcomer.accepted", newcomer_id=newcomer_id, person_id=guardian)
    if person is None or is_returning:
        _write(unit, school_id, guardian, told, is_returning=is_returning)
    else:
        _fill_in(unit, school_id, guardian, told)
    unit.newcomers.decide(school_id, newcomer_id, unit.now, done, guardian)
    for link_id in _stand_for(unit, school_id, guardian, told.kind, pupils):
        record_authority(unit, link_id, told.authority, None)
    for collection in unit.collections.of_school(school_id):
        open_asks(unit, school_id, collection.id)
    is_invited = invite_one(unit, newcomer.collection_id, guardian, public_url)
    return Accepted(newcomer.collection_id, is_invited)


def decline_newcomer(unit: Unit, newcomer_id: UUID, reason: Declined) -> None:
    """What was told is destroyed at once; they hear why. Sent twice it is done once.

    Raises `NotFound`, also for whom the school has accepted; `OwnFamily`.
    """
    school_id = unit.lock_school()
    newcomer = _to_judge(unit, school_id, newcomer_id)
    if newcomer.guardian_id is not None:
        raise NotFound
    if newcomer.decided_at is not None:
        return
    told, school = _told(unit, school_id, newcomer), unit.schools.get(school_id)
    done = unit.record("newcomer.declined", newcomer_id=newcomer_id, reason=reason.value)
    unit.newcomers.decide(school_id, newcomer_id, unit.now, done, None)
    letter = texts.newcomer_declined(
        school.short_name, texts.DECLINED_BECAUSE[reason.value], school.phone
    )
    send_mail(unit, school_id, told.values[Field.EMAIL], letter.subject, letter.text)


def _to_judge(unit: Unit, school_id: UUID, newcomer_id: UUID) -> Newcomer:
    newcomer = unit.newcomers.find(school_id, newcomer_id)
    if newcomer is None:
        raise NotFound
    pupils = children_of(unit, school_id, newcomer.signer_id)
    require_no_relative(unit, Permission.RECORD_AUTHORITY, pupils)
    return newcomer


def _candidate(unit: Unit, school_id: UUID, newcomer: Newcomer) -> Candidate:
    told = _told(unit, school_id, newcomer)
    children = children_of(unit, school_id, newcomer.signer_id)
    items = unit.people.items(school_id, children)
    pupils = tuple((pupil, full_name(items[pupil])) for pupil in sorted(items))
    unit.record_many(
        ("person.read", {"person_id": pupil, "purpose": "newcomer"}) for pupil, _ in pupils
    )
    person, is_returning = _known(unit, school_id, told, children)
    is_known = person is not None and not is_returning
    return Candidate(newcomer, told, full_name(told.items), pupils, is_known)


def _told(unit: Unit, school_id: UUID, newcomer: Newcomer) -> ToldOfSelf:
    """Raises `NotFound` where nothing is left, `OpenError` for what belongs to another row."""
    if newcomer.sealed is None:
        raise NotFound
    plain = unit.vault.open(
        school_id, school_id, KeyClass.SCHOOL, RecordKind.NEWCOMER, newcomer.sealed
    )
    place = newcomer.id.bytes
    if not plain.startswith(place):
        raise OpenError
    return ToldOfSelf.of_text(plain[len(place) :])


def _known(
    unit: Unit, school_id: UUID, told: ToldOfSelf, children: Collection[UUID]
) -> tuple[UUID | None, bool]:
    """Who of the school it is; whether that record was destroyed.

    By name and birth day; among the children's representatives by name, where the register has no
    birth day.
    """
    identity = unit.vault.identity_token(school_id, told.items)
    if identity is None:
        return None, False
    if (person := unit.people.by_identity(school_id).get(identity)) is not None:
        return person, False
    links = unit.pupils.list_guardianships(school_id, pupil_ids=children)
    for person, items in unit.people.items(school_id, {g.guardian_id for g in links}).items():
        if items.birth_date is None and _is_named(items, told.items):
            return person, False
    person = unit.people.changes.marked(school_id).get((Mark.IDENTITY, identity))
    return person, person is not None


def _is_named(items: Items, told: Items) -> bool:
    """Both names are the same, and so is the patronymic where both have one."""
    names = (Field.FAMILY_NAME, Field.GIVEN_NAME, Field.PATRONYMIC)
    pairs = [(items.values.get(name, ""), told.values.get(name, "")) for name in names]
    has_names = all(a and b for a, b in pairs[:2])
    return has_names and all(folded(a) == folded(b) for a, b in pairs if a and b)


def _objections(
    unit: Unit, school_id: UUID, told: ToldOfSelf, person: UUID | None, pupils: Collection[UUID]
) -> list[Finding]:
    if person in pupils:
        return [Finding(Code.REPRESENTATIVE_IS_PUPIL)]
    return [
        Finding(TAKEN[item])
        for item, token in unit.vault.tokens_of(school_id, told.items).items()
        if unit.people.find_by_token(school_id, item, token) not in (None, person)
    ]


def _warn(unit: Unit, school_id: UUID, pupils: Collection[UUID]) -> None:
    school = unit.schools.get(school_id)
    at = texts.moment_in_words(unit.now, school.zone)
    letter = texts.newcomer_accepted(school.short_name, at, school.phone)
    sms = texts.newcomer_accepted_sms(school.short_name)
    warn_guardians(unit, school_id, pupils, letter, sms)


def _write(
    unit: Unit, school_id: UUID, person: UUID, told: ToldOfSelf, *, is_returning: bool
) -> None:
    """A new record, or one in the place of that which was destroyed; its evidence was kept."""
    event = unit.record("person.returned" if is_returning else "person.added", person_id=person)
    classes = (KeyClass.REGISTRY,) if is_returning else (KeyClass.REGISTRY, KeyClass.EVIDENCE)
    unit.vault.add_keys(school_id, [(person, key_class, event) for key_class in classes])
    write = unit.people.bring_back if is_returning else unit.people.add_many
    write(school_id, [(person, told.items, event)])


def _fill_in(unit: Unit, school_id: UUID, person: UUID, told: ToldOfSelf) -> None:
    """What the record of a known person lacks is taken from what they told; the rest stays."""
    before = unit.people.items(school_id, [person])[person]
    missing = {f: value for f, value in told.values.items() if f not in before.values}
    if not missing:
        return
    absent = {f: reason for f, reason in before.absent.items() if f not in missing}
    items = Items({**before.values, **missing}, absent)
    event = unit.record("person.changed", person_id=person, fields=sorted(f.value for f in missing))
    unit.people.change_many(school_id, [(person, items, event)], staff_at=unit.now)
    claim_changed(unit, school_id, person, items, event)


def _links_of(unit: Unit, school_id: UUID, guardian: UUID) -> dict[UUID, Guardianship]:
    """For whom they stand by the register, in force or not."""
    known = unit.pupils.list_guardianships(school_id, guardian_ids=[guardian])
    return {link.pupil_id: link for link in known}


def _is_in_force(unit: Unit, school_id: UUID, link: Guardianship) -> bool:
    today = unit.schools.get(school_id).today(unit.now)
    return link.holds_on(today) and (link.kind is GuardianKind.PARENT or link.has_authority)


def _stand_for(
    unit: Unit, school_id: UUID, guardian: UUID, kind: GuardianKind, pupils: Collection[UUID]
) -> list[UUID]:
    """Representations that the document is kept for: new ones but a parent's, and those that had
    ended or had none. What is in force stays as it is.
    """
    before = _links_of(unit, school_id, guardian)
    new = [
        Guardianship(unit.new_id(), pupil, guardian, kind, GUARDIANS[kind], False, None)
        for pupil in pupils
        if pupil not in before
    ]
    events = unit.record_many(
        [
            ("guardianship.added", {"guardianship_id": link.id, "person_id": link.pupil_id})
            for link in new
        ]
    )
    unit.pupils.add_guardianships(school_id, zip(new, events, strict=True))
    lapsed = [
        before[pupil].id
        for pupil in pupils
        if pupil in before and not _is_in_force(unit, school_id, before[pupil])
    ]
    return lapsed + ([] if kind is GuardianKind.PARENT else [link.id for link in new])
