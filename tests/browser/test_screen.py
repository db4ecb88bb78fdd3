"""What reaches the screen: fonts of our own for every letter, few bytes, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response
from pypdf import PdfReader

from tests.browser.conftest import House
from tests.browser.family_road import FamilyRoad
from tests.browser.inspecting import Inspector
from tests.browser.school import ELDER, MOTHER, OTHER, YOUNGER, BrowsedSchool
from tests.browser.visitor import Album, State

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]
FIRST_VISIT_BYTES = 60 * 1024


@pytest.fixture
def first_visit(house: House, invited: BrowsedSchool) -> Iterator[tuple[Page, dict[str, int]]]:
    """A letter's link in a browser that knows nothing yet, and bytes over the wire by path."""
    context = house.context(scripts=True)
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{house.stage.url}/p/{invited.outbox.link(OTHER.email)}", wait_until="networkidle")
    wire = {}
    for answer in answers:
        sizes = answer.request.sizes()
        assert answer.url.startswith(house.stage.url), answer.url
        wire[urlsplit(answer.url).path] = sizes["responseHeadersSize"] + sizes["responseBodySize"]
    yield page, wire
    context.close()


def test_first_visit_is_small_with_its_fonts(first_visit: tuple[Page, dict[str, int]]):
    _, wire = first_visit
    assert any(path.endswith(".woff2") for path in wire)
    assert sum(wire.values()) <= FIRST_VISIT_BYTES, wire


def test_first_visit_breaks_no_rule_of_its_own_policy(house: House, invited: BrowsedSchool):
    context = house.context(scripts=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{house.stage.url}/p/{invited.outbox.link(OTHER.email)}", wait_until="networkidle")
    page.goto(f"{house.stage.url}/login", wait_until="networkidle")
    context.close()
    assert said == []


@pytest.mark.parametrize("name", [MOTHER.name, ELDER.name, YOUNGER.name, "д'Артаньян-Ӑсанова"])
def test_letters_of_a_name_come_from_our_fonts(
    family: FamilyRoad, inspector: Inspector, album: Album, name: str
):
    del family
    overview = next(state for state in album.states.values() if MOTHER.name in state.html)
    html = overview.html.replace(MOTHER.name, name)
    inspector.show(State(overview.name, overview.shape, html))
    fonts = inspector.fonts()
    assert fonts
    assert {font for font in fonts if not font.is_ours} == set()


def test_names_stand_in_the_papers_that_a_family_keeps(family: FamilyRoad):
    document = PdfReader(BytesIO(family.files["Подписанный документ, PDF"]))
    words = " ".join(page.extract_text() for page in document.pages)
    told = " ".join(words.split())
    assert MOTHER.name in told
    assert ELDER.name in told
