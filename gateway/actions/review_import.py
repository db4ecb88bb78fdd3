"""Show what an import would change: difference, repairs and findings, under one digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from gateway.actions.import_draft import open_draft
from gateway.actions.own_classes import own_classes
from gateway.actions.planned_roster import RosterPlan
from gateway.actions.roster_plan import plan_roster
from gateway.errors import NotAllowed
from gateway.intake.items import Repair
from gateway.unit import Unit
from policies.findings import Code, Finding
from policies.permissions import Permission

# With one of these a list says of nobody for sure who it is.
BLOCKING = frozenset({Code.ROW_NAMELESS, Code.COLUMNS_MISREAD})


@dataclass(frozen=True, slots=True)
class Review:
    """What a person looks at before the commit. `digest` is what the commit has to repeat.

    `findings` are those of the file and those against the register. `written`: what stands in
    the file, or was typed since, at (row, column) of every finding with a cell.
    """

    import_id: UUID
    digest: str
    plan: RosterPlan
    repairs: tuple[Repair, ...]
    findings: tuple[Finding, ...]
    written: Mapping[tuple[int, str], str] = field(repr=False)

    @property
    def is_committable(self) -> bool:
        """Every row names its pupil. A pupil with bad cells comes in and waits for them."""
        return not self.blocking

    @property
    def blocking(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.code in BLOCKING]

    @property
    def needs_confirmation(self) -> bool:
        """The list lacks so many of a class that the commit wants to hear it said."""
        return bool(self.plan.shrinking)


def review_import(unit: Unit, import_id: UUID) -> Review:
    """A read of personal data, and journalled as one. Raises `NotFound`, `ImportClosed`."""
    review = make_review(unit, import_id)
    unit.record("import.reviewed", import_id=import_id, review_digest=review.digest)
    return review


def record_look(unit: Unit, import_id: UUID) -> None:
    """Journal that the file alone is shown: its columns, whatever classes they are taken to name.

    Raises `NotFound`, `ImportClosed`.
    """
    digest = _compared(unit, import_id).digest
    unit.record("import.reviewed", import_id=import_id, review_digest=digest)


def make_review(unit: Unit, import_id: UUID) -> Review:
    """The review without its event: for the commit, which shows nothing."""
    review = _compared(unit, import_id)
    _require_own(unit, review.plan)
    return review


def _compared(unit: Unit, import_id: UUID) -> Review:
    """The draft against the register, for nobody's eyes yet."""
    found, draft = open_draft(unit, import_id)
    plan = plan_roster(unit, unit.school_id, found.collection_id, draft.rows)
    findings = (
        *draft.findings,
        *plan.findings,
        *plan.shrinking.values(),
        *(Finding(Code.FAMILY_ON_PAPER, row=pupil.row) for pupil in plan.passed_over),
        *(Finding(Code.PUPIL_NOT_LISTED, about=pupil.person_id) for pupil in plan.missing),
    )
    cells = {(f.row, f.column) for f in draft.findings}
    written = draft.kept.written({row for row, _ in cells if row is not None}) if cells else {}
    return Review(
        found.id,
        plan.digest(draft.salt, draft.edits),
        plan,
        draft.repairs,
        findings,
        {place: text for place, text in written.items() if place in cells},
    )


def _require_own(unit: Unit, plan: RosterPlan) -> None:
    """A tutor's list names pupils of own classes, and moves nobody out of another's."""
    own = own_classes(unit)
    if own is None:
        return
    names = unit.schools.class_names(unit.school_id)
    own_names = {names[class_id] for class_id in own}
    for pupil in (*plan.pupils, *plan.passed_over):
        if not {pupil.class_name, pupil.came_from or pupil.class_name} <= own_names:
            raise NotAllowed(Permission.IMPORT_ROSTER)
