"""Another representative fills in the family's form; the registrar decides on two pages."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from policies.facts import FormKind
from policies.permissions import Role
from tests.gateway.web.conftest import Door
from tests.gateway.web.pages.conftest import Family
from tests.gateway.web.pages.school.conftest import Browser as Desk
from tests.gateway.web.pages.school.conftest import Desks

PAGE = "/school/newcomers"
FATHER = {
    "kind": "parent",
    "family_name": "Ёлкин",
    "given_name": "Юрий",
    "patronymic": "Иванович",
    "birth_date-day": "29",
    "birth_date-month": "2",
    "birth_date-year": "1984",
    "phone": "8 900 000-03-33",
    "email": "father@example.org",
    "document": "свидетельство о рождении",
    "number": "II-ДВ 000000",
    "issuer": "ЗАГС г. Хабаровска",
    "issued_on-day": "4",
    "issued_on-month": "5",
    "issued_on-year": "2016",
    "sure": "yes",
}


def registrar_of(door: Door) -> Desk:
    return Desks(door.http.application, door.wiring, door.town).of(Role.REGISTRAR)


def the_child(door: Door) -> UUID:
    return door.own_ask(FormKind.CHILD).subject_id


def waiting(door: Door) -> list[UUID]:
    with door.town.by(Role.REGISTRAR) as unit:
        return [each.id for each in unit.newcomers.waiting(door.town.school_id)]


def test_from_the_familys_form_to_a_link_of_their_own(family: Family):
    door = family.door
    browser = family.come_in().open("/me/who").send("/me/who", {"who": "other"})
    for _ in range(2):
        browser.open("/me/other").send("/me/other", FATHER)
        assert browser.heading == "Школа получила ваше обращение"
        assert browser.follow("Вернуться").heading == "Это вы?"
    (newcomer_id,) = waiting(door)

    registrar = registrar_of(door)
    assert "Назвались другие представители: 1" in registrar.open("/school")
    assert "Ёлкин Юрий Иванович" in registrar.open(PAGE)
    one = f"{PAGE}/{newcomer_id}"
    seen = registrar.open(one)
    for words in ("father@example.org", "+7 900 000-03-33", "29 февраля 1984", "ЗАГС"):
        assert words in seen
    assert "Выберите один из вариантов." in registrar.send(f"{one}/acceptance", 422)
    pupil = the_child(door)
    for _ in range(2):
        told = registrar.send(f"{one}/acceptance", pupil_ids=pupil)
        assert "Представитель записан" in told
        assert "Ёлкин Юрий Иванович (родитель)" in told
    registrar.open(one, 404)
    assert "Назвались" not in registrar.open("/school")
    door.town.work()
    assert door.outbox().link("father@example.org")


def test_the_declined_leave_the_list(family: Family):
    family.come_in().open("/me/other").send("/me/other", FATHER)
    (newcomer_id,) = waiting(family.door)
    registrar = registrar_of(family.door)
    one = f"{PAGE}/{newcomer_id}"
    registrar.open(one)
    assert "Выберите один из вариантов." in registrar.send(f"{one}/refusal", 422, reason="dislike")
    told = registrar.send(f"{one}/refusal", reason="no_documents")
    assert "Проверять некого" in told
    assert waiting(family.door) == []


def test_whose_contact_it_is_the_registrar_is_told(family: Family):
    family.come_in().open("/me/other").send("/me/other", {**FATHER, "phone": family.phone})
    (newcomer_id,) = waiting(family.door)
    registrar = registrar_of(family.door)
    registrar.open(f"{PAGE}/{newcomer_id}")
    pupil = the_child(family.door)
    told = registrar.send(f"{PAGE}/{newcomer_id}/acceptance", 422, pupil_ids=pupil)
    assert "Такой телефон уже есть у другого человека" in told


@pytest.mark.parametrize(
    ("slips", "faults"),
    [
        pytest.param({"phone": "12", "given_name": ""}, ["given_name", "phone"], id="two fields"),
        pytest.param({"sure": ""}, ["sure"], id="not sure"),
        pytest.param({"kind": ""}, ["kind"], id="no kind"),
        pytest.param({"issued_on-year": "2100"}, ["issued_on"], id="a paper to come"),
        pytest.param({"birth_date-year": "2015"}, ["birth_date"], id="a child"),
        pytest.param({"issuer": "ы" * 201}, ["issuer"], id="too long"),
    ],
)
def test_a_slip_comes_back_to_its_field(family: Family, slips: dict[str, str], faults: list[str]):
    browser = family.come_in().open("/me/other")
    browser.send("/me/other", {**FATHER, **slips})
    assert browser.page.status_code == 422
    assert sorted(browser.faults) == faults
    assert "свидетельство о рождении" in browser.page.text
    assert waiting(family.door) == []


def test_a_megabyte_is_not_read(family: Family):
    browser = family.come_in().open("/me/other")
    browser.send("/me/other", {**FATHER, "document": "ы" * 1_000_000})
    assert browser.page.status_code == 413
    assert waiting(family.door) == []


def test_after_the_deadline_nobody_fills_the_form_in_vain(family: Family):
    town, clock = family.door.town, family.door.clock
    with town.wiring.looking() as look:
        school = look.schools.get(town.school_id)
        last = look.collections.get(school.id, town.collection_id).deadline_on
    over = datetime.combine(last + timedelta(days=1), time.min, ZoneInfo(school.zone))
    clock.set(over - timedelta(hours=8))
    link = family.link()
    clock.set(over - timedelta(minutes=10))
    browser = family.browser.open(link).send("/code")
    browser.send("/enter", {"code": family.newest_code()})
    clock.set(over)
    browser.open("/me/other")
    assert browser.page.status_code == 409
    assert "Срок" in browser.heading


@pytest.mark.parametrize("role", [Role.TUTOR, Role.DIRECTOR])
def test_only_the_registrar_sees_them(full_door: Door, role: Role):
    desk = Desks(full_door.http.application, full_door.wiring, full_door.town).of(role)
    desk.open(PAGE, 403)
