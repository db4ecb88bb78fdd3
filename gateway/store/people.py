"""Pupils, guardians and the links between them. One person is one row in a school.

Registry records are sealed; what is unique per person stands beside as school-scoped tokens.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from audit.store import audit_event
from crypto.envelope import KeyClass
from gateway.store.base import (
    Moment,
    event_column,
    metadata,
    own_id,
    school_key,
    tenant_reference,
)
from gateway.store.vault import Vault, person_keys
from policies.facts import AttemptFacts, Field, GuardianKind, Items

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
pupils = sa.Table(
    "pupils",
    metadata,
    school_key(),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("class_id", sa.Uuid, nullable=False),
    sa.Column("left_on", sa.Date),
    sa.Column("left_order_no", sa.Text),
    event_column(),
    tenant_reference("person_id", "persons"),
    tenant_reference("class_id", "classes"),
)
guardianships = sa.Table(
    "guardianships",
    metadata,
    school_key(),
    own_id(),
    sa.Column("pupil_id", sa.Uuid, nullable=False),
    sa.Column("guardian_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("relation", sa.Text, nullable=False),
    sa.Column("authority", sa.LargeBinary),
    sa.Column("ends_on", sa.Date),
    event_column(),
    tenant_reference("pupil_id", "pupils"),
    tenant_reference("guardian_id", "persons"),
    sa.UniqueConstraint("school_id", "pupil_id", "guardian_id"),
)
agreements = sa.Table(
    "agreements",
    metadata,
    school_key(),
    own_id(),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("signed_on", sa.Date, nullable=False),
    event_column(),
    tenant_reference("person_id", "persons"),
    sa.UniqueConstraint("school_id", "person_id", "number"),
)
attempts = sa.Table(
    "attempts",
    metadata,
    school_key(),
    own_id(),
    sa.Column("pupil_id", sa.Uuid, nullable=False),
    sa.Column("made_on", sa.Date, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("staff_id", sa.Uuid, sa.ForeignKey("staff.id"), nullable=False),
    event_column(),
    tenant_reference("pupil_id", "pupils"),
)
leave_outs = sa.Table(
    "leave_outs",
    metadata,
    school_key(),
    own_id(),
    sa.Column("collection_id", sa.Uuid, nullable=False),
    sa.Column("pupil_id", sa.Uuid, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("proposed_by", sa.Uuid, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("confirmed_by", sa.Uuid, sa.ForeignKey("staff.id")),
    sa.Column("confirmed_at", Moment),
    event_column(),
    tenant_reference("collection_id", "collections"),
    tenant_reference("pupil_id", "pupils"),
    sa.UniqueConstraint("school_id", "collection_id", "pupil_id"),
)


@dataclass(frozen=True, slots=True)
class Guardianship:
    """Who stands for whom. `has_authority`: a document is on record."""

    id: UUID
    pupil_id: UUID
    guardian_id: UUID
    kind: GuardianKind
    relation: str
    has_authority: bool
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on simple e-signature of a person with the school (63-FZ art. 6, 9)."""

    id: UUID
    person_id: UUID
    number: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """A leaving out as proposed; `confirmed_by` None until a second person agrees."""

    id: UUID
    pupil_id: UUID
    reason: str
    proposed_by: UUID
    confirmed_by: UUID | None
    confirmed_at: datetime | None


