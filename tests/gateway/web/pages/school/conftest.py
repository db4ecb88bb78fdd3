"""A worker at a browser: cookies, forms with their hidden fields, pages as text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crypto.secrets_text import hash_secret, new_secret
from gateway.unit import SYSTEM
from gateway.web.context import keep_wiring
from gateway.web.pages.cookies import CSRF_FIELD
from gateway.wiring import Wiring
from policies.permissions import Role
from tests.conftest import Clock
from tests.phone import Phone
from tests.town import Town

_FORM_TOKEN = re.compile(rf'name="{CSRF_FIELD}" value="([^"]+)"')


@dataclass
class Browser:
    """One browser of one worker. `page`: the last page that was shown."""

    http: FlaskClient
    page: TestResponse | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """The page's words without markup, spaces squeezed."""
        assert self.page is not None
        words = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", self.page.text, flags=re.DOTALL)
        return re.sub(r"\s+", " ", unescape(words)).replace("\u00a0", " ").strip()

    def open(self, path: str, status: int = 200) -> str:
        """Open an address, follow it on, and answer the page's words."""
        self.page = self.http.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
        assert self.page.status_code == status, self.text
        return self.text

    def token(self) -> str:
        """The hidden field of the page's forms."""
        assert self.page is not None
        found = _FORM_TOKEN.search(self.page.text)
        assert found, "no form on the page"
        return found[1]

    def send(self, path: str, status: int = 200, **fields: object) -> str:
        """Send a form of the page that is open (`-` of a name is written `__`)."""
        data = {name.replace("__", "-"): value for name, value in fields.items()}
        return self.post(path, data, status)

    def post(self, path: str, data: dict[str, object], status: int = 200) -> str:
        sent = {**data, CSRF_FIELD: self.token()}
        self.page = self.http.post(
            path, data=sent, headers={"Accept": "text/html"}, follow_redirects=True
        )
        assert self.page.status_code == status, self.text
        return self.text


def set_up_phone(browser: Browser, clock: Clock) -> Phone:
    """Scan, confirm; the phone with the recovery codes that were shown."""
    browser.open("/security")
    browser.send("/security/app")
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", browser.page.text)
    assert secret, browser.text
    phone = Phone(secret[1], clock)
    browser.send("/security/app/confirm", code=phone.code())
    phone.spare = re.findall(r'<code class="nowrap">([0-9A-Z-]+)</code>', browser.page.text)
    return phone


@dataclass
class Desks:
    """A school whose workers sit at browsers of their own."""

    app: Flask
    wiring: Wiring
    town: Town

    def browser(self) -> Browser:
        return Browser(self.app.test_client())

    def of(self, role: Role, staff_id: UUID | None = None) -> Browser:
        """A browser in which that worker has signed in."""
        secret = new_secret()
        with self.wiring.units.open(SYSTEM) as unit:
            unit.staff.open_session(
                hash_secret(secret),
                staff_id or self.town.staff[role],
                unit.now + timedelta(hours=8),
                unit.now,
            )
        browser = self.browser()
        browser.http.set_cookie("soglasie-staff", secret)
        return browser

    @property
    def collection(self) -> str:
        return f"/school/{self.town.collection_id}"

    def class_id(self, name: str = "7А") -> UUID:
        with self.town.by(Role.REGISTRAR) as unit:
            names = unit.schools.class_names(self.town.school_id)
        return next(key for key, known in names.items() if known == name)

    def desk(self, name: str = "7А") -> str:
        return f"{self.collection}/classes/{self.class_id(name)}"


@pytest.fixture
def desks(app: Flask, wiring: Wiring) -> Desks:
    """A school with an open collection; nobody is on its list yet."""
    keep_wiring(app, wiring)
    return Desks(app, wiring, Town(wiring))
