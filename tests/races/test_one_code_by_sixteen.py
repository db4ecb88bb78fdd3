"""A code of an application, and a recovery code, shown by sixteen at one moment: one comes in."""

from __future__ import annotations

import base64
from collections import Counter
from random import Random

from crypto.one_time import code_of, step_of
from gateway.actions.set_up_factor import begin_app, confirm_app
from gateway.actions.show_factor import show_code
from gateway.actions.sign_in import open_session
from gateway.errors import FactorWrong
from gateway.unit import SYSTEM, Actor
from gateway.wiring import Wiring
from policies.permissions import Role
from tests.races.racing import together
from tests.town import Town

SIXTEEN = 16


def test_of_sixteen_who_show_one_code_one_comes_in(wiring: Wiring, dice: Random) -> None:
    town, key = Town(wiring), wiring.code_key
    director = Actor(Role.DIRECTOR, town.staff[Role.DIRECTOR], town.school_id)
    with wiring.units.open(SYSTEM) as unit:
        tokens = [open_session(unit, "director-28", "192.0.2.1")[0] for _ in range(SIXTEEN)]
    with wiring.units.open(director) as unit:
        secret = base64.b32decode(begin_app(unit, tokens[0]).text)
    step = step_of(wiring.clock())
    with wiring.units.open(director) as unit:
        spare = confirm_app(unit, tokens[0], code_of(secret, step - 1), key)
    assert not isinstance(spare, FactorWrong)

    def attempt(number: int, typed: str) -> object:
        with wiring.units.open(director) as unit:
            return show_code(unit, tokens[number], typed, f"192.0.2.{number}", key, renews=False)

    for typed in (code_of(secret, step), spare[0]):
        outcomes = together([lambda n=n, t=typed: attempt(n, t) for n in range(SIXTEEN)], dice)
        assert Counter(map(type, outcomes)) == {str: 1, FactorWrong: SIXTEEN - 1}
