"""Every page that the roads went by: for everybody's eyes, ears, fingers and screens."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from gateway.app import PAGES
from gateway.web.pages.site import SITE
from tests.browser.inspecting import Inspector
from tests.browser.visitor import Album, State

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]
ROADS = ("family", "pupil", "class_list", "release", "audit", "office", "passer_by")
# A road to these would be long and show nothing new: words on a page like another, a way on.
UNSEEN = {
    "/me/other": "words",
    "/me/renew": "words",
    "/me/left/stranger": "words",
    "/p/*/not-mine": "words",
    "/school/scans/*": "a file",
    "/security/passkeys/new": "a service without a name knows no keys",
    "/school": "leads on where a school has one collection",
}
FILE = re.compile(r"\.(json|pdf|png|txt|xlsx)$")
ONE_OF = re.compile(r"<any\(([^)]*)\):\w+>")


@pytest.fixture(scope="session")
def seen(request: pytest.FixtureRequest, album: Album) -> list[State]:
    """All pages of all roads."""
    for road in ROADS:
        request.getfixturevalue(road)
    return list(album.states.values())


def test_nothing_is_wrong_with_any_page(seen: list[State], inspector: Inspector):
    faults = [fault for state in seen for fault in inspector.faults(state)]
    assert not faults, "\n".join(faults)


def kinds_of_pages() -> Iterator[str]:
    """Addresses of all pages of the service, ids as `*`."""
    app = Flask("kinds")
    for area in PAGES:
        app.register_blueprint(area.blueprint)
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint in SITE and not FILE.search(rule.rule):
            one_of = ONE_OF.search(rule.rule)
            for word in one_of[1].split(", ") if one_of else [""]:
                yield re.sub(r"<[^>]*>", "*", ONE_OF.sub(word, rule.rule))


def test_the_roads_lead_to_every_kind_of_page(seen: list[State], album: Album):
    assert seen
    assert set(kinds_of_pages()) - album.reached == set(UNSEEN)


def test_inspector_sees_what_is_wrong(inspector: Inspector):
    bad = '<p style="color:#ccc;width:2000px">not to be read by many</p><input>'
    page = f"<!doctype html><html><body>{bad}</body></html>"
    faults = inspector.faults(State("bad", ("", frozenset()), page))
    rules = {fault.split()[3].rstrip(":") for fault in faults}
    assert {"color-contrast", "html-has-lang", "label"} <= rules
    assert any("wider than the screen" in fault for fault in faults)
    assert any("200 %" in fault for fault in faults)
