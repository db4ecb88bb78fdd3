"""What a cell looks like, whatever its column says: tells a misread column from a bad value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from gateway.intake.words import Role
from policies.facts import Field
from policies.snils import parse_snils


class Shape(StrEnum):
    """Kinds of values that nobody takes for one another."""

    WORDS = "words"
    DAY = "day"
    SNILS = "snils"
    PHONE = "phone"
    ADDRESS = "address"


# Two words at least: «дошкольники» is a bad class, «Ёлкин Егор» is a name.
_SEVERAL_WORDS = re.compile(r"[^\W\d_]+(?:[ '’-]+[^\W\d_]+)+")
_WORDS = re.compile(r"[^\W\d_]+(?:[ .,'’-]+[^\W\d_]+)*[.,]?")
_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?:\s?г\.?)?|\d{4}-\d{2}-\d{2}")
_ADDRESS = re.compile(r"\S+@\S+")
_PHONE = re.compile(r"(?:\+?7|8)?9\d{9}|(?:\+7|8)\d{10}")
_SNILS = re.compile(r"\d{3}-\d{3}-\d{3}[ -]\d{2}")
_SEPARATORS = re.compile(r"[\s()-]")

# Everything else holds words.
_FITTING: dict[Field | Role, Shape] = {
    Field.BIRTH_DATE: Shape.DAY,
    Field.SNILS: Shape.SNILS,
    Field.PHONE: Shape.PHONE,
    Field.EMAIL: Shape.ADDRESS,
}


def looks_of_another_kind(role: Field | Role, text: str) -> bool:
    """The cell is plainly no value of that column, as a date under «Имя» is none.

    What looks like nothing in particular (a phone short of a digit) is a bad value, not this.
    """
    shape = shape_of(text)
    if role is Role.CLASS:
        return shape not in (None, Shape.WORDS) or _SEVERAL_WORDS.fullmatch(text) is not None
    return shape not in (None, _FITTING.get(role, Shape.WORDS))


def holds_people(rows: Iterable[Sequence[str | None]]) -> bool:
    """A row of the texts of cells has numbers, days or addresses of two kinds, as people have."""
    return any(
        len({shape_of(text) for text in row if text is not None} - {None, Shape.WORDS}) > 1
        for row in rows
    )


def looks_like(role: Field | Role, text: str) -> bool:
    """The cell is plainly a number, a day or an address as its column asks for."""
    return role in _FITTING and shape_of(text) is _FITTING[role]


def shape_of(text: str) -> Shape | None:
    """The one kind of value that the text looks like; None: several or no kind."""
    if _ADDRESS.fullmatch(text):
        return Shape.ADDRESS
    if _WORDS.fullmatch(text):
        return Shape.WORDS
    if _DAY.fullmatch(text):
        return Shape.DAY
    digits = _SEPARATORS.sub("", text)
    if _SNILS.fullmatch(text) or _is_snils(digits):
        return None if _PHONE.fullmatch(digits) and not _SNILS.fullmatch(text) else Shape.SNILS
    return Shape.PHONE if _PHONE.fullmatch(digits) else None


def _is_snils(digits: str) -> bool:
    try:
        return bool(parse_snils(digits))
    except ValueError:
        return False
