"""What was typed into a form, read by the schemas of the API."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

import marshmallow as ma
from flask import request

from gateway.errors import BadInput
from gateway.web.parsing import pointers

Choice = TypeVar("Choice", bound=StrEnum)


def said(name: str) -> str:
    """Text of a field, trimmed; empty when there is none."""
    return request.form.get(name, "").strip()


def is_ticked(name: str) -> bool:
    """Whether the box was ticked."""
    return said(name) == "yes"


def day_said(name: str) -> str:
    """Three fields as one ISO day for a schema, which refuses what is no day of a calendar.

    Empty when nothing was typed.
    """
    day, month, year = _date_parts(name)
    return f"{year:0>4}-{month:0>2}-{day:0>2}" if day or month or year else ""


def birth_said(name: str) -> str:
    """Three fields as people write a day of birth; the rules read it (`policies.dates`)."""
    parts = _date_parts(name)
    return ".".join(parts) if any(parts) else ""


def _date_parts(name: str) -> tuple[str, str, str]:
    day, month, year = (said(f"{name}-{part}") for part in ("day", "month", "year"))
    return day, month, year


def chosen(name: str, of: type[Choice]) -> Choice:
    """One of the radios. Raises `BadInput` when none is chosen."""
    try:
        return of(said(name))
    except ValueError:
        raise BadInput({f"/{name}": "choose"}) from None


def read(schema: type[ma.Schema], told: dict[str, Any]) -> Any:
    """What the schema makes of it. Raises `BadInput` with pointers of the fields."""
    try:
        return schema().load(told)
    except ma.ValidationError as refused:
        raise BadInput(pointers({"form": refused.messages})) from None
