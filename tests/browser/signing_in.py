"""How staff come in: the one place of these tests that knows the door."""

from __future__ import annotations

from tests.browser.school import BrowsedSchool
from tests.browser.visitor import Visitor


def come_in(visitor: Visitor, school: BrowsedSchool, role: str) -> None:
    """From the sign-in page to the worker's first page."""
    enter(visitor, school.login(role), school.password)


def enter(visitor: Visitor, login: str, password: str) -> None:
    """Login and password as somebody types them."""
    visitor.open("/login")
    visitor.fill("Имя для входа", login)
    visitor.fill("Пароль", password)
    visitor.press("Войти")
