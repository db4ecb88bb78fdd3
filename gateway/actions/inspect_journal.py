"""The auditor looks: checkpoint, events, proofs, and the whole journal in one file.

Every look is an event itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from uuid import UUID

from audit import journal
from audit.errors import NothingToPack
from audit.event import Event
from audit.pack import PackCounts, write_pack
from audit.report import Report
from audit.search import Wanted, last_of_kind, oldest
from audit.verify import verify_pack
from crypto.signing import NoteVerifier
from gateway.errors import JournalBehind, NotFound
from gateway.unit import Unit


@dataclass(frozen=True, slots=True)
class JournalState:
    """Last checkpoint (None before the first), how far the journal is behind, and the event of
    the last check (None: never checked here).
    """

    signed: journal.SignedCheckpoint | None
    waiting: int
    oldest_waiting_at: datetime | None
    last_check: Event | None


def see_checkpoint(unit: Unit) -> JournalState:
    """Where the journal stands."""
    unit.record("journal.read", purpose="checkpoint")
    return JournalState(
        journal.last_checkpoint(unit.connection),
        journal.pending_count(unit.connection),
        journal.oldest_pending_at(unit.connection),
        last_of_kind(unit.connection, "journal.checked"),
    )


def check_journal(look: Unit, verifier: NoteVerifier) -> Report:
    """Read the journal again as an outsider would: pack it, and verify the pack.

    `look`: a steady reading unit, for it takes its time. Raises `JournalBehind`.
    """
    if journal.last_checkpoint(look.connection) is None:
        raise JournalBehind
    with TemporaryDirectory() as folder:
        pack = Path(folder) / "journal.auditpack"
        write_pack(look.connection, None, pack)
        return verify_pack(pack, verifier)


def note_check(unit: Unit, report: Report) -> None:
    """The check and its result are an event."""
    unit.record("journal.checked", size=report.size, findings=len(report.findings))


def list_events(unit: Unit, wanted: Wanted | None, after: int, limit: int) -> list[journal.Entry]:
    """Events that match (None: all), in journal order, after an index."""
    unit.record("journal.read", purpose="events")
    return oldest(unit.connection, wanted or Wanted(), after, limit)


def prove_event(unit: Unit, event_id: UUID) -> journal.Inclusion:
    """Proof that an event is in the signed tree. Raises `JournalBehind`, `NotFound`."""
    unit.record("journal.read", purpose="proof")
    if not journal.knows(unit.connection, event_id):
        raise NotFound
    proof = journal.inclusion_proof(unit.connection, event_id)
    if proof is None:
        raise JournalBehind
    return proof


def export_journal(unit: Unit, school_id: UUID | None, out: BinaryIO) -> PackCounts:
    """Write one `.auditpack`; bodies of other schools stay hashes.

    `school_id` None: of all schools. Raises `NotFound` for no school of ours, and `JournalBehind`
    while nothing of it stands below a checkpoint.
    """
    if school_id is not None and unit.schools.find(school_id) is None:
        raise NotFound
    point = journal.last_checkpoint(unit.connection)
    if point is None:
        raise JournalBehind
    unit.record("journal.exported", size=point.checkpoint.size)
    try:
        return write_pack(unit.connection, school_id, out)
    except NothingToPack:
        raise JournalBehind from None
