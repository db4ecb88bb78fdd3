"""`make screens`: pictures of a few pages into docs/screens, of invented people on a real service.

Pages are those that the roads of the tests go by; each is drawn for a phone and for a desk.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from tests.browser.chromium import WANTED, find_chromium, running_chromium
from tests.browser.conftest import DESK, House, running_house
from tests.browser.family_road import FamilyRoad
from tests.browser.inspecting import Inspector
from tests.browser.school import CLASS, FAMILIES
from tests.browser.school_roads import ListRoad
from tests.browser.visitor import Album

SCREENS = Path(__file__).parents[2] / "docs" / "screens"
FIRST = {
    "decision": "/me/asks/*/decision",
    "receipt": "/me/answers/*",
    "check": "/school/lists/*",
}
LATEST = {
    "desk": "/school/*/classes/*",
    "tracker": "/school/*/classes/*/pupils",
    "readiness": "/school/*/readiness",
}
WIDTHS = (390, 1280)
MOST_HEIGHT = 3000  # pixels: the rest of a long page is cut off
COLOURS = 48


def main() -> int:
    path = find_chromium()
    if path is None:
        sys.stderr.write(f"{WANTED}\n")
        return 1
    album = Album()
    with (
        TemporaryDirectory(prefix="sg-screens-") as folder,
        running_chromium(path) as chromium,
        running_house(Path(folder), chromium, album) as house,
    ):
        walk(house)
        draw(Inspector(house.context(scripts=True), house.stage.url), album)
    return 0


def walk(house: House) -> None:
    """One class: the list comes in, a mother answers on her phone, the tutor looks again."""
    school = house.school(28)
    school.state({CLASS: len(FAMILIES)})
    road = ListRoad(house.visitor(size=DESK), school)
    road.whole()
    school.agree()
    school.office.invite()
    FamilyRoad(house.visitor(), school.outbox).whole()
    for words in ("Сборы", "Собрать решения", "Готовность"):
        road.visitor.follow(words)


def draw(inspector: Inspector, album: Album) -> None:
    """Each page in both widths, in few colours."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    states = {state.name: state for state in album.states.values()}
    taken = {name: states[pattern] for name, pattern in FIRST.items()}
    taken |= {name: album.latest[pattern] for name, pattern in LATEST.items()}
    for name, state in taken.items():
        inspector.show(state, unfolded=False)
        for width in WIDTHS:
            inspector.page.set_viewport_size({"width": width, "height": 600})
            height = inspector.page.evaluate("document.documentElement.scrollHeight")
            clip = {"x": 0, "y": 0, "width": width, "height": min(height, MOST_HEIGHT)}
            shot = inspector.page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]
            picture = Image.open(BytesIO(shot)).convert("RGB").quantize(COLOURS)
            picture.save(SCREENS / f"{name}-{width}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
