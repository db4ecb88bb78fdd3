"""Two windows of one family: what was written last holds, whichever clock was ahead.

A unit's moment is taken before it waits for the school's lock, and each server has a clock of its
own, so moments alone do not say who came first.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gateway.actions.answer import answer, show_document, withdraw
from gateway.actions.record_paper import record_paper
from gateway.store.consents import Answer
from gateway.unit import Actor
from policies.consent import latest
from policies.facts import Decision, FormKind
from policies.permissions import Role
from tests.races.released_school import ReleasedSchool
from tests.town import FULL


class Family:
    """The mother of pupil 1 and the office of the school, each with a moment of its own."""

    def __init__(self, school: ReleasedSchool) -> None:
        self._town, self._wiring = school.town, school.wiring
        self._ask = self._town.ask_of(self._town.person(101), FormKind.CHILD)
        self._session = self._town.session(self._ask.signer_id)
        self._actor = Actor(Role.FAMILY, self._ask.signer_id, self._town.school_id)

    def answer(self, decision: Decision, at: datetime) -> Answer:
        host, keys = self._wiring.host, self._wiring.signing_keys
        with self._wiring.units.open(self._actor, at) as unit:
            digest = show_document(unit, self._session, self._ask.id, decision, FULL, host).digest
            return answer(unit, self._session, self._ask.id, decision, digest, FULL, host, keys)

    def withdraw(self, at: datetime) -> Answer:
        host, keys = self._wiring.host, self._wiring.signing_keys
        with self._wiring.units.open(self._actor, at) as unit:
            return withdraw(unit, self._session, self._ask.id, host, keys)

    def withdraw_on_paper(self, at: datetime) -> Answer:
        host, keys, on = self._wiring.host, self._wiring.signing_keys, self._town.today()
        actor = Actor(Role.REGISTRAR, self._town.staff[Role.REGISTRAR], self._town.school_id)
        with self._wiring.units.open(actor, at) as unit:
            return record_paper(unit, self._ask.id, Decision.WITHDRAWN, on, FULL, host, keys)

    def holds(self) -> Decision:
        with self._town.by(Role.REGISTRAR) as unit:
            found = unit.consents.answers_by_ask(self._town.school_id, [self._ask.id])
        standing = latest(found[self._ask.id])
        assert standing is not None
        return standing.decision


@pytest.mark.parametrize("late", [pytest.param(0, id="no"), pytest.param(30, id="30 s")])
@pytest.mark.parametrize("on_paper", [False, True], ids=["in a window", "on paper"])
def test_a_withdrawal_that_waited_holds(school: ReleasedSchool, late: int, on_paper: bool) -> None:
    family, now = Family(school), school.wiring.clock()
    family.withdraw(now)
    family.answer(Decision.GIVEN, now)
    take_back = family.withdraw_on_paper if on_paper else family.withdraw
    take_back(now - timedelta(seconds=late))
    assert family.holds() is Decision.WITHDRAWN


def test_a_consent_after_a_withdrawal_by_a_faster_clock_holds(school: ReleasedSchool) -> None:
    family, now = Family(school), school.wiring.clock()
    family.withdraw(now + timedelta(seconds=30))
    family.answer(Decision.GIVEN, now)
    assert family.holds() is Decision.GIVEN
