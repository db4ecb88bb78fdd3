"""What a column may be said to hold: whose, and which item."""

from __future__ import annotations

from enum import StrEnum

from gateway.intake.words import Role
from policies.facts import Field

LEFT_ALONE = "-"
"""What a person says of a column that is not to be read."""


class Part(StrEnum):
    """Whose column it is."""

    PUPIL = "pupil"
    REP1 = "rep1"
    REP2 = "rep2"
    REP3 = "rep3"


REPRESENTATIVES = (Part.REP1, Part.REP2, Part.REP3)


def meant(meaning: str) -> tuple[Part, Field | Role]:
    """`part.role` -> both. Raises ValueError."""
    part, _, role = meaning.partition(".")
    return Part(part), Field(role) if role in set(Field) else Role(role)


def letters(at: int) -> str:
    """What to call a column without a title: as a spreadsheet letters it, 0 is A."""
    text, left = "", at + 1
    while left:
        left, digit = divmod(left - 1, 26)
        text = chr(ord("A") + digit) + text
    return f"Столбец {text}"
