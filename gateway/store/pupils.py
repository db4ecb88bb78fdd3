"""The list of pupils, and who stands for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import (
    IDS,
    SCHOOL,
    event_column,
    metadata,
    own_id,
    school_key,
    tenant_reference,
)
from policies.facts import GuardianKind

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

    def holds_on(self, day: date) -> bool:
        """The last day of a guardianship still counts."""
        return self.ends_on is None or day <= self.ends_on


_KINDS = {each.value: each for each in GuardianKind}
_LINK = (
    guardianships.c.id,
    guardianships.c.pupil_id,
    guardianships.c.guardian_id,
    guardianships.c.kind,
    guardianships.c.relation,
    guardianships.c.authority.is_not(None).label("has_authority"),
    guardianships.c.ends_on,
)
_CLASSES = (
    sa.select(pupils.c.person_id, pupils.c.class_id)
    .where(pupils.c.school_id == SCHOOL, pupils.c.left_on.is_(None))
    .order_by(pupils.c.person_id)
)
_CLASSES_OF = _CLASSES.where(pupils.c.person_id.in_(IDS))


@cache
def _links(*given: str) -> sa.Select[Any]:
    """Guardianships of a school, narrowed by `pupil_ids` and `guardian_ids`."""
    narrowed = {"pupil_ids": guardianships.c.pupil_id, "guardian_ids": guardianships.c.guardian_id}
    query = sa.select(*_LINK).where(guardianships.c.school_id == SCHOOL)
    for name in given:
        query = query.where(narrowed[name].in_(sa.bindparam(name, expanding=True)))
    return query.order_by(guardianships.c.id)


class PupilStore:
    """Who is taught in which class, and by whom each pupil is represented."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

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

    def move(self, school_id: UUID, person_id: UUID, class_id: UUID, event: UUID) -> None:
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

    def classes(self, school_id: UUID, only: Collection[UUID] | None = None) -> dict[UUID, UUID]:
        """Class of every pupil who is on the list (or of `only` these)."""
        if only is None:
            rows = self._db.execute(_CLASSES, {"school_id": school_id})
        else:
            rows = self._db.execute(_CLASSES_OF, {"school_id": school_id, "ids": list(only)})
        return {row.person_id: row.class_id for row in rows}

    def of_class(self, school_id: UUID, class_id: UUID) -> list[UUID]:
        """Pupils of one class who are on the list."""
        return list(
            self._db.scalars(
                sa.select(pupils.c.person_id)
                .where(
                    pupils.c.school_id == school_id,
                    pupils.c.class_id == class_id,
                    pupils.c.left_on.is_(None),
                )
                .order_by(pupils.c.person_id)
            )
        )

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
        told = {"pupil_ids": pupil_ids, "guardian_ids": guardian_ids}
        given = {name: list(ids) for name, ids in told.items() if ids is not None}
        rows = self._db.execute(_links(*given), {"school_id": school_id, **given})
        return [
            Guardianship(
                row.id,
                row.pupil_id,
                row.guardian_id,
                _KINDS[row.kind],
                row.relation,
                row.has_authority,
                row.ends_on,
            )
            for row in rows
        ]

    def change_kinds(
        self, school_id: UUID, rows: Iterable[tuple[UUID, GuardianKind, str, UUID]]
    ) -> None:
        """Correct (guardianship, kind, relation, event); its document and its end stay."""
        for guardianship_id, kind, relation, event_id in rows:
            self._db.execute(
                guardianships.update()
                .where(
                    guardianships.c.school_id == school_id, guardianships.c.id == guardianship_id
                )
                .values(kind=kind.value, relation=relation, event_id=event_id)
            )

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
