"""The second page of the door, and what a worker sets up for it."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from urllib.parse import unquote

import pytest

from gateway.actions.add_staff import add_staff
from gateway.unit import SYSTEM
from gateway.web.context import keep_wiring
from gateway.web.pages.cookies import STAFF
from gateway.wiring import Wiring
from policies.permissions import Role
from tests.authenticator import Authenticator
from tests.conftest import Clock
from tests.factories import stored_password
from tests.gateway.web.pages.school.conftest import Browser, Desks, set_up_phone
from tests.phone import Phone

PASSWORD = "яблоки падают в октябре"
LOGIN = "e.gromova"
COOKIE = f"soglasie-{STAFF}"
ADDRESS = "http://localhost:8080"


@pytest.fixture
def staffed(desks: Desks, clock: Clock) -> Desks:
    """The same, reached by a name, with a registrar who knows her password."""
    named = Wiring(replace(desks.wiring.settings, public_url=ADDRESS), clock)
    keep_wiring(desks.app, named)
    with desks.wiring.units.open(SYSTEM) as unit:
        add_staff(unit, LOGIN, stored_password(PASSWORD), Role.REGISTRAR, desks.town.school_id)
    return desks


def come_in(staffed: Desks, back: str = "") -> Browser:
    browser = staffed.browser()
    browser.open("/login")
    browser.send("/login", login=LOGIN, password=PASSWORD, back=back)
    return browser


@pytest.fixture
def phone(staffed: Desks, clock: Clock) -> Phone:
    made = set_up_phone(come_in(staffed), clock)
    clock.forward(minutes=6)
    return made


def options(browser: Browser) -> str:
    found = re.search(r'data-options="([^"]+)"', browser.page.text)
    assert found, browser.text
    return unescape(found[1])


def test_the_first_sign_in_leads_to_the_set_up_and_to_nothing_else(staffed: Desks, clock: Clock):
    browser = come_in(staffed)
    assert browser.page.request.path == "/security"
    assert "Подключить приложение" in browser.open("/school")
    phone = set_up_phone(browser, clock)
    assert len(phone.spare) == 10
    kept = re.search(r'href="data:text/plain[^,]+,([^"]+)"', browser.page.text)
    assert kept
    assert unquote(kept[1]).split() == phone.spare
    assert browser.page.headers["Cache-Control"] == "no-store"
    assert phone.spare[0] not in browser.open("/security")
    assert "осталось 10 из 10" in browser.text
    browser.open("/security/app", 404)
    browser.open("/school")
    assert browser.page.request.path == staffed.collection


def test_a_wrong_code_of_the_new_phone_comes_back_to_the_same_picture(staffed: Desks):
    browser = come_in(staffed)
    browser.send("/security/app")
    before = re.search(r'src="data:image/svg[^"]+"', browser.page.text)
    assert "Заполните это поле" in browser.send("/security/app/confirm", 422, code=" ")
    assert "Дождитесь следующего кода" in browser.send("/security/app/confirm", 422, code="1")
    assert before
    assert before[0] in browser.page.text


def test_the_next_sign_in_asks_for_a_code_and_leads_back(staffed: Desks, phone: Phone):
    browser = come_in(staffed, back=staffed.desk())
    assert "Подтвердите, что это вы" in browser.text
    half = browser.http.get_cookie(COOKIE).value
    assert "Дождитесь следующего кода" in browser.send(
        "/login/second", 422, code="1", back=staffed.desk()
    )
    browser.send("/login/second", code=phone.code(), back=staffed.desk())
    assert browser.page.request.path == staffed.desk()
    assert browser.http.get_cookie(COOKIE).value != half
    browser.http.set_cookie(COOKIE, half)
    browser.open("/school", 401)


def test_by_the_password_alone_every_page_leads_to_the_second_one(staffed: Desks, phone: Phone):
    browser = come_in(staffed)
    for path in ("/school", staffed.desk(), "/security", "/security/app"):
        browser.open(path)
        assert browser.page.request.path == "/login/second"
    browser.send("/security/app")
    assert browser.page.request.path == "/login/second"
    assert "Вы вышли" in browser.send("/logout")


def test_without_the_phone_a_saved_code_lets_in(staffed: Desks, phone: Phone):
    browser = come_in(staffed)
    browser.send("/login/second", spare=phone.spare[4])
    assert browser.page.request.path == staffed.collection
    assert "осталось 9 из 10" in browser.open("/security")


def test_what_was_set_up_is_changed_by_a_fresh_code_only(
    staffed: Desks, phone: Phone, clock: Clock
):
    browser = come_in(staffed)
    browser.send("/login/second", code=phone.code())
    clock.forward(minutes=6)
    browser.open("/security")
    browser.send("/security/codes", back="/security")
    assert browser.page.request.path == "/login/second"
    browser.send("/login/second", code=phone.code(), back="/security")
    assert browser.page.request.path == "/security"
    assert "Сохраните запасные коды" in browser.send("/security/codes")
    assert phone.spare[0] not in browser.text


def with_passkey(staffed: Desks, phone: Phone) -> Authenticator:
    browser = come_in(staffed)
    browser.send("/login/second", code=phone.code())
    browser.open("/security")
    browser.send("/security/passkeys/new")
    key = Authenticator(ADDRESS, "localhost")
    answer = key.create(options(browser))
    assert "Ключ доступа добавлен" in browser.send("/security/passkeys", credential=answer)
    assert "Ключ от 1 сентября" in browser.text
    assert "Подтверждение" not in browser.text
    browser.open("/security/passkeys/new", 404)
    return key


def test_a_passkey_lets_in_once_for_each_challenge(staffed: Desks, phone: Phone):
    key = with_passkey(staffed, phone)
    browser = come_in(staffed)
    browser.send("/login/second/passkey")
    answer = key.get(options(browser))
    other = come_in(staffed)
    other.send("/login/second/key", 422, credential=answer)
    browser.send("/login/second/key", credential=answer)
    assert browser.page.request.path == staffed.collection
    browser.open("/login/second")
    browser.send("/login/second/key", 422, credential=answer)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"origin": "http://localhost:9999"}, id="another site"),
        pytest.param({"host": "example.org"}, id="another host"),
        pytest.param({"count": -1}, id="a copy whose counter stands still"),
        pytest.param({"credential_id": b"x" * 32}, id="an unknown key"),
        pytest.param({"key": Authenticator(ADDRESS, "localhost").key}, id="another signature"),
    ],
)
def test_a_passkey_that_does_not_fit_is_refused(
    staffed: Desks, phone: Phone, change: dict[str, object]
):
    key = with_passkey(staffed, phone)
    browser = come_in(staffed)
    browser.send("/login/second/passkey")
    shown = options(browser)
    if "count" in change:
        browser.send("/login/second/key", credential=key.get(shown))
        browser = come_in(staffed)
        browser.send("/login/second/passkey")
        shown, change = options(browser), {"count": 0}
    answer = replace(key, **change).get(shown)
    assert "Ключ не подошёл" in browser.send("/login/second/key", 422, credential=answer)
    browser.send("/login/second/key", 422, credential="{")
    browser.send("/login/second/key", 422, credential="x" * 9000)


def test_another_workers_passkey_is_not_there(staffed: Desks, phone: Phone):
    with_passkey(staffed, phone)
    with staffed.wiring.units.open(SYSTEM) as unit:
        owner = unit.staff.find(login=LOGIN)
        assert owner is not None
        [mine] = unit.factors.passkeys(owner.id)
    director = staffed.of(Role.DIRECTOR)
    director.open("/security")
    director.post(f"/security/passkeys/{mine.id}/removal", {}, 404)
    browser = come_in(staffed)
    browser.send("/login/second", code=phone.code())
    browser.open("/security")
    assert "Ключ доступа удалён" in browser.send(f"/security/passkeys/{mine.id}/removal")
    assert "Ключ от" not in browser.text


def test_a_tutor_may_leave_it_for_later(staffed: Desks):
    tutor = staffed.of(Role.TUTOR)
    assert "Защита входа" in tutor.open("/school")
    tutor.open("/security")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_whoever_has_no_school_sets_one_up_too(staffed: Desks, clock: Clock, role: Role):
    with staffed.wiring.units.open(SYSTEM) as unit:
        add_staff(unit, f"{role.value}-9", stored_password(PASSWORD), role, None)
    browser = staffed.browser()
    browser.open("/login")
    browser.send("/login", login=f"{role.value}-9", password=PASSWORD)
    set_up_phone(browser, clock)
    assert "подключено" in browser.open("/security")
