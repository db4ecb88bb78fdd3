"""The administrator's pages: schools, staff, platforms, programmes, post; never a family's data."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from gateway.actions.add_staff import add_staff
from gateway.actions.deliver_messages import lease_messages, settle_delivery
from gateway.actions.send_message import send_mail
from gateway.messages.delivery import DeliveryFault
from gateway.unit import SYSTEM
from gateway.web.passwords import is_password
from policies.permissions import Role
from policies.programme import published
from tests.conftest import Clock
from tests.factories import a_snils, stored_password
from tests.gateway.web.conftest import CLASS, MOTHER, app, client, log_lines, visitor
from tests.gateway.web.pages.school.conftest import Browser, Desks, desks, set_up_phone
from tests.town import PASSPORT, platform_jwks

__all__ = ["app", "client", "desks", "log_lines", "visitor"]
PASSWORD = "яблоки падают в октябре"


@dataclass
class Office:
    desks: Desks
    browser: Browser
    own_id: UUID

    def staff_id(self, login: str) -> UUID:
        with self.desks.wiring.looking() as look:
            found = look.staff.find(login=login)
        assert found is not None
        return found.id


@pytest.fixture
def office(desks: Desks) -> Office:
    with desks.wiring.units.open(SYSTEM) as unit:
        own = add_staff(unit, "chief", stored_password(PASSWORD), Role.ADMINISTRATOR, None)
    return Office(desks, desks.of(Role.ADMINISTRATOR, own), own)


def test_an_administrator_begins_with_the_schools(office: Office):
    stranger = office.desks.browser()
    stranger.open("/login")
    # The password alone opens nothing but the way to a second factor.
    assert "Защита входа" in stranger.send("/login", login="chief", password=PASSWORD)
    assert "Школа № 28" in office.browser.open("/admin")


def test_a_school_is_founded_and_its_passport_filled_in(office: Office):
    browser = office.browser
    browser.open("/admin/schools/new")
    text = browser.send("/admin/schools/new", short_name="Школа № 7", zone="Asia/Irkutsk")
    assert "Школа заведена" in text
    assert browser.page is not None
    path = browser.page.request.path
    told = {n: str(v) for n, v in PASSPORT.items() if not n.endswith("_on")}
    days = {f"{n}-{p}": str(getattr(PASSPORT[n], p)) for n in ("instruction_on", "act_on")
            for p in ("day", "month", "year")}  # fmt: skip
    assert "Паспорт записан" in browser.post(path, {**told, **days})
    browser.open(path)
    assert PASSPORT["address"] in browser.page.text
    browser.post(path, {**told, **days, "inn": "12"}, 422)


@pytest.mark.parametrize("zone", ["", "Asia/Nowhere", "../etc"])
def test_a_zone_that_is_none_is_refused(office: Office, zone: str):
    office.browser.open("/admin/schools/new")
    office.browser.send("/admin/schools/new", 422, short_name="Школа", zone=zone)


def added(office: Office, status: int = 200, **changes: str) -> str:
    told = {
        "school_id": str(office.desks.town.school_id),
        "role": "tutor",
        "classes": "7А",
        "login": "n.petrova",
        "password": PASSWORD,
        **changes,
    }
    office.browser.open("/admin/staff/new")
    return office.browser.send("/admin/staff/new", status, **told)


def test_a_tutor_is_let_in_with_a_class(office: Office):
    assert "классный руководитель, Школа № 28" in added(office)
    browser = office.desks.browser()
    browser.open("/login")
    browser.send("/login", login="n.petrova", password=PASSWORD)
    assert "n.petrova" in office.browser.open(
        f"/admin/staff?school_id={office.desks.town.school_id}"
    )


def test_a_worker_who_is_a_parent_is_known_by_the_snils(office: Office):
    added(office, snils=a_snils(MOTHER))
    with office.desks.wiring.looking() as look:
        worker = look.staff.find(login="n.petrova")
        assert worker is not None
        assert look.staff.marks_of(worker.id).snils is not None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"password": "короткий"}, "Слишком коротко", id="short password"),
        pytest.param({"login": "x"}, "Имя для входа", id="no login"),
        pytest.param({"login": "tutor-28"}, "Нужно исправить", id="taken"),
        pytest.param({"role": "auditor"}, "У роли в школе", id="a role above a school"),
        pytest.param({"role": "family"}, "У роли в школе", id="no role of staff"),
        pytest.param({"school_id": ""}, "У роли в школе", id="a tutor of no school"),
    ],
)
def test_who_cannot_be_added_is_said(office: Office, changes: dict[str, str], words: str):
    assert words in added(office, 422, **changes)


def test_a_worker_who_is_shut_out_is_out_at_once(office: Office):
    added(office)
    staff_id = office.staff_id("n.petrova")
    tutor = office.desks.of(Role.TUTOR, staff_id)
    tutor.open("/school")
    office.browser.open(f"/admin/staff/{staff_id}")
    assert "вход закрыт" in office.browser.send(f"/admin/staff/{staff_id}/disable")
    tutor.open("/school", 401)
    tutor.open("/login")
    tutor.send("/login", 422, login="n.petrova", password=PASSWORD)


def test_a_new_password_lets_in_again(office: Office):
    added(office)
    staff_id = office.staff_id("n.petrova")
    path = f"/admin/staff/{staff_id}"
    office.browser.open(path)
    office.browser.send(f"{path}/disable")
    office.browser.send(f"{path}/password", 422, password="n.petrova-1234")
    assert "вход открыт" in office.browser.send(f"{path}/password", password="груша зреет рано")
    with office.desks.wiring.looking() as look:
        found = look.staff.find(staff_id=staff_id)
    assert found is not None
    assert is_password(found.password_hash, "груша зреет рано")


def test_a_lost_second_factor_is_reset_after_a_fresh_code(office: Office, clock: Clock):
    """Without a code, or with a wrong one, nothing is reset."""
    staff_id = office.desks.town.staff[Role.REGISTRAR]
    registrar, browser = office.desks.of(Role.REGISTRAR), office.browser
    path = f"/admin/staff/{staff_id}"
    assert "Сбросить второй шаг" not in browser.open(path)
    set_up_phone(registrar, clock)
    phone = set_up_phone(browser, clock)
    clock.forward(minutes=6)
    browser.open(path)
    browser.send(f"{path}/second-factor", 422)
    browser.open(path)
    browser.send(f"{path}/second-factor", 422, code="abcdef")
    registrar.open("/school")
    browser.open(path)
    assert "Второй шаг сброшен" in browser.send(f"{path}/second-factor", code=phone.code())
    assert "Сбросить второй шаг" not in browser.text
    registrar.open("/school", 401)


def test_another_role_ends_the_sessions(office: Office):
    staff_id = office.desks.town.staff[Role.REGISTRAR]
    registrar = office.desks.of(Role.REGISTRAR)
    registrar.open("/school")
    office.browser.open(f"/admin/staff/{staff_id}")
    text = office.browser.send(f"/admin/staff/{staff_id}/role", role="director")
    assert "директор" in text
    registrar.open("/school", 401)
    office.browser.send(f"/admin/staff/{staff_id}/role", 422, role="administrator")


def test_the_last_administrator_stays(office: Office):
    path = f"/admin/staff/{office.own_id}"
    office.browser.open(path)
    assert "последний администратор" in office.browser.send(f"{path}/role", 422, role="auditor")
    office.browser.send(f"{path}/disable", 422)
    office.browser.open(path)


def test_a_platform_is_connected_its_keys_replaced_and_shut_out(office: Office):
    browser = office.browser
    browser.open("/admin/clients/new")
    browser.send("/admin/clients/new", 422, name="second", programme="mesh-2020", jwks="{")
    text = browser.send(
        "/admin/clients/new", name="second", programme="moya-shkola-2023", jwks=platform_jwks()
    )
    assert "Клиент подключён" in text
    assert "подпись запросов" in text
    path = browser.page.request.path if browser.page else ""
    browser.send(f"{path}/keys", 422, jwks='{"keys": []}')
    browser.open(path)
    assert "Ключи заменены" in browser.send(f"{path}/keys", jwks=platform_jwks())
    assert "отключён" in browser.send(f"{path}/disable")
    assert "second" in browser.open("/admin/clients")


def test_programmes_are_shown_with_their_digests(office: Office):
    text = office.browser.open("/admin/programmes")
    for one in published():
        assert one.digest in text


def test_the_post_shows_masked_addresses_and_is_an_event(office: Office):
    town = office.desks.town
    town.import_children(CLASS)
    town.invite()
    text = office.browser.open("/admin/messages")
    assert "Ждут отправки: 1" in text
    assert "person101@example.org" not in office.browser.page.text
    assert "@example.org" in text
    assert "Ёлкин" not in text
    from audit.search import last_of_kind

    with office.desks.wiring.looking() as look:
        event = last_of_kind(look.connection, "outbox.read")
    assert event is not None
    assert event.data == {"messages": 1}


def test_a_message_that_was_given_up_says_how_it_went_and_why(office: Office):
    town = office.desks.town
    with town.wiring.units.open(SYSTEM) as unit:
        send_mail(unit, town.school_id, "nobody@example.org", "Тема", "Текст")
        (parcel,) = lease_messages(unit)
        settle_delivery(unit, [], [(parcel, DeliveryFault.ADDRESS_REFUSED)], [])
    town.work()
    text = office.browser.open("/admin/messages")
    assert "почта адрес не принят" in text
    assert str(parcel.id) in text


@pytest.mark.parametrize(
    "path", ["/admin/staff/{id}", "/admin/schools/{id}", "/admin/clients/{id}"]
)
def test_a_thing_that_is_none_is_not_there(office: Office, path: str):
    office.browser.open(path.format(id=UUID(int=7)), 404)


@pytest.mark.parametrize("query", ["after=!", "after=AA", "school_id=7"])
def test_an_address_that_cannot_be_read_is_refused(office: Office, query: str):
    office.browser.open(f"/admin/staff?{query}", 422)
