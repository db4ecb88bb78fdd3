"""Sixteen people want one contact at one moment: one holds it, fifteen are told of the clash."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from random import Random
from uuid import UUID

import pytest

from gateway.actions.add_school import add_school
from gateway.actions.settle_claims import ClaimRaced, settle_claim
from gateway.store.claims import ClaimRequest
from gateway.store.session import DatabaseDown
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from policies.claims import Claim, Strength
from policies.facts import ClaimState, Field
from tests.races.racing import together

SIXTEEN = 16


@dataclass(frozen=True, slots=True)
class Rush:
    """Who claims: from one school or sixteen, all queued before or each as it comes.

    `every`: one round for so many of the others.
    """

    schools: int = SIXTEEN
    is_queued_before: bool = True
    has_one_proved: bool = False
    every: int = 1


RUSHES = [
    pytest.param(Rush(), id="sixteen schools, one queue"),
    pytest.param(Rush(schools=1, every=5), id="one school"),
    pytest.param(Rush(is_queued_before=False), id="queued and settled at once"),
    pytest.param(Rush(has_one_proved=True, is_queued_before=False, every=5), id="one has a proof"),
]


class Claimants:
    """Queues and settles as families and worker do, in units of its own."""

    def __init__(self, wiring: Wiring, rush: Rush) -> None:
        self._units = wiring.units
        self._url = wiring.host.public_url
        self._schools: list[UUID] = []
        for number in range(rush.schools):
            with self._units.open(SYSTEM) as unit:
                self._schools.append(add_school(unit, f"Школа № {number + 1}", "Asia/Vladivostok"))

    def requests(self, rush: Rush, dice: Random) -> list[ClaimRequest]:
        """Sixteen different people, one contact."""
        with self._units.open(SYSTEM) as unit:
            ids, version = [unit.new_id() for _ in range(2 * SIXTEEN)], unit.vault.index_version
        wanted = ClaimRequest(
            id=ids[0],
            school_id=self._schools[0],
            person_id=ids[0],
            field=Field.PHONE,
            key_version=version,
            token=dice.randbytes(16),
            holder=b"",
            strength=Strength.STATED,
            state=ClaimState.QUEUED,
        )
        proved = dice.randrange(SIXTEEN) if rush.has_one_proved else None
        return [
            replace(
                wanted,
                id=ids[2 * n],
                person_id=ids[2 * n + 1],
                school_id=self._schools[n % len(self._schools)],
                holder=dice.randbytes(16),
                strength=Strength.PROVED if n == proved else Strength.STATED,
            )
            for n in range(SIXTEEN)
        ]

    def queue(self, *requests: ClaimRequest) -> None:
        with self._units.open(SYSTEM) as unit:
            for each in requests:
                school_id = unit.lock_school(each.school_id)
                event = unit.record("person.added", school_id=school_id, person_id=each.person_id)
                unit.claims.queue([each], unit.now, event)

    def settle(self, request: ClaimRequest) -> int:
        """As the worker: whoever was beaten to it comes again. Answers how often."""
        for times in range(SIXTEEN + 1):
            try:
                with self._units.open(SYSTEM) as unit:
                    settle_claim(unit, request.school_id, request.id, self._url)
            except (ClaimRaced, DatabaseDown):
                continue
            return times
        raise AssertionError("never settled")

    def outcome(self, requests: list[ClaimRequest]) -> tuple[list[ClaimRequest], Claim | None]:
        """The requests as they stand, and who holds the contact."""
        with self._units.open(SYSTEM) as unit:
            found = [unit.claims.find(each.school_id, each.id) for each in requests]
            held = unit.claims.holder_of(requests[0])
        return [each for each in found if each is not None], held


@pytest.mark.parametrize("rush", RUSHES)
def test_one_of_sixteen_gets_the_contact(
    wiring: Wiring, rush: Rush, claims: int, dice: Random
) -> None:
    claimants = Claimants(wiring, rush)

    def claim(request: ClaimRequest) -> int:
        if not rush.is_queued_before:
            claimants.queue(request)
        return claimants.settle(request)

    for _ in range(max(1, claims // rush.every)):
        requests = claimants.requests(rush, dice)
        if rush.is_queued_before:
            claimants.queue(*requests)
        together([lambda each=each: claim(each) for each in requests], dice)
        after, held = claimants.outcome(requests)
        assert Counter(each.state for each in after) == {
            ClaimState.SETTLED: 1,
            ClaimState.CLASH: SIXTEEN - 1,
        }
        (winner,) = (each for each in after if each.state is ClaimState.SETTLED)
        assert held == Claim(winner.holder, winner.strength)
        assert winner.strength is Strength.PROVED or not rush.has_one_proved
