"""What the newest checkpoint really covers, read again: signature, leaves, bodies."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from audit.checkpoint import open_checkpoint
from audit.errors import LeafError, NoteError
from audit.journal import last_checkpoint
from audit.leaf import Leaf, body_digest
from audit.store import audit_event, audit_leaf
from audit.tree import CompactRange, leaf_hash
from crypto.signing import NoteVerifier

_ROWS = 20_000


class Covered(StrEnum):
    """WAITING: written and not signed yet. BROKEN: a signed place says something else."""

    SIGNED = "signed"
    WAITING = "waiting"
    BROKEN = "broken"


class Cover:
    """Reads every leaf below the newest checkpoint once, when it is made.

    A checkpoint that is not ours, or does not follow from the leaves, covers nothing.
    """

    def __init__(self, connection: sa.Connection, verifier: NoteVerifier) -> None:
        self._db = connection
        self.size = 0
        point = last_checkpoint(connection)
        self.is_sound = True
        if point is None:
            return
        try:
            checkpoint = open_checkpoint(point.note, verifier)
        except NoteError:
            self.is_sound = False
            return
        self.is_sound = self._root(checkpoint.size) == checkpoint.root
        if self.is_sound:
            self.size = checkpoint.size

    def _root(self, size: int) -> bytes | None:
        """Root of the leaves as they stand; None when there are too few."""
        edge = CompactRange()
        while edge.size < size:
            wanted = (
                sa.select(audit_leaf.c.envelope)
                .where(audit_leaf.c.idx >= edge.size, audit_leaf.c.idx < size)
                .order_by(audit_leaf.c.idx)
                .limit(_ROWS)
            )
            envelopes = self._db.execute(wanted).scalars().all()
            if not envelopes:
                return None
            edge.extend(leaf_hash(envelope) for envelope in envelopes)
        return edge.root()

    def of(self, event_id: UUID) -> Covered:
        """Whether the event stands in the signed tree with the body that it has now."""
        row = self._db.execute(
            sa.select(audit_leaf.c.idx, audit_leaf.c.envelope, audit_event.c.body)
            .join(audit_event, audit_event.c.id == audit_leaf.c.event_id)
            .where(audit_leaf.c.event_id == event_id)
        ).first()
        if not self.is_sound:
            return Covered.BROKEN
        if row is None or row.idx >= self.size:
            return Covered.WAITING
        try:
            leaf = Leaf.decode(row.envelope)
        except LeafError:
            return Covered.BROKEN
        is_its = (leaf.idx, leaf.id, leaf.body_hash) == (row.idx, event_id, body_digest(row.body))
        return Covered.SIGNED if is_its else Covered.BROKEN
