"""CSV and cells pasted from a spreadsheet: code page and delimiter by content, then rows."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from gateway.intake.cells import (
    TITLE_ROWS,
    Limits,
    Row,
    Table,
    UnreadableFile,
    filled,
    shown,
)
from gateway.intake.encodings import decoded
from policies.codes import Code

_DELIMITERS = ";\t,"
_SAMPLE_ROWS = 60


def read_delimited(data: bytes, limits: Limits) -> Table:
    """Rows of a delimited text. Raises `UnreadableFile`.

    A row number counts records, as Excel does when it opens the file: a line break inside quotes
    is no new row, and the line `sep=;` is none at all.
    """
    text, encoding = decoded(data)
    text = text.rstrip("\x1a\0")  # the end of a text of DOS
    first, _, rest = text.partition("\n")
    said = first.strip().lower().replace('"', "")
    if said.startswith("sep=") and len(said) == 5:
        delimiter: str | None = said[-1]
        text = rest
    else:
        delimiter = _delimiter(text)
    try:
        records = list(islice(_records(text, delimiter), limits.rows + TITLE_ROWS + 1))
        if _swallowed_rows(records, delimiter):
            records = list(islice(_plain_records(text, delimiter), limits.rows + TITLE_ROWS + 1))
    except csv.Error:
        raise UnreadableFile(Code.FILE_BROKEN) from None
    if len(records) > limits.rows + TITLE_ROWS:
        raise UnreadableFile(Code.FILE_TOO_MANY_ROWS)
    if max(map(len, records), default=0) > limits.columns:
        raise UnreadableFile(Code.FILE_UNPACKS_TOO_BIG)
    rows = filled(
        Row(
            number,
            tuple(shown(value) if value and not value.isspace() else None for value in record),
        )
        for number, record in enumerate(records, start=1)
    )
    if sum(len(row.cells) for row in rows) > limits.cells * 2:  # empty ones count here too
        raise UnreadableFile(Code.FILE_UNPACKS_TOO_BIG)
    return Table("csv", "", rows, encoding, delimiter)


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


def _plain_records(text: str, delimiter: str | None) -> Iterator[list[str]]:
    """Every line a record, quotes around a cell taken off."""
    for record in csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter or ";", quoting=csv.QUOTE_NONE
    ):
        yield [_unquoted(cell) for cell in record]


def _unquoted(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _swallowed_rows(records: list[list[str]], delimiter: str | None) -> bool:
    """A quote without its pair made one cell of many lines."""
    return delimiter is not None and any(
        "\n" in cell and cell.count(delimiter) > len(record) // 2 + 1
        for record in records
        for cell in record
    )
