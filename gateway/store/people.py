"""People: one person is one row in a school.

Registry records are sealed; what is unique per person stands beside as school-scoped tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from audit.store import audit_event
from crypto.envelope import KeyClass
from gateway.store.base import (
    IDS,
    PERSON,
    SCHOOL,
    Moment,
    event_column,
    metadata,
    own_id,
    school_key,
    tenant_reference,
)
from gateway.store.changes import ChangeStore, Mark
from gateway.store.vault import Vault, person_keys
from policies.facts import Field, Items

persons = sa.Table(
    "persons",
    metadata,
    school_key(),
    own_id(),
    sa.Column("registry", sa.LargeBinary),
    sa.Column("identity_token", sa.LargeBinary(16), index=True),
    event_column(),
)
person_tokens = sa.Table(
    "person_tokens",
    metadata,
    school_key(),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("key_version", sa.SmallInteger, primary_key=True),
    sa.Column("token", sa.LargeBinary(16), nullable=False),
    sa.Column("staff_changed_at", Moment),
    event_column(),
    tenant_reference("person_id", "persons"),
    sa.UniqueConstraint("school_id", "field", "key_version", "token"),
)
_REGISTRY = sa.select(persons.c.id, persons.c.registry).where(
    persons.c.school_id == SCHOOL, persons.c.registry.is_not(None)
)
_REGISTRY_OF = _REGISTRY.where(persons.c.id.in_(IDS))
_STAFF_CHANGED = sa.select(person_tokens.c.field, person_tokens.c.staff_changed_at).where(
    person_tokens.c.school_id == SCHOOL, person_tokens.c.person_id == PERSON
)


class PeopleStore:
    """Questions and changes about people of one school, through the vault."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._db = connection
        self._vault = vault
        self.changes = ChangeStore(connection, vault)

    def add_many(self, school_id: UUID, people: Iterable[tuple[UUID, Items, UUID]]) -> None:
        """Insert (person, items, event); the persons' data keys must be there already."""
        rows, tokens = [], []
        for person_id, items, event_id in people:
            rows.append(
                {
                    "school_id": school_id,
                    "id": person_id,
                    "registry": self._vault.seal_items(school_id, person_id, items),
                    "identity_token": self._vault.identity_token(school_id, items),
                    "event_id": event_id,
                }
            )
            tokens += self._token_rows(school_id, person_id, items, event_id)
        if rows:
            self._db.execute(persons.insert(), rows)
        if tokens:
            self._db.execute(person_tokens.insert(), tokens)

    def _token_rows(
        self,
        school_id: UUID,
        person_id: UUID,
        items: Items,
        event_id: UUID,
        staff_changed: Mapping[Field, datetime | None] | None = None,
    ) -> list[dict[str, object]]:
        return [
            {
                "school_id": school_id,
                "person_id": person_id,
                "field": field.value,
                "key_version": self._vault.index_version,
                "token": token,
                "staff_changed_at": (staff_changed or {}).get(field),
                "event_id": event_id,
            }
            for field, token in self._vault.tokens_of(school_id, items).items()
        ]

    def change_many(
        self,
        school_id: UUID,
        people: Iterable[tuple[UUID, Items, UUID]],
        staff_at: datetime | None,
    ) -> None:
        """Replace the registry records of (person, items, event); each change is counted.

        `staff_at`: the moment when staff made the change, None when the person did; it stays
        with every value that was there before and is another now. Tokens of all are taken off
        before any is put on, so that two people may swap a value.
        """
        changes = list(people)
        ids = [person_id for person_id, _, _ in changes]
        if not ids:
            return
        records = self.items(school_id, ids)
        self.changes.note(
            school_id, [(who, records.get(who), items, event) for who, items, event in changes]
        )
        before = {
            (row.person_id, row.field): row
            for row in self._db.execute(
                sa.select(person_tokens).where(
                    person_tokens.c.school_id == school_id, person_tokens.c.person_id.in_(ids)
                )
            )
        }
        self._db.execute(
            person_tokens.delete().where(
                person_tokens.c.school_id == school_id, person_tokens.c.person_id.in_(ids)
            )
        )
        tokens = []
        for person_id, items, event_id in changes:
            self._db.execute(
                persons.update()
                .where(persons.c.school_id == school_id, persons.c.id == person_id)
                .values(
                    registry=self._vault.seal_items(school_id, person_id, items),
                    identity_token=self._vault.identity_token(school_id, items),
                    event_id=event_id,
                )
            )
            rows = self._token_rows(school_id, person_id, items, event_id)
            for row in rows:
                old = before.get((person_id, str(row["field"])))
                if old is not None:
                    same = old.token == row["token"]
                    row["staff_changed_at"] = old.staff_changed_at if same else staff_at
            tokens += rows
        if tokens:
            self._db.execute(person_tokens.insert(), tokens)

    def items(self, school_id: UUID, ids: Iterable[UUID] | None = None) -> dict[UUID, Items]:
        """Opened registry records; None asks for the whole school. Destroyed ones are absent."""
        if ids is None:
            rows = self._db.execute(_REGISTRY, {"school_id": school_id})
        else:
            rows = self._db.execute(_REGISTRY_OF, {"school_id": school_id, "ids": list(ids)})
        sealed = {row.id: row.registry for row in rows}
        return self._vault.open_items(school_id, sealed)

    def version(self, school_id: UUID, person_id: UUID) -> UUID | None:
        """Event that last changed the record of one person."""
        return self._db.scalar(
            sa.select(persons.c.event_id).where(
                persons.c.school_id == school_id, persons.c.id == person_id
            )
        )

    def versions(self, school_id: UUID) -> dict[UUID, UUID]:
        """Event that last changed each person's record: equal versions, equal records."""
        return {
            row.id: row.event_id
            for row in self._db.execute(
                sa.select(persons.c.id, persons.c.event_id).where(persons.c.school_id == school_id)
            )
        }

    def find_by_token(self, school_id: UUID, field: Field, token: bytes) -> UUID | None:
        found: UUID | None = self._db.scalar(
            sa.select(person_tokens.c.person_id).where(
                person_tokens.c.school_id == school_id,
                person_tokens.c.field == field.value,
                person_tokens.c.token == token,
            )
        )
        return found

    def marked(self, school_id: UUID, tokens: Iterable[bytes]) -> set[UUID]:
        """People of the school who hold a value of any of those tokens."""
        return set(
            self._db.scalars(
                sa.select(person_tokens.c.person_id).where(
                    person_tokens.c.school_id == school_id,
                    person_tokens.c.token.in_(list(tokens)),
                )
            )
        )

    def holders(self, school_id: UUID) -> dict[tuple[Field, bytes], UUID]:
        """Who of the school holds which value: (field, token) -> person."""
        return {
            (Field(row.field), row.token): row.person_id
            for row in self._db.execute(
                sa.select(
                    person_tokens.c.field, person_tokens.c.token, person_tokens.c.person_id
                ).where(person_tokens.c.school_id == school_id)
            )
        }

    def by_identity(self, school_id: UUID) -> dict[bytes, UUID]:
        """Persons by the token of name and birth date; namesakes born on one day are left out."""
        found: dict[bytes, UUID] = {}
        twice = set()
        for row in self._db.execute(
            sa.select(persons.c.id, persons.c.identity_token).where(
                persons.c.school_id == school_id, persons.c.identity_token.is_not(None)
            )
        ):
            if row.identity_token in found:
                twice.add(row.identity_token)
            found[row.identity_token] = row.id
        return {token: person for token, person in found.items() if token not in twice}

    def staff_changed_at(self, school_id: UUID, person_id: UUID) -> dict[Field, datetime | None]:
        """When staff last changed a contact that was there before; None: never."""
        rows = self._db.execute(_STAFF_CHANGED, {"school_id": school_id, "person_id": person_id})
        return {Field(row.field): row.staff_changed_at for row in rows}

    def bring_back(self, school_id: UUID, people: Iterable[tuple[UUID, Items, UUID]]) -> None:
        """Give a record to (person, items, event) whose former one was destroyed.

        New data keys must be there already.
        """
        returning = list(people)
        self.changes.forget_marks(school_id, [person_id for person_id, _, _ in returning])
        self.change_many(school_id, returning, staff_at=None)

    def destroy_registry(self, school_id: UUID, person_id: UUID, event_id: UUID) -> None:
        """Take the registry record and every token away.

        The row and its ids stay, and two marks by which the person is known again.
        """
        self.changes.leave_marks(school_id, person_id, self._marks(school_id, person_id), event_id)
        self._db.execute(
            person_tokens.delete().where(
                person_tokens.c.school_id == school_id, person_tokens.c.person_id == person_id
            )
        )
        self._db.execute(
            persons.update()
            .where(persons.c.school_id == school_id, persons.c.id == person_id)
            .values(registry=None, identity_token=None, event_id=event_id)
        )

    def _marks(self, school_id: UUID, person_id: UUID) -> dict[Mark, bytes]:
        snils = self._db.scalar(
            sa.select(person_tokens.c.token).where(
                person_tokens.c.school_id == school_id,
                person_tokens.c.person_id == person_id,
                person_tokens.c.field == Field.SNILS.value,
                person_tokens.c.key_version == self._vault.index_version,
            )
        )
        identity = self._db.scalar(
            sa.select(persons.c.identity_token).where(
                persons.c.school_id == school_id, persons.c.id == person_id
            )
        )
        marks = {Mark.SNILS: snils, Mark.IDENTITY: identity}
        return {mark: token for mark, token in marks.items() if token is not None}

    def without_registry(self, school_id: UUID) -> dict[UUID, datetime]:
        """People whose registry class is destroyed and whose evidence is not: since when."""
        rows = self._db.execute(
            sa.select(persons.c.id, audit_event.c.at)
            .join(audit_event, audit_event.c.id == persons.c.event_id)
            .where(
                persons.c.school_id == school_id,
                persons.c.registry.is_(None),
                sa.exists().where(
                    person_keys.c.school_id == school_id,
                    person_keys.c.person_id == persons.c.id,
                    person_keys.c.key_class == int(KeyClass.EVIDENCE),
                ),
            )
        )
        return {row.id: row.at for row in rows}
