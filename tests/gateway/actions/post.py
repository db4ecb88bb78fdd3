"""What waits in the outbox, opened."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.actions.send_message import read_message
from gateway.unit import SYSTEM
from tests.town import Town


@dataclass(frozen=True, slots=True)
class Sent:
    """One message in the queue; `subject` is empty for a short message.

    `receipt`: what goes with a letter that confirms an answer.
    """

    channel: str
    to: str
    text: str
    subject: str = ""
    receipt_no: str = ""
    receipt: str = ""


def waiting(town: Town) -> list[Sent]:
    """Messages that the worker has not taken yet, the oldest first."""
    with town.wiring.units.open(SYSTEM) as unit:
        return [
            Sent(message.channel, **read_message(unit, message))
            for message in unit.outbox.take_due(unit.now, 1000)
        ]


def address(number: int) -> str:
    """E-mail of invented person `number`."""
    return f"person{number}@example.org"


def phone(number: int) -> str:
    return f"+7900{number:07d}"
