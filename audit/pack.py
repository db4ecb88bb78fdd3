"""Writing a `.auditpack`: everything an outsider needs to check the journal without us.

No key goes in: the verifier gets it by another way, or the check would prove nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import sqlalchemy as sa

from audit.archive import ArchiveWriter
from audit.errors import NothingToPack
from audit.journal import last_checkpoint
from audit.manifest import BODIES, CHECKPOINT, LEAVES, MANIFEST, Manifest, checkpoint_name
from audit.store import audit_checkpoint, audit_event, audit_leaf

_ROWS = 2000  # read at once
MAX_EARLIER = 1000  # beyond that, checkpoints evenly spread over the history


@dataclass(frozen=True, slots=True)
class PackCounts:
    """What went in: leaves of the log, bodies in scope, earlier checkpoints."""

    size: int
    bodies: int
    checkpoints: int


def write_pack(
    connection: sa.Connection, school_id: UUID | None, target: Path | BinaryIO
) -> PackCounts:
    """Pack the log up to its newest checkpoint. `school_id` None: with all bodies.

    `target`: a path, written aside and then moved into place, or an empty seekable file.
    The caller records `journal.exported` before. Raises `PackError`.
    """
    if not isinstance(target, Path):
        return _write(connection, school_id, target)
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as out:
            counts = _write(connection, school_id, out)
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return counts


def _write(connection: sa.Connection, scope: UUID | None, out: BinaryIO) -> PackCounts:
    signed = last_checkpoint(connection)
    if signed is None:
        raise NothingToPack("pack.no_checkpoint")
    head = signed.checkpoint
    earlier = _earlier_sizes(connection, head.size)
    in_scope = sa.and_(
        audit_leaf.c.idx < head.size,
        sa.true() if scope is None else audit_leaf.c.school_id == scope,
    )
    counted = sa.select(sa.func.count()).select_from(audit_leaf).where(in_scope)
    bodies = int(connection.execute(counted).scalar_one())
    if not bodies:
        raise NothingToPack("pack.empty_scope")
    manifest = Manifest(head.origin, head.size, head.root, scope, bodies, tuple(earlier))
    archive = ArchiveWriter(out)
    archive.add(MANIFEST, [manifest.encode()])
    archive.add(CHECKPOINT, [signed.note])
    for size in earlier:
        archive.add(checkpoint_name(size), [_note(connection, size)])
    leaves = sa.select(audit_leaf.c.idx, audit_leaf.c.envelope).where(audit_leaf.c.idx < head.size)
    archive.add(LEAVES, _lines(connection, leaves))
    events = sa.select(audit_leaf.c.idx, audit_event.c.body).join_from(
        audit_leaf, audit_event, audit_event.c.id == audit_leaf.c.event_id
    )
    archive.add(BODIES, _lines(connection, events.where(in_scope)))
    archive.close()
    return PackCounts(head.size, bodies, len(earlier))


def _earlier_sizes(connection: sa.Connection, newest: int) -> list[int]:
    """Rising sizes below `newest`, at most MAX_EARLIER of them, the first and last included."""
    stored = sa.select(audit_checkpoint.c.size).where(audit_checkpoint.c.size < newest)
    sizes = list(connection.execute(stored.order_by(audit_checkpoint.c.size)).scalars())
    if len(sizes) <= MAX_EARLIER:
        return sizes
    return [sizes[at * (len(sizes) - 1) // (MAX_EARLIER - 1)] for at in range(MAX_EARLIER)]


def _note(connection: sa.Connection, size: int) -> bytes:
    stored = sa.select(audit_checkpoint.c.note).where(audit_checkpoint.c.size == size)
    note: bytes = connection.execute(stored).scalar_one()
    return note


def _lines(connection: sa.Connection, rows: sa.Select[int, bytes]) -> Iterator[bytes]:
    """The second column, a line each; both kinds of bytes are JSON without a raw newline."""
    after = -1
    while True:
        page = rows.where(audit_leaf.c.idx > after).order_by(audit_leaf.c.idx).limit(_ROWS)
        found = connection.execute(page).all()
        if not found:
            return
        yield b"".join(line + b"\n" for _, line in found)
        after = found[-1][0]
