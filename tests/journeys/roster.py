"""What the authors of the class lists say stands in them: people as they were meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).parents[2] / "examples" / "rosters" / "answers"
ITEMS = ("family_name", "given_name", "patronymic", "birth_date", "snils", "email", "phone")

Person = dict[str, Any]


def pupils_of(name: str) -> list[Person]:
    """Pupils of one list, each with `class` and `representatives`."""
    found: list[Person] = json.loads((ANSWERS / f"{name}.json").read_text())["pupils"]
    return found


def people_of(name: str) -> Iterator[Person]:
    """Everybody of one list; a mother of two children comes twice."""
    for pupil in pupils_of(name):
        yield pupil
        yield from pupil["representatives"]
