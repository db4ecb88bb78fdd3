"""XLSX to rows: ECMA-376 parts are looked through, then read by calamine.

calamine lays a sheet out from corner to corner, so one cell at XFD1048576 could end the process.
Hence every filled cell's place is checked first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from gateway.intake.archive import packed
from gateway.intake.cells import Limits, Table
from gateway.intake.sheets import Allowance, Look, read_sheets

MAIN_PART = "xl/workbook.xml"
_TAG = re.compile(rb"<(?:\w+:)?(row|c)((?:\s[^>]*)?)>")
_PLACE = re.compile(rb"(?<![\w:])r\s*=\s*[\"']([A-Za-z]*)(\d*)[\"']")
_HIDDEN = re.compile(rb"(?<![\w:])hidden\s*=\s*[\"'](?:1|true)[\"']")
_ROW = re.compile(rb"<row((?:\s[^>]*)?)>")
# Columns behind IV, or rows from 20,000 on.
_FAR = re.compile(
    rb'<c r="(?:[A-Z]{3}|I[W-Z]|[J-Z][A-Z]|[^A-Z])|<c r="[A-Z]+(?:[2-9][0-9]{4}|[0-9]{6})'
)
_BEYOND_Z = re.compile(rb'<c r="[A-Z]{2}')
_TO_Z, _WIDE = 26, 256
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?(?<!\w)\w+:id\s*=\s*[\"']([^\"']+)[\"']")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ID = re.compile(rb"(?<!\w)Id\s*=\s*[\"']([^\"']+)[\"']")
_TARGET = re.compile(rb"(?<!\w)Target\s*=\s*[\"']([^\"']+)[\"']")


def read_workbook(parts: dict[str, bytes], limits: Limits) -> tuple[Table, ...]:
    """The filled sheets of an XLSX. Takes the parts over. Raises `UnreadableFile`."""
    allowance = Allowance(limits)
    looks = {name: _look_through(part, allowance) for name, part in parts.items()}
    places = list(_sheet_parts(parts))

    def look_at(index: int) -> Look:
        return looks.get(places[index], Look()) if index < len(places) else Look()

    return read_sheets("xlsx", packed(parts), look_at, limits)


def _look_through(part: bytes, allowance: Allowance) -> Look:
    allowance.begin_sheet()
    return _glance(part, allowance) or _look_closely(part, allowance)


def _glance(part: bytes, allowance: Allowance) -> Look | None:
    """A look at the rows alone, enough for a sheet as Excel writes it: every cell says its place
    first, none stands far away. None asks for a closer look.
    """
    cells = part.count(b'<c r="')
    if cells != part.count(b"<c ") + part.count(b"<c>") or b":c " in part or b":c>" in part:
        return None
    if _FAR.search(part):
        return None
    look, last = Look(), 0
    for tag in _ROW.finditer(part):
        place = _PLACE.search(tag[1])
        if place is None or not place[2]:
            return None
        last = max(last, int(place[2]))
        if _HIDDEN.search(tag[1]):
            look.hidden.add(int(place[2]))
    width = _WIDE if _BEYOND_Z.search(part) else _TO_Z
    return look if allowance.take_most(last, width, cells) else None


def _look_closely(part: bytes, allowance: Allowance) -> Look:
    row = column = 0
    look = Look()
    for tag in _TAG.finditer(part):
        attributes = tag[2]
        place = _PLACE.search(attributes)
        if tag[1] == b"row":
            row, column = (int(place[2] or row + 1) if place else row + 1), 0
            if _HIDDEN.search(attributes):
                look.hidden.add(row)
            continue
        if place and place[1] and place[2]:
            column, at = _column_number(place[1]), int(place[2])
        else:
            column, at = column + 1, row
        if attributes.endswith(b"/") or part[tag.end() : tag.end() + 2] == b"</":
            continue  # formatted, but empty: calamine leaves it out too
        allowance.take(at, column)
    return look


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - 64
    return number


def _sheet_parts(parts: dict[str, bytes]) -> Iterator[str]:
    """Part names of the sheets in the order of their tabs (ECMA-376 part 1, 18.2.20)."""
    targets = {}
    for relation in _RELATION.finditer(parts.get("xl/_rels/workbook.xml.rels", b"")):
        name, target = _ID.search(relation[1]), _TARGET.search(relation[1])
        if name and target:
            targets[name[1]] = target[1].decode("utf-8", "replace")
    for sheet in _SHEET.finditer(parts[MAIN_PART]):
        yield str(PurePosixPath("/xl") / targets.get(sheet[1], "")).lstrip("/")
