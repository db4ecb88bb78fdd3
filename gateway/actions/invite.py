"""Send families their links: by e-mail, one link a signer for all that the signer is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from crypto.secrets_text import hash_secret, new_secret
from gateway.actions.own_classes import require_classes
from gateway.actions.pinned_rules import rules_of
from gateway.actions.reopen_asks import open_again
from gateway.actions.send_message import send_mail
from gateway.errors import NotFound, TooLate
from gateway.messages import texts
from gateway.store.collections import Collection
from gateway.store.consents import Ask
from gateway.store.links import Link
from gateway.store.schools import School
from gateway.unit import Unit
from policies.consent import asks_for
from policies.facts import Field, Items
from policies.permissions import Permission
from policies.quiet_hours import goes_at
from policies.release import deadline_passed

ONCE_A = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Invited:
    """Signers by outcome. `unreachable`: no e-mail or no phone, so paper is their way.

    `recent`: a link went less than a day ago. `answered`: nothing is open.
    """

    sent: tuple[UUID, ...]
    unreachable: tuple[UUID, ...]
    recent: tuple[UUID, ...]
    answered: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Who would be written to now. `last_at`: when a letter went to any of them; None: never.

    `goes_at`: when the letters go, the next morning if it is late.
    """

    school: School
    collection: Collection
    asks: Mapping[UUID, list[Ask]]
    items: Mapping[UUID, Items]
    invited: Invited
    last_at: datetime | None
    goes_at: datetime


def invite(
    unit: Unit, collection_id: UUID, public_url: str, class_id: UUID | None = None
) -> Invited:
    """Links to everybody of the collection (or class) whose answer is open; once a day a signer.

    Whose answer is wanted no more (the pupil came of age, a guardianship ended) is not written to.
    A tutor names an own class. Raises `NotFound`, `NotAllowed`, `TooLate` after the deadline.
    """
    unit.lock_school()
    plan = _plan(unit, collection_id, class_id)
    if deadline_passed(unit.now, plan.collection.deadline_on, plan.school.zone):
        raise TooLate
    for signer in plan.invited.sent:
        send_link(
            unit,
            plan.school,
            plan.collection,
            signer,
            plan.asks[signer],
            plan.items,
            public_url,
            keeps_hours=True,
        )
    return plan.invited


def invite_one(unit: Unit, collection_id: UUID, signer: UUID, public_url: str) -> bool:
    """A link to one signer, where `invite` would send one; the school is locked."""
    plan = _plan(unit, collection_id, None)
    is_over = deadline_passed(unit.now, plan.collection.deadline_on, plan.school.zone)
    if is_over or signer not in plan.invited.sent:
        return False
    asks = plan.asks[signer]
    send_link(
        unit,
        plan.school,
        plan.collection,
        signer,
        asks,
        plan.items,
        public_url,
        keeps_hours=True,
    )
    return True


def preview_invitations(
    unit: Unit, collection_id: UUID, public_url: str, class_id: UUID
) -> tuple[Plan, texts.Letter | None]:
    """Who of a class would be written to now, and the letter to the first of them (None: nobody).

    A read of personal data, journalled. The link in the letter is none: it is made on sending.
    """
    plan = _plan(unit, collection_id, class_id)
    unit.record(
        "class.read", class_id=class_id, purpose="invitations", pupils=len(plan.invited.sent)
    )
    if not plan.invited.sent:
        return plan, None
    signer = plan.invited.sent[0]
    letter = _letter(
        plan.school,
        plan.collection,
        signer,
        plan.asks[signer],
        plan.items,
        f"{public_url}/p/…",
    )
    return plan, letter


