"""How much is done in a turn: the sizes of the goals, and tiny ones that only show that it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """`persons` on one list; `records` sealed in a turn; `pupils`, `guardians` of a release;
    `events` of each of 8 writers; `answers` over HTTP in a turn; `pages` of each kind;
    `forms` of a class set; `schools` and `storm` of a region.
    """

    persons: int = 20_000
    records: int = 20_000
    pupils: int = 1_000
    guardians: int = 1_600
    events: int = 400
    answers: int = 40
    pages: int = 40
    forms: int = 30
    schools: int = 4
    storm: int = 60
    turns: int = 3


FULL = Sizes()
TINY = Sizes(
    persons=60,
    records=40,
    pupils=10,
    guardians=16,
    events=4,
    answers=2,
    pages=2,
    forms=2,
    schools=1,
    storm=0,
    turns=1,
)
