"""What a class list would change: computed from its rows and the register, written by nobody.

Who is who says `roster_people`. A value in the list replaces the one in the register; an empty
cell never erases. A contact that belongs to somebody else is left out and found, unless the list
itself gives that person another one: two people may swap their phones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from crypto import canonical
from gateway.actions.roster_people import Listed, ListedPeople
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
        self._holders = unit.people.holders(school_id)
        self._classes = unit.pupils.classes(school_id)
        self._class_names = unit.schools.class_names(school_id)
        self._listed = ListedPeople(unit, school_id)

    def plan(self, rows: Sequence[PupilRow]) -> RosterPlan:
        keys = self._listed.match(rows)
        people = self._listed.people
        findings = self._listed.findings
        settled = {f: self._settle(f, code, findings) for f, code in TAKEN.items()}
        pupils: dict[str, PlannedPupil] = {}
        for row, (pupil, guardians) in zip(rows, keys, strict=True):
            self._place(pupils, row, pupil, guardians)
        listed = {p.class_name for p in pupils.values()}
        here = {people[key].person_id for key in pupils}
        missing = [
            person
            for person, class_id in self._classes.items()
            if self._class_names[class_id] in listed
            and person not in here
            and person in self._listed.register
        ]
        return RosterPlan(
            tuple(_planned(person, settled) for person in people.values()),
            tuple(pupils.values()),
            tuple(missing),
            tuple(findings),
        )

    def _place(
        self, pupils: dict[str, PlannedPupil], row: PupilRow, key: str, guardians: Sequence[str]
    ) -> None:
        """The pupil's place: the first row says the class, every row adds representatives."""
        first = pupils.get(key)
        links = {link[0]: link for link in (first.guardians if first else ())}
        for who, representative in zip(guardians, row.representatives, strict=True):
            if who != key:
                links.setdefault(who, (who, representative.kind, representative.relation))
        if first is not None:
            pupils[key] = replace(first, guardians=tuple(links.values()))
            return
        known = self._listed.people[key].person_id
        now_in = self._class_names.get(self._classes[known]) if known in self._classes else None
        pupils[key] = PlannedPupil(
            key, row.row, row.class_name, now_in != row.class_name, tuple(links.values())
        )

    def _settle(self, field_: Field, code: Code, findings: list[Finding]) -> dict[str, str]:
        """Who of the list has which value of that field after the commit, by key.

        Whoever cannot have what the list says keeps the old value: that may cross another's
        wish, so the question is put until nobody loses.
        """
        people = self._listed.people
        wanted = {
            key: one.known.values[field_]
            for key, one in people.items()
            if field_ in one.known.values
        }
        while losers := self._losers(field_, wanted):
            for key in losers:
                one = people[key]
                findings.append(
                    Finding(code, about=one.person_id, row=one.rows[field_], field=field_)
                )
                old = one.before.values.get(field_)
                if old is None:
                    del wanted[key]
                else:
                    wanted[key] = old
        return wanted

    def _losers(self, field_: Field, wanted: dict[str, str]) -> list[str]:
        """Those who want what somebody outside the list has, or another of the list before them."""
        people = self._listed.people
        listed = {one.person_id for one in people.values()}

        def turn(key: str) -> tuple[bool, int, bool]:
            """Who has it keeps it; then in the order of the rows, a mother before her child."""
            one = people[key]
            is_new = one.before.values.get(field_) != wanted[key]
            return is_new, one.rows.get(field_, one.row), one.is_pupil

        taken: set[str] = set()
        losers = []
        for key in sorted(wanted, key=turn):
            token = self._vault.token(field_, wanted[key], self._school)
            holder = self._holders.get((field_, token))
            if wanted[key] in taken or (holder is not None and holder not in listed):
                losers.append(key)
            taken.add(wanted[key])
        return losers


def _planned(one: Listed, settled: Mapping[Field, Mapping[str, str]]) -> PlannedPerson:
    values = {f: v for f, v in one.known.values.items() if f not in TAKEN}
    values |= {f: having[one.key] for f, having in settled.items() if one.key in having}
    absent = {
        f: why for f, why in {**one.before.absent, **one.stated.absent}.items() if f not in values
    }
    items = Items(values, absent)
    changed = tuple(
        f
        for f in Field
        if values.get(f) != one.before.values.get(f) or absent.get(f) != one.before.absent.get(f)
    )
    return PlannedPerson(one.key, one.row, one.person_id, items, changed, one.before)
