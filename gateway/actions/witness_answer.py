"""What a worker adds to an answer that came on paper or by word of mouth: scans, checks."""

from __future__ import annotations

import hashlib
from uuid import UUID

from crypto.envelope import KeyClass, RecordKind
from gateway.actions.own_classes import are_own, require_people
from gateway.actions.personal_document import Sitting, open_sitting
from gateway.actions.pinned_rules import rules_of
from gateway.errors import BadInput, NotAllowed, NotFound
from gateway.intake.scans import scan_kind
from gateway.store.consents import Answer, Ask
from gateway.store.witnesses import Checked, Scan
from gateway.unit import Unit
from policies.permissions import Permission
from policies.witness import IdentityCheck

MOST_SCANS = 10


def attach_scan(unit: Unit, answer_id: UUID, data: bytes) -> UUID:
    """Keep a scan of what was signed. The same file twice is kept once.

    Raises `BadInput`, `NotFound` (also for an answer that no worker wrote down), `NotAllowed`.
    """
    school_id = unit.lock_school()
    answer, _ = written_answer(unit, answer_id)
    try:
        media_type = scan_kind(data)
    except ValueError as refused:
        raise BadInput({"/scan": str(refused)}) from None
    digest = hashlib.sha256(data).hexdigest()
    known = unit.witnesses.scans(school_id, answer_id)
    for scan in known:
        if scan.digest == digest:
            return scan.id
    if len(known) >= MOST_SCANS:
        raise BadInput({"/scan": "scan_many"})
    scan = Scan(
        unit.new_id(),
        answer_id,
        answer.decided_by,
        media_type,
        len(data),
        digest,
        worker(unit),
        unit.now,
    )
    event = unit.record("scan.attached", scan_id=scan.id, answer_id=answer_id, digest=digest)
    sealed = unit.vault.seal(school_id, answer.decided_by, KeyClass.EVIDENCE, RecordKind.SCAN, data)
    unit.witnesses.add_scan(school_id, scan, sealed, event)
    return scan.id


def check_identity(unit: Unit, answer_id: UUID, how: IdentityCheck) -> None:
    """Write down that the identity behind an answer was checked; said twice it stands twice.

    Raises `BadInput`, `NotFound`, `NotAllowed`.
    """
    unit.lock_school()
    written_answer(unit, answer_id)
    if how is IdentityCheck.LATER:
        raise BadInput({"/identity": "identity_unchecked"})
    note_check(unit, answer_id, how)


def note_check(unit: Unit, answer_id: UUID, how: IdentityCheck) -> None:
    """The actor has checked it. LATER leaves nothing: what is not done is not written down."""
    if how is IdentityCheck.LATER:
        return
    event = unit.record("identity.checked", answer_id=answer_id, how=how.value)
    checked = Checked(answer_id, how, worker(unit), unit.now)
    unit.witnesses.add_check(unit.school_id, unit.new_id(), checked, event)


def read_scan(unit: Unit, scan_id: UUID) -> tuple[Scan, bytes]:
    """The scan as it was attached; the read is journalled.

    A tutor reads what the tutor wrote down: a scan shows what was answered. Raises `NotFound`.
    """
    school_id = unit.school_id
    found = unit.witnesses.find_scan(school_id, scan_id)
    if found is None:
        raise NotFound
    scan, sealed = found
    answer, _ = _known_answer(unit, scan.answer_id)
    unit.record("evidence.read", answer_id=answer.facts.id, purpose="scan")
    return scan, unit.vault.open(
        school_id, scan.person_id, KeyClass.EVIDENCE, RecordKind.SCAN, sealed
    )


def written_answer(unit: Unit, answer_id: UUID) -> tuple[Answer, Ask]:
    """An answer that a worker wrote down, about people of the actor's classes.

    Raises `NotFound`, also when its evidence was destroyed; `NotAllowed`.
    """
    school_id = unit.school_id
    answer = unit.consents.find_answer(school_id, answer_id)
    if (
        answer is None
        or answer.recorded_by is None
        or unit.consents.sealed_evidence(school_id, answer_id) is None
    ):
        raise NotFound
    ask = unit.consents.get_ask(school_id, answer.ask_id)
    require_people(unit, Permission.RECORD_PAPER, {ask.signer_id, ask.subject_id})
    return answer, ask


def read_receipt(unit: Unit, answer_id: UUID) -> tuple[Answer, Sitting]:
    """An answer on paper, for the receipt that is handed to whoever gave it; journalled as read.

    To whom it is open: as with a scan. Raises `NotFound`.
    """
    answer, ask = _known_answer(unit, answer_id)
    if answer.recorded_by is None:
        raise NotFound
    collection = unit.collections.get(unit.school_id, ask.collection_id)
    unit.record("evidence.read", answer_id=answer_id, purpose="receipt")
    return answer, open_sitting(unit, rules_of(collection), unit.school_id, collection, ask)


def _known_answer(unit: Unit, answer_id: UUID) -> tuple[Answer, Ask]:
    school_id = unit.school_id
    answer = unit.consents.find_answer(school_id, answer_id)
    may_know = unit.actor.may(Permission.READ_REFUSALS)
    if answer is None or not (may_know or answer.recorded_by == unit.actor.ref):
        raise NotFound
    ask = unit.consents.get_ask(school_id, answer.ask_id)
    if not are_own(unit, {ask.signer_id, ask.subject_id}):
        raise NotFound
    return answer, ask


def worker(unit: Unit) -> UUID:
    """The worker who acts. Raises `NotAllowed` where none does."""
    if unit.actor.ref is None:
        raise NotAllowed(Permission.RECORD_PAPER)
    return unit.actor.ref
