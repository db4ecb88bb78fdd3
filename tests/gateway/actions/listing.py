"""Class lists written cell by cell, and their way through upload, review and commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self
from uuid import UUID

from gateway.actions.commit_import import Committed, commit_import
from gateway.actions.import_roster import import_roster
from gateway.actions.review_import import Review, review_import
from policies.facts import Items
from policies.permissions import Role
from tests.factories import a_snils
from tests.town import HEADER, Town

ROSTERS = Path(__file__).parents[3] / "examples" / "rosters"


@dataclass(frozen=True, slots=True)
class Person:
    """Six cells of a list. An empty string is an empty cell."""

    name: str
    born: str
    snils: str
    email: str
    phone: str

    @classmethod
    def child(cls, number: int, name: str = "Ёлкина Ева Юрьевна", born: str = "08.03.2015") -> Self:
        return cls(name, born, *_of(number))

    @classmethod
    def adult(
        cls, number: int, name: str = "Ёлкина Ольга Петровна", born: str = "07.05.1985"
    ) -> Self:
        return cls(name, born, *_of(number))

    def but(self, **cells: str) -> Self:
        return replace(self, **cells)


def _of(number: int) -> tuple[str, str, str]:
    return a_snils(number), f"person{number}@example.org", f"+7900{number:07d}"


def line(pupil: Person, *guardians: Person, place: str = "7А", relation: str = "мать") -> str:
    """One row; a name is family name, given name and patronymic with blanks between."""
    cells = [place, *[*pupil.name.split(" "), "", ""][:3]]
    cells += [pupil.born, pupil.snils, pupil.email, pupil.phone]
    for each in guardians:
        cells += [each.name, relation, each.born, each.snils, each.email, each.phone]
    return ";".join(cells)


def written(lines: Sequence[str], header: str = HEADER) -> bytes:
    """A CSV file in windows-1251, as Excel saves it."""
    return "\n".join([header, *lines]).encode("cp1251")


def upload(town: Town, *lines: str, role: Role = Role.REGISTRAR, header: str = HEADER) -> UUID:
    with town.by(role) as unit:
        return import_roster(unit, town.collection_id, written(lines, header), "list.csv")


def review(town: Town, import_id: UUID) -> Review:
    with town.by(Role.REGISTRAR) as unit:
        return review_import(unit, import_id)


def commit(town: Town, import_id: UUID, digest: str, *, confirmed: bool = False) -> Committed:
    with town.by(Role.REGISTRAR) as unit:
        return commit_import(unit, import_id, digest, shrinking_confirmed=confirmed)


def take_in(town: Town, *lines: str, header: str = HEADER) -> Committed:
    """Upload, review, commit, though the list may be half of the class."""
    import_id = upload(town, *lines, header=header)
    return commit(town, import_id, review(town, import_id).digest, confirmed=True)


def items_of(town: Town, number: int) -> Items:
    """Registry record of invented person `number`, found by SNILS."""
    person = town.person(number)
    with town.by(Role.REGISTRAR) as unit:
        return unit.people.items(town.school_id, [person])[person]


def places(town: Town) -> dict[UUID, str]:
    """Class of every pupil on the list."""
    with town.by(Role.REGISTRAR) as unit:
        names = unit.schools.class_names(town.school_id)
        return {p: names[c] for p, c in unit.pupils.classes(town.school_id).items()}


def people_count(town: Town) -> int:
    with town.by(Role.REGISTRAR) as unit:
        return len(unit.people.items(town.school_id))
