"""SMS: a port for the region's provider, and the embedded default that writes files."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gateway.messages.delivery import MESSAGE_ID, DeliveryFailed, DeliveryFault, keep_file

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_ONE_PART, _EACH_PART = 70, 67  # UTF-16 units (3GPP TS 23.038, 6.2.3; TS 23.040, 9.2.3.24.1)


class SmsTransport(Protocol):
    """Takes a short message away. A provider uses `message_id` to send it once."""

    def send(self, message_id: str, to: str, text: str) -> None:
        """`to` in E.164. Raises `DeliveryFailed`."""


@dataclass(frozen=True, slots=True)
class OutboxSms:
    """A folder of JSON files named by message id: `id`, `to`, `text`."""

    folder: Path

    def send(self, message_id: str, to: str, text: str) -> None:
        """Write the file; the same message gives the same bytes. Raises `DeliveryFailed`."""
        if not MESSAGE_ID.fullmatch(message_id) or not _E164.fullmatch(to):
            raise DeliveryFailed(DeliveryFault.MESSAGE_UNFIT)
        content = {"id": message_id, "to": to, "text": text}
        keep_file(
            self.folder,
            f"{message_id}.json",
            (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode(),
        )


def parts_of(text: str) -> int:
    """How many SMS a Russian text is paid as."""
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= _ONE_PART else -(-units // _EACH_PART)
