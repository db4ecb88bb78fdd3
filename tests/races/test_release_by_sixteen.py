"""Sixteen approvals at one moment: one release, one bundle."""

from __future__ import annotations

from collections import Counter
from random import Random

from gateway.errors import AlreadyApproved
from gateway.store.bundles import Bundle
from tests.races.racing import together
from tests.races.released_school import ReleasedSchool
from tests.races.rewind import RELEASE, Rewind

SIXTEEN = 16


def test_one_of_sixteen_approvals_counts(school: ReleasedSchool, crowds: int, dice: Random) -> None:
    rewind = Rewind(school.wiring, RELEASE)
    for _ in range(crowds):
        outcomes = together([school.approve] * SIXTEEN, dice)
        assert Counter(map(type, outcomes)) == {Bundle: 1, AlreadyApproved: SIXTEEN - 1}
        (kept,) = school.bundles()
        assert kept in outcomes
        assert kept.revision == 1
        rewind()
