"""What a class list would change: computed from its rows and the register, written by nobody.

Who is who says `roster_people`. A value in the list replaces the one in the register; an empty
cell never erases. A contact that belongs to somebody else is left out and found, unless the list
itself gives that person another one: two people may swap their phones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from gateway.actions.planned_roster import (
    MissingPupil,
    PlannedAgreement,
    PlannedGuardian,
    PlannedPerson,
    PlannedPupil,
    RosterPlan,
)
from gateway.actions.roster_people import Listed, ListedPeople
from gateway.unit import Unit
from policies.facts import Field, Items, ListedAgreement, PupilRow, RepresentativeRow
from policies.findings import Code, Finding
from policies.roster import ListedClass, shrink_findings

TAKEN = {
    Field.SNILS: Code.SNILS_OF_ANOTHER,
    Field.EMAIL: Code.DUPLICATE_EMAIL,
    Field.PHONE: Code.DUPLICATE_PHONE,
}


def plan_roster(
    unit: Unit, school_id: UUID, collection_id: UUID, rows: Sequence[PupilRow]
) -> RosterPlan:
    """Compare the rows with the register of the school. The school should be locked to commit.

    Whoever was destroyed after a «no» in that collection stays on paper in it, whatever the list
    says; in another one the family is asked anew.
    """
    return _Planner(unit, school_id, collection_id).plan(rows)


class _Planner:
    def __init__(self, unit: Unit, school_id: UUID, collection_id: UUID) -> None:
        self._school = school_id
        self._classes = unit.pupils.classes(school_id)
        self._class_names = unit.schools.class_names(school_id)
        self._links = {
            (link.pupil_id, link.guardian_id): link
            for link in unit.pupils.list_guardianships(school_id)
        }
        self._agreed = unit.agreements.numbers(school_id)
        self._listed = ListedPeople(unit, school_id)
        destroyed = self._listed.destroyed
        facts = unit.dossier.pupils(school_id, collection_id, destroyed) if destroyed else []
        self._on_paper = {pupil.person_id for pupil in facts}

    def plan(self, rows: Sequence[PupilRow]) -> RosterPlan:
        families = self._listed.match(rows, self._on_paper)
        people = self._listed.people
        findings = self._listed.findings
        settled = {f: self._settle(f, code, findings) for f, code in TAKEN.items()}
        pupils: dict[str, PlannedPupil] = {}
        agreements: dict[tuple[str, str], PlannedAgreement] = {}
        for row, pupil, guardians in families:
            self._place(pupils, row, pupil, guardians)
            self._agree(agreements, row.row, pupil, row.agreement)
            for who, representative in zip(guardians, row.representatives, strict=True):
                self._agree(agreements, row.row, who, representative.agreement)
        passed_over = {person: row for row, person in self._listed.passed_over}
        here = {people[key].person_id for key in pupils}
        missing, shrinking = self._missing(
            {p.class_name for p in pupils.values()}
            | {row.class_name for row in passed_over.values()},
            {person for person in here if person is not None} | passed_over.keys(),
        )
        return RosterPlan(
            tuple(_planned(person, settled) for person in people.values()),
            tuple(pupils.values()),
            tuple(self._passed(row, person) for person, row in passed_over.items()),
            tuple(agreements.values()),
            missing,
            shrinking,
            tuple(findings),
        )

    def _place(
        self, pupils: dict[str, PlannedPupil], row: PupilRow, key: str, guardians: Sequence[str]
    ) -> None:
        """The pupil's place: the first row says the class, every row adds representatives."""
        first = pupils.get(key)
        links = {link.key: link for link in (first.guardians if first else ())}
        known = self._listed.people[key].person_id
        for who, representative in zip(guardians, row.representatives, strict=True):
            if who != key and who not in links:
                links[who] = self._guardian(known, who, representative)
        if first is None:
            first = PlannedPupil(key, row.row, row.class_name, *self._moves(known, row), ())
        pupils[key] = replace(first, guardians=tuple(links.values()))

    def _guardian(self, pupil: UUID | None, key: str, told: RepresentativeRow) -> PlannedGuardian:
        """The kind that the list says takes the place of another one; a supposed kind does not."""
        guardian = self._listed.people[key].person_id
        link = self._links.get((pupil, guardian)) if pupil and guardian else None
        if link is None:
            return PlannedGuardian(key, told.kind, told.relation)
        if told.is_kind_said and told.kind is not link.kind:
            return PlannedGuardian(key, told.kind, told.relation, link.id, link.kind)
        return PlannedGuardian(key, link.kind, link.relation, link.id, link.kind)

    def _moves(self, known: UUID | None, row: PupilRow) -> tuple[bool, str | None]:
        now_in = self._class_names[self._classes[known]] if known in self._classes else None
        moves = now_in != row.class_name
        return moves, now_in if moves else None

    def _passed(self, row: PupilRow, person: UUID) -> PlannedPupil:
        moves, came_from = self._moves(person, row)
        return PlannedPupil(f"id:{person}", row.row, row.class_name, moves, came_from, ())

    def _agree(
        self,
        agreements: dict[tuple[str, str], PlannedAgreement],
        row: int,
        key: str,
        told: ListedAgreement | None,
    ) -> None:
        """Number and day are needed (63-FZ art. 9); one that is on record is left alone."""
        if told is None or told.signed_on is None:
            return
        person = self._listed.people[key].person_id
        if person is None or (person, told.number) not in self._agreed:
            planned = PlannedAgreement(key, row, told.number, told.signed_on)
            agreements.setdefault((key, told.number), planned)

    def _missing(
        self, listed: set[str], here: set[UUID]
    ) -> tuple[tuple[MissingPupil, ...], dict[str, Finding]]:
        """Pupils of the list's classes whom the list does not name, and classes that shrink."""
        known: Counter[UUID] = Counter()
        lost: Counter[UUID] = Counter()
        missing = []
        for person, class_id in self._classes.items():
            name = self._class_names[class_id]
            if name not in listed:
                continue
            known[class_id] += 1
            if person not in here and person in self._listed.register:
                lost[class_id] += 1
                missing.append(MissingPupil(person, name, self._listed.register[person]))
        missing.sort(key=lambda each: (each.class_name, each.person_id))
        found = shrink_findings(ListedClass(each, known[each], lost[each]) for each in lost)
        return tuple(missing), {self._class_names[each.about]: each for each in found if each.about}

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
            holder = self._listed.holder(field_, wanted[key])
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
    return PlannedPerson(
        one.key,
        one.row,
        one.class_name,
        one.is_pupil,
        one.person_id,
        items,
        changed,
        one.before,
        one.is_returning,
    )
