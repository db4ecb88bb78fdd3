"""How staff come in: the one place of these tests that knows the door."""

from __future__ import annotations

from examples.demo.phone import Phone
from tests.browser.school import BrowsedSchool
from tests.browser.visitor import Visitor

SET_UP, SHOW = "Защита входа", "Подтвердите, что это вы"


def come_in(visitor: Visitor, school: BrowsedSchool, role: str) -> None:
    """From the sign-in page to the worker's first page."""
    phone = enter(visitor, school.login(role), school.password, school.phones.get(role))
    if phone is not None:
        school.phones[role] = phone


def enter(visitor: Visitor, login: str, password: str, phone: Phone | None) -> Phone | None:
    """Login, password and what the second step asks for; answers the phone of whoever has one."""
    visitor.open("/login")
    visitor.fill("Имя для входа", login)
    visitor.fill("Пароль", password)
    visitor.press("Войти")
    if visitor.heading == SET_UP:
        visitor.press("Подключить приложение")
        phone = Phone(visitor.page.locator("main code").first.inner_text().replace(" ", ""))
        visitor.fill("Код, который показало приложение", phone.code())
        visitor.press("Подтвердить")
        visitor.follow("Я сохранил(а) коды, дальше")
    elif visitor.heading == SHOW and phone is not None:
        visitor.fill("Код из приложения", phone.code())
        visitor.press("Подтвердить")
    return phone