def _plan(unit: Unit, collection_id: UUID, class_id: UUID | None) -> Plan:
    school_id = unit.school_id
    classes = unit.schools.class_names(school_id)
    if class_id is not None and class_id not in classes:
        raise NotFound
    named = classes if class_id is None else [class_id]
    require_classes(unit, Permission.INVITE, named)
    collection = unit.collections.get(school_id, collection_id)
    school = unit.schools.get(school_id)
    by_signer = _asks_by_signer(unit, school, collection, class_id)
    answers = unit.consents.answers_by_ask(school_id)
    asks = [ask for asks in by_signer.values() for ask in asks]
    again = {ask.id for ask in open_again(unit, school_id, asks, rules_of(collection))}
    last = unit.links.last_sent(school_id, collection_id)
    items = unit.people.items(school_id)
    nobody = Items({})
    sent, unreachable, recent, answered = [], [], [], []
    for signer, asks in by_signer.items():
        contacts = items.get(signer, nobody).values
        if all(answers.get(ask.id) and ask.id not in again for ask in asks):
            answered.append(signer)
        elif Field.EMAIL not in contacts or Field.PHONE not in contacts:
            unreachable.append(signer)
        elif signer in last and unit.now - last[signer] < ONCE_A:
            recent.append(signer)
        else:
            sent.append(signer)
    return Plan(
        school,
        collection,
        by_signer,
        items,
        Invited(tuple(sent), tuple(unreachable), tuple(recent), tuple(answered)),
        max((last[signer] for signer in by_signer if signer in last), default=None),
        goes_at(unit.now, school.zone),
    )


def _asks_by_signer(
    unit: Unit, school: School, collection: Collection, class_id: UUID | None
) -> dict[UUID, list[Ask]]:
    rules, today = rules_of(collection), school.today(unit.now)
    wanted = {
        key
        for pupil in unit.dossier.pupils(school.id, collection.id)
        if class_id is None or pupil.class_id == class_id
        for key in asks_for(pupil, rules, today, collection.deadline_on)
    }
    found: dict[UUID, list[Ask]] = {}
    for ask in unit.consents.list_asks(school.id, collection.id):
        if (ask.form, ask.signer_id, ask.subject_id) in wanted:
            found.setdefault(ask.signer_id, []).append(ask)
    return found


def send_link(
    unit: Unit,
    school: School,
    collection: Collection,
    signer: UUID,
    asks: Iterable[Ask],
    items: Mapping[UUID, Items],
    public_url: str,
    *,
    keeps_hours: bool,
) -> UUID:
    """Make one link and queue its letter; the signer's earlier links stop working.

    `keeps_hours`: the signer has not asked for it.
    """
    rules = rules_of(collection)
    token = new_secret()
    link = Link(
        id=unit.new_id(),
        school_id=school.id,
        collection_id=collection.id,
        signer_id=signer,
        sent_at=unit.now,
        expires_at=unit.now + timedelta(days=rules.terms.link_days),
        spent_at=None,
        replaced_at=None,
        email_token=unit.vault.token(Field.EMAIL, items[signer].values[Field.EMAIL], school.id),
        phone_token=None,
        code_tag=None,
        code_sent_at=None,
        code_guesses=0,
        codes_sent=0,
    )
    event = unit.record(
        "invitation.sent",
        school_id=school.id,
        link_id=link.id,
        signer_id=signer,
        collection_id=collection.id,
    )
    unit.links.replace(school.id, collection.id, signer, unit.now, event)
    unit.links.add([(link, hash_secret(token), event)])
    url = f"{public_url}/p/{token}"
    letter = _letter(school, collection, signer, asks, items, url)
    send_mail(
        unit,
        school.id,
        items[signer].values[Field.EMAIL],
        letter.subject,
        letter.text,
        keeps_hours=keeps_hours,
    )
    return link.id


def _letter(
    school: School,
    collection: Collection,
    signer: UUID,
    asks: Iterable[Ask],
    items: Mapping[UUID, Items],
    url: str,
) -> texts.Letter:
    subjects = dict.fromkeys(ask.subject_id for ask in asks if ask.subject_id != signer)
    return texts.invitation(
        school=school.short_name,
        child=first_names(subjects or [signer], items),
        deadline=collection.deadline_on,
        zone=school.zone,
        link=url,
        phone=school.phone,
    )


def first_names(people: Iterable[UUID], items: Mapping[UUID, Items]) -> str:
    """«Егор, Полина»: first names are all that a letter says of anybody."""
    nobody = Items({})
    return ", ".join(items.get(p, nobody).values.get(Field.GIVEN_NAME, "") for p in people)
