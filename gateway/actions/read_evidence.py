"""Everything that proves one answer: text, digests, who, when, how, place in the journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from audit import journal
from crypto.envelope import KeyClass, RecordKind
from gateway.actions.keep_answer import assistant_of, signed_document
from gateway.actions.personal_document import full_name
from gateway.actions.pinned_rules import rules_of
from gateway.errors import NotFound
from gateway.store.collections import Collection
from gateway.store.consents import Answer, Ask
from gateway.store.schools import School
from gateway.store.witnesses import Checked, Scan
from gateway.unit import Unit
from policies.facts import Items

NOBODY = Items({})


@dataclass(frozen=True, slots=True)
class JournalPlace:
    """Where the answer's event stands: `idx` from 0; None while it waits for the sequencer.

    `size`, `root`: of the newest signed checkpoint, None while none covers the event.
    """

    event_id: UUID
    idx: int | None
    origin: str
    size: int | None
    root: str | None


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """`signer`, `subject`: full names, empty once destroyed. `document` None: destroyed, or of a
    record that does not hold one; digests and receipt stay. `workers`: login of everybody named.
    """

    answer: Answer
    ask: Ask
    school: School
    collection: Collection
    programme: str
    signer: str = field(repr=False)
    subject: str = field(repr=False)
    assisted_by: str = field(repr=False)
    document: bytes | None = field(repr=False)
    checks: tuple[Checked, ...]
    scans: tuple[Scan, ...]
    place: JournalPlace
    workers: dict[UUID, str]


def read_evidence(unit: Unit, answer_id: UUID, purpose: str = "evidence_page") -> EvidencePage:
    """A read of evidence, journalled. Raises `NotFound`."""
    school_id = unit.school_id
    answer = unit.consents.find_answer(school_id, answer_id)
    if answer is None:
        raise NotFound
    ask = unit.consents.get_ask(school_id, answer.ask_id)
    collection = unit.collections.get(school_id, ask.collection_id)
    items = unit.people.items(school_id, {ask.signer_id, ask.subject_id})
    checks = unit.witnesses.checks(school_id, [answer_id])
    scans = unit.witnesses.scans(school_id, answer_id)
    kept = unit.consents.sealed_evidence(school_id, answer_id)
    unit.record("evidence.read", answer_id=answer_id, purpose=purpose)
    plain = None
    if kept is not None:
        owner, sealed = kept
        plain = unit.vault.open(school_id, owner, KeyClass.EVIDENCE, RecordKind.EVIDENCE, sealed)
    named = {each.checked_by for each in checks} | {each.attached_by for each in scans}
    if answer.recorded_by is not None:
        named.add(answer.recorded_by)
    return EvidencePage(
        answer,
        ask,
        unit.schools.get(school_id),
        collection,
        rules_of(collection).title,
        full_name(items.get(ask.signer_id, NOBODY)),
        full_name(items.get(ask.subject_id, NOBODY)),
        assistant_of(plain) if plain is not None else "",
        signed_document(plain) if plain is not None else None,
        tuple(checks),
        tuple(scans),
        _place(unit, school_id, answer_id),
        unit.staff.logins(named),
    )


def _place(unit: Unit, school_id: UUID, answer_id: UUID) -> JournalPlace:
    event_id = unit.consents.event_of_answer(school_id, answer_id)
    idx = journal.index_of(unit.connection, event_id)
    last = journal.last_checkpoint(unit.connection)
    if idx is None or last is None or idx >= last.checkpoint.size:
        return JournalPlace(event_id, idx, "", None, None)
    point = last.checkpoint
    return JournalPlace(event_id, idx, point.origin, point.size, point.root.hex())
