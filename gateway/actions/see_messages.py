"""The post as an administrator sees it: what waits, what was given up, to masked addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from audit import search
from audit.event import Event
from audit.search import Wanted
from crypto.errors import OpenError
from gateway.actions.send_message import MAIL, read_message
from gateway.store.outbox import Message
from gateway.unit import Unit
from policies.contacts import mask_email, mask_phone

MOST_SHOWN = 100
FAILED = frozenset({"message.failed"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """`to`: masked; empty where the message does not open any more."""

    id: UUID
    school_id: UUID
    channel: str
    to: str = field(repr=False)
    attempts: int
    queued_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """Given up for good: its id is left, how it was sent and a code of why (None: not known)."""

    id: UUID
    school_id: UUID | None
    at: datetime
    channel: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Post:
    """`total`: of all that waits; the lists hold the oldest waiting and the newest failed."""

    waiting: list[Waiting]
    total: int
    failed: list[Failed]


def see_messages(unit: Unit) -> Post:
    """Looking opens messages for their address, so it is an event."""
    waiting = [_waiting(unit, message) for message in unit.outbox.oldest(MOST_SHOWN)]
    unit.record("outbox.read", messages=len(waiting))
    given_up = search.newest(unit.connection, Wanted(kinds=FAILED), limit=MOST_SHOWN)
    failed = [
        Failed(
            UUID(str(event.data["message_id"])),
            event.school_id,
            event.at,
            _code(event, "channel"),
            _code(event, "reason"),
        )
        for event in (each.event for each in given_up)
        if event is not None  # a damaged record, which the auditor is shown
    ]
    return Post(waiting, unit.outbox.waiting(), failed)


def _code(event: Event, name: str) -> str | None:
    return str(event.data[name]) if name in event.data else None


def _waiting(unit: Unit, message: Message) -> Waiting:
    try:
        to = read_message(unit, message)["to"]
    except OpenError:
        to = ""
    mask = mask_email if message.channel == MAIL else mask_phone
    return Waiting(
        message.id,
        message.school_id,
        message.channel,
        mask(to) if to else "",
        message.attempts,
        message.queued_at,
        message.due_at,
    )
