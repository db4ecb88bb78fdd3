"""Another representative names themselves; the school checks, the family it knows is warned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit.search import last_of_kind
from gateway.actions.add_staff import add_staff
from gateway.actions.check_newcomer import accept_newcomer, decline_newcomer, see_newcomers
from gateway.actions.name_newcomer import ToldOfSelf, name_newcomer
from gateway.errors import NotFound, OwnFamily, TooManyAttempts
from gateway.store.newcomers import Newcomer
from gateway.unit import Actor
from gateway.worker.rounds import Rounds
from policies.facts import GuardianKind
from policies.permissions import Role
from tests.conftest import Clock
from tests.factories import a_snils
from tests.gateway.web.conftest import MOTHER, Door
from tests.gateway.web.pages.conftest import Family
from tests.gateway.web.pages.school.conftest import Browser as Desk
from tests.gateway.web.pages.school.conftest import Desks
from tests.town import Town

PAGE = "/school/newcomers"
FATHER = {
    "kind": "parent",
    "name": "Ёлкин Юрий Иванович",
    "document": "свидетельство о рождении",
    "number": "II-ДВ 000000",
    "issued_on-day": "4",
    "issued_on-month": "5",
    "issued_on-year": "2016",
    "phone": "8 900 000-03-33",
    "email": "father@example.org",
    "sure": "yes",
}


def registrar_of(door: Door) -> Desk:
    return Desks(door.http.application, door.wiring, door.town).of(Role.REGISTRAR)


def kept(town: Town) -> list[Newcomer]:
    with town.by(Role.REGISTRAR) as unit:
        return unit.newcomers.of_school(town.school_id)


def name_father(door: Door, number: str = "1") -> None:
    """By the mother's link."""
    town = door.town
    told = ToldOfSelf(
        GuardianKind.PARENT,
        "Ёлкин Юрий Иванович",
        "свидетельство о рождении",
        number,
        town.today() - timedelta(days=900),
        "father@example.org",
        "+79000000333",
    )
    session = town.session(town.person(MOTHER))
    with town.family(session.signer_id) as unit:
        name_newcomer(unit, session, told)


def test_the_school_hears_of_another_representative_and_the_known_one_is_warned(family: Family):
    family.come_in()
    family.door.town.work()
    browser = family.browser.open("/me/who").send("/me/who", {"who": "other"})
    letters = family.door.outbox().count_letters()
    for _ in range(2):
        browser.open("/me/other").send("/me/other", FATHER)
        assert browser.heading == "Школа получила ваше обращение"
        assert "+7 421 200-00-28" in browser.text or "tel:+74212000028" in browser.page.text
        assert browser.follow("Вернуться").heading == "Это вы?"
    family.door.town.work()
    assert family.door.outbox().count_letters() == letters + 1
    assert len(kept(family.door.town)) == 1

    registrar = registrar_of(family.door)
    assert "Назвались другие представители: 1" in registrar.open("/school")
    told = registrar.open(PAGE)
    assert "Ёлкин Юрий Иванович" in told
    assert "father@example.org" in told
    assert "О ком" in told
    (newcomer,) = kept(family.door.town)
    for _ in range(2):
        told = registrar.send(f"{PAGE}/{newcomer.id}/accept")
    assert f"документы проверены registrar-{family.door.town.number}" in told
    assert "Назвались" not in registrar.open("/school")


def test_a_slip_comes_back_to_its_field(family: Family):
    browser = family.come_in().open("/me/other")
    browser.send("/me/other", {**FATHER, "phone": "12", "name": ""})
    assert browser.page.status_code == 422
    assert sorted(browser.faults) == ["name", "phone"]
    assert "свидетельство о рождении" in browser.page.text
    browser.send("/me/other", {**FATHER, "sure": ""})
    assert browser.faults == ["sure"]
    browser.send("/me/other", {**FATHER, "issued_on-year": "2100"})
    assert browser.faults == ["issued_on"]
    assert kept(family.door.town) == []


def test_the_declined_are_destroyed_at_once(full_door: Door):
    name_father(full_door)
    (newcomer,) = kept(full_door.town)
    registrar = registrar_of(full_door)
    registrar.open(PAGE)
    assert "Никто не назвался" in registrar.send(f"{PAGE}/{newcomer.id}/decline")
    assert kept(full_door.town) == []
    with full_door.wiring.looking() as look:
        event = last_of_kind(look.connection, "newcomer.declined")
    assert event is not None
    assert event.data == {"newcomer_id": str(newcomer.id)}


@pytest.mark.parametrize(
    ("is_accepted", "days"),
    [pytest.param(False, 30, id="not checked"), pytest.param(True, 7, id="accepted")],
)
def test_the_worker_destroys_what_was_told(
    full_door: Door, clock: Clock, is_accepted: bool, days: int
):
    name_father(full_door)
    (newcomer,) = kept(full_door.town)
    if is_accepted:
        with full_door.town.by(Role.REGISTRAR) as unit:
            accept_newcomer(unit, newcomer.id)
    clock.forward(days=days - 1)
    Rounds(full_door.wiring).keep_days()
    assert len(kept(full_door.town)) == 1
    clock.forward(days=1)
    Rounds(full_door.wiring).keep_days()
    assert kept(full_door.town) == []


def test_from_one_link_three_are_named_a_day(full_door: Door):
    for number in ("1", "2", "3", "3"):
        name_father(full_door, number)
    with pytest.raises(TooManyAttempts):
        name_father(full_door, "4")
    name_father(full_door, "1")
    assert len(kept(full_door.town)) == 3


def test_another_school_sees_and_judges_nobody(full_door: Door):
    name_father(full_door)
    (newcomer,) = kept(full_door.town)
    other = Town(full_door.wiring, 29)
    with other.by(Role.REGISTRAR) as unit:
        assert see_newcomers(unit) == []
    for judge in (accept_newcomer, decline_newcomer):
        with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
            judge(unit, newcomer.id)


def test_a_worker_judges_nobody_of_the_own_family(full_door: Door):
    name_father(full_door)
    town = full_door.town
    (newcomer,) = kept(town)
    with town.by(Role.REGISTRAR) as unit:
        mother = add_staff(
            unit, "mother", "no hash", Role.REGISTRAR, town.school_id, snils=a_snils(MOTHER)
        )
    actor = Actor(Role.REGISTRAR, mother, town.school_id)
    with full_door.wiring.units.open(actor) as unit:
        assert see_newcomers(unit) == []
    with pytest.raises(OwnFamily), full_door.wiring.units.open(actor) as unit:
        accept_newcomer(unit, newcomer.id)
