"""Show what an import would change: difference, repairs and findings, under one digest."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from gateway.actions.import_roster import open_draft
from gateway.actions.own_classes import own_classes
from gateway.actions.roster_plan import RosterPlan, plan_roster
from gateway.errors import NotAllowed
from gateway.intake.items import Repair
from gateway.unit import Unit
from policies.findings import Code, Finding
from policies.permissions import Permission


@dataclass(frozen=True, slots=True)
class Review:
    """What a person looks at before the commit. `digest` is what the commit has to repeat.

    `findings` are those of the file and those against the register.
    """

    import_id: UUID
    digest: str
    plan: RosterPlan
    repairs: tuple[Repair, ...]
    findings: tuple[Finding, ...]

    @property
    def is_committable(self) -> bool:
        """Every row names its pupil. A pupil with bad cells comes in and waits for them."""
        return Code.ROW_NAMELESS not in {f.code for f in self.findings}


def review_import(unit: Unit, import_id: UUID) -> Review:
    """A read of personal data, and journalled as one. Raises `NotFound`, `ImportClosed`."""
    review = make_review(unit, import_id)
    unit.record("import.reviewed", import_id=import_id, review_digest=review.digest)
    return review


def make_review(unit: Unit, import_id: UUID) -> Review:
    """The review without its event: for the commit, which shows nothing."""
    found, draft = open_draft(unit, import_id)
    plan = plan_roster(unit, unit.school_id, draft.rows)
    _require_own(unit, plan)
    return Review(
        found.id, plan.digest(draft.salt), plan, draft.repairs, draft.findings + plan.findings
    )


def _require_own(unit: Unit, plan: RosterPlan) -> None:
    """A tutor's list names pupils of own classes, and moves nobody out of another's."""
    own = own_classes(unit)
    if own is None:
        return
    names = unit.schools.class_names(unit.school_id)
    placed = unit.pupils.classes(unit.school_id)
    known = {person.key: person.person_id for person in plan.people}
    for pupil in plan.pupils:
        person = known[pupil.key]
        now_in = placed.get(person) if person is not None else None
        if pupil.class_name not in {names[c] for c in own} or now_in not in {None, *own}:
            raise NotAllowed(Permission.IMPORT_ROSTER)
