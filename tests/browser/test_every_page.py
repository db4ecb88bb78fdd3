"""Every page that the roads went by: for everybody's eyes, ears, fingers and screens."""

from __future__ import annotations

import pytest

from tests.browser.inspecting import Inspector
from tests.browser.visitor import Album, State

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]
ROADS = ("family", "class_list", "release", "audit", "office", "passer_by")
# Roads lead to these by links alone: a link that is lost would take them out of sight.
REACHED = {
    *("/", "/help", "/privacy", "/accessibility", "/verify", "/login", "/security"),
    *("/s/*", "/s/*/asked", "/school/poster", "/school/acting", "/school/*/registers"),
    *("/admin", "/admin/staff", "/admin/clients", "/admin/programmes", "/admin/messages"),
}


@pytest.fixture(scope="session")
def seen(request: pytest.FixtureRequest, album: Album) -> list[State]:
    """All pages of all roads."""
    for road in ROADS:
        request.getfixturevalue(road)
    return list(album.states.values())


def test_nothing_is_wrong_with_any_page(seen: list[State], inspector: Inspector):
    faults = [fault for state in seen for fault in inspector.faults(state)]
    assert not faults, "\n".join(faults)


def test_the_roads_lead_to_every_kind_of_page(seen: list[State], album: Album):
    assert seen
    assert REACHED - album.reached == set()


def test_inspector_sees_what_is_wrong(inspector: Inspector):
    bad = '<p style="color:#ccc;width:2000px">not to be read by many</p><input>'
    page = f"<!doctype html><html><body>{bad}</body></html>"
    faults = inspector.faults(State("bad", ("", frozenset()), page))
    rules = {fault.split()[3].rstrip(":") for fault in faults}
    assert {"color-contrast", "html-has-lang", "label"} <= rules
    assert any("wider than the screen" in fault for fault in faults)
    assert any("200 %" in fault for fault in faults)
