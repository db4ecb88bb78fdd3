"""Which items of a person were replaced, and the marks by which a destroyed person is known again.

A mark is a keyed token: it says whether two values are equal and nothing else. Those of replaced
values are made for one person, so they link nobody to anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import IDS, SCHOOL, event_column, metadata, school_key, tenant_reference
from gateway.store.vault import Vault
from policies.facts import Field, ItemChange, Items

item_changes = sa.Table(
    "item_changes",
    metadata,
    school_key(),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("before", sa.LargeBinary(16)),
    sa.Column("after", sa.LargeBinary(16)),
    event_column(),
    tenant_reference("person_id", "persons"),
)
destroyed_marks = sa.Table(
    "destroyed_marks",
    metadata,
    school_key(),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("mark", sa.Text, primary_key=True),
    sa.Column("key_version", sa.SmallInteger, nullable=False),
    sa.Column("token", sa.LargeBinary(16), nullable=False),
    event_column(),
    tenant_reference("person_id", "persons"),
)
NOTHING = Items({})
_CHANGES = (
    sa.select(item_changes)
    .where(item_changes.c.school_id == SCHOOL)
    .order_by(item_changes.c.number, item_changes.c.item)
)
_CHANGES_OF = _CHANGES.where(item_changes.c.person_id.in_(IDS))
_LAST_NUMBERS = (
    sa.select(item_changes.c.person_id, sa.func.max(item_changes.c.number).label("last"))
    .where(item_changes.c.school_id == SCHOOL, item_changes.c.person_id.in_(IDS))
    .group_by(item_changes.c.person_id)
)


class Mark(StrEnum):
    """What a destroyed person can be known by: SNILS, or names and birth date together."""

    SNILS = "snils"
    IDENTITY = "identity"


class ChangeStore:
    """Both tables of one school; the school is locked by whoever writes."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._db = connection
        self._vault = vault

    # replaced items

    def note(
        self, school_id: UUID, changes: Iterable[tuple[UUID, Items | None, Items, UUID]]
    ) -> None:
        """Count a change of (person, before, after, event). Before None: it was destroyed."""
        wanted = list(changes)
        last = self.numbers(school_id, [person for person, *_ in wanted])
        rows = [
            {
                "school_id": school_id,
                "person_id": person,
                "number": last.get(person, 0) + 1,
                "item": item.value,
                "before": None if before is None else self._mark(school_id, person, item, before),
                "after": self._mark(school_id, person, item, after),
                "event_id": event,
            }
            for person, before, after, event in wanted
            for item in Field
            if before is None or before.values.get(item) != after.values.get(item)
        ]
        if rows:
            self._db.execute(item_changes.insert(), rows)

    def _mark(self, school_id: UUID, person: UUID, item: Field, items: Items) -> bytes:
        return self._vault.mark(school_id, person, item, items.values.get(item, ""))

    def of_people(
        self, school_id: UUID, people: Iterable[UUID] | None = None
    ) -> dict[UUID, tuple[ItemChange, ...]]:
        """Changes by person (None: of the whole school), in order."""
        if people is None:
            rows = self._db.execute(_CHANGES, {"school_id": school_id})
        else:
            rows = self._db.execute(_CHANGES_OF, {"school_id": school_id, "ids": list(people)})
        found: dict[UUID, list[ItemChange]] = {}
        for row in rows:
            change = ItemChange(row.number, Field(row.item), row.before, row.after)
            found.setdefault(row.person_id, []).append(change)
        return {person: tuple(changes) for person, changes in found.items()}

    def numbers(self, school_id: UUID, people: Iterable[UUID]) -> dict[UUID, int]:
        """Number of the last change of each; who never changed is not in the answer."""
        rows = self._db.execute(_LAST_NUMBERS, {"school_id": school_id, "ids": list(people)})
        return {row.person_id: row.last for row in rows}

    # people whose record was destroyed

    def leave_marks(
        self, school_id: UUID, person: UUID, marks: Mapping[Mark, bytes], event_id: UUID
    ) -> None:
        """The record goes: values become unknown, tokens to know the person by stay (0016)."""
        self._db.execute(
            item_changes.update()
            .where(item_changes.c.school_id == school_id, item_changes.c.person_id == person)
            .values(before=None, after=None, event_id=event_id)
        )
        rows = [
            {
                "school_id": school_id,
                "person_id": person,
                "mark": mark.value,
                "key_version": self._vault.index_version,
                "token": token,
                "event_id": event_id,
            }
            for mark, token in marks.items()
        ]
        if rows:
            self._db.execute(destroyed_marks.insert(), rows)

    def marked(self, school_id: UUID) -> dict[tuple[Mark, bytes], UUID]:
        """Destroyed people of the school by mark; a mark that two of them have is left out."""
        found: dict[tuple[Mark, bytes], UUID] = {}
        twice = set()
        for row in self._db.execute(
            sa.select(destroyed_marks).where(destroyed_marks.c.school_id == school_id)
        ):
            key = Mark(row.mark), row.token
            if key in found:
                twice.add(key)
            found[key] = row.person_id
        return {key: person for key, person in found.items() if key not in twice}

    def forget_marks(self, school_id: UUID, people: Iterable[UUID]) -> None:
        """They came back, or nothing is left that the marks could serve."""
        self._db.execute(
            destroyed_marks.delete().where(
                destroyed_marks.c.school_id == school_id,
                destroyed_marks.c.person_id.in_(list(people)),
            )
        )
