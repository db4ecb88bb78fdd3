"""The signer checks the items of the document's subject and corrects them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from gateway.actions.claim_contacts import claim_changed
from gateway.actions.open_asks import open_asks
from gateway.actions.pinned_rules import rules_of
from gateway.actions.reopen_asks import reopen_asks
from gateway.actions.send_message import send_mail
from gateway.actions.versions import Seen, items_version, require_seen
from gateway.errors import NotFound, RulesBroken
from gateway.messages import texts
from gateway.store.links import FamilySession
from gateway.unit import Unit
from policies.dates import age
from policies.facts import Field, Items
from policies.findings import Code, Finding

TAKEN = {
    Field.SNILS: Code.SNILS_OF_ANOTHER,
    Field.EMAIL: Code.DUPLICATE_EMAIL,
    Field.PHONE: Code.DUPLICATE_PHONE,
}


def read_items(unit: Unit, session: FamilySession, ask_id: UUID) -> Items:
    """Items of the subject of an ask; the read is journalled. Raises `NotFound`."""
    subject = _subject(unit, session, ask_id)
    items = unit.people.items(session.school_id, [subject]).get(subject)
    if items is None:
        raise NotFound
    unit.record("person.read", person_id=subject, purpose="own_items")
    return items


def own_items_version(unit: Unit, session: FamilySession, ask_id: UUID) -> str:
    """Version of what `read_items` reads. Raises `NotFound`."""
    return items_version(unit, session.school_id, _subject(unit, session, ask_id))


def correct_items(
    unit: Unit,
    session: FamilySession,
    ask_id: UUID,
    corrections: Mapping[Field, str],
    seen: Seen = None,
) -> tuple[Field, ...]:
    """Set canonical values; answers the fields that changed.

    Raises `RulesBroken`, `NotFound`, `StaleWrite`.

    A birth date by which somebody would not have to sign any more is for the school to correct.
    A contact that is changed here was not proved by link or code; the address on file is warned.
    Consents given before to another name, birth date or SNILS are asked again.
    """
    school_id = unit.lock_school(session.school_id)
    subject = _subject(unit, session, ask_id)
    require_seen(seen, items_version(unit, school_id, subject))
    before = unit.people.items(school_id, [subject]).get(subject)
    if before is None:
        raise NotFound
    changed = {f: v for f, v in corrections.items() if before.values.get(f) != v}
    if not changed:
        return ()
    found = []
    for field, code in TAKEN.items():
        if field in changed:
            token = unit.vault.token(field, changed[field], school_id)
            if unit.people.find_by_token(school_id, field, token) not in (None, subject):
                found.append(Finding(code, about=subject))
    if _loses_signer(unit, session, before, changed):
        found.append(Finding(Code.SIGNER_WOULD_BE_LOST, about=subject, field=Field.BIRTH_DATE))
    if found:
        raise RulesBroken(found)
    items = Items(
        {**before.values, **changed},
        {f: a for f, a in before.absent.items() if f not in changed},
    )
    event = unit.record(
        "person.changed", person_id=subject, fields=sorted(f.value for f in changed)
    )
    unit.people.change_many(school_id, [(subject, items, event)], staff_at=None)
    claim_changed(unit, school_id, subject, items, event)
    reopen_asks(unit, school_id, {subject})
    if Field.BIRTH_DATE in changed:
        open_asks(unit, school_id, session.collection_id)
    if changed.keys() & {Field.EMAIL, Field.PHONE}:
        _warn(unit, school_id, session.signer_id, subject, before)
    return tuple(changed)


def _loses_signer(
    unit: Unit, session: FamilySession, before: Items, changed: Mapping[Field, str]
) -> bool:
    """A birth date by which somebody who must sign now would not have to (a pupil who refused)."""
    born = before.birth_date
    if Field.BIRTH_DATE not in changed or born is None:
        return False
    collection = unit.collections.get(session.school_id, session.collection_id)
    rules = rules_of(collection)
    new = date.fromisoformat(changed[Field.BIRTH_DATE])
    today = unit.schools.get(session.school_id).today(unit.now)
    return any(
        not rules.required_forms(age(born, on)) <= rules.required_forms(age(new, on))
        for on in (today, max(today, collection.deadline_on))
    )


def _warn(unit: Unit, school_id: UUID, signer: UUID, subject: UUID, before: Items) -> None:
    """Tell the address on file that contacts were changed."""
    on_file = before if signer == subject else unit.people.items(school_id, [signer])[signer]
    to = on_file.values.get(Field.EMAIL)
    if to is not None:
        school = unit.schools.get(school_id)
        letter = texts.unknown_contact(
            school.short_name,
            before.values.get(Field.GIVEN_NAME, ""),
            texts.moment_in_words(unit.now, school.zone),
            school.phone,
        )
        send_mail(unit, school_id, to, letter.subject, letter.text)


def _subject(unit: Unit, session: FamilySession, ask_id: UUID) -> UUID:
    ask = unit.consents.get_ask(session.school_id, ask_id)
    if (ask.signer_id, ask.collection_id) != (session.signer_id, session.collection_id):
        raise NotFound
    return ask.subject_id
