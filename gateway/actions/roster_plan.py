"""What a class list would change: computed from its rows and the register, written by nobody.

One person is one entry, however many rows name him or her. People are matched by SNILS within
the school; those without SNILS by name and birth date. A value in the list replaces the one in
the register; an empty cell never erases. A contact that belongs to somebody else is left out
and found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from crypto import canonical
from gateway.unit import Unit
from policies.facts import Field, GuardianKind, Items, PupilRow
from policies.findings import Code, Finding

TAKEN = {
    Field.SNILS: Code.SNILS_OF_ANOTHER,
    Field.EMAIL: Code.DUPLICATE_EMAIL,
    Field.PHONE: Code.DUPLICATE_PHONE,
}


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """One person of the list. `person_id` None: new to the school.

    `items`: the record as it would stand after the commit. `changed`: fields that differ from
    the register; `before`: their values there (empty for a new person).
    """

    key: str
    row: int
    person_id: UUID | None
    items: Items
    changed: tuple[Field, ...] = ()
    before: Items = field(default_factory=lambda: Items({}))


@dataclass(frozen=True, slots=True)
class PlannedPupil:
    """A pupil's place: class and representatives, as keys of `RosterPlan.people`."""

    key: str
    row: int
    class_name: str
    moves: bool
    guardians: tuple[tuple[str, GuardianKind, str], ...]


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """The difference between a list and the register.

    `missing`: pupils of the list's classes who are in the register and not in the list.
    """

    people: tuple[PlannedPerson, ...]
    pupils: tuple[PlannedPupil, ...]
    missing: tuple[UUID, ...]
    findings: tuple[Finding, ...]

    @property
    def added(self) -> list[PlannedPerson]:
        return [p for p in self.people if p.person_id is None]

    @property
    def changed(self) -> list[PlannedPerson]:
        return [p for p in self.people if p.person_id is not None and p.changed]

    def digest(self, salt: bytes) -> str:
        """SHA-256 (hex) over salt and plan: what a review shows is what a commit repeats."""
        shown = {
            "people": [
                [
                    p.key,
                    str(p.person_id or ""),
                    {f.value: v for f, v in p.items.values.items()},
                    {f.value: a.value for f, a in p.items.absent.items()},
                    [f.value for f in p.changed],
                ]
                for p in self.people
            ],
            "pupils": [
                [p.key, p.class_name, p.moves, [[k, g.value, r] for k, g, r in p.guardians]]
                for p in self.pupils
            ],
            "missing": [str(m) for m in self.missing],
            "findings": [[f.code.value, f.row or 0, f.column or ""] for f in self.findings],
        }
        return hashlib.sha256(salt + canonical.dumps(shown)).hexdigest()


def plan_roster(unit: Unit, school_id: UUID, rows: Sequence[PupilRow]) -> RosterPlan:
    """Compare the rows with the register of the school. The school should be locked to commit."""
    return _Planner(unit, school_id).plan(rows)


class _Planner:
    def __init__(self, unit: Unit, school_id: UUID) -> None:
        self._vault = unit.vault
        self._school = school_id
        self._holders = dict(unit.people.holders(school_id))
        self._identities = unit.people.by_identity(school_id)
        self._register = unit.people.items(school_id)
        self._classes = unit.people.pupil_classes(school_id)
        self._class_names = unit.schools.class_names(school_id)
        self._people: dict[str, PlannedPerson] = {}
        self._taken: dict[tuple[Field, bytes], str] = {}
        self._findings: list[Finding] = []

    def plan(self, rows: Sequence[PupilRow]) -> RosterPlan:
        pupils = [self._pupil(row) for row in rows]
        listed = {p.class_name for p in pupils}
        here = {self._people[p.key].person_id for p in pupils}
        missing = [
            person
            for person, class_id in self._classes.items()
            if self._class_names[class_id] in listed and person not in here
        ]
        return RosterPlan(
            tuple(self._people.values()), tuple(pupils), tuple(missing), tuple(self._findings)
        )

    def _pupil(self, row: PupilRow) -> PlannedPupil:
        key = self._person(row.row, row.items)
        guardians: dict[str, tuple[str, GuardianKind, str]] = {}
        for representative in row.representatives:
            who = self._person(row.row, representative.items)
            if who != key:
                guardians[who] = (who, representative.kind, representative.relation)
        known = self._people[key].person_id
        now_in = self._class_names.get(self._classes[known]) if known in self._classes else None
        return PlannedPupil(
            key, row.row, row.class_name, now_in != row.class_name, tuple(guardians.values())
        )

    def _person(self, row: int, items: Items) -> str:
        """Key of the person in the plan; the first row that names somebody wins."""
        known = self._find(items)
        key = self._key(row, items, known)
        if key in self._people:
            return key
        before = self._register.get(known, Items({})) if known else Items({})
        merged = self._merge(row, key, known, before, items)
        changed = tuple(
            f
            for f in Field
            if merged.values.get(f) != before.values.get(f)
            or merged.absent.get(f) != before.absent.get(f)
        )
        self._people[key] = PlannedPerson(key, row, known, merged, changed, before)
        return key

    def _find(self, items: Items) -> UUID | None:
        snils = items.values.get(Field.SNILS)
        if snils:
            token = self._vault.token(Field.SNILS, snils, self._school)
            found = self._holders.get((Field.SNILS, token))
            if found is not None:
                return found
        identity = self._vault.identity_token(self._school, items)
        found = self._identities.get(identity) if identity else None
        if found is None:
            return None
        # The register knows a SNILS and the list states another: a namesake, not this person.
        known = self._register.get(found, Items({})).values.get(Field.SNILS)
        return None if known and snils and known != snils else found

    def _key(self, row: int, items: Items, known: UUID | None) -> str:
        if known is not None:
            return f"id:{known}"
        snils = items.values.get(Field.SNILS)
        if snils:
            return "snils:" + self._vault.token(Field.SNILS, snils, self._school).hex()
        identity = self._vault.identity_token(self._school, items)
        return f"name:{identity.hex()}" if identity else f"row:{row}:{len(self._people)}"

    def _merge(self, row: int, key: str, known: UUID | None, before: Items, stated: Items) -> Items:
        values = {**before.values, **stated.values}
        for field_, code in TAKEN.items():
            value = values.get(field_)
            if value is None:
                continue
            token = (field_, self._vault.token(field_, value, self._school))
            holder = self._holders.get(token)
            in_list = self._taken.get(token)
            if (holder is not None and holder != known) or in_list not in (None, key):
                self._findings.append(Finding(code, about=known, row=row))
                old = before.values.get(field_)
                if old is not None and old != value:
                    values[field_] = old
                else:
                    del values[field_]
                continue
            self._taken[token] = key
        absent = {
            f: reason for f, reason in {**before.absent, **stated.absent}.items() if f not in values
        }
        return Items(values, absent)
