"""Send what waits in the outbox: at least once, each message under its own stable id.

Three steps, two of them units: lease a few, send them outside of any transaction, then drop the
sent and put off the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from crypto.errors import OpenError
from gateway.actions.send_message import read_message
from gateway.messages.delivery import PERMANENT, DeliveryFault
from gateway.unit import Unit

BATCH = 50
LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=30)
MAX_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message taken from the queue, open and ready to send. `attempts`: those before this."""

    id: UUID
    school_id: UUID
    channel: str
    attempts: int
    queued_at: datetime
    content: dict[str, str] = field(repr=False)


def lease_messages(unit: Unit) -> list[Parcel]:
    """Take the messages that are due; for a minute nobody else sends them.

    What does not open will never open, and is given up.
    """
    parcels = []
    for message in unit.outbox.take_due(unit.now, BATCH):
        try:
            content = read_message(unit, message)
        except OpenError:
            _give_up(unit, message.school_id, message.id, message.channel, "UNREADABLE")
            continue
        unit.outbox.lease(message.id, unit.now + LEASE)
        parcels.append(
            Parcel(
                message.id,
                message.school_id,
                message.channel,
                message.attempts,
                message.queued_at,
                content,
            )
        )
    return parcels


def settle_delivery(
    unit: Unit,
    sent: list[Parcel],
    failed: list[tuple[Parcel, DeliveryFault | None]],
    untried: list[tuple[Parcel, timedelta]],
) -> None:
    """Drop the sent; a failed one waits longer each time, or is given up for good.

    `failed`: parcel and what the transport said; None: it broke. `untried`: parcel and pause.
    """
    for parcel, pause in untried:
        unit.outbox.give_back(parcel.id, unit.now + pause)
    for parcel in sent:
        unit.outbox.drop(parcel.id)
    for parcel, fault in failed:
        if fault in PERMANENT or parcel.attempts + 1 >= MAX_ATTEMPTS:
            reason = "FAULT" if fault is None else fault.value
            _give_up(unit, parcel.school_id, parcel.id, parcel.channel, reason)
        else:
            unit.outbox.put_off(parcel.id, unit.now + FIRST_PAUSE * 2**parcel.attempts)


def _give_up(unit: Unit, school_id: UUID, message_id: UUID, channel: str, reason: str) -> None:
    unit.record(
        "message.failed",
        school_id=school_id,
        message_id=message_id,
        channel=channel,
        reason=reason,
    )
    unit.outbox.drop(message_id)
