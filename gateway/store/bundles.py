"""Releases, the sealed bundles of each revision, who is in them, and recalls after the pull.

The feeds of the platform are ordered by the journal: a bundle or recall is listed by the dense
index of its event, so that a reader's cursor never passes over a row that committed late.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from audit.store import audit_leaf
from gateway.store.base import (
    Moment,
    event_column,
    metadata,
    own_id,
    school_key,
    tenant_reference,
)

releases = sa.Table(
    "releases",
    metadata,
    school_key(),
    own_id(),
    sa.Column("collection_id", sa.Uuid, nullable=False),
    sa.Column("set_digest", sa.Text, nullable=False),
    sa.Column("members", sa.Text, nullable=False),
    sa.Column("prepared_by", sa.Uuid, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("prepared_at", Moment, nullable=False),
    event_column(),
    tenant_reference("collection_id", "collections"),
)
approvals = sa.Table(
    "approvals",
    metadata,
    school_key(),
    sa.Column("collection_id", sa.Uuid, primary_key=True),
    sa.Column("release_id", sa.Uuid, nullable=False),
    sa.Column("approved_by", sa.Uuid, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("approved_at", Moment, nullable=False),
    event_column(),
    tenant_reference("collection_id", "collections"),
    tenant_reference("release_id", "releases"),
)
bundles = sa.Table(
    "bundles",
    metadata,
    school_key(),
    own_id(),
    sa.Column("release_id", sa.Uuid, nullable=False),
    sa.Column("collection_id", sa.Uuid, nullable=False),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("supersedes", sa.Uuid),
    sa.Column("content", sa.LargeBinary),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("pupils", sa.Integer, nullable=False),
    sa.Column("guardians", sa.Integer, nullable=False),
    sa.Column("sealed_at", Moment, nullable=False),
    sa.Column("superseded_at", Moment),
    sa.Column("pulled_at", Moment),
    sa.Column("acknowledged_at", Moment),
    sa.Column("gone_at", Moment),
    event_column("sealed_event_id"),
    event_column(),
    tenant_reference("release_id", "releases"),
    tenant_reference("collection_id", "collections"),
    sa.UniqueConstraint("school_id", "release_id", "revision"),
)
bundle_members = sa.Table(
    "bundle_members",
    metadata,
    school_key(),
    sa.Column("bundle_id", sa.Uuid, primary_key=True),
    sa.Column("pupil_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    tenant_reference("bundle_id", "bundles"),
    tenant_reference("person_id", "persons"),
)
recalls = sa.Table(
    "recalls",
    metadata,
    school_key(),
    own_id(),
    sa.Column("bundle_id", sa.Uuid, nullable=False),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("received_at", Moment),
    sa.Column("destroyed_at", Moment),
    event_column("opened_event_id"),
    event_column(),
    tenant_reference("bundle_id", "bundles"),
    tenant_reference("person_id", "persons"),
    sa.UniqueConstraint("school_id", "bundle_id", "person_id"),
)


@dataclass(frozen=True, slots=True)
class Release:
    """A prepared set. `members` is canonical JSON {pupil id: [guardian ids]}."""

    id: UUID
    collection_id: UUID
    set_digest: str
    members: str
    prepared_by: UUID
    prepared_at: datetime


@dataclass(frozen=True, slots=True)
class Approval:
    """The one approval of a collection."""

    release_id: UUID
    approved_by: UUID
    approved_at: datetime


@dataclass(frozen=True, slots=True)
class Bundle:
    """One revision. Moments are None until the thing has happened.

    `digest`: SHA-256 (hex) of the JWE's ASCII bytes. `gone_at`: the content was destroyed.
    """

    id: UUID
    school_id: UUID
    release_id: UUID
    collection_id: UUID
    programme: str
    revision: int
    supersedes: UUID | None
    digest: str
    pupils: int
    guardians: int
    sealed_at: datetime
    superseded_at: datetime | None
    pulled_at: datetime | None
    acknowledged_at: datetime | None
    gone_at: datetime | None
    sealed_event_id: UUID


@dataclass(frozen=True, slots=True)
class Recall:
    """One person to be destroyed at the platform. `due_on`: last day for it (152-FZ 21(5))."""

    id: UUID
    school_id: UUID
    bundle_id: UUID
    person_id: UUID
    reason: str
    opened_at: datetime
    due_on: date
    received_at: datetime | None
    destroyed_at: datetime | None
    position: int = field(default=-1)


_BUNDLE = [c for c in bundles.c if c.name not in {"content", "event_id"}]
_RECALL = [c for c in recalls.c if c.name not in {"programme", "event_id", "opened_event_id"}]
_LATER = bundles.alias()
_WITHOUT_HEIR = (
    sa.select(bundles.c.school_id, bundles.c.collection_id)
    .where(
        bundles.c.superseded_at.is_not(None),
        ~sa.exists(
            sa.select(_LATER.c.id).where(
                _LATER.c.school_id == bundles.c.school_id,
                _LATER.c.release_id == bundles.c.release_id,
                _LATER.c.revision > bundles.c.revision,
            )
        ),
    )
    .order_by(bundles.c.school_id)
)


class BundleStore:
    """What was released, to whom it went, and what has to come back."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add_release(self, school_id: UUID, release: Release, event_id: UUID) -> None:
        self._db.execute(
            releases.insert().values(
                school_id=school_id,
                id=release.id,
                collection_id=release.collection_id,
                set_digest=release.set_digest,
                members=release.members,
                prepared_by=release.prepared_by,
                prepared_at=release.prepared_at,
                event_id=event_id,
            )
        )

    def find_release(self, school_id: UUID, release_id: UUID) -> Release | None:
        columns = [c for c in releases.c if c.name not in {"school_id", "event_id"}]
        row = self._db.execute(
            sa.select(*columns).where(
                releases.c.school_id == school_id, releases.c.id == release_id
            )
        ).first()
        return None if row is None else Release(**row._mapping)

    def last_release(self, school_id: UUID, collection_id: UUID) -> Release | None:
        """The preparation that counts: a later one replaces an earlier."""
        columns = [c for c in releases.c if c.name not in {"school_id", "event_id"}]
        row = self._db.execute(
            sa.select(*columns)
            .where(releases.c.school_id == school_id, releases.c.collection_id == collection_id)
            .order_by(releases.c.id.desc())
            .limit(1)
        ).first()
        return None if row is None else Release(**row._mapping)

    def add_approval(
        self, school_id: UUID, collection_id: UUID, approval: Approval, event_id: UUID
    ) -> None:
        """The key holds one approval a collection, whoever races."""
        self._db.execute(
            approvals.insert().values(
                school_id=school_id,
                collection_id=collection_id,
                release_id=approval.release_id,
                approved_by=approval.approved_by,
                approved_at=approval.approved_at,
                event_id=event_id,
            )
        )

    def find_approval(self, school_id: UUID, collection_id: UUID) -> Approval | None:
        row = self._db.execute(
            sa.select(
                approvals.c.release_id, approvals.c.approved_by, approvals.c.approved_at
            ).where(approvals.c.school_id == school_id, approvals.c.collection_id == collection_id)
        ).first()
        return None if row is None else Approval(**row._mapping)

    # bundles

    def add_bundle(
        self,
        bundle: Bundle,
        content: bytes,
        members: Iterable[tuple[UUID, UUID]],
        event_id: UUID,
    ) -> None:
        """Insert a revision; `members`: (pupil, person) for the pupil and each guardian sent."""
        self._db.execute(
            bundles.insert().values(
                id=bundle.id,
                school_id=bundle.school_id,
                release_id=bundle.release_id,
                collection_id=bundle.collection_id,
                programme=bundle.programme,
                revision=bundle.revision,
                supersedes=bundle.supersedes,
                content=content,
                digest=bundle.digest,
                pupils=bundle.pupils,
                guardians=bundle.guardians,
                sealed_at=bundle.sealed_at,
                sealed_event_id=bundle.sealed_event_id,
                event_id=event_id,
            )
        )
        rows = [
            {
                "school_id": bundle.school_id,
                "bundle_id": bundle.id,
                "pupil_id": pupil_id,
                "person_id": person_id,
            }
            for pupil_id, person_id in members
        ]
        if rows:
            self._db.execute(bundle_members.insert(), rows)

    def last_bundle(self, school_id: UUID, collection_id: UUID) -> Bundle | None:
        """The latest revision of the collection's release."""
        row = self._db.execute(
            sa.select(*_BUNDLE)
            .where(bundles.c.school_id == school_id, bundles.c.collection_id == collection_id)
            .order_by(bundles.c.revision.desc())
            .limit(1)
        ).first()
        return None if row is None else Bundle(**row._mapping)

    def find_bundle(self, bundle_id: UUID, programme: str) -> Bundle | None:
        """A bundle as the platform of `programme` may see it."""
        row = self._db.execute(
            sa.select(*_BUNDLE).where(bundles.c.id == bundle_id, bundles.c.programme == programme)
        ).first()
        return None if row is None else Bundle(**row._mapping)

    def list_bundles(self, school_id: UUID) -> list[Bundle]:
        rows = self._db.execute(
            sa.select(*_BUNDLE)
            .where(bundles.c.school_id == school_id)
            .order_by(bundles.c.collection_id, bundles.c.revision)
        )
        return [Bundle(**row._mapping) for row in rows]

    def content(self, school_id: UUID, bundle_id: UUID) -> bytes | None:
        """The JWE's ASCII bytes; None when they are destroyed."""
        found: bytes | None = self._db.scalar(
            sa.select(bundles.c.content).where(
                bundles.c.school_id == school_id, bundles.c.id == bundle_id
            )
        )
        return found

    def members(self, school_id: UUID, bundle_id: UUID) -> set[tuple[UUID, UUID]]:
        """(pupil, person) pairs of a bundle."""
        rows = self._db.execute(
            sa.select(bundle_members.c.pupil_id, bundle_members.c.person_id).where(
                bundle_members.c.school_id == school_id,
                bundle_members.c.bundle_id == bundle_id,
            )
        )
        return {(row.pupil_id, row.person_id) for row in rows}

    def mark(
        self,
        bundle: Bundle,
        event_id: UUID,
        *,
        superseded_at: datetime | None = None,
        pulled_at: datetime | None = None,
        acknowledged_at: datetime | None = None,
        gone_at: datetime | None = None,
    ) -> None:
        """Note what happened to a bundle. `gone_at` and `superseded_at` take the content away."""
        moments = {
            "superseded_at": superseded_at,
            "pulled_at": pulled_at,
            "acknowledged_at": acknowledged_at,
            "gone_at": gone_at,
        }
        values: dict[str, object] = {k: v for k, v in moments.items() if v is not None}
        if gone_at or superseded_at:
            values["content"] = None
        self._db.execute(
            bundles.update()
            .where(bundles.c.school_id == bundle.school_id, bundles.c.id == bundle.id)
            .values(event_id=event_id, **values)
        )

    def feed(
        self, programme: str, after: int, covered: int, limit: int
    ) -> list[tuple[int, Bundle]]:
        """Bundles with something to pull, in journal order: (position, bundle).

        `after`: positions already seen; `covered`: size of the last signed checkpoint.
        """
        rows = self._db.execute(
            sa.select(audit_leaf.c.idx, *_BUNDLE)
            .join(audit_leaf, audit_leaf.c.event_id == bundles.c.sealed_event_id)
            .where(
                bundles.c.programme == programme,
                bundles.c.superseded_at.is_(None),
                bundles.c.gone_at.is_(None),
                audit_leaf.c.idx > after,
                audit_leaf.c.idx < covered,
            )
            .order_by(audit_leaf.c.idx)
            .limit(limit)
        )
        return [
            (row.idx, Bundle(**{k: v for k, v in row._mapping.items() if k != "idx"}))
            for row in rows
        ]

    def superseded_without_heir(self) -> list[tuple[UUID, UUID]]:
        """(school, collection) whose latest revision was superseded: a narrower one is due."""
        rows = self._db.execute(_WITHOUT_HEIR)
        return [(row.school_id, row.collection_id) for row in rows]

    # recalls

    def add_recall(self, recall: Recall, programme: str, event_id: UUID) -> None:
        self._db.execute(
            recalls.insert().values(
                school_id=recall.school_id,
                id=recall.id,
                bundle_id=recall.bundle_id,
                programme=programme,
                person_id=recall.person_id,
                reason=recall.reason,
                opened_at=recall.opened_at,
                due_on=recall.due_on,
                opened_event_id=event_id,
                event_id=event_id,
            )
        )

    def recalled(self, school_id: UUID, bundle_id: UUID) -> set[UUID]:
        """Persons of the bundle who are recalled."""
        return set(
            self._db.scalars(
                sa.select(recalls.c.person_id).where(
                    recalls.c.school_id == school_id, recalls.c.bundle_id == bundle_id
                )
            )
        )

    def recalls_of(self, school_id: UUID, bundle_ids: Iterable[UUID]) -> list[Recall]:
        """Recalls out of these bundles, the earliest due first."""
        rows = self._db.execute(
            sa.select(*_RECALL)
            .where(recalls.c.school_id == school_id, recalls.c.bundle_id.in_(list(bundle_ids)))
            .order_by(recalls.c.due_on, recalls.c.id)
        )
        return [Recall(**row._mapping) for row in rows]

    def recall_feed(self, programme: str, after: int, limit: int) -> list[Recall]:
        """Recalls in journal order, those after position `after`."""
        rows = self._db.execute(
            sa.select(*_RECALL, audit_leaf.c.idx.label("position"))
            .join(audit_leaf, audit_leaf.c.event_id == recalls.c.opened_event_id)
            .where(recalls.c.programme == programme, audit_leaf.c.idx > after)
            .order_by(audit_leaf.c.idx)
            .limit(limit)
        )
        return [Recall(**row._mapping) for row in rows]

    def find_recall(self, recall_id: UUID, programme: str) -> Recall | None:
        row = self._db.execute(
            sa.select(*_RECALL).where(recalls.c.id == recall_id, recalls.c.programme == programme)
        ).first()
        return None if row is None else Recall(**row._mapping)

    def list_recalls(self, school_id: UUID, person_id: UUID) -> list[Recall]:
        rows = self._db.execute(
            sa.select(*_RECALL).where(
                recalls.c.school_id == school_id, recalls.c.person_id == person_id
            )
        )
        return [Recall(**row._mapping) for row in rows]

    def confirm_recall(
        self, recall: Recall, received_at: datetime, destroyed_at: datetime, event_id: UUID
    ) -> None:
        self._db.execute(
            recalls.update()
            .where(recalls.c.school_id == recall.school_id, recalls.c.id == recall.id)
            .values(received_at=received_at, destroyed_at=destroyed_at, event_id=event_id)
        )
