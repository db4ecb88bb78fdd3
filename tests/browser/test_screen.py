"""What reaches the screen: fonts of our own for every letter, few bytes, nothing from elsewhere."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.browser.conftest import House
from tests.browser.family_road import FamilyRoad
from tests.browser.inspecting import Inspector
from tests.browser.school import ELDER, MOTHER, OTHER, YOUNGER, BrowsedSchool
from tests.browser.visitor import Album, State
from tests.browser.wire import bytes_of_visit

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]
FIRST_VISIT_BYTES = 60 * 1024


def test_first_visit_is_small_with_its_fonts(house: House, invited: BrowsedSchool):
    link = f"{house.stage.url}/p/{invited.outbox.link(OTHER.email)}"
    received = bytes_of_visit(house.chromium, link)
    assert any(path.endswith(".woff2") for path in received)
    assert sum(received.values()) <= FIRST_VISIT_BYTES, received


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
