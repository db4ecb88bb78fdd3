"""What workers add to the answers that they write down: checks of identity, and scans.

Scans are sealed under the signer's evidence key and go with the evidence.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import (
    Moment,
    event_column,
    metadata,
    own_id,
    school_key,
    tenant_reference,
)
from policies.witness import IdentityCheck

identity_checks = sa.Table(
    "identity_checks",
    metadata,
    school_key(),
    own_id(),
    sa.Column("answer_id", sa.Uuid, nullable=False, index=True),
    sa.Column("how", sa.Text, nullable=False),
    sa.Column("checked_by", sa.Uuid, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("checked_at", Moment, nullable=False),
    event_column(),
    tenant_reference("answer_id", "answers"),
)
scans = sa.Table(
    "scans",
    metadata,
    school_key(),
    own_id(),
    sa.Column("answer_id", sa.Uuid, nullable=False),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("attached_by", sa.Uuid, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("attached_at", Moment, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    event_column(),
    tenant_reference("answer_id", "answers"),
    tenant_reference("person_id", "persons"),
    sa.UniqueConstraint("school_id", "answer_id", "digest"),
)
WITNESSED = ("identity_checks", "scans")


@dataclass(frozen=True, slots=True)
class Checked:
    """One check of identity: how, by which worker, when."""

    answer_id: UUID
    how: IdentityCheck
    checked_by: UUID
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Scan:
    """A file beside an answer. `size` in bytes; `digest`: SHA-256 of the file, 64 hex digits."""

    id: UUID
    answer_id: UUID
    person_id: UUID
    media_type: str
    size: int
    digest: str
    attached_by: UUID
    attached_at: datetime


_CHECKED = [identity_checks.c[name] for name in Checked.__slots__]
_SCAN = [scans.c[name] for name in Scan.__slots__]


class WitnessStore:
    """Rows are only ever added; scans are deleted with the evidence."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add_check(self, school_id: UUID, check_id: UUID, checked: Checked, event: UUID) -> None:
        self._db.execute(
            identity_checks.insert().values(
                school_id=school_id,
                id=check_id,
                answer_id=checked.answer_id,
                how=checked.how.value,
                checked_by=checked.checked_by,
                checked_at=checked.checked_at,
                event_id=event,
            )
        )

    def checks(self, school_id: UUID, answer_ids: Collection[UUID]) -> list[Checked]:
        """Checks of these answers, the earliest first."""
        rows = self._db.execute(
            sa.select(*_CHECKED)
            .where(
                identity_checks.c.school_id == school_id,
                identity_checks.c.answer_id.in_(answer_ids),
            )
            .order_by(identity_checks.c.checked_at, identity_checks.c.id)
        )
        return [Checked(row[0], IdentityCheck(row[1]), row[2], row[3]) for row in rows]

    def add_scan(self, school_id: UUID, scan: Scan, sealed: bytes, event: UUID) -> None:
        told = {name: getattr(scan, name) for name in Scan.__slots__}
        self._db.execute(
            scans.insert().values(school_id=school_id, **told, sealed=sealed, event_id=event)
        )

    def scans(self, school_id: UUID, answer_id: UUID) -> list[Scan]:
        """Scans of an answer in the order they were attached."""
        rows = self._db.execute(
            sa.select(*_SCAN)
            .where(scans.c.school_id == school_id, scans.c.answer_id == answer_id)
            .order_by(scans.c.attached_at, scans.c.id)
        )
        return [Scan(**row._mapping) for row in rows]

    def find_scan(self, school_id: UUID, scan_id: UUID) -> tuple[Scan, bytes] | None:
        """The scan and its sealed bytes."""
        row = self._db.execute(
            sa.select(*_SCAN, scans.c.sealed).where(
                scans.c.school_id == school_id, scans.c.id == scan_id
            )
        ).first()
        return None if row is None else (Scan(*row[:-1]), row.sealed)

    def destroy_scans(self, school_id: UUID, person_id: UUID) -> None:
        """Delete the scans of what a person signed."""
        self._db.execute(
            scans.delete().where(scans.c.school_id == school_id, scans.c.person_id == person_id)
        )
