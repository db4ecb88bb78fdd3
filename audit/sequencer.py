"""The one place that orders events: pending rows become leaves, leaves become checkpoints.

First the tree is committed (`integrate_once`), then it is signed (`sign_once`). Signing before
the commit could put a checkpoint of a tree into the world that never came to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from audit.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from audit.errors import ForkRefused, JournalDamaged, LeafError, NoteError
from audit.guard import GuardFile
from audit.leaf import ORIGIN_FORM, Leaf, body_digest
from audit.store import audit_checkpoint, audit_event, audit_head, audit_leaf, audit_pending
from audit.tree import CompactRange, leaf_hash
from crypto.signing import NoteSigner

_FENCE = 0x5347_4155_4449_5431  # "SGAUDIT1": key of the advisory lock on PostgreSQL
_FOLLOW_ROWS = 20_000  # leaves read in one transaction while the signer catches up
_IN_ROWS = 1_000  # values of one IN list


@dataclass(frozen=True, slots=True)
class Head:
    """The committed tree: number of leaves and root (32 bytes). Nothing says it is signed."""

    size: int
    root: bytes


class Sequencer:
    """`engine.begin()` must open a writing transaction (SQLite: BEGIN IMMEDIATE).

    `origin` is the name of the log and of the key (C2SP tlog-checkpoint). `guard_file`: where
    the last signed checkpoint is remembered outside of the database; None only where one copy
    of the database is all there can be.

    Two sequencers at once are safe: the dense key of the leaves lets one of them commit.
    """

    def __init__(
        self, engine: sa.Engine, signer: NoteSigner, origin: str, guard_file: Path | None
    ) -> None:
        if origin != signer.name or not ORIGIN_FORM.fullmatch(origin):
            raise ValueError("the origin must be the name of the key, printable, no quotes")
        self._engine = engine
        self._signer = signer
        self._origin = origin
        self._guard = None if guard_file is None else GuardFile(guard_file)
        self._followed = CompactRange()

    def integrate_once(self, now: datetime, max_batch: int = 5000) -> Head:
        """Move up to `max_batch` pending events into the tree, in one transaction.

        A clock that ran backwards does not: integration moments never fall.
        Raises `JournalDamaged` when the stored edge, head and last leaf contradict each other.
        """
        with self._engine.begin() as connection:
            _fence(connection)
            edge, last = self._stored_edge(connection)
            pending = connection.execute(
                sa.select(audit_event.c.id, audit_event.c.school_id, audit_event.c.body)
                .join(audit_pending, audit_pending.c.event_id == audit_event.c.id)
                .order_by(audit_event.c.id)
                .limit(max_batch)
            ).all()
            if not pending:
                return Head(edge.size, edge.root())
            moment = now if last is None else max(now, last.integrated_at)
            old_size = edge.size
            sequences = _next_sequences(connection, {row.school_id for row in pending})
            rows = []
            for row in pending:
                leaf = Leaf(
                    idx=edge.size,
                    log=self._origin,
                    school_id=row.school_id,
                    sseq=sequences[row.school_id],
                    id=row.id,
                    integrated_at=moment,
                    body_hash=body_digest(row.body),
                )
                envelope = leaf.encode()
                hashed = leaf_hash(envelope)
                rows.append(_leaf_row(leaf, envelope, hashed))
                sequences[row.school_id] += 1
                edge.append(hashed)
            connection.execute(sa.insert(audit_leaf), rows)
            _forget_pending(connection, [row.id for row in pending])
            return _move_head(connection, old_size, edge)

    def sign_once(self, now: datetime) -> bytes | None:
        """Sign and store a checkpoint of the committed tree; None when there is nothing new.

        A crash between the guard file and the stored row signs the same bytes again.
        Raises `ForkRefused`, `JournalDamaged`; then nothing was signed.
        """
        with nullcontext() if self._guard is None else self._guard.held():
            return self._sign(now)

    def _sign(self, now: datetime) -> bytes | None:
        with self._engine.begin() as connection:
            edge, _ = self._stored_edge(connection)
            stored = self._stored_checkpoint(connection)
        head = Checkpoint(self._origin, edge.size, edge.root())
        guarded = self._guarded(stored)
        if edge.size == 0 and stored is None and guarded is None:
            return None
        self._must_begin_with([mark for mark in (stored, guarded) if mark], head)
        if stored == head:
            return None
        if self._guard is not None:
            self._guard.write(head)
        note = sign_checkpoint(head, self._signer)
        with self._engine.begin() as connection:
            _fence(connection)
            taken = sa.select(audit_checkpoint.c.note).where(audit_checkpoint.c.size == head.size)
            if connection.execute(taken).first() is None:
                connection.execute(
                    sa.insert(audit_checkpoint),
                    {"size": head.size, "note": note, "signed_at": now},
                )
        return note

    def _guarded(self, stored: Checkpoint | None) -> Checkpoint | None:
        """What the guard file remembers; its loss beside a signed journal is refused."""
        if self._guard is None:
            return None
        found = self._guard.read()
        if found is None and stored is not None:
            raise ForkRefused("the guard file is missing although checkpoints were signed")
        if found is not None and found.origin != self._origin:
            raise ForkRefused("the guard file belongs to another log")
        return found

    def _must_begin_with(self, marks: list[Checkpoint], head: Checkpoint) -> None:
        """The stored leaves must lead through every mark to the head. Raises `ForkRefused`.

        The leaves once followed are remembered, so that each is read once in a process's life.
        """
        if self._followed.size > head.size or any(mark.size > head.size for mark in marks):
            raise ForkRefused("the journal is shorter than what was signed")
        if any(mark.size < self._followed.size for mark in marks):
            edge = CompactRange()
        else:
            edge = self._followed.copy()
        for mark in sorted([*marks, head], key=lambda one: one.size):
            for hashes in self._leaf_hashes(edge.size, mark.size):
                edge.extend(hashes)
            if edge.size != mark.size:
                raise JournalDamaged("leaves are missing below the head")
            if edge.root() != mark.root:
                raise ForkRefused("the journal differs from what was signed")
        self._followed = edge

    def _leaf_hashes(self, start: int, stop: int) -> Iterator[list[bytes]]:
        """Hashes of the leaves from `start` up to `stop`, re-derived from their envelopes."""
        for low in range(start, stop, _FOLLOW_ROWS):
            high = min(low + _FOLLOW_ROWS, stop)
            wanted = (
                sa.select(audit_leaf.c.envelope)
                .where(audit_leaf.c.idx >= low, audit_leaf.c.idx < high)
                .order_by(audit_leaf.c.idx)
            )
            with self._engine.begin() as connection:
                envelopes = connection.execute(wanted).scalars().all()
            yield [leaf_hash(envelope) for envelope in envelopes]

    def _stored_checkpoint(self, connection: sa.Connection) -> Checkpoint | None:
        newest = sa.select(audit_checkpoint.c.note).order_by(audit_checkpoint.c.size.desc())
        note = connection.execute(newest.limit(1)).scalar()
        if note is None:
            return None
        try:
            return open_checkpoint(note, self._signer.verifier)
        except NoteError as error:
            raise JournalDamaged(f"the last checkpoint is not ours: {error.code}") from None

    def _stored_edge(self, connection: sa.Connection) -> tuple[CompactRange, Leaf | None]:
        """The right edge and the last leaf, once head, edge and leaf agree."""
        head = connection.execute(sa.select(audit_head)).first()
        last = connection.execute(
            sa.select(audit_leaf).order_by(audit_leaf.c.idx.desc()).limit(1)
        ).first()
        if head is None:
            if last is not None:
                raise JournalDamaged("leaves without a head")
            return CompactRange(), None
        try:
            edge = CompactRange.from_bytes(head.edge)
            leaf = None if last is None else Leaf.decode(last.envelope)
        except (ValueError, LeafError):
            raise JournalDamaged("the stored edge is not readable") from None
        if edge.size != head.size or edge.root() != head.root:
            raise JournalDamaged("the stored edge does not lead to the stored root")
        if head.size != (0 if last is None else last.idx + 1):
            raise JournalDamaged("the last leaf is not where the head says")
        if last is not None and leaf_hash(last.envelope) != last.leaf_hash:
            raise JournalDamaged("the last leaf does not have its hash")
        return edge, leaf


def _fence(connection: sa.Connection) -> None:
    """PostgreSQL: one sequencer at a time, until commit. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_FENCE)))


