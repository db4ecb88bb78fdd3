"""Who the rows of a class list speak of: one person is one entry, however many rows.

The register is asked first, by SNILS, else by names and birth date. People without papers are
known by their names inside their class or family, or by names and a contact together. Whoever is
left is new, and new rows are compared with each other in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from gateway.unit import Unit
from policies.facts import Field, Items, PupilRow
from policies.findings import Code, Finding

NOTHING = Items({})
CONTACTS = (Field.EMAIL, Field.PHONE)
NAMES = (Field.FAMILY_NAME, Field.GIVEN_NAME)
PAPERS = (Field.PATRONYMIC, Field.BIRTH_DATE, Field.SNILS)


@dataclass(slots=True)
class Listed:
    """One person of the list. `person_id` None: new to the school.

    `stated`: what the rows say together, the first word on a field counts; `rows`: where each
    word stands. `before`: the record in the register, empty for a new person.
    """

    key: str
    row: int
    is_pupil: bool
    person_id: UUID | None
    before: Items
    stated: Items = field(default_factory=lambda: NOTHING)
    rows: dict[Field, int] = field(default_factory=dict)

    @property
    def known(self) -> Items:
        """Register and list together."""
        return Items({**self.before.values, **self.stated.values})

    def hear(self, mention: Mention) -> None:
        """Add what one more row says. A value takes the place of an earlier «нет»."""
        for name in mention.items.values:
            self.rows.setdefault(name, mention.row)
        values = {**mention.items.values, **self.stated.values}
        absent = {**mention.items.absent, **self.stated.absent}
        self.stated = Items(values, {f: why for f, why in absent.items() if f not in values})


@dataclass(slots=True)
class Mention:
    """One person in one row. `place`: the class of the row."""

    row: int
    items: Items
    is_pupil: bool
    place: str
    person_id: UUID | None = None


class ListedPeople:
    """Matches the rows of one list. `people`: by key, in the order in which the list names them.

    `register`: opened records of the school; who was destroyed is not in it.
    """

    def __init__(self, unit: Unit, school_id: UUID) -> None:
        self._vault = unit.vault
        self._school = school_id
        self._holders = unit.people.holders(school_id)
        self._identities = unit.people.by_identity(school_id)
        self.register = unit.people.items(school_id)
        names = unit.schools.class_names(school_id)
        self._classes = {p: names[c] for p, c in unit.pupils.classes(school_id).items()}
        self._guardians: dict[UUID, set[UUID]] = {}
        for link in unit.pupils.list_guardianships(school_id):
            self._guardians.setdefault(link.pupil_id, set()).add(link.guardian_id)
        self.people: dict[str, Listed] = {}
        self.findings: list[Finding] = []

    def match(self, rows: Sequence[PupilRow]) -> list[tuple[str, list[str]]]:
        """Keys of every row: its pupil, and its representatives in their order."""
        families = [self._mentions(row) for row in rows]
        for mention in (each for family in families for each in family):
            mention.person_id = self._by_papers(mention)
        sure = {m.person_id for family in families for m in family if m.person_id is not None}
        for pupil, *guardians in families:
            if pupil.person_id is None:
                pupil.person_id = self._in_class(pupil, sure)
            for mention in guardians:
                if mention.person_id is None:
                    mention.person_id = self._in_family(mention, pupil)
        # Those who are known come first: a row without papers is compared with all of them.
        keys = {
            id(m): self._join(m)
            for is_new in (False, True)
            for family in families
            for m in family
            if (m.person_id is None) is is_new
        }
        first = {keys[id(m)]: None for family in families for m in family}
        self.people = {key: self.people[key] for key in first}
        return [(keys[id(f[0])], [keys[id(m)] for m in f[1:]]) for f in families]

    def _mentions(self, row: PupilRow) -> list[Mention]:
        return [
            Mention(row.row, row.items, True, row.class_name),
            *(Mention(row.row, r.items, False, row.class_name) for r in row.representatives),
        ]

    # against the register

    def _by_papers(self, mention: Mention) -> UUID | None:
        snils = mention.items.values.get(Field.SNILS)
        if snils:
            found = self._holder(Field.SNILS, snils)
            if found is not None and not _strangers(mention.items, self.register[found]):
                return found
            if found is not None:
                # A slip of a digit must not turn one person of the register into another.
                self.findings.append(
                    Finding(Code.SNILS_OF_ANOTHER, about=found, row=mention.row, field=Field.SNILS)
                )
                mention.items = _without(mention.items, Field.SNILS)
        identity = self._vault.identity_token(self._school, mention.items)
        found = self._identities.get(identity) if identity else None
        return found if found and _agree(mention.items, self.register[found]) else None

    def _holder(self, field_: Field, value: str) -> UUID | None:
        found = self._holders.get((field_, self._vault.token(field_, value, self._school)))
        return found if found in self.register else None

    def _in_class(self, pupil: Mention, sure: set[UUID]) -> UUID | None:
        """The one pupil of that class and name whom no other row names."""
        classmates = {p for p, place in self._classes.items() if place == pupil.place}
        return self._one(
            pupil, (classmates | self._by_contact(pupil)) & self._classes.keys() - sure
        )

    def _in_family(self, mention: Mention, pupil: Mention) -> UUID | None:
        """A representative of that name whom the pupil has already, or who has that contact."""
        family = self._guardians.get(pupil.person_id, set()) if pupil.person_id else set()
        return self._one(mention, (family | self._by_contact(mention)) - self._classes.keys())

    def _by_contact(self, mention: Mention) -> set[UUID]:
        values = mention.items.values
        found = {self._holder(f, values[f]) for f in CONTACTS if f in values}
        return {person for person in found if person is not None}

    def _one(self, mention: Mention, candidates: set[UUID]) -> UUID | None:
        found = [
            person
            for person in candidates
            if person in self.register and _agree(mention.items, self.register[person])
        ]
        return found[0] if len(found) == 1 else None

    # rows among themselves

    def _join(self, mention: Mention) -> str:
        listed = self._same(mention)
        if listed is None:
            known = mention.person_id
            key = f"new:{len(self.people)}" if known is None else f"id:{known}"
            before = self.register[known] if known else NOTHING
            listed = Listed(key, mention.row, mention.is_pupil, known, before)
            self.people[key] = listed
        listed.hear(mention)
        return listed.key

    def _same(self, mention: Mention) -> Listed | None:
        if mention.person_id is not None:
            return self.people.get(f"id:{mention.person_id}")
        return next((one for one in self.people.values() if _is_same(mention, one)), None)


def _is_same(mention: Mention, one: Listed) -> bool:
    """The same number; else names that agree, and the same birth date or contact."""
    mine, known = mention.items.values, one.known.values
    if mine.get(Field.SNILS, "") == known.get(Field.SNILS):
        return True
    return (
        mention.is_pupil is one.is_pupil
        and _agree(mention.items, one.known)
        and any(f in mine and mine[f] == known.get(f) for f in (Field.BIRTH_DATE, *CONTACTS))
    )


def _agree(one: Items, other: Items) -> bool:
    """The same family and given name, and no paper of one that contradicts the other's."""
    return all(_same_word(one, other, f) for f in NAMES) and not any(
        _differ(one, other, f) for f in PAPERS
    )


def _strangers(one: Items, other: Items) -> bool:
    """Nothing but the number is common: not the names and not the day of birth."""
    return all(_differ(one, other, f) for f in (*NAMES, Field.BIRTH_DATE))


def _same_word(one: Items, other: Items, field_: Field) -> bool:
    return field_ in one.values and not _differ(one, other, field_) and field_ in other.values


def _differ(one: Items, other: Items, field_: Field) -> bool:
    words = one.values.get(field_), other.values.get(field_)
    return all(words) and len({folded(word) for word in words if word}) > 1


def folded(text: str) -> str:
    """For comparison: small letters, «ё» as «е»."""
    return text.casefold().replace("ё", "е")


def _without(items: Items, field_: Field) -> Items:
    return Items({f: v for f, v in items.values.items() if f is not field_}, items.absent)
