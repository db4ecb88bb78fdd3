"""A person at a browser: follows links, fills fields and presses buttons by the words on them.

Every page that goes by is kept once as it was drawn: the tests of all pages look at these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page

_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/p/)[\w-]{16,}|(?<=/s/)[a-z0-9]{8}"
    r"|(?<=/)[A-Z0-9-]{9,}(?=$|[/.])|(?<=/)\d+(?=$|/)"
)
_TAG = re.compile(r"<([a-z0-9]+)\b")
_HREF = re.compile(r'<a\b[^>]*href="(/[^"#]*)"')
_FILE = re.compile(r"\.[a-z]{2,9}$|/export")
MOST_LINKS = 80
# What stands there depends on who looks.
OWN = ("/school", "/security")


@dataclass(frozen=True, slots=True)
class State:
    """A page as it was shown. `shape`: its address without ids and the elements that it has."""

    name: str
    shape: tuple[str, frozenset[str]] = field(repr=False)
    html: str = field(repr=False)


@dataclass
class Album:
    """Pages that went by: each shape once, and the latest of each address.

    `reached`: addresses that were shown to somebody who may see them.
    """

    states: dict[object, State] = field(default_factory=dict)
    latest: dict[str, State] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)

    def keep(self, url: str, html: str) -> None:
        path = pattern_of(url)
        body = html.partition("<body")[2]
        shape = (path, frozenset(_TAG.findall(body)))
        self.latest[path] = State(path, shape, html)
        if shape not in self.states:
            like = sum(1 for known in self.states.values() if known.shape[0] == path)
            name = f"{path} {like + 1}" if like else path
            self.states[shape] = State(name, shape, html)


def pattern_of(url: str) -> str:
    """The path of an address, ids and secrets as `*`."""
    return _ID.sub("*", urlsplit(url).path)


@dataclass
class Visitor:
    """One person. `url`: of the service; `shown`: the latest of each kind of page."""

    context: BrowserContext
    url: str
    album: Album
    page: Page = field(init=False)
    shown: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()

    # ways on

    def open(self, path: str) -> None:
        answer = self.page.goto(self.url + path)
        self.look(is_let_in=answer is not None and answer.ok)

    def follow(self, words: str) -> None:
        """The first link whose words begin so."""
        self._go(self.find("link", words))

    def press(self, words: str) -> None:
        """The first button whose words begin so."""
        self._go(self.find("button", words))

    def back(self) -> None:
        self.page.go_back()

    def find(self, role: str, words: str) -> Locator:
        parts = re.findall(r"\w+|[^\w\s]+", words)
        starts = re.compile(r"^\s*" + r"\s*".join(map(re.escape, parts)))
        return self.page.get_by_role(role, name=starts).first  # type: ignore[arg-type]

    # fields

    def fill(self, label: str, text: str, nth: int = 0) -> None:
        """The field of that label; `nth` where several have it."""
        self._write(self._field(label, nth), text)

    def choose(self, label: str) -> None:
        """A radio button or a tick."""
        self._check(self.page.get_by_label(label).first)

    def fill_date(self, legend: str, day: int, month: int, year: int, nth: int = 0) -> None:
        group = self.page.get_by_role("group", name=legend).nth(nth)
        for label, number in (("День", day), ("Месяц", month), ("Год", year)):
            self._write(group.get_by_label(label), str(number))

    def _field(self, label: str, nth: int) -> Locator:
        return self.page.get_by_label(label, exact=True).nth(nth)

    # what is on the screen

    @property
    def heading(self) -> str:
        return " ".join(self.page.locator("h1").first.inner_text().split())

    @property
    def text(self) -> str:
        return " ".join(self.page.locator("body").inner_text().split())

    def look(self, *, is_let_in: bool = True) -> None:
        """Keep what is on the screen."""
        self.page.wait_for_load_state()
        address, html = pattern_of(self.page.url), self.page.content()
        self.shown[address] = html
        self.album.keep(self.page.url, html)
        if is_let_in:
            self.album.reached.add(address)

    def wander(self) -> None:
        """Open every page that this person's pages lead to and that is new: reading changes
        nothing.
        """
        tried: set[str] = set()
        for _ in range(MOST_LINKS):
            told = {each for each in self.album.reached if not each.startswith(OWN)}
            known = tried | told | set(self.shown)
            links = [link for html in self.shown.values() for link in _HREF.findall(html)]
            fresh = [link for link in links if pattern_of(link) not in known]
            fresh = [link.replace("&amp;", "&") for link in fresh if not _FILE.search(link)]
            if not fresh:
                return
            self.open(fresh[0])
            tried.add(pattern_of(fresh[0]))
        raise AssertionError("the pages have no end")

    def unfold(self, words: str) -> None:
        """Open a part of the page that is folded away."""
        self.page.locator("summary", has_text=words).first.click()

    def save(self, button: str) -> Path:
        """Press a button that gives a file; answers where the browser put it."""
        with self.page.expect_download() as given:
            self.find("button", button).click()
        return given.value.path()

    def download(self, words: str) -> bytes:
        """What stands behind a link, as this person gets it."""
        address = self.find("link", words).get_attribute("href")
        answer = self.context.request.get(f"{self.url}{address}")
        assert answer.ok, words
        return answer.body()

    # by hand

    def _go(self, to: Locator) -> None:
        with self.page.expect_navigation():
            to.click()
        self.look()

    def _write(self, into: Locator, text: str) -> None:
        into.fill(text)

    def _check(self, one: Locator) -> None:
        one.check(force=True)  # its label lies above it
