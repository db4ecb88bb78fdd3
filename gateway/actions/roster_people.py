"""Who the rows of a class list speak of: one person is one entry, however many rows.

The register is asked first, by SNILS, else by names and birth date. People without papers are
known by their names inside their class or family, or by names and a contact together. Whoever was
destroyed is known by the marks that were left (decision 0016). The rest is new, and new rows are
compared with each other in the same way. The work grows with the list, not with its square.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from uuid import UUID

from gateway.actions.roster_index import CONTACTS, PeopleIndex, agree, strangers
from gateway.store.changes import Mark
from gateway.unit import Unit
from policies.facts import Field, Items, PupilRow
from policies.findings import Code, Finding

NOTHING = Items({})


@dataclass(slots=True)
class Listed:
    """One person of the list. `person_id` None: new to the school.

    `class_name`: of the first row that names the person. `is_returning`: the record of the person
    was destroyed.
    `stated`: what the rows say together, the first word on a field counts; `rows`: where each
    word stands. `before`: the record in the register, empty for a new person.
    """

    key: str
    row: int
    class_name: str
    is_pupil: bool
    person_id: UUID | None
    is_returning: bool
    before: Items
    stated: Items = field(default_factory=lambda: NOTHING)
    rows: dict[Field, int] = field(default_factory=dict)

    @property
    def known(self) -> Items:
        """Register and list together."""
        if not self.before.values:
            return self.stated
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

    `register`: opened records of the school; who was destroyed is not in it. `on_paper`: pupils
    who were destroyed and whose rows must bring nothing back; `passed_over`: their rows.
    """

    def __init__(self, unit: Unit, school_id: UUID) -> None:
        self._vault = unit.vault
        self._school = school_id
        self._holders = unit.people.holders(school_id)
        self._identities = unit.people.by_identity(school_id)
        self._marked = unit.people.changes.marked(school_id)
        self.register = unit.people.items(school_id)
        names = unit.schools.class_names(school_id)
        self._classes = {p: names[c] for p, c in unit.pupils.classes(school_id).items()}
        self._classmates: dict[str, set[UUID]] = {}
        for person, place in self._classes.items():
            self._classmates.setdefault(place, set()).add(person)
        self._guardians: dict[UUID, set[UUID]] = {}
        for link in unit.pupils.list_guardianships(school_id):
            self._guardians.setdefault(link.pupil_id, set()).add(link.guardian_id)
        self._index = PeopleIndex[Listed]()
        self.people: dict[str, Listed] = {}
        self.findings: list[Finding] = []
        self.passed_over: list[tuple[PupilRow, UUID]] = []

    @property
    def destroyed(self) -> set[UUID]:
        """Everybody of the school who could come back."""
        return set(self._marked.values())

    def match(
        self, rows: Sequence[PupilRow], on_paper: Set[UUID] = frozenset()
    ) -> list[tuple[PupilRow, str, list[str]]]:
        """Every row with the key of its pupil and those of its representatives, in their order."""
        families = [(row, *self._mentions(row)) for row in rows]
        for _, pupil, guardians in families:
            for mention in (pupil, *guardians):
                mention.person_id = self._by_papers(mention) or self._by_marks(mention)
        self.passed_over = [
            (row, pupil.person_id)
            for row, pupil, _ in families
            if pupil.person_id is not None and pupil.person_id in on_paper
        ]
        families = [each for each in families if each[1].person_id not in on_paper]
        sure = {m.person_id for _, pupil, guardians in families for m in (pupil, *guardians)}
        for _, pupil, guardians in families:
            if pupil.person_id is None:
                pupil.person_id = self._in_class(pupil, sure)
            for mention in guardians:
                if mention.person_id is None:
                    mention.person_id = self._in_family(mention, pupil)
        # Those who are known come first: a row without papers is compared with all of them.
        keys = {
            id(m): self._join(m)
            for is_new in (False, True)
            for _, pupil, guardians in families
            for m in (pupil, *guardians)
            if (m.person_id is None) is is_new
        }
        matched = [(row, keys[id(p)], [keys[id(m)] for m in gs]) for row, p, gs in families]
        first = {key: None for _, pupil, guardians in matched for key in (pupil, *guardians)}
        self.people = {key: self.people[key] for key in first}
        return matched

    def _mentions(self, row: PupilRow) -> tuple[Mention, list[Mention]]:
        return (
            Mention(row.row, row.items, True, row.class_name),
            [Mention(row.row, r.items, False, row.class_name) for r in row.representatives],
        )

    # against the register

    def _by_papers(self, mention: Mention) -> UUID | None:
        snils = mention.items.values.get(Field.SNILS)
        if snils:
            found = self._known(Field.SNILS, snils)
            if found is not None and not strangers(mention.items, self.register[found]):
                return found
            if found is not None:
                self._doubt_number(mention, found)
        if not self._identities:
            return None
        identity = self._vault.identity_token(self._school, mention.items)
        found = self._identities.get(identity) if identity else None
        return found if found and agree(mention.items, self.register[found]) else None

    def _doubt_number(self, mention: Mention, holder: UUID) -> None:
        """A slip of a digit must not turn one person of the school into another."""
        self.findings.append(
            Finding(Code.SNILS_OF_ANOTHER, about=holder, row=mention.row, field=Field.SNILS)
        )
        values = dict(mention.items.values)
        del values[Field.SNILS]
        mention.items = Items(values, mention.items.absent)

    def _by_marks(self, mention: Mention) -> UUID | None:
        """Somebody whose record was destroyed. Of a pupil both marks must agree, if both are told:
        a row that is passed over by mistake is a child that nobody asks.
        """
        if not self._marked:
            return None
        snils = mention.items.values.get(Field.SNILS)
        token = self._vault.token(Field.SNILS, snils, self._school) if snils else b""
        by_number = self._marked.get((Mark.SNILS, token))
        identity = self._vault.identity_token(self._school, mention.items)
        by_name = self._marked.get((Mark.IDENTITY, identity or b""))
        if by_number is not None and mention.is_pupil and identity and by_name != by_number:
            self._doubt_number(mention, by_number)
            by_number = None
        return by_number or by_name

    def holder(self, field_: Field, value: str) -> UUID | None:
        """Who of the school has the value now; an empty register needs no token to say so."""
        if not self._holders:
            return None
        return self._holders.get((field_, self._vault.token(field_, value, self._school)))

    def _known(self, field_: Field, value: str) -> UUID | None:
        """The same, of people whose records can be opened."""
        found = self.holder(field_, value)
        return found if found in self.register else None

    def _in_class(self, pupil: Mention, sure: Set[UUID | None]) -> UUID | None:
        """The one pupil of that class and name whom no other row names."""
        near = self._classmates.get(pupil.place, set()) | self._by_contact(pupil)
        return self._one(pupil, {p for p in near if p in self._classes and p not in sure})

    def _in_family(self, mention: Mention, pupil: Mention) -> UUID | None:
        """A representative of that name whom the pupil has already, or who has that contact."""
        family = self._guardians.get(pupil.person_id, set()) if pupil.person_id else set()
        near = family | self._by_contact(mention)
        return self._one(mention, {p for p in near if p not in self._classes})

    def _by_contact(self, mention: Mention) -> set[UUID]:
        values = mention.items.values
        found = {self._known(f, values[f]) for f in CONTACTS if f in values}
        return {person for person in found if person is not None}

    def _one(self, mention: Mention, candidates: Set[UUID]) -> UUID | None:
        found = [
            person
            for person in candidates
            if person in self.register and agree(mention.items, self.register[person])
        ]
        return found[0] if len(found) == 1 else None

    # rows among themselves

    def _join(self, mention: Mention) -> str:
        listed = self._same(mention)
        if listed is None:
            known = mention.person_id
            listed = Listed(
                key=f"new:{len(self.people)}" if known is None else f"id:{known}",
                row=mention.row,
                class_name=mention.place,
                is_pupil=mention.is_pupil,
                person_id=known,
                is_returning=known is not None and known not in self.register,
                before=self.register.get(known, NOTHING) if known else NOTHING,
            )
            self.people[listed.key] = listed
        listed.hear(mention)
        self._index.put(listed.key, listed, listed.is_pupil, listed.known)
        return listed.key

    def _same(self, mention: Mention) -> Listed | None:
        if mention.person_id is not None:
            return self.people.get(f"id:{mention.person_id}")
        return self._index.find(mention.is_pupil, mention.items)
