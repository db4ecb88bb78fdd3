"""No page of a family ends without a heading, what to do now, and whom to call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from gateway.store.collections import collections
from gateway.store.schools import schools
from gateway.web.pages.own import MOST_BYTES
from policies.permissions import Role
from tests.gateway.web.conftest import CLASS, MOTHER, Door
from tests.gateway.web.pages.conftest import SENT, Browser, Family
from tests.town import PASSPORT, Child

Act = Callable[[], TestResponse]
Way = Callable[["Person"], Act]
WAYS: dict[str, tuple[Way, int]] = {}
CALL = "позвоните в школу"
STRANGER = 102


@dataclass
class Person:
    """Somebody of the mother's family with a browser of their own."""

    door: Door
    number: int = MOTHER
    family: Family = field(init=False)

    def __post_init__(self) -> None:
        app = self.door.http.application
        self.family = Family(self.door, Browser(app.test_client()), self.number)

    @property
    def browser(self) -> Browser:
        return self.family.browser

    def link(self) -> str:
        """The newest link."""
        return f"/p/{self.door.link_of(self.door.town, self.door.town.person(self.number))}"

    def fresh_link(self) -> str:
        """A link after that."""
        path = self.link()
        self.door.clock.forward(hours=2)
        self.browser.open("/login")
        self.sends(f"{path}/renew")()
        self.door.town.work()
        return self.link()

    def sits(self) -> Browser:
        """In a session of the mother."""
        self.browser.http.set_cookie("soglasie-family", self.door.family_token(self.door.town))
        return self.browser

    def front(self) -> str:
        with self.door.town.by(Role.REGISTRAR) as unit:
            return f"/s/{unit.schools.get(self.door.town.school_id).public_code}"

    def opens(self, path: str) -> Act:
        return lambda: self.browser.open(path).page

    def sends(self, path: str, **data: Any) -> Act:
        """A form with its hidden field, as the page before had it."""
        hidden = {"form_token": self.browser._read().forms[-1].fields["form_token"]}
        return lambda: self.browser.http.post(path, data={**hidden, **data}, headers=SENT)


def way(name: str, status: int) -> Callable[[Way], Way]:
    def register(made: Way) -> Way:
        WAYS[name] = (made, status)
        return made

    return register


@way("a link of nobody", 404)
def _(who: Person) -> Act:
    return who.opens("/p/nobody-was-ever-sent-this")


@way("a link that was used", 410)
def _(who: Person) -> Act:
    who.family.come_in()
    return who.opens(who.link())


@way("a link that is not theirs", 410)
def _(who: Person) -> Act:
    path = (stranger := Person(who.door, STRANGER)).link()
    stranger.browser.open(path).send("/not-mine")
    return who.opens(path)


@way("a link of which there is a newer one", 410)
def _(who: Person) -> Act:
    path = who.fresh_link()
    assert who.fresh_link() != path
    return who.opens(path)


@way("the address of a button", 405)
def _(who: Person) -> Act:
    return who.opens(f"{who.fresh_link()}/code")


@way("the poster's page asked too often", 429)
def _(who: Person) -> Act:
    path = who.front()
    who.browser.open(path)
    again = who.sends(path, contact="nobody@example.org")
    while again().status_code < 400:
        pass
    return again


@way("the poster's page with a load", 413)
def _(who: Person) -> Act:
    path = who.front()
    who.browser.open(path)
    return who.sends(path, contact="x" * 100_000)


@way("the poster's page of no school", 404)
def _(who: Person) -> Act:
    return who.opens("/s/00000000")


@way("an address of nothing", 404)
def _(who: Person) -> Act:
    return who.opens("/no/such/page")


@way("own pages without a session", 401)
def _(who: Person) -> Act:
    return who.opens("/me")


@way("a document of another", 404)
def _(who: Person) -> Act:
    who.sits()
    return who.opens(f"/me/asks/{uuid4()}")


@way("an answer of another", 404)
def _(who: Person) -> Act:
    who.sits()
    return who.opens(f"/me/answers/{uuid4()}")


@way("an address of nothing within a session", 404)
def _(who: Person) -> Act:
    who.sits()
    return who.opens("/me/nothing")


@way("the address of a button within a session", 405)
def _(who: Person) -> Act:
    who.sits()
    return who.opens("/me/leave")


@way("a form with a load", 413)
def _(who: Person) -> Act:
    who.sits().open("/me/other")
    return who.sends("/me/other", family_name="x" * (MOST_BYTES + 1))


@way("a form of another page", 400)
def _(who: Person) -> Act:
    who.sits().open("/me/other")
    return who.sends("/me/other", form_token="x")


@way("a session that is over", 401)
def _(who: Person) -> Act:
    who.sits()
    who.door.clock.forward(hours=1)
    return who.opens("/me")


@way("too late", 409)
def _(who: Person) -> Act:
    who.sits()
    with who.door.wiring.writing.begin() as db:
        db.execute(collections.update().values(deadline_on=date(2026, 8, 31)))
    return who.opens("/me/other")


@way("a link that is too old", 410)
def _(who: Person) -> Act:
    path = who.fresh_link()
    who.door.clock.forward(days=60)
    return who.opens(path)


NOBODYS = {
    "a link of nobody",
    "the poster's page of no school",
    "an address of nothing",
    "own pages without a session",
}
"""There is no telling which school it is about."""


def test_every_dead_end_says_what_to_do_and_whom_to_call(full_door: Door):
    town = full_door.town
    town.import_children([*CLASS, Child(2, name="Яна", guardians=(STRANGER,))])
    full_door.send_links(town)
    for name, (made, status) in WAYS.items():
        act = made(Person(full_door))
        told, words = shown(act())
        assert told.status_code == status, name
        assert re.search(r"<h1>[^<]{5,}</h1>\s*<p>[^<]{20,}\.</p>", told.text), name
        assert CALL in words, name
        assert ('href="tel:' in told.text) is (name not in NOBODYS), name
        with full_door.wiring.writing.begin() as db:
            db.execute(schools.update().values(phone=None))
        told, words = shown(act())
        assert f"{CALL}." in words, name
        assert 'href="tel:' not in told.text, name
        with full_door.wiring.writing.begin() as db:
            db.execute(schools.update().values(phone=PASSPORT["phone"]))


def shown(page: TestResponse) -> tuple[TestResponse, str]:
    return page, " ".join(re.sub(r"<[^>]+>", " ", page.text).replace("\u00a0", " ").split())
