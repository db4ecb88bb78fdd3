"""Another legal representative names themselves through the link of one whom the school knows.

Nothing follows by itself: the school checks the documents and puts them on its list. Whoever it
knows already is warned, by no name, for the link may have come into wrong hands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from crypto import canonical
from crypto.envelope import KeyClass, RecordKind
from gateway.actions.send_message import send_mail, send_sms
from gateway.errors import BadInput, NotFound, TooManyAttempts
from gateway.messages import texts
from gateway.store.limits import Limit
from gateway.store.links import FamilySession
from gateway.store.newcomers import Newcomer
from gateway.unit import Unit
from policies.facts import Field, GuardianKind

NAMED = Limit("newcomers", 3, timedelta(days=1))
UNCHECKED = timedelta(days=30)
ACCEPTED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ToldOfSelf:
    """What a newcomer tells: kind, name, the document of the rights, canonical contacts."""

    kind: GuardianKind
    name: str = field(repr=False)
    document: str = field(repr=False)
    number: str = field(repr=False)
    issued_on: date = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)

    def text(self) -> bytes:
        """Canonical JSON."""
        told = {name: str(getattr(self, name)) for name in ToldOfSelf.__slots__}
        return canonical.dumps(told)

    @classmethod
    def of_text(cls, text: bytes) -> ToldOfSelf:
        record = canonical.loads(text)
        if not isinstance(record, dict):
            raise TypeError("what a newcomer told is an object")
        kind, day = GuardianKind(record.pop("kind")), date.fromisoformat(record.pop("issued_on"))
        return cls(kind=kind, issued_on=day, **record)


def name_newcomer(unit: Unit, session: FamilySession, told: ToldOfSelf) -> UUID:
    """Keep it for the school to check. The same words twice are kept, and warned of, once.

    Raises `NotFound` where the signer stands for nobody, `BadInput`, `TooManyAttempts`.
    """
    school_id = unit.lock_school(session.school_id)
    children = children_of(unit, school_id, session.signer_id)
    if not children:
        raise NotFound
    if told.issued_on > unit.schools.get(school_id).today(unit.now):
        raise BadInput({"/issued_on": "date_in_future"})
    plain = told.text()
    tag = unit.vault.tag("newcomer", f"{school_id}|{session.signer_id}|{plain.decode()}")
    known = unit.newcomers.with_tag(school_id, tag)
    if known is not None:
        return known
    if seconds := unit.limits.use(NAMED, str(session.signer_id), unit.now):
        raise TooManyAttempts(seconds)
    newcomer_id = unit.new_id()
    sealed = unit.vault.seal(
        school_id,
        school_id,
        KeyClass.SCHOOL,
        RecordKind.NEWCOMER,
        newcomer_id.bytes + plain,
    )
    event = unit.record(
        "newcomer.named",
        school_id=school_id,
        newcomer_id=newcomer_id,
        signer_id=session.signer_id,
    )
    newcomer = Newcomer(
        newcomer_id, session.collection_id, session.signer_id, tag, sealed, unit.now
    )
    unit.newcomers.add(school_id, newcomer, event)
    _warn(unit, school_id, children)
    return newcomer_id


def children_of(unit: Unit, school_id: UUID, signer_id: UUID) -> set[UUID]:
    """Pupils for whom the signer stands."""
    links = unit.pupils.list_guardianships(school_id, guardian_ids=[signer_id])
    return {link.pupil_id for link in links}


def forget_newcomers(unit: Unit, school_id: UUID) -> int:
    """Destroy whom nobody checked in 30 days, and the accepted after a week; answers how many."""
    return unit.newcomers.forget(school_id, unit.now - UNCHECKED, unit.now - ACCEPTED)


def _warn(unit: Unit, school_id: UUID, children: set[UUID]) -> None:
    """Every known address and phone of the children's representatives, each once."""
    school = unit.schools.get(school_id)
    links = unit.pupils.list_guardianships(school_id, pupil_ids=children)
    known = unit.people.items(school_id, {link.guardian_id for link in links}).values()
    at = texts.moment_in_words(unit.now, school.zone)
    letter = texts.newcomer_named(school.short_name, at, school.phone or "")
    for to in sorted({each.values[Field.EMAIL] for each in known if Field.EMAIL in each.values}):
        send_mail(unit, school_id, to, letter.subject, letter.text)
    for to in sorted({each.values[Field.PHONE] for each in known if Field.PHONE in each.values}):
        send_sms(unit, school_id, to, texts.newcomer_named_sms(school.short_name))
