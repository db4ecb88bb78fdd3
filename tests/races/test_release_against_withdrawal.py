"""A family withdraws in the moment of the approval: no bundle that can be pulled holds it."""

from __future__ import annotations

from collections import Counter
from random import Random

from gateway.errors import BundleSuperseded
from gateway.store.bundles import Bundle
from gateway.store.consents import Answer
from tests.races.racing import together
from tests.races.released_school import EVERYBODY, WITHDRAWALS, ReleasedSchool, Withdrawal
from tests.races.rewind import ANSWERS, RELEASE, Rewind


def race(school: ReleasedSchool, which: Withdrawal, dice: Random) -> str:
    """One round: who was first, or `leak` when a withdrawn person can be pulled."""
    sealed, taken = together((school.approve, lambda: school.withdraw(which)), dice)
    assert isinstance(taken, Answer), taken
    assert isinstance(sealed, Bundle), sealed  # a withdrawal never holds the others back
    (now,) = school.bundles()
    order = "withdrawal"
    if now.superseded_at is not None:
        order = "approval"
        try:
            school.pull(now.id)
        except BundleSuperseded:
            now = school.narrow()
        else:
            return "leak"
    school.sign_journal()
    people = school.opened(school.pull(now.id)).people.keys()
    if people & which.gone:
        return "leak"
    assert people == EVERYBODY - which.gone
    return order


def test_no_bundle_holds_who_withdrew(school: ReleasedSchool, rounds: int, dice: Random) -> None:
    rewind = Rewind(school.wiring, RELEASE + ANSWERS)
    first: Counter[str] = Counter()
    for number in range(rounds):
        first[race(school, WITHDRAWALS[number % len(WITHDRAWALS)], dice)] += 1
        rewind()
    assert first["leak"] == 0
    assert rounds < 100 or min(first["approval"], first["withdrawal"]) > rounds // 50, first
