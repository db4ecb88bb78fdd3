"""The exact document as a part of a page: its words and order, without its page and style.

The document is ours and every value in it is escaped (consent_forms/rendering.py), so its markup
is taken as it is. Headings go two steps down under the page's own; ids are dropped, for two
documents may stand on one page. The digest is of the whole document, which is kept as evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_MAIN = re.compile(r"<main>(.*)</main>", re.DOTALL)
_HEADING = re.compile(r"<(/?)h([12])\b")
_ID = re.compile(r'(<[a-z0-9]+[^>]*?) id="[^"]*"')


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """Markup that a template takes as it is."""

    markup: str = field(repr=False)

    def __html__(self) -> str:
        return self.markup


def shown_document(html: bytes) -> ShownDocument:
    """What is between `<main>` and `</main>`. Raises ValueError for a page without it."""
    found = _MAIN.search(html.decode())
    if found is None:
        raise ValueError("document.main")
    lowered = _HEADING.sub(lambda m: f"<{m[1]}h{int(m[2]) + 2}", found[1])
    return ShownDocument(_ID.sub(r"\1", lowered))
