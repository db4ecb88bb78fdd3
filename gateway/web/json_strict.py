"""JSON as RFC 8259 and RFC 7493 mean it: one reading, no key twice, no NaN, whole characters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from flask.json.provider import JSONProvider
from werkzeug.exceptions import BadRequest

from gateway.errors import BadInput

# Names of ours are shown back to the caller; a name of somebody else's could be a value.
NAME = re.compile(r"[a-z][a-z_]{0,31}")


class StrictJson(JSONProvider):
    """Reads strictly; writes ids, days and UTC moments the one way."""

    def dumps(self, obj: object, **kwargs: object) -> str:
        return json.dumps(obj, default=_plain, ensure_ascii=False, separators=(",", ":"))

    def loads(self, s: str | bytes, **kwargs: object) -> Any:
        """Raises `BadRequest` for what is no JSON, `BadInput` (`duplicate_key`)."""
        try:
            text = s.decode("utf-8") if isinstance(s, bytes) else s
            found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
            # Half of a surrogate pair can be escaped and is no character.
            if "\\u" in text:
                json.dumps(found, ensure_ascii=False).encode("utf-8")
        except (ValueError, RecursionError):
            raise BadRequest from None
        return found


def _once(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise BadInput({f"/{shown_name(name)}": "duplicate_key"})
        found[name] = value
    return found


def shown_name(name: str) -> str:
    """The name of a member if it could be one of ours, else «?»."""
    return name if NAME.fullmatch(name) else "?"


def _no_constant(_text: str) -> object:
    raise ValueError


def _plain(value: object) -> object:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return moment_text(value)
        case date():
            return value.isoformat()
        case Enum():
            return value.value
    raise TypeError(type(value).__name__)


def moment_text(at: datetime) -> str:
    """RFC 3339 in UTC with Z; parts of a second are kept."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
