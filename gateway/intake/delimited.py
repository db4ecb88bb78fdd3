"""CSV and cells pasted from a spreadsheet: code page and delimiter by content, then rows.

Code page: byte order mark, else strict UTF-8, else the most likely of four Cyrillic ones.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from charset_normalizer import from_bytes

from gateway.intake.cells import Limits, Row, Table, UnreadableFile, filled, squeezed
from policies.findings import Code

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CODE_PAGES = ["cp1251", "cp866", "koi8_r", "mac_cyrillic"]
_DELIMITERS = ";\t,"
_SAMPLE_ROWS = 60


def read_delimited(data: bytes, limits: Limits) -> Table:
    """Rows of a delimited text. Raises `UnreadableFile`.

    A row number counts records, as Excel does when it opens the file: a line break inside quotes
    is no new row, and the line `sep=;` is none at all.
    """
    text, encoding = _decoded(data)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter: str | None = first.strip()[-1]
        text = rest
    else:
        delimiter = _delimiter(text)
    try:
        records = list(islice(_records(text, delimiter), limits.rows + 100))
    except csv.Error:
        raise UnreadableFile(Code.FILE_BROKEN) from None
    if len(records) > limits.rows:
        raise UnreadableFile(Code.FILE_TOO_MANY_ROWS)
    if max(map(len, records), default=0) > limits.columns:
        raise UnreadableFile(Code.FILE_UNPACKS_TOO_BIG)
    rows = filled(
        Row(number, tuple(value if squeezed(value) else None for value in record))
        for number, record in enumerate(records, start=1)
    )
    return Table("csv", "", rows, encoding, delimiter)


def _decoded(data: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding), encoding
    if b"\0" in data:
        raise UnreadableFile(Code.FILE_NOT_A_TABLE)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        best = from_bytes(data, cp_isolation=_CODE_PAGES).best()
    if best is None:
        raise UnreadableFile(Code.FILE_ENCODING)
    return str(best), {"cp1251": "windows-1251"}.get(best.encoding, best.encoding)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile(Code.FILE_BROKEN) from None


def _delimiter(text: str) -> str | None:
    """The delimiter by which most rows fall into equally many cells; None for one column."""
    best: tuple[int, str | None] = (0, None)
    for delimiter in _DELIMITERS:
        try:
            widths = Counter(
                len(record) for record in islice(_records(text, delimiter), _SAMPLE_ROWS) if record
            )
        except csv.Error:
            continue
        score = max((count * (width - 1) for width, count in widths.items()), default=0)
        if score > best[0]:
            best = score, delimiter
    return best[1]


def _records(text: str, delimiter: str | None) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or ";")
