"""Who would leave in a release, and the digest that two people agree on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from crypto import canonical
from gateway.actions.pinned_rules import rules_of
from gateway.store.collections import Collection
from gateway.store.schools import School
from gateway.unit import Unit
from policies.facts import ClassFacts, PupilFacts
from policies.programme import Programme
from policies.release import Readiness, narrower, readiness


@dataclass(frozen=True, slots=True)
class SchoolState:
    """One collection of one school as the rules see it at this moment."""

    school: School
    collection: Collection
    rules: Programme
    classes: tuple[ClassFacts, ...]
    pupils: tuple[PupilFacts, ...]
    readiness: Readiness


@dataclass(frozen=True)
class Members:
    """The set: pupil -> guardians, and the version of every record in it."""

    guardians: Mapping[UUID, tuple[UUID, ...]]
    versions: Mapping[UUID, UUID]

    @cached_property
    def people(self) -> frozenset[UUID]:
        """Pupils and guardians."""
        return frozenset(self.guardians).union(*self.guardians.values())

    def text(self) -> str:
        """Canonical JSON: {pupils: {id: [guardian ids]}, versions: {person: event}}."""
        return canonical.dumps(
            {
                "pupils": {str(p): [str(g) for g in gs] for p, gs in self.guardians.items()},
                "versions": {str(p): str(self.versions[p]) for p in sorted(self.people)},
            }
        ).decode()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text().encode()).hexdigest()

    @classmethod
    def of_text(cls, text: str) -> Members:
        record = canonical.loads(text.encode())
        if not isinstance(record, dict):
            raise TypeError("a set of a release is an object")
        return cls(
            {UUID(p): tuple(UUID(g) for g in gs) for p, gs in record["pupils"].items()},
            {UUID(p): UUID(e) for p, e in record["versions"].items()},
        )

    def only_removes_from(self, earlier: Members) -> bool:
        """Nobody new, and nobody whose record has changed since."""
        same = all(earlier.versions.get(p) == self.versions[p] for p in self.people)
        return same and narrower(tuple(earlier.guardians.items()), tuple(self.guardians.items()))


def look_at_school(unit: Unit, school_id: UUID, collection_id: UUID) -> SchoolState:
    """Read everything and ask the rules. Raises `NotFound`."""
    school = unit.schools.get(school_id)
    collection = unit.collections.get(school_id, collection_id)
    rules = rules_of(collection)
    classes = tuple(unit.collections.class_facts(school_id, collection_id))
    pupils = tuple(unit.dossier.pupils(school_id, collection_id))
    found = readiness(classes, pupils, rules, school.today(unit.now), collection.deadline_on)
    return SchoolState(school, collection, rules, classes, pupils, found)


def members_of(unit: Unit, state: SchoolState) -> Members:
    """The pupils who are ready, with the guardians to be sent."""
    versions = unit.people.versions(state.school.id)
    found = Members(dict(state.readiness.chosen), versions)
    return Members(found.guardians, {p: versions[p] for p in found.people})
