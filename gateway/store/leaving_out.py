"""Attempts to reach a family, and the pupils left out after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import (
    SCHOOL,
    Moment,
    event_column,
    metadata,
    own_id,
    school_key,
    tenant_reference,
)
from policies.facts import AttemptFacts

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
class LeaveOut:
    """A leaving out as proposed; `confirmed_by` None until a second person agrees."""

    id: UUID
    pupil_id: UUID
    reason: str
    proposed_by: UUID
    confirmed_by: UUID | None
    confirmed_at: datetime | None


_OF_COLLECTION = sa.select(leave_outs).where(
    leave_outs.c.school_id == SCHOOL,
    leave_outs.c.collection_id == sa.bindparam("collection_id"),
)


class LeavingOutStore:
    """Two attempts, two people: what stands before a pupil is left out."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

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

    def propose(
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

    def confirm(
        self, school_id: UUID, leave_out_id: UUID, staff_id: UUID, at: datetime, event_id: UUID
    ) -> None:
        self._db.execute(
            leave_outs.update()
            .where(leave_outs.c.school_id == school_id, leave_outs.c.id == leave_out_id)
            .values(confirmed_by=staff_id, confirmed_at=at, event_id=event_id)
        )

    def by_pupil(self, school_id: UUID, collection_id: UUID) -> dict[UUID, LeaveOut]:
        """Leaving out by pupil."""
        told = {"school_id": school_id, "collection_id": collection_id}
        rows = self._db.execute(_OF_COLLECTION, told)
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
