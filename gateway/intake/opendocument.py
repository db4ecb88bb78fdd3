"""ODS to rows: the content is looked through, then read by calamine.

An ODS says «this row stands a million times»; filled repetitions are counted before the reader
writes them out. Hidden rows and cells merged downwards are told by the look alone.
"""

from __future__ import annotations

import re

from gateway.intake.archive import packed
from gateway.intake.cells import Limits, Table, UnreadableFile
from gateway.intake.sheets import Allowance, Look, read_sheets
from policies.codes import Code

MAIN_PART = "content.xml"
MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_TAG = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)((?:\s[^>]*)?)>")
_ROWS = re.compile(rb"table:number-rows-repeated\s*=\s*[\"'](\d{1,9})")
_COLUMNS = re.compile(rb"table:number-columns-repeated\s*=\s*[\"'](\d{1,9})")
_SPANNED = re.compile(rb"table:number-rows-spanned\s*=\s*[\"'](\d{1,9})")
_SPANNED_COLUMNS = re.compile(rb"table:number-columns-spanned\s*=\s*[\"'](\d{1,9})")
_UNSEEN = re.compile(rb"table:visibility\s*=\s*[\"'](?:collapse|filter)")


def read_opendocument(parts: dict[str, bytes], limits: Limits) -> tuple[Table, ...]:
    """The filled sheets of an ODS. Takes the parts over. Raises `UnreadableFile`."""
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise UnreadableFile(Code.FILE_ENCRYPTED)
    content = parts[MAIN_PART]
    if b"office:spreadsheet" not in content:
        raise UnreadableFile(Code.FILE_NOT_A_TABLE)
    looks = _look_through(content, Allowance(limits))
    del content

    def look_at(index: int) -> Look:
        return looks[index] if index < len(looks) else Look()

    return read_sheets("ods", packed(parts, MIMETYPE), look_at, limits)


def _look_through(content: bytes, allowance: Allowance) -> list[Look]:
    """One look for each sheet. Raises `UnreadableFile`."""
    looks: list[Look] = []
    depth = row = column = height = widest = 0
    for tag in _TAG.finditer(content):
        closing, name, attributes = tag.groups()
        if name == b"table":
            depth += -1 if closing else 0 if attributes.endswith(b"/") else 1
            if depth == 1 and not closing:
                looks.append(Look())
                allowance.begin_sheet()
                row = 0
            continue
        if closing or depth != 1:
            if closing and name == b"table-row" and depth == 1 and height > 1 and widest:
                # The cells of a repeated row were counted once.
                allowance.take(row, widest, widest * (height - 1))
            continue  # a table inside a cell is a picture's or a note's
        if name == b"table-row":
            row, column, widest = row + 1, 0, 0
            height = _times(_ROWS, attributes)
            if _UNSEEN.search(attributes):
                looks[-1].hidden.update(range(row, row + min(height, 100_000)))
            row += height - 1
            continue
        times = _times(_COLUMNS, attributes)
        if not (attributes.endswith(b"/") or content[tag.end() : tag.end() + 2] == b"</"):
            widest = column + times
            allowance.take(row, widest, times)
            down = _times(_SPANNED, attributes)
            if down > 1 and _times(_SPANNED_COLUMNS, attributes) == 1:
                looks[-1].merges.append(((row - 1, column), (row + down - 2, column)))
        column += times
    return looks


def _times(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return int(found[1]) if found else 1
