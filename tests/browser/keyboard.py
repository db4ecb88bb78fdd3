"""A person without a mouse: Tab, arrows, Space, Enter and letters."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Locator

from tests.browser.visitor import Visitor, pattern_of

MOST_STOPS = 120
_IS_FOCUSED = "element => element === document.activeElement"
_RING = """() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  return [at.tagName, at.id || at.textContent.trim().slice(0, 40), style.outlineStyle,
          style.outlineWidth];
}"""


@dataclass
class KeyboardVisitor(Visitor):
    """`unseen`: stops at which nothing on the screen showed where the keyboard was."""

    unseen: list[str] = field(default_factory=list)

    def _reach(self, to: Locator) -> None:
        """Tab on, past the end of the page if need be."""
        for _ in range(MOST_STOPS):
            if to.evaluate(_IS_FOCUSED):
                self._note_ring()
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {to} on {pattern_of(self.page.url)}")

    def _go(self, to: Locator) -> None:
        self._reach(to)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()

    def _write(self, into: Locator, text: str) -> None:
        self._reach(into)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def _check(self, one: Locator) -> None:
        """Tab stops once at a group of radio buttons; arrows go on inside of it."""
        name = one.get_attribute("name")
        group = self.page.locator(f'input[name="{name}"]')
        for _ in range(MOST_STOPS):
            if any(group.nth(n).evaluate(_IS_FOCUSED) for n in range(group.count())):
                break
            self.page.keyboard.press("Tab")
        self._note_ring()
        if one.evaluate(_IS_FOCUSED):
            self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if one.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        assert one.is_checked(), "the keyboard does not choose it"

    def _note_ring(self) -> None:
        tag, what, style, width = self.page.evaluate(_RING)
        if style == "none" or width == "0px":
            self.unseen.append(f"{pattern_of(self.page.url)}: {tag} {what}")
