"""How staff come in and go out."""

from __future__ import annotations

import pytest

from gateway.actions.add_staff import add_staff
from gateway.actions.sign_in import MAX_FAILURES
from gateway.unit import SYSTEM
from gateway.web.pages.cookies import STAFF
from policies.permissions import Role
from tests.factories import stored_password
from tests.gateway.web.pages.school.conftest import Desks

PASSWORD = "яблоки падают в октябре"
LOGIN = "m.belova"
COOKIE = f"soglasie-{STAFF}"


@pytest.fixture
def staffed(desks: Desks) -> Desks:
    """The same with a tutor who knows her password."""
    with desks.wiring.units.open(SYSTEM) as unit:
        add_staff(
            unit,
            LOGIN,
            stored_password(PASSWORD),
            Role.TUTOR,
            desks.town.school_id,
            class_names=["7А"],
        )
    return desks


def test_a_worker_signs_in_and_sees_the_classes(staffed: Desks):
    browser = staffed.browser()
    browser.open("/login")
    assert "Класс 7А" in browser.send("/login", login=LOGIN, password=PASSWORD)


def test_each_sign_in_is_a_session_of_its_own_and_ends_the_one_before(staffed: Desks):
    browser = staffed.browser()
    secrets = []
    for _ in range(2):
        browser.open("/login")
        browser.send("/login", login=LOGIN, password=PASSWORD)
        secrets.append(browser.http.get_cookie(COOKIE).value)
    assert secrets[0] != secrets[1]
    earlier = staffed.browser()
    earlier.http.set_cookie(COOKIE, secrets[0])
    assert "Сеанс закончился" in earlier.open("/school", 401)


def test_a_wrong_password_and_an_unknown_name_look_alike(staffed: Desks):
    told = []
    for login in (LOGIN, "nobody"):
        browser = staffed.browser()
        browser.open("/login")
        page = browser.send("/login", 422, login=login, password="не тот пароль")
        told.append(page)
        assert login in browser.page.text
        assert "не тот пароль" not in browser.page.text
    assert told[0] == told[1]
    assert "Имя или пароль не подошли" in told[0]


def test_too_many_wrong_passwords_are_told_when_to_come_back(staffed: Desks):
    browser = staffed.browser()
    browser.open("/login")
    for _ in range(MAX_FAILURES):
        browser.send("/login", 422, login=LOGIN, password="x")
    browser.send("/login", 429, login=LOGIN, password=PASSWORD)
    assert int(browser.page.headers["Retry-After"]) > 0


def test_an_empty_form_comes_back_with_a_sentence_at_each_field(staffed: Desks):
    browser = staffed.browser()
    browser.open("/login")
    assert browser.send("/login", 422, login=" ", password="").count("Заполните это поле") == 4


def test_after_leaving_nothing_is_shown_any_more(staffed: Desks):
    browser = staffed.browser()
    browser.open("/login")
    browser.send("/login", login=LOGIN, password=PASSWORD)
    assert browser.page.headers["Cache-Control"] == "no-store"
    secret = browser.http.get_cookie(COOKIE).value
    assert "Вы вышли" in browser.send("/logout")
    assert browser.http.get_cookie(COOKIE) is None
    browser.http.set_cookie(COOKIE, secret)
    browser.open("/school", 401)


def test_whose_session_ended_comes_back_to_the_same_page(staffed: Desks):
    browser = staffed.browser()
    browser.open(staffed.desk(), 401)
    assert f"/login?back={staffed.desk()}" in browser.page.text
    browser.open(f"/login?back={staffed.desk()}")
    assert "Класс 7А" in browser.send("/login", login=LOGIN, password=PASSWORD, back=staffed.desk())


@pytest.mark.parametrize(
    "back", ["//elsewhere.example", "https://elsewhere.example", "/school/../help", "/v1/school"]
)
def test_a_sign_in_leads_to_no_other_place(staffed: Desks, back: str):
    browser = staffed.browser()
    browser.open("/login")
    browser.send("/login", login=LOGIN, password=PASSWORD, back=back)
    assert browser.page.request.path == staffed.desk()


def test_a_form_of_another_site_is_refused(staffed: Desks):
    browser = staffed.of(Role.TUTOR)
    answer = browser.http.post("/logout", headers={"Accept": "text/html"})
    assert answer.status_code == 400
    browser.open("/school")
