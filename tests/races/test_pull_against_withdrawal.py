"""A family withdraws in the moment of the pull: it is refused or followed by a recall."""

from __future__ import annotations

from collections import Counter
from random import Random
from uuid import UUID

from gateway.errors import BundleSuperseded, BundleWithdrawn, GatewayError
from gateway.store.consents import Answer
from tests.races.racing import together
from tests.races.released_school import WITHDRAWALS, ReleasedSchool, Withdrawal
from tests.races.rewind import ANSWERS, RELEASE, Rewind

# A withdrawal takes longer than a pull: this is how late the pull has to come to fall into it.
SPREAD_SECONDS = 0.03


def race(school: ReleasedSchool, bundle_id: UUID, which: Withdrawal, dice: Random) -> str:
    """One round: who was first, or `leak` when the platform keeps somebody who withdrew."""
    acts = (lambda: school.pull(bundle_id), lambda: school.withdraw(which))
    got, taken = together(acts, dice, SPREAD_SECONDS)
    assert isinstance(taken, Answer), taken
    (now,) = school.bundles()
    if isinstance(got, GatewayError):
        refused = isinstance(got, BundleSuperseded)
        untouched = (now.pulled_at, school.recalled(bundle_id)) == (None, set())
        return "withdrawal" if refused and untouched else "leak"
    if school.recalled(bundle_id) != which.gone:
        return "leak"
    assert now.pulled_at is not None
    (again,) = together((lambda: school.pull(bundle_id),), dice, 0)
    return "pull" if isinstance(again, BundleWithdrawn) else "leak"


def test_who_withdrew_is_not_pulled_or_is_recalled(
    school: ReleasedSchool, pulls: int, dice: Random
) -> None:
    bundle = school.approve()
    school.sign_journal()
    rewind = Rewind(school.wiring, RELEASE + ANSWERS)
    first: Counter[str] = Counter()
    for number in range(pulls):
        first[race(school, bundle.id, WITHDRAWALS[number % len(WITHDRAWALS)], dice)] += 1
        rewind()
    assert first["leak"] == 0
    assert pulls < 100 or min(first["pull"], first["withdrawal"]) > pulls // 50, first
