"""Letters and short messages that wait to be sent: sealed, queued with the change itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import Moment, metadata, own_id, school_column, school_key

messages = sa.Table(
    "messages",
    metadata,
    own_id(),
    school_column(),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("queued_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False, index=True),
)
last_letters = sa.Table(
    "last_letters",
    metadata,
    school_key(),
    sa.Column("address", sa.LargeBinary(16), primary_key=True),
    sa.Column("goes_at", Moment, nullable=False),
)
CHANNELS = ("mail", "sms")
_ADD = messages.insert()
_DUE = sa.select(messages.c.id).where(messages.c.due_at <= sa.bindparam("now")).limit(1)
_LETTERS_BEFORE = (
    sa.select(last_letters.c.school_id)
    .where(last_letters.c.goes_at < sa.bindparam("before"))
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `channel` is `mail` or `sms`, `sealed` is under the school's key."""

    id: UUID
    school_id: UUID
    channel: str
    attempts: int
    queued_at: datetime
    due_at: datetime
    sealed: bytes = field(repr=False)


class OutboxStore:
    """A queue: rows go when they are sent."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(self, message: Message) -> None:
        self._db.execute(
            _ADD,
            {
                "id": message.id,
                "school_id": message.school_id,
                "channel": message.channel,
                "sealed": message.sealed,
                "attempts": message.attempts,
                "queued_at": message.queued_at,
                "due_at": message.due_at,
            },
        )

    def last_letter(self, school_id: UUID, address: bytes) -> datetime | None:
        """When the latest letter that kept the hours went, or goes, to that keyed address."""
        found: datetime | None = self._db.scalar(
            sa.select(last_letters.c.goes_at).where(
                last_letters.c.school_id == school_id, last_letters.c.address == address
            )
        )
        return found

    def note_letter(self, school_id: UUID, address: bytes, goes_at: datetime) -> None:
        """The school is locked, so nobody notes another in between."""
        self._db.execute(
            last_letters.delete().where(
                last_letters.c.school_id == school_id, last_letters.c.address == address
            )
        )
        self._db.execute(
            last_letters.insert().values(school_id=school_id, address=address, goes_at=goes_at)
        )

    def has_letters_before(self, before: datetime) -> bool:
        """Whether there are former days to forget."""
        return self._db.execute(_LETTERS_BEFORE, {"before": before}).first() is not None

    def forget_letters(self, before: datetime) -> None:
        """Letters of former days count no more."""
        self._db.execute(last_letters.delete().where(last_letters.c.goes_at < before))

    def take_due(self, now: datetime, limit: int) -> list[Message]:
        """Messages to send now, the oldest first; locked so that two workers share the queue."""
        rows = self._db.execute(
            sa.select(messages)
            .where(messages.c.due_at <= now)
            .order_by(messages.c.due_at, messages.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [Message(**row._mapping) for row in rows]

    def oldest(self, limit: int) -> list[Message]:
        """Those that wait longest, taken from nobody."""
        rows = self._db.execute(sa.select(messages).order_by(messages.c.id).limit(limit))
        return [Message(**row._mapping) for row in rows]

    def is_due(self, now: datetime) -> bool:
        """Whether anything waits to be sent now."""
        return self._db.execute(_DUE, {"now": now}).first() is not None

    def lease(self, message_id: UUID, until: datetime) -> None:
        """Count an attempt and keep the message from others for its time."""
        self._db.execute(
            messages.update()
            .where(messages.c.id == message_id)
            .values(attempts=messages.c.attempts + 1, due_at=until)
        )

    def put_off(self, message_id: UUID, due_at: datetime) -> None:
        """Say when to try again."""
        self._db.execute(messages.update().where(messages.c.id == message_id).values(due_at=due_at))

    def give_back(self, message_id: UUID, due_at: datetime) -> None:
        """A leased message that nobody tried to send: the attempt is not counted."""
        self._db.execute(
            messages.update()
            .where(messages.c.id == message_id)
            .values(attempts=messages.c.attempts - 1, due_at=due_at)
        )

    def drop(self, message_id: UUID) -> None:
        self._db.execute(messages.delete().where(messages.c.id == message_id))

    def waiting(self) -> int:
        """How many messages are not sent yet."""
        return self._db.scalar(sa.select(sa.func.count()).select_from(messages)) or 0
