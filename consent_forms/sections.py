"""A rendered document as the linter sees it: visible words by `data-element`."""

from __future__ import annotations

from html.parser import HTMLParser

from consent_forms.form import Element

# A heading alone does not say what it announces.
_SILENT = frozenset({"style", "title", "h1", "h2"})


class Sections(HTMLParser):
    """Reads `html` at once."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._anchors: dict[str, str | None] = {}
        self._words: dict[str, list[str]] = {"": []}
        self._everything: list[str] = []
        self._section = ""
        self._silent = ""
        self.feed(html)
        self.close()

    def text(self, element: Element) -> str:
        """Words of the section with single spaces, without its heading; empty if there is none."""
        return plain(" ".join(self._words.get(element.value, [])))

    def anchor(self, element: Element) -> str | None:
        """The id of the section; None if it has none."""
        return self._anchors.get(element.value)

    @property
    def whole(self) -> str:
        """Every word, headings too."""
        return plain(" ".join(self._everything))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            values = dict(attrs)
            self._section = values.get("data-element") or ""
            self._anchors[self._section] = values.get("id")
            self._words.setdefault(self._section, [])
        if tag in _SILENT:
            self._silent = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == "section":
            self._section = ""
        if tag == self._silent:
            self._silent = ""

    def handle_data(self, data: str) -> None:
        if self._silent != "style":
            self._everything.append(data)
        if not self._silent:
            self._words[self._section].append(data)


def plain(text: str) -> str:
    """Single spaces; a no-break space is a space."""
    return " ".join(text.split())
