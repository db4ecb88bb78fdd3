"""Show a draft as its teacher mends it: bad rows alone, remarks above their cells.

Everything here is a read of what one import keeps; a person sees it, so it is journalled as one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from uuid import UUID

from gateway.actions.import_draft import Draft, open_draft
from gateway.actions.personal_document import full_name
from gateway.actions.pinned_rules import rules_of
from gateway.actions.review_import import Review, record_look, review_import
from gateway.intake.annotated import annotate
from gateway.intake.kept import Place
from gateway.intake.rows import Intake, lists_in
from gateway.intake.telling import QUESTIONS
from gateway.intake.undecided import lacking, undecided
from gateway.intake.values import text_of as cell_text
from gateway.unit import Unit
from policies.findings import Code, Finding

SAMPLES = 3
_OF_TITLES = frozenset({Code.COLUMN_MISSING, Code.COLUMN_TWICE})


@dataclass(frozen=True, slots=True)
class DoubtfulCell:
    """Remarks on one cell. `column` None: on the row as a whole.

    `written`: what stands there now; `original`: what the file has, where that is another text.
    `is_there`: the list has such a cell, so it can be typed into.
    """

    row: int
    column: str | None
    remarks: tuple[Finding, ...]
    written: str = field(repr=False)
    original: str | None = field(repr=False)
    is_there: bool


@dataclass(frozen=True, slots=True)
class DoubtfulRow:
    """A row of the file with something to mend. `name`: of the pupil, as far as it was read."""

    row: int
    name: str = field(repr=False)
    cells: tuple[DoubtfulCell, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A list before its commit. `general`: remarks on the file and its titles; `pupils`: rows
    that name one.

    `ready`: pupils of whom nothing is asked. `unread`: titles of the columns that were left alone.
    """

    collection_id: UUID
    review: Review
    rows: tuple[DoubtfulRow, ...]
    general: tuple[Finding, ...]
    pupils: int
    ready: int
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A column as it was understood. `samples`: the first filled cells below the title.

    `place`: number of the list and zero-based column. `meaning`: of `correct_columns.MEANINGS`,
    empty for a column that nobody understood.
    """

    place: tuple[int, int]
    title: str
    meaning: str
    samples: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ColumnsRead:
    """`columns`: those to be decided first. `lacking`: meanings that no column has.

    `unread`: titles of the columns that were left alone, and of which nothing is kept; `kept`: of
    those that the draft has because its lines cannot be told apart without them (`kept.keep`).
    `kin`: who a representative (rep1, rep2, rep3) is, where the titles say it («мать»).
    """

    columns: tuple[ReadColumn, ...]
    lacking: tuple[str, ...]
    unread: tuple[str, ...]
    kept: tuple[str, ...]
    kin: Mapping[str, str]


def check_import(unit: Unit, import_id: UUID) -> Check:
    """Raises `NotFound`, `ImportClosed`, `NotAllowed`."""
    review = review_import(unit, import_id)
    found, draft = open_draft(unit, import_id)
    asked = [f for f in review.findings if not f.is_hint or f.code in QUESTIONS]
    by_row: dict[int, list[Finding]] = {}
    for finding in asked:
        if finding.row is not None and finding.code not in _OF_TITLES:
            by_row.setdefault(finding.row, []).append(finding)
    names = {row.row: full_name(row.items) for row in draft.rows}
    now, original = draft.kept.written(), replace(draft.kept, edits={}).written()
    find = draft.kept.finder()
    rows = tuple(
        DoubtfulRow(row, names.get(row, ""), _cells(find, row, remarks, now, original))
        for row, remarks in sorted(by_row.items())
    )
    general = tuple(f for f in asked if f.row is None or f.code in _OF_TITLES)
    lists = lists_in(draft.kept.tables, draft.kept.sheet)
    unread = tuple(dict.fromkeys(title for _, header in lists for title in header.unread))
    ready = names.keys() - {draft.owners.get(row, row) for row in by_row}
    return Check(found.collection_id, review, rows, general, len(draft.rows), len(ready), unread)


def _cells(
    find: Callable[[int, str], Place | None],
    row: int,
    remarks: list[Finding],
    now: dict[tuple[int, str], str],
    original: dict[tuple[int, str], str],
) -> tuple[DoubtfulCell, ...]:
    by_column: dict[str | None, list[Finding]] = {}
    for finding in remarks:
        by_column.setdefault(finding.column, []).append(finding)
    cells = []
    for column, told in by_column.items():
        at = (row, column or "")
        was, is_now = original.get(at, ""), now.get(at, "")
        is_there = column is not None and find(row, column) is not None
        before = was if was != is_now else None
        cells.append(DoubtfulCell(row, column, tuple(told), is_now, before, is_there))
    return tuple(cells)


def marked_list(unit: Unit, import_id: UUID) -> bytes:
    """The list given back as XLSX, every remark on its cell. A read, like the check."""
    review_import(unit, import_id)
    found, draft = open_draft(unit, import_id)
    return annotate(draft.kept.edited(), _read(unit, found.collection_id, draft))


def asks_about_columns(unit: Unit, import_id: UUID) -> bool:
    """An item has no column, or two, and some column is left that may be it. Shows no value."""
    found, draft = open_draft(unit, import_id)
    rules = rules_of(unit.collections.get(unit.school_id, found.collection_id))
    return any(undecided(*each, rules) for each in lists_in(draft.kept.tables, draft.kept.sheet))


def read_columns(unit: Unit, import_id: UUID) -> ColumnsRead:
    """How every column was understood. A read, like the check; whose classes they are is not asked:
    a column taken for the class may be none.
    """
    record_look(unit, import_id)
    found, draft = open_draft(unit, import_id)
    rules = rules_of(unit.collections.get(unit.school_id, found.collection_id))
    columns: list[ReadColumn] = []
    lacks: dict[str, None] = {}
    unread: dict[str, bool] = {}
    kin: dict[str, str] = {}
    for number, (table, header) in enumerate(lists_in(draft.kept.tables, draft.kept.sheet)):
        open_ones = undecided(table, header, rules)
        known = {c.index: (c.title, f"{c.part}.{c.role}") for c in header.columns}
        known |= {at: (title, "") for at, title in open_ones.items()}
        below = [row for row in table.rows if row.number > header.row]
        for at, (title, meaning) in sorted(known.items()):
            texts = (cell_text(row.cell(at)) for row in below)
            samples = tuple(islice(filter(None, texts), SAMPLES))
            columns.append(ReadColumn((number, at), title, meaning, samples))
        lacks |= dict.fromkeys(f"{part}.{role}" for part, role in lacking(header, rules))
        kin |= {c.part: c.relation for c in header.columns if c.relation is not None}
        aside = {at: each for at, each in header.titles.items() if each in header.unread}
        for at, title in aside.items():
            if at not in open_ones:
                unread[title] = any(row.cell(at) is not None for row in below)
    columns.sort(key=lambda column: column.meaning != "")
    gone = tuple(title for title, is_kept in unread.items() if not is_kept)
    kept = tuple(title for title, is_kept in unread.items() if is_kept)
    return ColumnsRead(tuple(columns), tuple(lacks), gone, kept, kin)


def _read(unit: Unit, collection_id: UUID, draft: Draft) -> Intake:
    collection = unit.collections.get(unit.school_id, collection_id)
    today = unit.schools.get(unit.school_id).today(unit.now)
    return draft.kept.read(rules_of(collection), today)
