"""The same service without its duties: plain columns, no keys, no tokens, no events.

The actions are the very same; only what they store with differs. A person is one row with a
unique index for SNILS, e-mail and phone, as one would write it who had nothing to protect.
Foreign keys stay: every row points at one event, which is never written again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from uuid import UUID

import sqlalchemy as sa

from crypto.envelope import KeyClass, RecordKind
from gateway.cli.rehearsed_school import RehearsedSchool, Stage
from gateway.store.people import PeopleStore
from gateway.store.vault import Vault
from gateway.unit import Actor, Data, Unit, Units
from policies.facts import Field, Items

UNIQUE = (Field.SNILS, Field.EMAIL, Field.PHONE)
plain_persons = sa.table(
    "persons",
    sa.column("school_id", sa.Uuid),
    sa.column("id", sa.Uuid),
    sa.column("event_id", sa.Uuid),
    *(sa.column(field.value, sa.Text) for field in Field),
)


class PlainVault(Vault):
    """Gives back what it is told to hide."""

    def add_keys(self, school_id: UUID, owners: Iterable[tuple[UUID, KeyClass, UUID]]) -> None:
        return None

    def seal(
        self, school_id: UUID, owner: UUID, key_class: KeyClass, kind: RecordKind, plain: bytes
    ) -> bytes:
        return plain

    def open(
        self, school_id: UUID, owner: UUID, key_class: KeyClass, kind: RecordKind, blob: bytes
    ) -> bytes:
        return blob

    def token(self, field: Field, value: str, scope: UUID | None) -> bytes:
        return value.encode()

    def identity_token(self, school_id: UUID, items: Items) -> bytes | None:
        values = items.values
        return "|".join(values.get(f, "") for f in Field if f not in UNIQUE).encode()


class PlainPeople(PeopleStore):
    """What an import asks of people, over plain columns."""

    def add_many(self, school_id: UUID, people: Iterable[tuple[UUID, Items, UUID]]) -> None:
        rows = [
            {
                "school_id": school_id,
                "id": person_id,
                "event_id": event_id,
                **{field.value: items.values.get(field) for field in Field},
            }
            for person_id, items, event_id in people
        ]
        if rows:
            self._db.execute(plain_persons.insert(), rows)

    def items(self, school_id: UUID, ids: Iterable[UUID] | None = None) -> dict[UUID, Items]:
        query = sa.select(plain_persons).where(plain_persons.c.school_id == school_id)
        if ids is not None:
            query = query.where(plain_persons.c.id.in_(list(ids)))
        found = {}
        for row in self._db.execute(query):
            said = row._mapping
            found[row.id] = Items({f: said[f.value] for f in Field if said[f.value] is not None})
        return found

    def holders(self, school_id: UUID) -> dict[tuple[Field, bytes], UUID]:
        return {
            (field, items.values[field].encode()): person
            for person, items in self.items(school_id).items()
            for field in UNIQUE
            if field in items.values
        }


class PlainUnit(Unit):
    """A unit that keeps nothing secret and tells nobody."""

    EVENT = UUID(int=1)

    def __init__(self, unit: Unit) -> None:
        super().__init__(unit.connection, unit.actor, unit.now, unit.vault._kek, unit.vault._index)
        self.vault = PlainVault(unit.connection, unit.vault._kek, unit.vault._index)

    def record_many(
        self, events: Iterable[tuple[str, dict[str, Data]]], *, school_id: UUID | None = None
    ) -> list[UUID]:
        return [self.EVENT for _ in events]

    @cached_property
    def people(self) -> PeopleStore:
        return PlainPeople(self.connection, self.vault)


class PlainUnits(Units):
    """Opens plain units."""

    @contextmanager
    def open(self, actor: Actor, now: datetime | None = None) -> Iterator[Unit]:
        with super().open(actor, now) as unit:
            yield PlainUnit(unit)


class PlainStage(Stage):
    """A stage whose database holds plain rows."""

    @cached_property
    def units(self) -> Units:
        return PlainUnits(self.writing, self.kek, self.index, self.clock)


def plain_school(stage: Stage) -> RehearsedSchool:
    """A school on `stage` as it would be without duties. Changes the tables of its database."""
    school = RehearsedSchool.found(stage, 1)
    with stage.writing.begin() as connection:
        event = connection.execute(sa.text("SELECT * FROM audit_event LIMIT 1")).mappings().one()
        first = {**event, "id": PlainUnit.EVENT.hex if _is_sqlite(stage) else PlainUnit.EVENT}
        columns = ", ".join(first)
        named = ", ".join(f":{name}" for name in first)
        connection.execute(sa.text(f"INSERT INTO audit_event ({columns}) VALUES ({named})"), first)
        for field in Field:
            connection.execute(sa.text(f"ALTER TABLE persons ADD COLUMN {field.value} TEXT"))
        for field in UNIQUE:
            connection.execute(
                sa.text(
                    f"CREATE UNIQUE INDEX plain_{field.value} ON persons (school_id, {field.value})"
                )
            )
        connection.execute(sa.text("DROP INDEX ix_persons_identity_token"))
    plain = PlainStage(stage.settings, stage.clock)
    return RehearsedSchool(
        plain, school.school_id, school.collection_id, school.registrar, school.director
    )


def _is_sqlite(stage: Stage) -> bool:
    return stage.writing.dialect.name == "sqlite"