class PeopleStore:
    """Questions and changes about people of one school, through the vault."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._db = connection
        self._vault = vault

    # persons

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
        """Replace the registry records of (person, items, event).

        `staff_at`: the moment when staff made the change, None when the person did; it stays
        with every value that was there before and is another now. Tokens of all are taken off
        before any is put on, so that two people may swap a value.
        """
        changes = list(people)
        ids = [person_id for person_id, _, _ in changes]
        if not ids:
            return
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
        query = sa.select(persons.c.id, persons.c.registry).where(
            persons.c.school_id == school_id, persons.c.registry.is_not(None)
        )
        if ids is not None:
            query = query.where(persons.c.id.in_(list(ids)))
        sealed = {row.id: row.registry for row in self._db.execute(query)}
        return self._vault.open_items(school_id, sealed)

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
        return {
            Field(row.field): row.staff_changed_at
            for row in self._db.execute(
                sa.select(person_tokens.c.field, person_tokens.c.staff_changed_at).where(
                    person_tokens.c.school_id == school_id,
                    person_tokens.c.person_id == person_id,
                )
            )
        }

    def destroy_registry(self, school_id: UUID, person_id: UUID, event_id: UUID) -> None:
        """Take the registry record and every token away; the row and its ids stay."""
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

    # pupils and guardians

    def enrol(self, school_id: UUID, rows: Iterable[tuple[UUID, UUID, UUID]]) -> None:
        """Put (person, class, event) on the list of pupils, also those who left it once."""
        wanted = list(rows)
        left = set(
            self._db.scalars(
                sa.select(pupils.c.person_id).where(
                    pupils.c.school_id == school_id, pupils.c.left_on.is_not(None)
                )
            )
        )
        for p, c, e in (row for row in wanted if row[0] in left):
            self._db.execute(
                pupils.update()
                .where(pupils.c.school_id == school_id, pupils.c.person_id == p)
                .values(class_id=c, left_on=None, left_order_no=None, event_id=e)
            )
        values = [
            {"school_id": school_id, "person_id": p, "class_id": c, "event_id": e}
            for p, c, e in wanted
            if p not in left
        ]
        if values:
            self._db.execute(pupils.insert(), values)

    def move_pupil(self, school_id: UUID, person_id: UUID, class_id: UUID, event: UUID) -> None:
        self._db.execute(
            pupils.update()
            .where(pupils.c.school_id == school_id, pupils.c.person_id == person_id)
            .values(class_id=class_id, event_id=event)
        )

    def leave(
        self, school_id: UUID, person_id: UUID, left_on: date, order_no: str, event_id: UUID
    ) -> None:
        """Take a pupil off the list by an order."""
        self._db.execute(
            pupils.update()
            .where(pupils.c.school_id == school_id, pupils.c.person_id == person_id)
            .values(left_on=left_on, left_order_no=order_no, event_id=event_id)
        )

    def pupil_classes(
        self, school_id: UUID, only: Collection[UUID] | None = None
    ) -> dict[UUID, UUID]:
        """Class of every pupil who is on the list (or of `only` these)."""
        query = sa.select(pupils.c.person_id, pupils.c.class_id).where(
            pupils.c.school_id == school_id, pupils.c.left_on.is_(None)
        )
        if only is not None:
            query = query.where(pupils.c.person_id.in_(only))
        rows = self._db.execute(query.order_by(pupils.c.person_id))
        return {row.person_id: row.class_id for row in rows}

    def add_guardianships(self, school_id: UUID, rows: Iterable[tuple[Guardianship, UUID]]) -> None:
        values = [
            {
                "school_id": school_id,
                "id": g.id,
                "pupil_id": g.pupil_id,
                "guardian_id": g.guardian_id,
                "kind": g.kind.value,
                "relation": g.relation,
                "ends_on": g.ends_on,
                "event_id": event_id,
            }
            for g, event_id in rows
        ]
        if values:
            self._db.execute(guardianships.insert(), values)

    def list_guardianships(
        self,
        school_id: UUID,
        *,
        pupil_ids: Collection[UUID] | None = None,
        guardian_ids: Collection[UUID] | None = None,
    ) -> list[Guardianship]:
        """Who stands for whom; None asks for every pupil, every guardian."""
        query = sa.select(guardianships).where(guardianships.c.school_id == school_id)
        if pupil_ids is not None:
            query = query.where(guardianships.c.pupil_id.in_(pupil_ids))
        if guardian_ids is not None:
            query = query.where(guardianships.c.guardian_id.in_(guardian_ids))
        rows = self._db.execute(query.order_by(guardianships.c.id))
        return [
            Guardianship(
                row.id,
                row.pupil_id,
                row.guardian_id,
                GuardianKind(row.kind),
                row.relation,
                row.authority is not None,
                row.ends_on,
            )
            for row in rows
        ]

    def record_authority(
        self,
        school_id: UUID,
        guardianship_id: UUID,
        sealed: bytes,
        ends_on: date | None,
        event_id: UUID,
    ) -> None:
        """Keep the sealed authority document of a guardianship."""
        self._db.execute(
            guardianships.update()
            .where(guardianships.c.school_id == school_id, guardianships.c.id == guardianship_id)
            .values(authority=sealed, ends_on=ends_on, event_id=event_id)
        )

    def sealed_authority(self, school_id: UUID, guardianship_id: UUID) -> bytes | None:
        found: bytes | None = self._db.scalar(
            sa.select(guardianships.c.authority).where(
                guardianships.c.school_id == school_id, guardianships.c.id == guardianship_id
            )
        )
        return found

    # agreements, attempts, leaving out

    def add_agreements(self, school_id: UUID, rows: Iterable[tuple[Agreement, UUID]]) -> None:
        values = [
            {
                "school_id": school_id,
                "id": a.id,
                "person_id": a.person_id,
                "number": a.number,
                "signed_on": a.signed_on,
                "event_id": event_id,
            }
            for a, event_id in rows
        ]
        if values:
            self._db.execute(agreements.insert(), values)

    def agreements_of(self, school_id: UUID, person_id: UUID) -> list[Agreement]:
        """Agreements of one person, the latest last."""
        rows = self._db.execute(
            sa.select(
                agreements.c.id,
                agreements.c.person_id,
                agreements.c.number,
                agreements.c.signed_on,
            )
            .where(agreements.c.school_id == school_id, agreements.c.person_id == person_id)
            .order_by(agreements.c.signed_on, agreements.c.id)
        )
        return [Agreement(**row._mapping) for row in rows]

    def add_attempt(
        self,
        school_id: UUID,
        attempt_id: UUID,
        pupil_id: UUID,
        attempt: AttemptFacts,
        staff_id: UUID,
        event_id: UUID,
    ) -> None:
        self._db.execute(
            attempts.insert().values(
                school_id=school_id,
                id=attempt_id,
                pupil_id=pupil_id,
                made_on=attempt.made_on,
                channel=attempt.channel,
                staff_id=staff_id,
                event_id=event_id,
            )
        )

    def attempts_for(self, school_id: UUID, pupil_id: UUID) -> list[AttemptFacts]:
        rows = self._db.execute(
            sa.select(attempts.c.made_on, attempts.c.channel)
            .where(attempts.c.school_id == school_id, attempts.c.pupil_id == pupil_id)
            .order_by(attempts.c.made_on)
        )
        return [AttemptFacts(row.made_on, row.channel) for row in rows]

    def propose_leaving_out(
        self, school_id: UUID, collection_id: UUID, leave_out: LeaveOut, event_id: UUID
    ) -> None:
        """A later proposal takes the place of an earlier one that has ended."""
        self._db.execute(
            leave_outs.delete().where(
                leave_outs.c.school_id == school_id, leave_outs.c.id == leave_out.id
            )
        )
        self._db.execute(
            leave_outs.insert().values(
                school_id=school_id,
                id=leave_out.id,
                collection_id=collection_id,
                pupil_id=leave_out.pupil_id,
                reason=leave_out.reason,
                proposed_by=leave_out.proposed_by,
                event_id=event_id,
            )
        )

    def confirm_leaving_out(
        self, school_id: UUID, leave_out_id: UUID, staff_id: UUID, at: datetime, event_id: UUID
    ) -> None:
        self._db.execute(
            leave_outs.update()
            .where(leave_outs.c.school_id == school_id, leave_outs.c.id == leave_out_id)
            .values(confirmed_by=staff_id, confirmed_at=at, event_id=event_id)
        )

    def list_leave_outs(self, school_id: UUID, collection_id: UUID) -> dict[UUID, LeaveOut]:
        """Leaving out by pupil."""
        rows = self._db.execute(
            sa.select(leave_outs).where(
                leave_outs.c.school_id == school_id, leave_outs.c.collection_id == collection_id
            )
        )
        return {
            row.pupil_id: LeaveOut(
                row.id,
                row.pupil_id,
                row.reason,
                row.proposed_by,
                row.confirmed_by,
                row.confirmed_at,
            )
            for row in rows
        }
