"""A family answers: see what is asked, read the document, say yes or no, take it back."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from crypto import jose
from crypto.envelope import KeyClass, RecordKind
from gateway.actions.answer_rules import against, ground_of
from gateway.actions.keep_answer import keep_answer, signed_document
from gateway.actions.narrow_bundle import was_handed_over
from gateway.actions.personal_document import (
    NO_DETAILS,
    Document,
    SigningDetails,
    Sitting,
    open_sitting,
    render_document,
)
from gateway.actions.pinned_rules import rules_of
from gateway.actions.reopen_asks import open_again
from gateway.actions.send_message import send_mail
from gateway.errors import DigestMismatch, NotFound, NothingToWithdraw, RulesBroken, TooLate
from gateway.messages import texts
from gateway.settings import Host
from gateway.store.consents import Answer, Ask
from gateway.store.links import FamilySession
from gateway.unit import Unit
from policies.consent import latest
from policies.facts import AnswerFacts, Decision, EvidenceLevel, Field
from policies.findings import Finding
from policies.release import deadline_passed


@dataclass(frozen=True, slots=True)
class AskView:
    """One ask as its signer sees it. `answer`: the one that holds, None while there is none.

    `asked_again`: it was a yes to another name, birth date or SNILS than are on record now.
    """

    ask: Ask
    given_name: str
    answer: AnswerFacts | None
    asked_again: bool


def list_own_asks(unit: Unit, session: FamilySession) -> list[AskView]:
    """Everything that the session's signer is asked; reading it is journalled."""
    asks = unit.consents.list_asks(session.school_id, session.collection_id, session.signer_id)
    items = unit.people.items(session.school_id, {ask.subject_id for ask in asks})
    answers = unit.consents.answers_by_ask(session.school_id, [ask.id for ask in asks])
    collection = unit.collections.get(session.school_id, session.collection_id)
    again = open_again(unit, session.school_id, asks, rules_of(collection))
    unit.record("person.read", person_id=session.signer_id, purpose="own_asks")
    return [
        AskView(
            ask,
            items[ask.subject_id].values.get(Field.GIVEN_NAME, ""),
            latest(answers.get(ask.id, ())),
            ask in again,
        )
        for ask in asks
        if ask.subject_id in items
    ]


def show_document(
    unit: Unit,
    session: FamilySession,
    ask_id: UUID,
    decision: Decision,
    details: SigningDetails,
    host: Host,
) -> Document:
    """The document as it would be signed now. Raises `NotFound`, `RulesBroken`, `BadInput`."""
    return show_documents(unit, session, ask_id, {decision: details}, host)[0]


def show_documents(
    unit: Unit,
    session: FamilySession,
    ask_id: UUID,
    told: Mapping[Decision, SigningDetails],
    host: Host,
) -> list[Document]:
    """One document for every decision, in that order, read once; raises as `show_document`."""
    sitting = sitting_of(unit, session, ask_id)
    ground = ground_of(unit, sitting)
    for decision in told:
        _refuse(against(unit, sitting, ground, decision))
    documents = [
        _render(unit, sitting, decision, details, host) for decision, details in told.items()
    ]
    unit.record_many(
        ("document.shown", {"ask_id": ask_id, "document_digest": document.digest})
        for document in documents
    )
    return documents


def answer(
    unit: Unit,
    session: FamilySession,
    ask_id: UUID,
    decision: Decision,
    digest: str,
    details: SigningDetails,
    host: Host,
    keys: jose.SigningKeys,
) -> Answer:
    """Keep a yes or a no under the document whose digest is repeated.

    The same answer sent twice is kept once and has one receipt. Raises `DigestMismatch`,
    `RulesBroken`, `TooLate` (a yes after the deadline), `NotFound`, `BadInput`.
    """
    unit.lock_school(session.school_id)
    sitting = sitting_of(unit, session, ask_id)
    return standing_answer(unit, sitting, decision, digest) or keep_signed(
        unit, session, sitting, decision, digest, details, host, keys
    )


