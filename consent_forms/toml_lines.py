"""Where in a TOML file a place stands: a remark should lead the eye to its line."""

from __future__ import annotations

import re
from collections import Counter

_TABLE = re.compile(r"\s*\[(\[)?\s*([\w.\"-]+?)\s*\]")
_KEY = re.compile(r"\s*([\w-]+(?:\.[\w\"-]+)*)\s*=")
_LAST = re.compile(r"\.?[^.\[\]]+$|\[\d+\]$")


def line_of(text: str, place: str) -> int | None:
    """Line, from 1, of a place as `policies.toml_reading` tells it («items.pupil[2].field»).

    A place inside of a value is at the line of its key; a key that is not there, at the line of
    its table. None: not even that is there, or the place is the whole file.
    """
    lines = _lines(text)
    while place:
        if place in lines:
            return lines[place]
        place = _LAST.sub("", place)
    return None


def _lines(text: str) -> dict[str, int]:
    """Place -> line of every key and table that begins a line of its own."""
    found: dict[str, int] = {}
    seen: Counter[str] = Counter()
    table = ""
    for number, row in enumerate(text.splitlines(), start=1):
        if head := _TABLE.match(row):
            table = head[2]
            if head[1]:
                seen[table] += 1
                table = f"{table}[{seen[table]}]"
            found.setdefault(table, number)
        elif key := _KEY.match(row):
            place = f"{table}.{key[1]}" if table else key[1]
            found.setdefault(place.replace('"', ""), number)
    return found
