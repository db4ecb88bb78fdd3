"""A class list from bytes to pupils, repairs and findings: the whole way in one call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from gateway.intake.cells import Limits, Table, UnreadableFile
from gateway.intake.classes import class_in_file_name, class_in_text, parse_class
from gateway.intake.columns import Header, find_header
from gateway.intake.items import Repair as Repair
from gateway.intake.lines import read_rows
from gateway.intake.ruling import rule
from gateway.intake.tables import only, read_tables
from policies.facts import PupilRow
from policies.findings import Code, Finding
from policies.programme import Programme

_MISREAD_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums that the review shows. `ready` + `doubtful` = `pupils`; `nameless` come on top."""

    pupils: int
    ready: int
    doubtful: int
    nameless: int
    repairs: int


@dataclass(frozen=True, slots=True)
class Intake:
    """A class list as it was read.

    `rows`: every line that names a pupil, without the items in doubt.
    `doubtful`: numbers of the lines with a finding that is more than a hint.
    `nameless`: lines that name nobody; with any of them there is no commit.
    `header_row`, `unread`: number of the line of titles and the titles that were left alone.
    """

    kind: Literal["xlsx", "csv"]
    sheet: str
    encoding: str | None
    delimiter: str | None
    header_row: int
    unread: tuple[str, ...]
    rows: tuple[PupilRow, ...] = field(repr=False)
    repairs: tuple[Repair, ...]
    findings: tuple[Finding, ...]
    doubtful: frozenset[int]
    nameless: frozenset[int]
    counts: Counts


def intake(
    data: bytes,
    filename: str,
    programme: Programme,
    today: date,
    *,
    sheet: str | None = None,
    class_name: str | None = None,
    limits: Limits | None = None,
) -> Intake:
    """Read a class list and let the rules of the list look at it. Raises `UnreadableFile`.

    `sheet`: which one, when several hold a list. `class_name`: the class whose list it is; used,
    like titles, sheet name and file name, only where no column says the class.
    """
    table, header = _list_of(read_tables(data, limits), sheet)
    known = class_name or _class_around(table, header, filename)
    reading = read_rows(table, header, today, known)
    if not reading.rows and not reading.nameless:
        raise UnreadableFile(Code.FILE_EMPTY)
    rows, findings = rule(reading, header, programme, today)
    findings += header.findings
    if table.hidden:
        findings.append(Finding(Code.FILE_HIDDEN_ROWS))
    lines = {row.row for row in rows}
    doubtful = frozenset(
        finding.row
        for finding in findings
        if finding.row is not None and finding.row > header.row and not finding.is_hint
    )
    if len(doubtful) > _MISREAD_SHARE * len(lines | reading.nameless):
        findings.append(Finding(Code.COLUMNS_MISREAD))
    return Intake(
        kind=table.kind,
        sheet=table.sheet,
        encoding=table.encoding,
        delimiter=table.delimiter,
        header_row=header.row,
        unread=header.unread,
        rows=rows,
        repairs=tuple(reading.repairs),
        findings=tuple(sorted(findings, key=lambda found: found.row or 0)),
        doubtful=doubtful,
        nameless=frozenset(reading.nameless),
        counts=Counts(
            pupils=len(lines),
            ready=len(lines - doubtful),
            doubtful=len(lines & doubtful),
            nameless=len(reading.nameless),
            repairs=len(reading.repairs),
        ),
    )


def _list_of(tables: tuple[Table, ...], sheet: str | None) -> tuple[Table, Header]:
    """The table that is a list. Sheets without titles (instructions, look-ups) are passed over."""
    if sheet is not None or len(tables) == 1:
        table = only(tables, sheet)
        return table, find_header(table)
    found = []
    for table in tables:
        try:
            found.append((table, find_header(table)))
        except UnreadableFile:
            continue
    if not found:
        raise UnreadableFile(Code.HEADER_NOT_FOUND)
    if len(found) > 1:
        raise UnreadableFile(Code.FILE_SEVERAL_SHEETS, tuple(table.sheet for table, _ in found))
    return found[0]


def _class_around(table: Table, header: Header, filename: str) -> str | None:
    """The class that the title rows, else the sheet's name, else the file's name speaks of."""
    for row in table.rows:
        if row.number < header.row:
            for cell in row.cells:
                if isinstance(cell, str) and (name := class_in_text(cell)):
                    return name
    return parse_class(table.sheet) or class_in_text(table.sheet) or class_in_file_name(filename)
