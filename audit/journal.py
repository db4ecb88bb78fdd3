"""Reading the journal: events in their order, what is covered, proofs.

Whoever reads on behalf of a person records `journal.read` first; that is the caller's duty.
"""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa

from audit.checkpoint import Checkpoint, read_unverified
from audit.errors import BadField, ProofError, UnknownKind
from audit.event import Event
from audit.leaf import Leaf, body_digest
from audit.store import audit_checkpoint, audit_event, audit_leaf, audit_pending
from audit.tree import inclusion, leaf_hash, verify_inclusion


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A stored checkpoint; `note` is what outsiders get and verify for themselves."""

    checkpoint: Checkpoint
    note: bytes
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One event at its place in the log.

    `event` None: the stored body cannot be read, or is not the one that the leaf was made of.
    `integrated_at` None: the envelope is damaged, and then nothing vouches for the body.
    """

    idx: int
    id: UUID
    integrated_at: datetime | None
    event: Event | None


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Proof that `envelope` is leaf `idx` of the tree of `signed` (`tree.verify_inclusion`)."""

    idx: int
    envelope: bytes
    path: tuple[bytes, ...]
    signed: SignedCheckpoint

    @property
    def holds(self) -> bool:
        """Whether the path leads from the envelope to the root; False: a stored leaf is damaged."""
        point = self.signed.checkpoint
        try:
            verify_inclusion(leaf_hash(self.envelope), self.idx, point.size, self.path, point.root)
        except ProofError:
            return False
        return True

    def as_json(self) -> dict[str, object]:
        """What a reader outside gets: base64 envelope, hex path, the signed note as text."""
        return {
            "index": self.idx,
            "envelope": base64.b64encode(self.envelope).decode(),
            "path": [digest.hex() for digest in self.path],
            "note": self.signed.note.decode(),
        }


_PENDING = sa.select(sa.func.count()).select_from(audit_pending)
_NEWEST = sa.select(audit_checkpoint).order_by(audit_checkpoint.c.size.desc()).limit(1)


def last_checkpoint(connection: sa.Connection) -> SignedCheckpoint | None:
    """The newest checkpoint; None when nothing was signed yet."""
    row = connection.execute(_NEWEST).first()
    if row is None:
        return None
    return SignedCheckpoint(read_unverified(row.note), row.note, row.signed_at)


def covered(connection: sa.Connection, event_id: UUID) -> bool:
    """Whether a signed checkpoint covers the event: only then may its effect leave the house."""
    signed = sa.select(sa.func.max(audit_checkpoint.c.size)).scalar_subquery()
    found = sa.select(audit_leaf.c.idx).where(
        audit_leaf.c.event_id == event_id, audit_leaf.c.idx < signed
    )
    return connection.execute(found).first() is not None


def index_of(connection: sa.Connection, event_id: UUID) -> int | None:
    """Index of the event in the log, from 0; None while it waits for the sequencer."""
    found: int | None = connection.scalar(
        sa.select(audit_leaf.c.idx).where(audit_leaf.c.event_id == event_id)
    )
    return found


def pending_count(connection: sa.Connection) -> int:
    """Events that wait for the sequencer."""
    return int(connection.execute(_PENDING).scalar_one())


def oldest_pending_at(connection: sa.Connection) -> datetime | None:
    """Moment of the oldest waiting event (by id); None when none waits."""
    moment: datetime | None = connection.execute(
        sa.select(audit_event.c.at)
        .join(audit_pending, audit_pending.c.event_id == audit_event.c.id)
        .order_by(audit_event.c.id)
        .limit(1)
    ).scalar()
    return moment


def knows(connection: sa.Connection, event_id: UUID) -> bool:
    """Whether there is such an event, pending or not, readable or not."""
    found = sa.select(audit_event.c.id).where(audit_event.c.id == event_id)
    return connection.execute(found).first() is not None


def event(connection: sa.Connection, event_id: UUID) -> Event | None:
    """The event, pending or not; None when there is none. Raises `BadField`, `UnknownKind`."""
    body = connection.execute(
        sa.select(audit_event.c.body).where(audit_event.c.id == event_id)
    ).scalar()
    return None if body is None else Event.from_body(body)


def latest(
    connection: sa.Connection, school_id: UUID, kinds: Collection[str], limit: int
) -> list[Event | None]:
    """The newest events of a school of these kinds, pending ones too, newest first.

    None stands for a damaged record.
    """
    bodies = connection.scalars(
        sa.select(audit_event.c.body)
        .where(audit_event.c.school_id == school_id, audit_event.c.kind.in_(kinds))
        .order_by(audit_event.c.id.desc())
        .limit(limit)
    )
    return [readable(body) for body in bodies]


def readable(body: bytes, digest: bytes | None = None) -> Event | None:
    """None for a damaged body; `digest`: what its leaf says of it."""
    if digest is not None and body_digest(body) != digest:
        return None
    try:
        return Event.from_body(body)
    except (BadField, UnknownKind):
        return None


def inclusion_proof(connection: sa.Connection, event_id: UUID) -> Inclusion | None:
    """Proof under the newest checkpoint; None while none covers the event.

    Reads every leaf hash below the checkpoint: for receipts and auditors, not for hot paths.
    """
    signed = last_checkpoint(connection)
    row = connection.execute(
        sa.select(audit_leaf.c.idx, audit_leaf.c.envelope).where(audit_leaf.c.event_id == event_id)
    ).first()
    if signed is None or row is None or row.idx >= signed.checkpoint.size:
        return None
    size = signed.checkpoint.size
    hashes = (
        connection.execute(
            sa.select(audit_leaf.c.leaf_hash)
            .where(audit_leaf.c.idx < size)
            .order_by(audit_leaf.c.idx)
        )
        .scalars()
        .all()
    )
    return Inclusion(row.idx, row.envelope, tuple(inclusion(hashes, row.idx, size)), signed)


def places(connection: sa.Connection, school_id: UUID) -> dict[UUID, tuple[datetime, int]]:
    """Event -> (moment of its batch, index) for a school: the order of commits, batch by batch.

    Whatever commits after another is never in an earlier batch. What waits is in the last of all.
    """
    integrated = sa.select(audit_leaf.c.event_id, audit_leaf.c.idx, audit_leaf.c.envelope).where(
        audit_leaf.c.school_id == school_id
    )
    found = {
        row.event_id: (Leaf.decode(row.envelope).integrated_at, row.idx)
        for row in connection.execute(integrated)
    }
    waiting = (
        sa.select(audit_event.c.id)
        .join(audit_pending, audit_pending.c.event_id == audit_event.c.id)
        .where(audit_event.c.school_id == school_id)
        .order_by(audit_event.c.id)
    )
    last = datetime.max.replace(tzinfo=UTC)
    return found | {event_id: (last, at) for at, event_id in enumerate(connection.scalars(waiting))}


def of_kind(connection: sa.Connection, school_id: UUID, kind: str) -> list[Event]:
    """Events of a school of one kind, by id. Raises `BadField`, `UnknownKind`."""
    wanted = (
        sa.select(audit_event.c.body)
        .where(audit_event.c.school_id == school_id, audit_event.c.kind == kind)
        .order_by(audit_event.c.id)
    )
    return [Event.from_body(body) for body in connection.scalars(wanted)]
