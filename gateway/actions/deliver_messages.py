"""Send what waits in the outbox: at least once, each message under its own stable id.

Three steps, two of them units: lease a few, send them outside of any transaction, then drop the
sent and put off the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from gateway.actions.send_message import read_message
from gateway.unit import Unit

BATCH = 50
LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=30)
MAX_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message taken from the queue, open and ready to send."""

    id: UUID
    school_id: UUID
    channel: str
    attempts: int
    queued_at: datetime
    content: dict[str, str] = field(repr=False)


def lease_messages(unit: Unit) -> list[Parcel]:
    """Take the messages that are due; for a minute nobody else sends them."""
    parcels = []
    for message in unit.outbox.take_due(unit.now, BATCH):
        unit.outbox.put_off(message.id, unit.now + LEASE)
        parcels.append(
            Parcel(
                message.id,
                message.school_id,
                message.channel,
                message.attempts,
                message.queued_at,
                read_message(unit, message),
            )
        )
    return parcels


def settle_delivery(unit: Unit, sent: list[Parcel], failed: list[tuple[Parcel, bool]]) -> None:
    """Drop the sent; a failed one waits longer each time, or is given up for good.

    `failed`: parcel and whether trying again is of no use.
    """
    for parcel in sent:
        unit.outbox.drop(parcel.id)
    for parcel, is_permanent in failed:
        if is_permanent or parcel.attempts + 1 >= MAX_ATTEMPTS:
            unit.record("message.failed", school_id=parcel.school_id, message_id=parcel.id)
            unit.outbox.drop(parcel.id)
        else:
            unit.outbox.put_off(parcel.id, unit.now + FIRST_PAUSE * 2**parcel.attempts)
