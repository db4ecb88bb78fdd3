"""Agreements on simple e-signature between a person and a school."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import (
    PERSON,
    SCHOOL,
    event_column,
    metadata,
    own_id,
    school_key,
    tenant_reference,
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


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on simple e-signature of a person with the school (63-FZ art. 6, 9)."""

    id: UUID
    person_id: UUID
    number: str
    signed_on: date


_OF_PERSON = (
    sa.select(agreements.c.id, agreements.c.person_id, agreements.c.number, agreements.c.signed_on)
    .where(agreements.c.school_id == SCHOOL, agreements.c.person_id == PERSON)
    .order_by(agreements.c.signed_on, agreements.c.id)
)


class AgreementStore:
    """Who agreed to sign with a link and a code."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add_many(self, school_id: UUID, rows: Iterable[tuple[Agreement, UUID]]) -> None:
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

    def numbers(self, school_id: UUID) -> set[tuple[UUID, str]]:
        """(person, number) of every agreement of the school."""
        rows = self._db.execute(
            sa.select(agreements.c.person_id, agreements.c.number).where(
                agreements.c.school_id == school_id
            )
        )
        return {(row.person_id, row.number) for row in rows}

    def of_person(self, school_id: UUID, person_id: UUID) -> list[Agreement]:
        """Agreements of one person, the latest last."""
        rows = self._db.execute(_OF_PERSON, {"school_id": school_id, "person_id": person_id})
        return [Agreement(**row._mapping) for row in rows]