def keep_signed(
    unit: Unit,
    session: FamilySession,
    sitting: Sitting,
    decision: Decision,
    digest: str,
    details: SigningDetails,
    host: Host,
    keys: jose.SigningKeys,
) -> Answer:
    """Keep an answer that does not stand yet. The school is locked. Raises as `answer`."""
    document = _signable(unit, sitting, decision, digest, details, host)
    kept = keep_answer(
        unit,
        sitting,
        decision,
        EvidenceLevel.LOCAL_PEP,
        document,
        details,
        keys,
        decided_at=moment_of_answer(unit, sitting),
        proved=_proved(unit, session, sitting),
    )
    _tell(unit, sitting, kept, host)
    return kept


def standing_answer(unit: Unit, sitting: Sitting, decision: Decision, digest: str) -> Answer | None:
    """The answer that holds, if it says just that under just that document."""
    standing = latest(sitting.answers)
    if (
        standing is None
        or standing.decision is not decision
        or not hmac.compare_digest(standing.document_digest, digest)
        or open_again(unit, sitting.school.id, [sitting.ask], sitting.rules)
    ):
        return None
    return _found(unit, sitting, standing)


def check_answer(
    unit: Unit,
    session: FamilySession,
    ask_id: UUID,
    decision: Decision,
    digest: str,
    details: SigningDetails,
    host: Host,
) -> Sitting:
    """Whether `answer` would be kept now; nothing is. Raises as `answer`."""
    sitting = sitting_of(unit, session, ask_id)
    _signable(unit, sitting, decision, digest, details, host)
    return sitting


def objections(
    unit: Unit, session: FamilySession, ask_id: UUID, decisions: Iterable[Decision]
) -> list[list[Finding]]:
    """Everything that stands against each of these answers now. Raises `NotFound`."""
    sitting = sitting_of(unit, session, ask_id)
    ground = ground_of(unit, sitting)
    return [against(unit, sitting, ground, decision) for decision in decisions]


def withdraw(
    unit: Unit,
    session: FamilySession,
    ask_id: UUID,
    host: Host,
    keys: jose.SigningKeys,
) -> Answer:
    """Take a consent back: at any time, without a reason. Repeated, it is the same receipt.

    Raises `NothingToWithdraw`, `NotFound`.
    """
    unit.lock_school(session.school_id)
    sitting = sitting_of(unit, session, ask_id)
    standing = latest(sitting.answers)
    if standing is not None and standing.decision is Decision.WITHDRAWN:
        return _found(unit, sitting, standing)
    if standing is None or standing.decision is not Decision.GIVEN:
        raise NothingToWithdraw
    document = _render(unit, sitting, Decision.WITHDRAWN, NO_DETAILS, host)
    was_passed_on = was_handed_over(
        unit, session.school_id, session.collection_id, sitting.ask.subject_id
    )
    kept = keep_answer(
        unit,
        sitting,
        Decision.WITHDRAWN,
        EvidenceLevel.LOCAL_PEP,
        document,
        NO_DETAILS,
        keys,
        decided_at=moment_of_answer(unit, sitting),
    )
    today = sitting.school.today(unit.now)
    due_on = today + timedelta(days=sitting.rules.terms.recall_days) if was_passed_on else None
    _tell(unit, sitting, kept, host, due_on)
    return kept


def own_answer(unit: Unit, session: FamilySession, answer_id: UUID) -> tuple[Answer, Sitting]:
    """An answer of the session's signer, for its receipt. Raises `NotFound`."""
    found = unit.consents.find_answer(session.school_id, answer_id)
    if found is None or found.decided_by != session.signer_id:
        raise NotFound
    unit.record("person.read", person_id=session.signer_id, purpose="receipt")
    return found, sitting_of(unit, session, found.ask_id)


