"""A browser without scripts: it follows links, fills forms and keeps cookies, as a reader would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Clock
from tests.gateway.web.conftest import (
    CLASS,
    MOTHER,
    Door,
    app,
    client,
    door,
    full_door,
    log_lines,
    visitor,
)

__all__ = ["app", "client", "door", "full_door", "log_lines", "visitor"]
SENT = {"Accept": "text/html"}


@dataclass
class Form:
    """A form as it stands on a page: where it goes and what is filled in already."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._href: str | None = None
        self._words = ""
        self._select: str | None = None
        self._in_form = False
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(told["action"]))
            self._in_form = True
        elif tag == "a":
            self._href, self._words = told.get("href", ""), ""
        elif self._in_form and tag == "input":
            is_choice = told.get("type") in {"radio", "checkbox"}
            if not is_choice or "checked" in told:
                self.forms[-1].fields[told["name"]] = told.get("value", "")
        elif self._in_form and tag == "select":
            self._select = told["name"]
        elif self._select and tag == "option":
            fields = self.forms[-1].fields
            if "selected" in told or self._select not in fields:
                fields[self._select] = told["value"]
        elif self._in_form and tag == "textarea":
            self._area = told["name"]
            self.forms[-1].fields[self._area] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "a" and self._href is not None:
            self.links.append((" ".join(self._words.split()), self._href))
            self._href = None

    def handle_data(self, data: str) -> None:
        if self._href is not None:
            self._words += data
        if self._area:
            self.forms[-1].fields[self._area] += data
        if self._in_form:
            self.forms[-1].buttons += data


@dataclass
class Browser:
    """One person's browser. `page` is what is on the screen."""

    http: FlaskClient
    page: TestResponse = field(init=False)

    def open(self, path: str) -> Browser:
        self.page = self.http.get(path, headers=SENT, follow_redirects=True)
        return self

    def follow(self, words: str) -> Browser:
        """Open the link whose words begin so."""
        found = [href for text, href in self._read().links if text.startswith(words)]
        assert found, (words, self.text)
        return self.open(found[0])

    def send(self, to: str, fields: Mapping[str, str] | None = None) -> Browser:
        """Fill in the form that leads to an address that ends so, and send it."""
        form = self.form(to)
        self.page = self.http.post(
            form.action, data={**form.fields, **(fields or {})}, headers=SENT, follow_redirects=True
        )
        return self

    def form(self, to: str) -> Form:
        found = [form for form in self._read().forms if form.action.endswith(to)]
        assert found, (to, self.text)
        return found[0]

    @property
    def text(self) -> str:
        """Words on the page, in single spaces."""
        body = re.sub(r"(?s)<head>.*?</head>|<[^>]+>", " ", self.page.text)
        return " ".join(body.replace("&nbsp;", " ").replace("\u00a0", " ").split())

    @property
    def heading(self) -> str:
        found = re.search(r"(?s)<h1[^>]*>(.*?)</h1>", self.page.text)
        assert found, self.page.text
        return " ".join(re.sub(r"<[^>]+>", " ", found[1]).replace("\u00a0", " ").split())

    @property
    def faults(self) -> list[str]:
        return re.findall(r'<p class="fault" id="([^"]+)-fault"', self.page.text)

    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.page.text)
        return reader


@dataclass
class Family:
    """A browser with the post of one signer beside it."""

    door: Door
    browser: Browser
    number: int = MOTHER

    @property
    def phone(self) -> str:
        return f"+7900{self.number:07d}"

    def newest_code(self) -> str:
        self.door.town.work()
        return self.door.outbox().code(self.phone)

    def link(self) -> str:
        self.door.send_links(self.door.town)
        return f"/p/{self.door.link_of(self.door.town, self.door.town.person(self.number))}"

    def come_in(self) -> Browser:
        """Letter, code, «Да, это я»: the own page is open."""
        browser = self.browser.open(self.link()).send("/code")
        browser.send("/enter", {"code": self.newest_code()})
        return browser.send("/me/who", {"who": "signer"})


@pytest.fixture
def family(full_door: Door, clock: Clock) -> Family:
    """The mother of a class of one, with her letter."""
    full_door.send_links(full_door.town)
    return Family(full_door, Browser(full_door.http))


@pytest.fixture
def pupils() -> tuple[object, ...]:
    """The class list behind `family`."""
    return CLASS
