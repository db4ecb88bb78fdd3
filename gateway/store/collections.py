"""Collections of a school, headcounts by order, classes handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from gateway.errors import NotFound
from gateway.store.base import (
    SCHOOL,
    Moment,
    event_column,
    metadata,
    own_id,
    school_key,
    tenant_reference,
)
from gateway.store.schools import classes
from policies.facts import ClassFacts

collections = sa.Table(
    "collections",
    metadata,
    school_key(),
    own_id(),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("policy_digest", sa.Text, nullable=False),
    sa.Column("opens_on", sa.Date, nullable=False),
    sa.Column("deadline_on", sa.Date, nullable=False),
    event_column(),
)
enrolments = sa.Table(
    "enrolments",
    metadata,
    school_key(),
    sa.Column("collection_id", sa.Uuid, primary_key=True),
    sa.Column("class_id", sa.Uuid, primary_key=True),
    sa.Column("headcount", sa.Integer, nullable=False),
    sa.Column("order_no", sa.Text, nullable=False),
    sa.Column("order_on", sa.Date, nullable=False),
    event_column(),
    tenant_reference("collection_id", "collections"),
    tenant_reference("class_id", "classes"),
)
hand_ins = sa.Table(
    "hand_ins",
    metadata,
    school_key(),
    sa.Column("collection_id", sa.Uuid, primary_key=True),
    sa.Column("class_id", sa.Uuid, primary_key=True),
    sa.Column("staff_id", sa.Uuid, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("handed_in_at", Moment, nullable=False),
    event_column(),
    tenant_reference("collection_id", "collections"),
    tenant_reference("class_id", "classes"),
)


@dataclass(frozen=True, slots=True)
class Collection:
    """One programme in one school. `deadline_on` ends with its day in the school's zone."""

    id: UUID
    programme: str
    policy_digest: str
    opens_on: date
    deadline_on: date


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Headcount of a class by an order of the school."""

    class_id: UUID
    headcount: int
    order_no: str
    order_on: date


_OF_SCHOOL = (
    sa.select(*(c for c in collections.c if c.name not in {"school_id", "event_id"}))
    .where(collections.c.school_id == SCHOOL)
    .order_by(collections.c.id)
)
_PAIR = (collections.c.school_id, collections.c.id)
_EVERYWHERE = sa.select(*_PAIR).order_by(*_PAIR)


class CollectionStore:
    """What a school collects, until when, and how far its classes are."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(self, school_id: UUID, collection: Collection, event_id: UUID) -> None:
        self._db.execute(
            collections.insert().values(
                school_id=school_id,
                id=collection.id,
                programme=collection.programme,
                policy_digest=collection.policy_digest,
                opens_on=collection.opens_on,
                deadline_on=collection.deadline_on,
                event_id=event_id,
            )
        )

    def move_deadline(
        self, school_id: UUID, collection_id: UUID, deadline_on: date, event_id: UUID
    ) -> None:
        self._db.execute(
            collections.update()
            .where(collections.c.school_id == school_id, collections.c.id == collection_id)
            .values(deadline_on=deadline_on, event_id=event_id)
        )

    def find(self, school_id: UUID, collection_id: UUID) -> Collection | None:
        return next((c for c in self.of_school(school_id) if c.id == collection_id), None)

    def get(self, school_id: UUID, collection_id: UUID) -> Collection:
        """Raises `NotFound`."""
        collection = self.find(school_id, collection_id)
        if collection is None:
            raise NotFound
        return collection

    def version(self, school_id: UUID, collection_id: UUID) -> UUID | None:
        """Event that last changed the collection."""
        return self._db.scalar(
            sa.select(collections.c.event_id).where(
                collections.c.school_id == school_id, collections.c.id == collection_id
            )
        )

    def of_school(self, school_id: UUID) -> list[Collection]:
        rows = self._db.execute(_OF_SCHOOL, {"school_id": school_id})
        return [Collection(**row._mapping) for row in rows]

    def everywhere(self) -> list[tuple[UUID, UUID]]:
        """(school, collection) of every collection of every school."""
        return [(row.school_id, row.id) for row in self._db.execute(_EVERYWHERE)]

    def rules_in_use(self) -> list[tuple[str, str]]:
        """(programme, policy digest) of every collection of every school, each once."""
        pair = (collections.c.programme, collections.c.policy_digest)
        rows = self._db.execute(sa.select(*pair).distinct().order_by(*pair))
        return [(row.programme, row.policy_digest) for row in rows]

    def state_enrolment(
        self,
        school_id: UUID,
        collection_id: UUID,
        class_id: UUID,
        headcount: int,
        order_no: str,
        order_on: date,
        event_id: UUID,
    ) -> None:
        """Set the headcount of a class; a later order replaces the earlier one."""
        key = (
            enrolments.c.school_id == school_id,
            enrolments.c.collection_id == collection_id,
            enrolments.c.class_id == class_id,
        )
        values = {
            "headcount": headcount,
            "order_no": order_no,
            "order_on": order_on,
            "event_id": event_id,
        }
        if not self._db.execute(enrolments.update().where(*key).values(**values)).rowcount:
            self._db.execute(
                enrolments.insert().values(
                    school_id=school_id,
                    collection_id=collection_id,
                    class_id=class_id,
                    **values,
                )
            )

    def enrolments(self, school_id: UUID, collection_id: UUID) -> list[Enrolment]:
        """Headcounts as they were stated, by class."""
        columns = [enrolments.c[name] for name in Enrolment.__slots__]
        rows = self._db.execute(
            sa.select(*columns)
            .where(enrolments.c.school_id == school_id, enrolments.c.collection_id == collection_id)
            .order_by(enrolments.c.class_id)
        )
        return [Enrolment(**row._mapping) for row in rows]

    def enrolment_versions(self, school_id: UUID, collection_id: UUID) -> list[UUID]:
        """Events that last changed the headcounts, by class."""
        return list(
            self._db.scalars(
                sa.select(enrolments.c.event_id)
                .where(
                    enrolments.c.school_id == school_id,
                    enrolments.c.collection_id == collection_id,
                )
                .order_by(enrolments.c.class_id)
            )
        )

    def hand_in(
        self,
        school_id: UUID,
        collection_id: UUID,
        class_id: UUID,
        staff_id: UUID,
        at: datetime,
        event_id: UUID,
    ) -> None:
        self._db.execute(
            hand_ins.insert().values(
                school_id=school_id,
                collection_id=collection_id,
                class_id=class_id,
                staff_id=staff_id,
                handed_in_at=at,
                event_id=event_id,
            )
        )

    def class_facts(self, school_id: UUID, collection_id: UUID) -> list[ClassFacts]:
        """Every class with its headcount and whether it was handed in, by name."""
        rows = self._db.execute(
            sa.select(classes.c.id, classes.c.name, enrolments.c.headcount, hand_ins.c.handed_in_at)
            .select_from(classes)
            .outerjoin(
                enrolments,
                sa.and_(
                    enrolments.c.school_id == classes.c.school_id,
                    enrolments.c.class_id == classes.c.id,
                    enrolments.c.collection_id == collection_id,
                ),
            )
            .outerjoin(
                hand_ins,
                sa.and_(
                    hand_ins.c.school_id == classes.c.school_id,
                    hand_ins.c.class_id == classes.c.id,
                    hand_ins.c.collection_id == collection_id,
                ),
            )
            .where(classes.c.school_id == school_id)
            .order_by(classes.c.name)
        )
        return [
            ClassFacts(row.id, row.name, row.headcount, row.handed_in_at is not None)
            for row in rows
        ]
