"""The families of a school as its class desk shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

OF_AGE = 18


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be asked. `items`: canonical values by name."""

    id: str
    name: str = field(repr=False)
    items: Mapping[str, str] = field(repr=False)

    @property
    def first_name(self) -> str:
        return self.items["given_name"]

    @property
    def email(self) -> str:
        return self.items.get("email", "")

    @property
    def phone(self) -> str:
        return self.items.get("phone", "")

    def age(self, on: date) -> int:
        """Full years on a day."""
        born = date.fromisoformat(self.items["birth_date"])
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class Guardian:
    """A representative of one pupil. `link_id`: the guardianship itself."""

    person: Person
    link_id: str
    kind: str
    relation: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One document asked of one signer about one subject."""

    id: str
    form: str
    signer_id: str
    subject_id: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.form, self.signer_id, self.subject_id


@dataclass(frozen=True, slots=True)
class Pupil:
    """One row of a class desk."""

    person: Person
    class_id: str
    class_name: str
    guardians: tuple[Guardian, ...]
    asks: tuple[Ask, ...]

    @property
    def id(self) -> str:
        return self.person.id


def read_desk(class_id: str, class_name: str, desk: Mapping[str, Any]) -> list[Pupil]:
    """Pupils of one class from the answer of the service."""
    return [
        Pupil(
            _person(row),
            class_id,
            class_name,
            tuple(
                Guardian(_person(g), g["guardianship_id"], g["kind"], g["relation"])
                for g in row["guardians"]
            ),
            tuple(Ask(a["id"], a["form"], a["signer_id"], a["subject_id"]) for a in row["asks"]),
        )
        for row in desk["pupils"]
    ]


def _person(row: Mapping[str, Any]) -> Person:
    return Person(row["id"], row["name"], row["items"])


def signers(pupils: Iterable[Pupil]) -> dict[str, Person]:
    """Everybody who is asked anything, once each, in the order of the classes."""
    found: dict[str, Person] = {}
    for pupil in pupils:
        asked = {ask.signer_id for ask in pupil.asks}
        for person in (*(g.person for g in pupil.guardians), pupil.person):
            if person.id in asked:
                found.setdefault(person.id, person)
    return found


def children(pupils: Iterable[Pupil]) -> dict[str, list[Pupil]]:
    """Guardian's id -> own children at this school."""
    found: dict[str, list[Pupil]] = {}
    for pupil in pupils:
        for guardian in pupil.guardians:
            found.setdefault(guardian.person.id, []).append(pupil)
    return found
