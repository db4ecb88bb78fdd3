"""How staff come in: the one place of these tests that knows the door."""

from __future__ import annotations

from urllib.parse import urlsplit

from examples.demo.calls import PHONES
from examples.demo.phone import Phone
from tests.browser.school import BrowsedSchool
from tests.browser.visitor import Visitor


def come_in(visitor: Visitor, school: BrowsedSchool, role: str) -> None:
    """From the sign-in page to the worker's first page."""
    enter(visitor, school.login(role), school.password)


def enter(visitor: Visitor, login: str, password: str) -> None:
    """Login and password as somebody types them; then a code, or the phone is set up."""
    visitor.open("/login")
    visitor.fill("Имя для входа", login)
    visitor.fill("Пароль", password)
    visitor.press("Войти")
    path, pocket = urlsplit(visitor.page.url).path, (visitor.url, login)
    if path == "/security":
        PHONES[pocket] = set_up(visitor)
    elif path == "/login/second":
        visitor.fill("Код из приложения", PHONES[pocket].code())
        visitor.press("Подтвердить")


def set_up(visitor: Visitor) -> Phone:
    """Take the secret over by hand, confirm it, keep the recovery codes."""
    visitor.press("Подключить приложение")
    phone = Phone(visitor.page.locator("main code").first.inner_text())
    visitor.fill("Код, который показало приложение", phone.code())
    visitor.press("Подтвердить")
    phone.spare = visitor.page.locator("main code").all_inner_texts()
    visitor.follow("Я сохранил(а) коды")
    return phone