def own_document(unit: Unit, session: FamilySession, answer_id: UUID) -> bytes:
    """The bytes that were signed. Raises `NotFound`, also when they were destroyed."""
    found = unit.consents.find_answer(session.school_id, answer_id)
    kept = unit.consents.sealed_evidence(session.school_id, answer_id)
    if found is None or kept is None or found.decided_by != session.signer_id:
        raise NotFound
    unit.record("evidence.read", answer_id=answer_id, purpose="own_document")
    owner, sealed = kept
    return signed_document(
        unit.vault.open(session.school_id, owner, KeyClass.EVIDENCE, RecordKind.EVIDENCE, sealed)
    )


def sitting_of(unit: Unit, session: FamilySession, ask_id: UUID) -> Sitting:
    """One ask of the session's signer with what an answer to it needs. Raises `NotFound`."""
    ask = unit.consents.get_ask(session.school_id, ask_id)
    if (ask.signer_id, ask.collection_id) != (session.signer_id, session.collection_id):
        raise NotFound
    collection = unit.collections.get(session.school_id, session.collection_id)
    return open_sitting(unit, rules_of(collection), session.school_id, collection, ask)


def _render(
    unit: Unit,
    sitting: Sitting,
    decision: Decision,
    details: SigningDetails,
    host: Host,
) -> Document:
    return render_document(
        unit,
        sitting,
        decision,
        EvidenceLevel.LOCAL_PEP,
        details,
        host,
        sitting.school.today(unit.now),
    )


def _signable(
    unit: Unit,
    sitting: Sitting,
    decision: Decision,
    digest: str,
    details: SigningDetails,
    host: Host,
) -> Document:
    """The document as it may be signed now, if it is the one that was shown."""
    if decision is Decision.GIVEN and deadline_passed(
        unit.now, sitting.collection.deadline_on, sitting.school.zone
    ):
        raise TooLate
    _refuse(against(unit, sitting, ground_of(unit, sitting), decision))
    document = _render(unit, sitting, decision, details, host)
    if not hmac.compare_digest(document.digest, digest):
        raise DigestMismatch
    return document


def _refuse(found: list[Finding]) -> None:
    """Raises `RulesBroken` with everything that is wrong."""
    if found:
        raise RulesBroken(found)


def moment_of_answer(unit: Unit, sitting: Sitting) -> datetime:
    """Now, or just after the latest answer: the one that is written last is the one that holds.

    A unit's moment is older than its wait for the lock, and servers differ in their clocks.
    """
    last = max((answer.decided_at for answer in sitting.answers), default=None)
    return unit.now if last is None or last < unit.now else last + timedelta(microseconds=1)


def _proved(unit: Unit, session: FamilySession, sitting: Sitting) -> frozenset[Field]:
    """Contacts of the signer that link and code went to, and that have not changed since."""
    went = {Field.EMAIL: session.email_token, Field.PHONE: session.phone_token}
    now = unit.vault.tokens_of(session.school_id, sitting.signer)
    return frozenset(f for f, token in went.items() if token is not None and now.get(f) == token)


def _found(unit: Unit, sitting: Sitting, facts: AnswerFacts) -> Answer:
    found = unit.consents.find_answer(sitting.school.id, facts.id)
    if found is None:
        raise NotFound
    return found


def _tell(
    unit: Unit, sitting: Sitting, kept: Answer, host: Host, due_on: date | None = None
) -> None:
    """Queue the letter that confirms the answer. `due_on`: by when the platform destroys what it
    has been handed; None: it has nothing.
    """
    to = sitting.signer.values.get(Field.EMAIL)
    if to is None:
        return
    school = sitting.school
    child = sitting.subject.values.get(Field.GIVEN_NAME, "")
    at = texts.moment_in_words(kept.facts.decided_at, school.zone)
    number, phone = kept.receipt_no, school.phone
    if kept.facts.decision is Decision.WITHDRAWN:
        letter = texts.withdrawal(school.short_name, child, number, at, due_on, phone)
    else:
        word = "согласие" if kept.facts.decision is Decision.GIVEN else "отказ"
        front = host.front(school.public_code)
        letter = texts.receipt(school.short_name, child, number, word, at, front, phone)
    receipt = (kept.receipt_no, kept.receipt)
    send_mail(unit, school.id, to, letter.subject, letter.text, receipt)
