"""A worker's telephone with an application of codes: never the same code twice."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from crypto.one_time import DRIFT_STEPS, code_of, step_of


@dataclass
class Phone:
    """`secret` in base 32, as a person types it in (spaces do not matter)."""

    secret: str
    clock: Callable[[], datetime]
    last: int = 0
    spare: list[str] = field(default_factory=list)

    def code(self) -> str:
        """The next code that was not shown yet, of the step before at the earliest."""
        self.last = max(step_of(self.clock()) - DRIFT_STEPS, self.last + 1)
        return self.at(self.last)

    def at(self, step: int) -> str:
        text = self.secret.replace(" ", "")
        return code_of(base64.b32decode(text + "=" * (-len(text) % 8)), step)
