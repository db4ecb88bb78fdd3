"""Put a draft right before its commit: type another text into a cell, take a repair back.

The list is read again by the code that read the file, so a typed cell is repaired, doubted and
compared like any other. The digest of the review changes: what was looked at before is stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from gateway.actions.import_draft import a_draft, open_draft, seal_draft
from gateway.actions.pinned_rules import rules_of
from gateway.actions.review_import import make_review
from gateway.errors import BadInput
from gateway.intake.items import Repair
from gateway.intake.kept import Kept
from gateway.store.imports import Import
from gateway.unit import Unit
from policies.findings import Finding


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """What is to be said of a row now; the whole list shows its review."""

    findings: tuple[Finding, ...]
    repairs: tuple[Repair, ...]


def correct_cell(
    unit: Unit, import_id: UUID, row: int, column: str, text: str | None
) -> CheckedRow:
    """Write `text` (None: nothing) into the cell that a remark names by row and column.

    Typed twice it is typed once; of two people the later has typed it. Raises `BadInput` for a
    cell that is not in the list, `NotFound`, `ImportClosed`, `NotAllowed`, `UnreadableList`.
    """
    unit.lock_school()
    found, draft = open_draft(unit, import_id)
    place = draft.kept.find(row, column)
    if place is None:
        raise BadInput({"/column": "cell_unknown"})
    kept = draft.kept.corrected(place, text or "")
    event = unit.record("import.cell_corrected", import_id=import_id, row=row)
    return _keep(unit, found, kept, draft.salt, event, row)


def undo_repair(unit: Unit, import_id: UUID, row: int, column: str) -> CheckedRow:
    """Take back the repair of that cell: the value goes, and the cell is in doubt.

    Undone twice it is undone once. Raises `BadInput` where nothing was repaired, and like
    `correct_cell`.
    """
    unit.lock_school()
    found, draft = open_draft(unit, import_id)
    place = draft.kept.find(row, column)
    is_repaired = any((each.row, each.column) == (row, column) for each in draft.repairs)
    if place is None or not (is_repaired or place in draft.kept.undone):
        raise BadInput({"/column": "nothing_repaired"})
    kept = draft.kept.without_repair(place)
    event = unit.record("import.repair_undone", import_id=import_id, row=row)
    return _keep(unit, found, kept, draft.salt, event, row)


def _keep(unit: Unit, found: Import, kept: Kept, salt: bytes, event: UUID, row: int) -> CheckedRow:
    """Read the edited list and put it in the place of the draft."""
    school_id = unit.school_id
    collection = unit.collections.get(school_id, found.collection_id)
    read = kept.read(rules_of(collection), unit.schools.get(school_id).today(unit.now))
    draft = a_draft(read, kept, salt)
    unit.imports.replace_draft(school_id, found.id, seal_draft(unit, draft), event)
    review = make_review(unit, found.id)
    return CheckedRow(
        tuple(finding for finding in review.findings if finding.row == row),
        tuple(repair for repair in review.repairs if repair.row == row),
    )