def _next_sequences(connection: sa.Connection, schools: set[UUID | None]) -> dict[UUID | None, int]:
    """Next index for each school; the key None counts the events of no school."""
    following = {}
    for school in schools:
        newest = (
            sa.select(audit_leaf.c.sseq)
            .where(audit_leaf.c.school_id.is_not_distinct_from(school))
            .order_by(audit_leaf.c.idx.desc())
            .limit(1)
        )
        found = connection.execute(newest).scalar()
        following[school] = 0 if found is None else found + 1
    return following


def _leaf_row(leaf: Leaf, envelope: bytes, hashed: bytes) -> dict[str, object]:
    return {
        "idx": leaf.idx,
        "event_id": leaf.id,
        "school_id": leaf.school_id,
        "sseq": leaf.sseq,
        "envelope": envelope,
        "leaf_hash": hashed,
    }


def _forget_pending(connection: sa.Connection, ids: list[UUID]) -> None:
    """By id, never by range: an earlier id may have been committed meanwhile."""
    gone = 0
    for low in range(0, len(ids), _IN_ROWS):
        chunk = ids[low : low + _IN_ROWS]
        gone += connection.execute(
            sa.delete(audit_pending).where(audit_pending.c.event_id.in_(chunk))
        ).rowcount
    if gone != len(ids):
        raise JournalDamaged("pending events vanished during integration")


def _move_head(connection: sa.Connection, old_size: int, edge: CompactRange) -> Head:
    moved = {"size": edge.size, "root": edge.root(), "edge": edge.to_bytes()}
    if old_size == 0:
        connection.execute(sa.insert(audit_head), {"id": 1, **moved})
    else:
        done = connection.execute(
            sa.update(audit_head).where(audit_head.c.size == old_size).values(**moved)
        )
        if done.rowcount != 1:
            raise JournalDamaged("the head moved during integration")
    return Head(edge.size, edge.root())
