"""Queue a letter or a short message in the same transaction as what it tells of."""

from __future__ import annotations

from uuid import UUID

from crypto import canonical
from crypto.envelope import KeyClass, RecordKind
from gateway.store.outbox import Message
from gateway.unit import Unit

MAIL, SMS = "mail", "sms"


def send_mail(unit: Unit, school_id: UUID, to: str, subject: str, text: str) -> UUID:
    """Queue an e-mail to a canonical address."""
    return _queue(unit, school_id, MAIL, {"to": to, "subject": subject, "text": text})


def send_sms(unit: Unit, school_id: UUID, to: str, text: str) -> UUID:
    """Queue a short message to an E.164 number."""
    return _queue(unit, school_id, SMS, {"to": to, "text": text})


def _queue(unit: Unit, school_id: UUID, channel: str, content: dict[str, str]) -> UUID:
    message_id = unit.new_id()
    sealed = unit.vault.seal(
        school_id,
        school_id,
        KeyClass.SCHOOL,
        RecordKind.MESSAGE,
        canonical.dumps(content),
    )
    unit.outbox.add(Message(message_id, school_id, channel, 0, unit.now, unit.now, sealed))
    return message_id


def read_message(unit: Unit, message: Message) -> dict[str, str]:
    """Content of a queued message: `to`, `text`, and `subject` of a letter."""
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
