"""Two administrators shut each other out at one moment: one of them remains."""

from __future__ import annotations

from random import Random
from uuid import UUID

from gateway.actions.add_staff import add_staff
from gateway.actions.manage_staff import disable_staff
from gateway.errors import BadInput
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from policies.permissions import Role
from tests.races.racing import together


def test_somebody_can_always_come_in(wiring: Wiring, crowds: int, dice: Random) -> None:
    def shut_out(staff_id: UUID) -> None:
        with wiring.units.open(SYSTEM) as unit:
            disable_staff(unit, staff_id, "nobody's")

    with wiring.units.open(SYSTEM) as unit:
        last = add_staff(unit, "chief-0", "a hash", Role.ADMINISTRATOR, None)
    for number in range(1, crowds + 1):
        with wiring.units.open(SYSTEM) as unit:
            another = add_staff(unit, f"chief-{number}", "a hash", Role.ADMINISTRATOR, None)
        outcomes = together([lambda a=last: shut_out(a), lambda b=another: shut_out(b)], dice)
        assert [type(each) for each in outcomes].count(BadInput) == 1
        last = last if isinstance(outcomes[0], BadInput) else another
