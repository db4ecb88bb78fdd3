"""Show a draft as its teacher mends it: bad rows alone, remarks above their cells.

Everything here is a read of what one import keeps; a person sees it, so it is journalled as one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

from gateway.actions.import_draft import Draft, open_draft
from gateway.actions.personal_document import full_name
from gateway.actions.pinned_rules import rules_of
from gateway.actions.review_import import Review, review_import
from gateway.intake.annotated import annotate
from gateway.intake.kept import Place
from gateway.intake.rows import Intake, lists_in
from gateway.intake.telling import QUESTIONS
from gateway.intake.values import text_of as cell_text
from gateway.unit import Unit
from policies.findings import Finding

SAMPLES = 3


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
    """A list before its commit. `general`: remarks on no row; `pupils`: rows that name one."""

    collection_id: UUID
    review: Review
    rows: tuple[DoubtfulRow, ...]
    general: tuple[Finding, ...]
    pupils: int

    @property
    def ready(self) -> int:
        """Pupils of whom nothing is asked."""
        return max(0, self.pupils - len(self.rows))


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A column as it was understood. `samples`: the first filled cells below the title."""

    place: tuple[int, int]
    title: str
    meaning: str
    samples: tuple[str, ...] = field(repr=False)


def check_import(unit: Unit, import_id: UUID) -> Check:
    """Raises `NotFound`, `ImportClosed`, `NotAllowed`."""
    review = review_import(unit, import_id)
    found, draft = open_draft(unit, import_id)
    asked = [f for f in review.findings if not f.is_hint or f.code in QUESTIONS]
    by_row: dict[int, list[Finding]] = {}
    for finding in asked:
        if finding.row is not None:
            by_row.setdefault(finding.row, []).append(finding)
    names = {row.row: full_name(row.items) for row in draft.rows}
    now, original = draft.kept.written(), replace(draft.kept, edits={}).written()
    find = draft.kept.finder()
    rows = tuple(
        DoubtfulRow(row, names.get(row, ""), _cells(find, row, remarks, now, original))
        for row, remarks in sorted(by_row.items())
    )
    general = tuple(f for f in asked if f.row is None)
    return Check(found.collection_id, review, rows, general, len(draft.rows))


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


def read_columns(unit: Unit, import_id: UUID) -> tuple[list[ReadColumn], tuple[str, ...]]:
    """How every column was understood, and titles that were left alone."""
    review_import(unit, import_id)
    found, draft = open_draft(unit, import_id)
    columns = []
    for number, (table, header) in enumerate(lists_in(draft.kept.tables, draft.kept.sheet)):
        below = [row for row in table.rows if row.number > header.row]
        for column in header.columns:
            texts = (cell_text(row.cell(column.index)) for row in below)
            samples = [text for text in texts if text][:SAMPLES]
            meaning = f"{column.part.value}.{column.role.value}"
            columns.append(
                ReadColumn((number, column.index), column.title, meaning, tuple(samples))
            )
    return columns, _read(unit, found.collection_id, draft).unread


def _read(unit: Unit, collection_id: UUID, draft: Draft) -> Intake:
    collection = unit.collections.get(unit.school_id, collection_id)
    today = unit.schools.get(unit.school_id).today(unit.now)
    return draft.kept.read(rules_of(collection), today)
