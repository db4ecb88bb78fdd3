"""Markup cut into tags and text, in one pass and without a tree.

The parser of the standard library needs quadratic time for `<a<a<a…`; here every sign is looked
at a bounded number of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

_TAG = re.compile(r"""<(/?)([A-Za-z][\w:-]{0,40})((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
_ATTRIBUTE = re.compile(r"""([\w:-]{1,60})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_MOST_STRAYS = 1_000
_CDATA = "<![CDATA["
# What stands in these is no text of the page.
_UNSEEN = ("script", "style")


@dataclass(frozen=True, slots=True)
class Tag:
    """`name` and the names of attributes come in small letters. A tag may end itself: `<a/>`."""

    name: str
    is_end: bool
    ends_itself: bool
    _said: str

    @property
    def attributes(self) -> Mapping[str, str]:
        """Values with their entities resolved; a name without a value is left out."""
        return {
            found[1].lower(): unescape(found[2] or found[3] or found[4] or "")
            for found in _ATTRIBUTE.finditer(self._said)
        }


def pieces(text: str) -> Iterator[Tag | str]:
    """Tags, and the text between them with its entities resolved.

    Raises ValueError for a text that only looks like markup: hardly any `<` in it begins a tag.
    """
    at = strays = 0
    while at < len(text):
        start = text.find("<", at)
        if start < 0:
            start = len(text)
        if start > at:
            yield unescape(text[at:start])
        if start == len(text):
            return
        if text.startswith(_CDATA, start):
            end = _after(text, "]]>", start)
            yield text[start + len(_CDATA) : end - 3]
        elif text.startswith("<!--", start):
            end = _after(text, "-->", start)
        elif text.startswith(("<!", "<?"), start):
            end = _after(text, ">", start)
        elif found := _TAG.match(text, start):
            name, said = found[2].lower(), found[3]
            tag = Tag(name, bool(found[1]), said.endswith("/"), said)
            yield tag
            end = found.end()
            if name in _UNSEEN and not tag.is_end and not tag.ends_itself:
                # Behind the closing tag, whatever stands between.
                end = _after(text, f"</{found[2]}", end)
        else:
            strays += 1
            if strays > _MOST_STRAYS:
                raise ValueError
            yield "<"
            end = start + 1
        at = end


def _after(text: str, mark: str, start: int) -> int:
    """The place behind the next `mark`; the end of the text when none comes."""
    found = text.find(mark, start)
    return len(text) if found < 0 else found + len(mark)
