"""A class list from bytes to pupils, repairs and findings: the whole way in one call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date

from gateway.intake.cells import Kind, Limits, Row, Table, UnreadableFile
from gateway.intake.classes import class_in_file_name, class_in_text, parse_class
from gateway.intake.columns import Header, find_header
from gateway.intake.items import Repair as Repair
from gateway.intake.lines import Reading, read_rows
from gateway.intake.ruling import rule
from gateway.intake.shapes import holds_people
from gateway.intake.undecided import missing
from gateway.intake.values import text_of
from gateway.intake.words import SHEETS_ASIDE, begins, plain
from policies.facts import PupilRow
from policies.findings import Code, Finding
from policies.programme import Programme

# Lines of the second sheet begin here: above any row number of a workbook.
LINES_A_SHEET = 1 << 21
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

    `rows`: every line that names a pupil, without the items in doubt. A line is the row number
    that the teacher sees; where several sheets hold lists, `place` says sheet and row of a line.
    `sheet`: the first of `sheets`. `owners`: further line of a pupil -> the pupil's first line.
    `doubtful`: lines of pupils with a finding that is more than a hint.
    `nameless`: lines that name nobody; with any of them there is no commit.
    `header_row`, `unread`: line of the lowest titles and the titles that were left alone.
    `said`: title of a column -> as its cell has it, where the two differ («СНИЛС (2)»).
    `titles`: for each of `sheets`, title of a column -> its zero-based place.
    """

    kind: Kind
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
    sheets: tuple[str, ...] = ()
    owners: dict[int, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    titles: tuple[dict[str, int], ...] = ()

    def place(self, line: int) -> tuple[str, int]:
        """Name of the sheet and number of the row, as the teacher sees them."""
        sheet, row = divmod(line, LINES_A_SHEET)
        return self.sheets[sheet], row

    def told(self) -> Intake:
        """The same with row numbers for lines; of several sheets, columns name theirs."""
        if len(self.sheets) < 2:
            return self

        def column(line: int, title: str | None) -> str | None:
            return title and f"{self.place(line)[0]}: {title}"

        def row(line: int | None) -> int | None:
            return None if line is None else line % LINES_A_SHEET

        return replace(
            self,
            rows=tuple(replace(each, row=each.row % LINES_A_SHEET) for each in self.rows),
            owners={a % LINES_A_SHEET: b % LINES_A_SHEET for a, b in self.owners.items()},
            repairs=tuple(
                replace(
                    each,
                    row=each.row % LINES_A_SHEET,
                    column=f"{self.place(each.row)[0]}: {each.column}",
                )
                for each in self.repairs
            ),
            findings=tuple(
                replace(
                    each,
                    row=row(each.row),
                    column=column(each.row or 0, each.column),
                    other_row=row(each.other_row),
                )
                for each in self.findings
            ),
        )

    def owner(self, line: int) -> int:
        """The line of the pupil whom a remark on `line` is about."""
        return self.owners.get(line, line)


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

    `sheet`: the only one to read; otherwise every sheet that holds a list is. `class_name`: the
    class whose list it is; used, like titles, sheet name and file name, only where no column says
    the class. The file is opened in this process: for a stranger's file there is `confined`.
    """
    from gateway.intake.tables import read_tables

    tables = read_tables(data, limits)
    return read_list(tables, filename, programme, today, sheet=sheet, class_name=class_name)


def read_list(
    tables: Sequence[Table],
    filename: str,
    programme: Programme,
    today: date,
    *,
    sheet: str | None = None,
    class_name: str | None = None,
    undone: Set[tuple[int, str]] = frozenset(),
) -> Intake:
    """`intake` from tables on. Raises `UnreadableFile`.

    `undone`: cells (line, title) whose repairs a person has taken back.
    """
    lists = [_behind(*each, index) for index, each in enumerate(lists_in(tables, sheet))]
    reading = Reading()
    headers: dict[int, Header] = {}
    for table, header in lists:
        known = class_name or _class_around(table, header, filename)
        read_rows(reading, table, header, today, known, undone)
        headers |= {row.row: header for row in reading.rows[len(headers) :]}
    if not reading.rows and not reading.nameless:
        raise UnreadableFile(Code.FILE_EMPTY)
    rows, findings = rule(reading, headers, programme, today)
    findings += _about_file(lists, tables, programme)
    lines = {row.row for row in rows}
    asked = {reading.owner(found.row) for found in findings if not found.is_hint}
    doubtful = lines & asked
    misread = {reading.owner(line) for line in reading.misread}
    if len(misread) > _MISREAD_SHARE * len(lines | reading.nameless):
        findings.append(Finding(Code.COLUMNS_MISREAD))
    first, header = lists[0]
    columns = [column for _, each in lists for column in each.columns]
    return Intake(
        kind=first.kind,
        sheet=first.sheet,
        encoding=first.encoding,
        delimiter=first.delimiter,
        header_row=header.row,
        unread=tuple(dict.fromkeys(title for _, each in lists for title in each.unread)),
        rows=rows,
        repairs=tuple(reading.repairs),
        findings=tuple(sorted(findings, key=lambda found: found.row or 0)),
        doubtful=frozenset(doubtful | reading.nameless),
        nameless=frozenset(reading.nameless),
        counts=_counts(lines, doubtful, reading.nameless, reading.repairs),
        sheets=tuple(table.sheet for table, _ in lists),
        owners=reading.owners,
        said={column.title: column.said for column in columns if column.said != column.title},
        titles=tuple({c.title: c.index for c in each.columns} for _, each in lists),
    )


def _counts(
    lines: set[int], doubtful: set[int], nameless: set[int], repairs: Sequence[Repair]
) -> Counts:
    return Counts(
        pupils=len(lines),
        ready=len(lines - doubtful),
        doubtful=len(lines & doubtful),
        nameless=len(nameless),
        repairs=len(repairs),
    )


def lists_in(tables: Sequence[Table], sheet: str | None) -> list[tuple[Table, Header]]:
    """The tables that are lists with their titles. Raises `UnreadableFile`.

    Sheets without titles (look-ups) are passed over, and sheets called «Пример» beside a list.
    """
    shown = [table for table in tables if not table.is_hidden]
    if sheet is not None:
        shown = [table for table in shown if table.sheet == sheet]
        if not shown:
            raise UnreadableFile(Code.FILE_SEVERAL_SHEETS, tuple(table.sheet for table in tables))
    found = list(_with_header(shown))
    asides = [each for each in found if begins(SHEETS_ASIDE, plain(each[0].sheet))]
    if len(asides) < len(found):
        found = [each for each in found if each not in asides]
    if not found:
        raise UnreadableFile(Code.HEADER_NOT_FOUND if shown else Code.FILE_EMPTY)
    filled = [each for each in found if each[0].rows[-1].number > each[1].row]
    return filled or found[:1]


def _with_header(tables: Iterable[Table]) -> Iterator[tuple[Table, Header]]:
    for table in tables:
        try:
            yield table, find_header(table)
        except UnreadableFile:
            continue


def _behind(table: Table, header: Header, index: int) -> tuple[Table, Header]:
    """The same list with lines for row numbers."""
    start = index * LINES_A_SHEET
    if not start:
        return table, header
    rows = tuple(Row(row.number + start, row.cells) for row in table.rows)
    hidden = frozenset(number + start for number in table.hidden)
    findings = tuple(replace(each, row=header.row + start) for each in header.findings)
    return (
        replace(table, rows=rows, hidden=hidden),
        replace(header, row=header.row + start, findings=findings),
    )


def _about_file(
    lists: Sequence[tuple[Table, Header]], tables: Sequence[Table], programme: Programme
) -> Iterator[Finding]:
    for table, header in lists:
        yield from header.findings
        yield from missing(header, programme)
        if any(number > header.row for number in table.hidden):
            yield Finding(Code.FILE_HIDDEN_ROWS)
    if any(_with_header(table for table in tables if table.is_hidden)):
        yield Finding(Code.FILE_HIDDEN_SHEETS)
    read = {table.sheet for table, _ in lists}
    aside = [table for table in tables if not table.is_hidden and table.sheet not in read]
    if any(holds_people([*map(text_of, row.cells)] for row in table.rows) for table in aside):
        yield Finding(Code.FILE_SHEETS_UNREAD)


def _class_around(table: Table, header: Header, filename: str) -> str | None:
    """The class that the title rows, else the sheet's name, else the file's name speaks of."""
    above = [row for row in table.rows if row.number < header.row]
    for said in (
        *([cell for cell in row.cells if isinstance(cell, str)] for row in above),
        *([text] for text in reversed(table.above)),
    ):
        for text in (*said, " ".join(said)):
            if name := class_in_text(text):
                return name
    return parse_class(table.sheet) or class_in_text(table.sheet) or class_in_file_name(filename)
