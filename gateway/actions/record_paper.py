"""Staff write down an answer on paper or by word of mouth, and how they made sure whose it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from crypto import jose
from gateway.actions.answer import moment_of_answer
from gateway.actions.answer_rules import pupils_about
from gateway.actions.keep_answer import keep_answer
from gateway.actions.own_classes import require_people
from gateway.actions.personal_document import (
    SigningDetails,
    Sitting,
    open_sitting,
    render_document,
)
from gateway.actions.pinned_rules import rules_of
from gateway.actions.reopen_asks import open_again
from gateway.actions.witness_answer import attach_scan, note_check, worker
from gateway.errors import BadInput, NotFound, NothingToWithdraw, RulesBroken, TooLate
from gateway.settings import Host
from gateway.store.consents import Answer
from gateway.unit import Unit
from policies.consent import AskFor, latest, may_answer_for_any
from policies.facts import AnswerFacts, Decision
from policies.permissions import Permission
from policies.release import deadline_passed
from policies.witness import LEVELS, Witness, witness_findings

ON_PAPER = Witness()


def record_paper(
    unit: Unit,
    ask_id: UUID,
    decision: Decision,
    signed_on: date,
    details: SigningDetails,
    host: Host,
    keys: jose.SigningKeys,
    witness: Witness = ON_PAPER,
    scan: bytes | None = None,
) -> Answer:
    """The paper's answer counts from the end of its day: a later click beats it, an earlier not.

    `signed_on`: the day it was signed or said. `scan`: a file of the paper to keep with it. The
    same answer recorded twice is kept once. Raises `NotFound`, `BadInput`, `RulesBroken`,
    `NothingToWithdraw`, `TooLate`.
    """
    school_id = unit.lock_school()
    ask = unit.consents.get_ask(school_id, ask_id)
    require_people(unit, Permission.RECORD_PAPER, {ask.signer_id, ask.subject_id})
    collection = unit.collections.get(school_id, ask.collection_id)
    if found := witness_findings(decision, witness):
        raise RulesBroken(found)
    rules, level = rules_of(collection), LEVELS[witness.way]
    sitting = open_sitting(unit, rules, school_id, collection, ask)
    today = sitting.school.today(unit.now)
    if signed_on > today:
        raise BadInput({"/signed_on": "date_in_future"})
    document = render_document(unit, sitting, decision, level, details, host, signed_on)
    again = open_again(unit, school_id, [ask], rules)
    standing = latest(sitting.answers)
    for known in () if again else sitting.answers:
        is_same = known.decision is decision and known.document_digest == document.digest
        # A «no» that a later yes has ended is said anew, though its text is the same that day.
        if is_same and (decision is Decision.GIVEN or known == standing):
            return _with_scan(unit, _found(unit, school_id, known), scan)
    if decision is Decision.GIVEN and deadline_passed(
        unit.now, collection.deadline_on, sitting.school.zone
    ):
        raise TooLate
    if decision is Decision.WITHDRAWN and (
        standing is None or standing.decision is not Decision.GIVEN
    ):
        raise NothingToWithdraw
    about = pupils_about(unit, sitting)
    if not about:
        raise NotFound
    key = AskFor(ask.form, ask.signer_id, ask.subject_id)
    if findings := may_answer_for_any(decision, key, about, rules, today, collection.deadline_on):
        raise RulesBroken(findings)
    kept = keep_answer(
        unit,
        sitting,
        decision,
        level,
        document,
        details,
        keys,
        decided_at=_decided_at(unit, sitting, signed_on),
        recorded_by=worker(unit),
        assisted_by=witness.assisted_by,
    )
    note_check(unit, kept.facts.id, witness.identity)
    return _with_scan(unit, kept, scan)


def _with_scan(unit: Unit, kept: Answer, scan: bytes | None) -> Answer:
    if scan is not None:
        attach_scan(unit, kept.facts.id, scan)
    return kept


def _found(unit: Unit, school_id: UUID, facts: AnswerFacts) -> Answer:
    found = unit.consents.find_answer(school_id, facts.id)
    if found is None:
        raise NotFound
    return found


def _decided_at(unit: Unit, sitting: Sitting, day: date) -> datetime:
    """The last moment of the day in the school's zone, or now while the day is not over."""
    end = datetime.combine(day, time.max, ZoneInfo(sitting.school.zone)).astimezone(UTC)
    return end if end < unit.now else moment_of_answer(unit, sitting)
