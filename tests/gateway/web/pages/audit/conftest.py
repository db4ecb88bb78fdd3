"""An auditor at a browser, over a school with one family."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from gateway.actions.add_staff import add_staff
from gateway.unit import SYSTEM
from policies.permissions import Role
from tests.conftest import Clock
from tests.gateway.web.conftest import CLASS, app, client, door, full_door, log_lines, visitor
from tests.gateway.web.pages.school.conftest import Browser, Desks, desks

__all__ = ["app", "client", "desks", "door", "full_door", "log_lines", "visitor"]


@dataclass
class Audit:
    """The auditor's browser beside the school."""

    desks: Desks
    browser: Browser
    clock: Clock

    def journal(self) -> int:
        """Give every event its place, sign, and answer how many there are."""
        from audit.journal import last_checkpoint

        self.desks.town.work()
        with self.desks.wiring.looking() as look:
            signed = last_checkpoint(look.connection)
        assert signed is not None
        return signed.checkpoint.size

    def newest(self, kind: str) -> dict[str, object]:
        """Data of the newest event of a kind, pending or not."""
        from audit.search import last_of_kind

        with self.desks.wiring.looking() as look:
            found = last_of_kind(look.connection, kind)
        assert found is not None, kind
        return dict(found.data)


@pytest.fixture
def audit(desks: Desks, clock: Clock) -> Audit:
    desks.town.import_children(CLASS)
    with desks.wiring.units.open(SYSTEM) as unit:
        auditor = add_staff(unit, "a.auditor", "not a hash", Role.AUDITOR, None)
    return Audit(desks, desks.of(Role.AUDITOR, auditor), clock)
