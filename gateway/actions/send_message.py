"""Queue a letter or a short message in the same transaction as what it tells of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from crypto import canonical
from crypto.envelope import KeyClass, RecordKind
from gateway.store.outbox import Message
from gateway.unit import Unit
from policies.dates import age
from policies.facts import Field, Items
from policies.quiet_hours import goes_at
from policies.roster import ADULT

MAIL, SMS = "mail", "sms"


def send_mail(
    unit: Unit,
    school_id: UUID,
    to: str,
    subject: str,
    text: str,
    receipt: tuple[str, str] | None = None,
    *,
    keeps_hours: bool = False,
) -> UUID:
    """Queue an e-mail to a canonical address. `receipt`: number and JWS of one to go with it.

    `keeps_hours`: nobody waits for it, so it goes by day and once a day (policies/quiet_hours);
    then the school is locked.
    """
    content = {"to": to, "subject": subject, "text": text}
    if receipt is not None:
        content |= {"receipt_no": receipt[0], "receipt": receipt[1]}
    at = _hour_for(unit, school_id, to) if keeps_hours else unit.now
    return _queue(unit, school_id, MAIL, content, at)


def send_sms(unit: Unit, school_id: UUID, to: str, text: str) -> UUID:
    """Queue a short message to an E.164 number."""
    return _queue(unit, school_id, SMS, {"to": to, "text": text}, unit.now)


def spokesmen(unit: Unit, school_id: UUID, person_id: UUID, own: Items) -> list[Items]:
    """Records of those who are written to about a person: a child's representatives.

    An adult, like a guardian, is written to alone; so is a child whom nobody represents.
    """
    today = unit.schools.get(school_id).today(unit.now)
    if own.birth_date is not None and age(own.birth_date, today) >= ADULT:
        return [own]
    links = unit.pupils.list_guardianships(school_id, pupil_ids=[person_id])
    found = unit.people.items(school_id, [g.guardian_id for g in links if g.holds_on(today)])
    return [found[person] for person in sorted(found)] or [own]


def _hour_for(unit: Unit, school_id: UUID, to: str) -> datetime:
    address = unit.vault.token(Field.EMAIL, to, school_id)
    last = unit.outbox.last_letter(school_id, address)
    at = goes_at(unit.now, unit.schools.get(school_id).zone, last)
    unit.outbox.note_letter(school_id, address, at)
    return at


def _queue(
    unit: Unit, school_id: UUID, channel: str, content: dict[str, str], at: datetime
) -> UUID:
    message_id = unit.new_id()
    sealed = unit.vault.seal(
        school_id,
        school_id,
        KeyClass.SCHOOL,
        RecordKind.MESSAGE,
        canonical.dumps(content),
    )
    unit.outbox.add(Message(message_id, school_id, channel, 0, at, at, sealed))
    return message_id


def read_message(unit: Unit, message: Message) -> dict[str, str]:
    """Content of a queued message: `to`, `text`; of a letter `subject` too, and perhaps `receipt`
    with `receipt_no`.
    """
    plain = unit.vault.open(
        message.school_id,
        message.school_id,
        KeyClass.SCHOOL,
        RecordKind.MESSAGE,
        message.sealed,
    )
    content = canonical.loads(plain)
    if not isinstance(content, dict):
        raise TypeError("a queued message is an object")
    return content
