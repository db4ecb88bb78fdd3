"""Reads a form of a page by the schema of the API: one rule for what may be typed.

Names of fields are those of the schema; parts of a nested schema are joined by a hyphen, and the
part `details` goes without its name, as `faults` writes it. A day stands in three fields.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
from flask import request
from marshmallow import fields

from gateway.errors import BadInput
from gateway.web.pages.forms import birth_said
from gateway.web.parsing import pointers
from gateway.web.schemas.fields import Personal
from policies.facts import Field

UNNAMED = "details"


def told(schema: type[ma.Schema]) -> dict[str, Any]:
    """What was typed, decoded. An empty field is one that was not sent. Raises `BadInput`."""
    read = schema()
    try:
        loaded: dict[str, Any] = read.load(_members(read, ""))
    except ma.ValidationError as refused:
        raise BadInput(pointers({"form": refused.messages})) from None
    return loaded


def typed_text(name: str, most: int) -> str:
    """One field as it was typed, cut at `most` signs; empty when it was not sent."""
    return request.form.get(name, "")[:most]


def _members(schema: ma.Schema, prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in schema.fields.items():
        key = field.data_key or name
        value = _value(field, key, f"{prefix}{key}")
        if value not in (None, "", {}):
            found[key] = value
    return found


def _value(field: fields.Field[Any], key: str, name: str) -> object:
    if isinstance(field, fields.Nested):
        return _part(field.schema, "" if key == UNNAMED else f"{name}-")
    if isinstance(field, fields.List):
        return [text for text in request.form.getlist(name) if text.strip()]
    if isinstance(field, fields.Date):
        return _day(name)
    if isinstance(field, Personal) and field.item is Field.BIRTH_DATE:
        return birth_said(name)
    text = request.form.get(name, "").strip()
    is_number = isinstance(field, fields.Integer) and text.isascii() and text.isdigit()
    return int(text) if is_number and len(text) <= len("100000000") else text


def _part(schema: ma.Schema, prefix: str) -> dict[str, Any]:
    """Empty when nothing was typed: a choice from a list always says something."""
    found = _members(schema, prefix)
    chosen = {name for name, field in schema.fields.items() if isinstance(field, fields.Enum)}
    return found if found.keys() - chosen else {}


def _day(name: str) -> str:
    """ISO text of a day in three fields; empty when nothing stands there.

    Raises `BadInput` for what is no day of the calendar.
    """
    parts = [request.form.get(f"{name}-{part}", "").strip() for part in ("year", "month", "day")]
    if not any(parts):
        return ""
    try:
        if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
            raise ValueError
        return date(*map(int, parts)).isoformat()
    except ValueError:
        raise BadInput({f"/{name}": "day_form"}) from None
