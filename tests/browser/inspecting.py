"""What a page is looked at for: axe-core's rules, and whether it must be moved sideways.

A kept page is drawn again with scripts allowed, for axe-core is one; style and fonts come from the
service. axe-core (MPL-2.0) is taken out of axe-playwright-python.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

from tests.browser.visitor import State

WIDTHS = (320, 390, 1000)
HEIGHT = 844
USUAL_TEXT, LARGE_TEXT = 16, 32  # pixels: 200 % as a reader sets it in the browser
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# What may differ between screens that the same rules of style draw.
LAYOUT_RULES = ("color-contrast", "scrollable-region-focusable", "target-size")
NARROWEST = WIDTHS[0]
_EMPTY = "**/shown-again"
_RUN = """async ([type, values]) => {
  const found = await axe.run(document, {
    runOnly: {type, values}, resultTypes: ["violations"], preload: false,
  });
  return found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(" ")).join(", ")}`);
}"""
# Written into a page that stays, so axe-core is read once.
_SHOW = """async ([html, unfolded]) => {
  document.open();
  document.write(html);
  document.close();
  if (document.readyState !== "complete")
    await new Promise(done => window.addEventListener("load", done, {once: true}));
  const drawn = () => [...document.querySelectorAll("link[rel=stylesheet]")].every(l => l.sheet);
  while (!drawn()) await new Promise(done => setTimeout(done, 10));
  if (unfolded) document.querySelectorAll("details").forEach(each => { each.open = true; });
  document.documentElement.getBoundingClientRect();  // only letters laid out ask for their font
  await document.fonts.ready;
}"""
_SIDEWAYS = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  return [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > root.clientWidth + 0.5)
    .map(e => e.tagName.toLowerCase() + "." + e.className + " " + e.textContent.trim().slice(0, 40))
    .slice(-3);
}"""


@dataclass(frozen=True, slots=True)
class Font:
    """What letters were drawn with. `is_ours`: sent by the service, not found on the machine."""

    name: str
    is_ours: bool


@dataclass
class Inspector:
    """One page of a browser in which kept pages are drawn again. `url`: of the service."""

    context: BrowserContext
    url: str
    page: Page = field(init=False)
    _session: CDPSession = field(init=False)

    def __post_init__(self) -> None:
        axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
        self.page = self.context.new_page()
        self.page.route(_EMPTY, lambda route: route.fulfill(body="", content_type="text/html"))
        self.page.goto(f"{self.url}/shown-again")
        self.page.evaluate(axe)
        self._session = self.context.new_cdp_session(self.page)

    def show(self, state: State, *, unfolded: bool = True) -> None:
        """Draw a kept page again."""
        self.page.evaluate(_SHOW, [state.html, unfolded])

    def faults(self, state: State) -> list[str]:
        """Everything that is wrong with a page, each with the width at which it shows."""
        self.show(state)
        found = []
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            found += [f"{width}: {each}" for each in self.axe(is_again=width == NARROWEST)]
            found += [f"{width} wider than the screen: {each}" for each in self._sideways()]
        self._text(LARGE_TEXT)
        for width in WIDTHS[1:]:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            found += [f"{width} with text of 200 %: {each}" for each in self._sideways()]
        self._text(USUAL_TEXT)
        return [f"{state.name} at {each}" for each in found]

    def axe(self, *, is_again: bool = False) -> list[str]:
        """Rules that the page breaks, each with the places.

        `is_again`: a wider telephone is asked for everything, so only for what may differ.
        """
        asked = ["rule", list(LAYOUT_RULES)] if is_again else ["tag", list(RULES)]
        broken: list[str] = self.page.evaluate(_RUN, asked)
        return broken

    def fonts(self) -> set[Font]:
        """Of every letter of the page that is shown, as the browser really drew them."""
        for domain in ("DOM", "CSS"):
            self._session.send(f"{domain}.enable")
        root = self._session.send("DOM.getDocument")["root"]["nodeId"]
        asked = {"nodeId": root, "selector": "body *"}
        nodes: list[int] = self._session.send("DOM.querySelectorAll", asked)["nodeIds"]
        found = set()
        for node in nodes:
            drawn = self._session.send("CSS.getPlatformFontsForNode", {"nodeId": node})
            found |= {Font(each["familyName"], each["isCustomFont"]) for each in drawn["fonts"]}
        return found

    def _sideways(self) -> list[str]:
        found: list[str] = self.page.evaluate(_SIDEWAYS)
        return found

    def _text(self, pixels: int) -> None:
        sizes: dict[str, Any] = {"fontSizes": {"standard": pixels, "fixed": pixels}}
        self._session.send("Page.setFontSizes", sizes)
