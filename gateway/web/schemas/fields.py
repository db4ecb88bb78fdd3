"""Fields of schemas. Each says what is wrong by a code (`web/form_codes.py`), never by the value.

The form of a personal value is asked of `policies.fields`: there is one class for all of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields, validate

from crypto import base64url
from gateway.intake.classes import parse_class
from gateway.web.context import current_wiring
from gateway.web.json_strict import moment_text
from policies import fields as personal
from policies.facts import Field

MESSAGES: dict[str, Any] = {
    "required": "required",
    "null": "null",
    "type": "type",
    "invalid": "type",
    "validator_failed": "invalid",
    "special": "type",
    "too_large": "number_range",
}
OF_A_WHOLE = {"unknown": "unknown_field", "type": "type"}
START = -1  # the position before the first
_CURSOR = re.compile(r"0|[1-9][0-9]{0,17}")
_REFUSED = {"Cc", "Cs"}


class Wire(ma.Schema):
    """What travels in JSON. Members that no field names are refused."""

    class Meta:
        unknown = ma.RAISE

    error_messages = OF_A_WHOLE


class Line(fields.String):
    """One line of text: NFC, trimmed, without control characters, not empty."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        text = unicodedata.normalize("NFC", text).strip()
        if not text:
            raise ma.ValidationError("empty")
        if any(unicodedata.category(sign) in _REFUSED for sign in text):
            raise ma.ValidationError("character")
        return text


class Personal(fields.String):
    """A personal value: canonical text, as `policies.fields` parses it."""

    def __init__(self, item: Field, **kwargs: Any) -> None:
        super().__init__(error_messages=MESSAGES, **kwargs)
        self.item = item

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > MOST_SIGNS:
            raise ma.ValidationError("too_long")
        try:
            return personal.parse(self.item, text, current_wiring().clock().date())
        except ValueError as refused:
            raise ma.ValidationError(str(refused)) from None


class ClassName(Line):
    """A class as lists spell it: number and Cyrillic letter, «7А»."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        known = parse_class(super()._deserialize(value, attr, data, **kwargs))
        if known is None:
            raise ma.ValidationError("class_form")
        return known


class Moment(fields.AwareDateTime):
    """RFC 3339 with a zone; written in UTC with Z."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return moment_text(value) if isinstance(value, datetime) else None


class Cursor(fields.String):
    """A place in a feed: opaque to the caller, a position to us."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            told = base64url.decode(text).decode("ascii")
        except ValueError:
            raise ma.ValidationError("cursor_form") from None
        if not _CURSOR.fullmatch(told):
            raise ma.ValidationError("cursor_form")
        return int(told)


class IdCursor(fields.String):
    """A place in a list: opaque to the caller, the id of the last thing to us."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return UUID(bytes=base64url.decode(text))
        except ValueError:
            raise ma.ValidationError("cursor_form") from None


def id_cursor_text(last: UUID) -> str:
    """What `IdCursor` reads back."""
    return base64url.encode(last.bytes)


def cursor_text(position: int) -> str:
    """What `Cursor` reads back."""
    return base64url.encode(str(position).encode("ascii"))


MOST_SIGNS = 300


def a_text(most: int = MOST_SIGNS, least: int = 1, **kwargs: Any) -> Line:
    """A line of `least` to `most` signs."""
    checks = [
        validate.Length(max=most, error="too_long"),
        validate.Length(min=least, error="too_short"),
    ]
    return Line(error_messages=MESSAGES, validate=checks, **{"required": True, **kwargs})


def a_match(pattern: str, code: str, **kwargs: Any) -> Line:
    """A line that is wholly of a pattern."""
    check = validate.Regexp(f"^(?:{pattern})\\Z", error=code)
    return Line(error_messages=MESSAGES, validate=check, **{"required": True, **kwargs})


def a_secret(least: int, most: int = 128) -> fields.String:
    """A password: every sign counts, nothing is trimmed."""
    checks = [
        validate.Length(min=least, error="too_short"),
        validate.Length(max=most, error="too_long"),
    ]
    return fields.String(
        required=True, error_messages=MESSAGES, validate=checks, metadata={"format": "password"}
    )


def a_digest(**kwargs: Any) -> Line:
    """SHA-256 in lower-case hex."""
    return a_match("[0-9a-f]{64}", "digest_form", **kwargs)


def an_id(**kwargs: Any) -> fields.UUID:
    """Id of a thing."""
    messages = {**MESSAGES, "invalid_uuid": "id_form"}
    return fields.UUID(error_messages=messages, **{"required": True, **kwargs})


def a_day(**kwargs: Any) -> fields.Date:
    """A calendar day."""
    messages = {**MESSAGES, "invalid": "date_form", "format": "date_form"}
    return fields.Date(error_messages=messages, **{"required": True, **kwargs})


def a_moment(**kwargs: Any) -> Moment:
    """A moment with its zone."""
    messages = {
        **MESSAGES,
        "invalid": "moment_form",
        "format": "moment_form",
        "invalid_awareness": "moment_zone",
    }
    return Moment(error_messages=messages, **{"required": True, **kwargs})


def a_class_name(**kwargs: Any) -> ClassName:
    """Name of a class."""
    check = validate.Length(max=40, error="too_long")
    return ClassName(error_messages=MESSAGES, validate=check, **{"required": True, **kwargs})


def a_number(least: int, most: int, **kwargs: Any) -> fields.Integer:
    """A whole number of a range."""
    return fields.Integer(
        strict=True,
        error_messages=MESSAGES,
        validate=validate.Range(least, most, error="number_range"),
        **{"required": True, **kwargs},
    )


def a_choice(of: type[Enum], **kwargs: Any) -> fields.Enum[Any]:
    """One of the values of an enumeration."""
    return fields.Enum(
        of,
        by_value=fields.String(error_messages=MESSAGES),
        error_messages={**MESSAGES, "unknown": "choice_unknown"},
        **{"required": True, **kwargs},
    )


def a_part(schema: type[ma.Schema], **kwargs: Any) -> fields.Nested:
    """A part with members of its own."""
    return fields.Nested(schema, error_messages=MESSAGES, **{"required": True, **kwargs})


def some(inner: Any, most: int | None = None, **kwargs: Any) -> fields.List[Any]:
    """A list, of at most `most` when it comes from outside."""
    check = validate.Length(max=most, error="too_many") if most else None
    return fields.List(inner, error_messages=MESSAGES, validate=check, **kwargs)


def parts_of(of: type[ma.Schema], **kwargs: Any) -> fields.List[Any]:
    """A list of parts, for answers."""
    return fields.List(fields.Nested(of), **kwargs)
