"""What the commit of a class list would do, as the review shows it and its digest covers it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from crypto import canonical
from policies.facts import Field, GuardianKind, Items
from policies.findings import Finding


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """One person of the list. `person_id` None: new to the school.

    `class_name`: of the first row that names the person. `items`: the record as it would stand
    after the commit. `changed`: fields that differ from the register; `before`: their values
    there. `is_returning`: the record was destroyed and is made anew; then, as for a new person,
    `before` is empty.
    """

    key: str
    row: int
    class_name: str
    is_pupil: bool
    person_id: UUID | None
    items: Items
    changed: tuple[Field, ...] = ()
    before: Items = field(default_factory=lambda: Items({}))
    is_returning: bool = False


@dataclass(frozen=True, slots=True)
class PlannedGuardian:
    """A representative of one pupil; `key` of `RosterPlan.people`.

    `link_id`, `before`: the guardianship in the register and its kind; None: it is new.
    """

    key: str
    kind: GuardianKind
    relation: str
    link_id: UUID | None = None
    before: GuardianKind | None = None

    @property
    def is_corrected(self) -> bool:
        return self.before not in (None, self.kind)


@dataclass(frozen=True, slots=True)
class PlannedPupil:
    """A pupil's place: class and representatives.

    `came_from`: the class in the register when it is another; None also for a new pupil.
    """

    key: str
    row: int
    class_name: str
    moves: bool
    came_from: str | None
    guardians: tuple[PlannedGuardian, ...]


@dataclass(frozen=True, slots=True)
class PlannedAgreement:
    """An agreement that the list states and the register lacks."""

    key: str
    row: int
    number: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class MissingPupil:
    """A pupil of one of the list's classes whom the list does not name. Stays until an order."""

    person_id: UUID
    class_name: str
    items: Items


@dataclass(frozen=True, slots=True)
class ClassDifference:
    """One class of the list in numbers: `added`, `changed` count people, the others pupils.

    `shrinks`: more are missing than a person may take for granted.
    """

    class_name: str
    pupils: int
    added: int
    changed: int
    moved: int
    missing: int
    shrinks: bool


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """The difference between a list and the register.

    `passed_over`: pupils who are on paper, their records destroyed: only their place counts.
    `shrinking`: names of classes that shrink too much to pass unconfirmed, and what is said.
    `findings`: rows against the register.
    """

    people: tuple[PlannedPerson, ...]
    pupils: tuple[PlannedPupil, ...]
    passed_over: tuple[PlannedPupil, ...]
    agreements: tuple[PlannedAgreement, ...]
    missing: tuple[MissingPupil, ...]
    shrinking: Mapping[str, Finding]
    findings: tuple[Finding, ...]

    @property
    def added(self) -> list[PlannedPerson]:
        return [p for p in self.people if p.person_id is None or p.is_returning]

    @property
    def changed(self) -> list[PlannedPerson]:
        return [
            p for p in self.people if p.person_id is not None and p.changed and not p.is_returning
        ]

    @property
    def classes(self) -> list[ClassDifference]:
        """Every class of the list; a guardian counts where the list names her first."""
        pupils = Counter(p.class_name for p in (*self.pupils, *self.passed_over))
        added = Counter(p.class_name for p in self.added)
        changed = Counter(p.class_name for p in self.changed)
        moved = Counter(p.class_name for p in (*self.pupils, *self.passed_over) if p.came_from)
        missing = Counter(m.class_name for m in self.missing)
        return [
            ClassDifference(
                name,
                pupils[name],
                added[name],
                changed[name],
                moved[name],
                missing[name],
                name in self.shrinking,
            )
            for name in sorted(pupils)
        ]

    def digest(self, salt: bytes, edits: Sequence[object]) -> str:
        """SHA-256 (hex) over salt, plan and edits: what a review shows is what a commit repeats."""
        shown = {
            "people": [
                [
                    p.key,
                    str(p.person_id or ""),
                    dict(p.items.values),
                    dict(p.items.absent),
                    p.changed,
                    p.is_returning,
                ]
                for p in self.people
            ],
            "pupils": [
                [
                    p.key,
                    p.class_name,
                    p.moves,
                    [[g.key, g.kind.value, g.relation, g.before or ""] for g in p.guardians],
                ]
                for p in (*self.pupils, *self.passed_over)
            ],
            "agreements": [[a.key, a.number, a.signed_on.isoformat()] for a in self.agreements],
            "missing": [str(m.person_id) for m in self.missing],
            "shrinking": sorted(self.shrinking),
            "findings": [[f.code.value, f.row or 0, f.column or ""] for f in self.findings],
            "edits": edits,
        }
        return hashlib.sha256(salt + canonical.dumps(shown)).hexdigest()
