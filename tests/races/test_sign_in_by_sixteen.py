"""Sixteen passwords tried at one moment: ten are looked at, however they come."""

from __future__ import annotations

from collections import Counter
from random import Random

from gateway.actions.sign_in import MAX_FAILURES, count_attempt
from gateway.errors import TooManyAttempts
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from tests.races.racing import together

SIXTEEN = 16


def test_of_sixteen_passwords_ten_are_looked_at(wiring: Wiring, crowds: int, dice: Random) -> None:
    def attempt(number: int) -> object:
        with wiring.units.open(SYSTEM) as unit:
            return count_attempt(unit, f"nobody-{number}", f"2001:db8::{number:x}")

    for number in range(crowds):
        outcomes = together([lambda n=number: attempt(n)] * SIXTEEN, dice)
        assert Counter(map(type, outcomes)) == {
            type(None): MAX_FAILURES,
            TooManyAttempts: SIXTEEN - MAX_FAILURES,
        }
