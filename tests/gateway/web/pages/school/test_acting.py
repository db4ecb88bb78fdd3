"""Who stands in for the director: in the days of the order, and not a day longer."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from gateway.actions.add_staff import add_staff
from gateway.actions.prepare_release import prepare_release
from gateway.unit import Actor
from policies.permissions import Permission, Role
from tests.conftest import Clock
from tests.gateway.web.pages.school.conftest import Desks
from tests.town import Child

PATH = "/school/acting"


def days(on: Desks, name: str, after: int) -> dict[str, object]:
    told = on.town.today() + timedelta(days=after)
    return {f"{name}-day": told.day, f"{name}-month": told.month, f"{name}-year": told.year}


@pytest.fixture
def deputy(desks: Desks) -> UUID:
    with desks.town.by(Role.REGISTRAR) as unit:
        return add_staff(unit, "deputy", "no hash", Role.REGISTRAR, desks.town.school_id)


def appoint(desks: Desks, who: UUID, first: int = 1, last: int = 2, status: int = 200) -> str:
    director = desks.of(Role.DIRECTOR)
    director.open(PATH)
    order = {"staff_id": str(who), "order_no": "14-к", **days(desks, "order_on", 0)}
    fields = order | days(desks, "from_on", first) | days(desks, "to_on", last)
    return director.post(PATH, fields, status)


def test_a_deputy_approves_in_the_days_of_the_order_alone(desks: Desks, deputy: UUID, clock: Clock):
    desks.town.ready([Child(1, guardians=(101,))])
    with desks.town.by(Role.REGISTRAR) as unit:
        prepare_release(unit, desks.town.collection_id)
    assert "приказ № 14-к" in appoint(desks, deputy).lower()
    path = f"{desks.collection}/release"
    fields: dict[str, object] = {"release_id": "", "digest": "", "sure": "yes"}

    def approve(status: int) -> str:
        browser = desks.of(Role.REGISTRAR, deputy)
        browser.open(path)
        with desks.town.by(Role.REGISTRAR) as unit:
            made = unit.bundles.last_release(desks.town.school_id, desks.town.collection_id)
        assert made is not None
        fields.update(release_id=str(made.id), digest=made.set_digest)
        return browser.post(f"{path}/approve", fields, status)

    approve(403)
    clock.forward(days=3)
    approve(403)
    clock.forward(days=-2)
    assert "Запечатано" in approve(200)


def test_an_order_that_is_taken_back_gives_nothing(desks: Desks, deputy: UUID):
    appoint(desks, deputy, 0, 5)
    register = f"{desks.collection}/registers"
    tutor = desks.town.staff[Role.TUTOR]
    appoint(desks, tutor, 0, 5)
    desks.of(Role.TUTOR).open(register)
    with desks.town.by(Role.REGISTRAR) as unit:
        (order,) = unit.acting.of_worker(desks.town.school_id, tutor)
    director = desks.of(Role.DIRECTOR)
    director.open(PATH)
    assert "— прекращено" in director.post(f"{PATH}/{order.id}/end", {})
    director.post(f"{PATH}/{order.id}/end", {})
    desks.of(Role.TUTOR).open(register, 403)


def test_only_a_director_names_who_stands_in(desks: Desks, deputy: UUID):
    appoint(desks, deputy, 0, 5)
    for browser in (desks.of(Role.REGISTRAR), desks.of(Role.REGISTRAR, deputy)):
        browser.open(PATH, 403)
    assert not Actor(Role.REGISTRAR, is_acting=True).may(Permission.APPOINT_ACTING)


def test_an_order_of_past_days_or_of_a_stranger_is_refused(desks: Desks, deputy: UUID):
    assert "Задним числом" in appoint(desks, deputy, -5, -1, 422)
    appoint(desks, desks.town.staff[Role.DIRECTOR], 0, 5, 404)


def test_an_order_twice_is_one(desks: Desks, deputy: UUID):
    appoint(desks, deputy)
    appoint(desks, deputy)
    with desks.town.by(Role.REGISTRAR) as unit:
        assert len(unit.acting.of_school(desks.town.school_id)) == 1


def test_a_tutor_who_stands_in_sees_every_class(desks: Desks, clock: Clock):
    desks.town.import_children([Child(1, guardians=(101,)), Child(2, "9Б", guardians=(102,))])
    path = f"{desks.collection}/readiness"
    assert "9Б" not in desks.of(Role.TUTOR).open(path)
    appoint(desks, desks.town.staff[Role.TUTOR])
    clock.forward(days=1)
    assert "9Б" in desks.of(Role.TUTOR).open(path)
    clock.forward(days=2)
    assert "9Б" not in desks.of(Role.TUTOR).open(path)
