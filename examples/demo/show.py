"""What the scenes share: the stage, the people, and what has come out so far."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from examples.demo.calls import Caller, Refused
from examples.demo.cast import Cast
from examples.demo.families import Families, Sitting
from examples.demo.people import Pupil
from examples.demo.school import School
from examples.demo.stage import Stage
from examples.demo.tell import Teller
from examples.platform_client.keys import ClientKeys
from gateway.cli.invented import ZONE

ROSTERS = Path(__file__).parents[1] / "rosters"
CLIENT_NAME = "mesh"
PATIENCE_SECONDS = 120


class Unexpected(Exception):
    """Something came out otherwise than it has to; the text is a sentence for people."""


@dataclass
class Show:
    """One performance. `folder`: where its results go; `results`: what `summary.json` will say."""

    folder: Path
    stage: Stage
    http: httpx.Client = field(repr=False)
    tell: Teller
    today: date = field(default_factory=lambda: datetime.now(ZoneInfo(ZONE)).date())
    results: dict[str, Any] = field(default_factory=dict)
    pupils: list[Pupil] = field(default_factory=list, repr=False)
    sittings: dict[str, Sitting] = field(default_factory=dict, repr=False)
    refusals: list[bytes] = field(default_factory=list, repr=False)
    admin: Caller = field(init=False, repr=False)
    auditor: Caller = field(init=False, repr=False)
    school: School = field(init=False)
    keys: ClientKeys = field(init=False, repr=False)
    cast: Cast = field(init=False, repr=False)
    families: Families = field(init=False, repr=False)

    @property
    def home(self) -> Path:
        return self.stage.home


def expect(holds: bool, sentence: str) -> None:
    """Raises `Unexpected` with the sentence."""
    if not holds:
        raise Unexpected(sentence)


def expect_refusal(code: str, call: Callable[[], object]) -> Refused:
    """The refusal that the call has to meet. Raises `Unexpected`."""
    try:
        call()
    except Refused as refused:
        expect(refused.code == code, f"ждали отказа {code}, а пришёл {refused.code}")
        return refused
    raise Unexpected(f"ждали отказа {code}, а служба согласилась")


def wait_for(what: str, ready: Callable[[], bool]) -> None:
    """Ask again until it is so. Raises `Unexpected` after two minutes."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        expect(time.monotonic() < patience, f"не дождались: {what}")
        time.sleep(0.1)
