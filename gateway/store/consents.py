"""Asks, and answers with their evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from gateway.errors import NotFound
from gateway.store.base import (
    ID,
    IDS,
    SCHOOL,
    Moment,
    event_column,
    metadata,
    own_id,
    school_key,
    tenant_reference,
)
from policies.facts import AnswerFacts, Decision, EvidenceLevel, FormKind

asks = sa.Table(
    "asks",
    metadata,
    school_key(),
    own_id(),
    sa.Column("collection_id", sa.Uuid, nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("signer_id", sa.Uuid, nullable=False),
    sa.Column("subject_id", sa.Uuid, nullable=False),
    event_column(),
    tenant_reference("collection_id", "collections"),
    tenant_reference("signer_id", "persons"),
    tenant_reference("subject_id", "persons"),
    sa.UniqueConstraint("school_id", "collection_id", "form", "signer_id", "subject_id"),
)
answers = sa.Table(
    "answers",
    metadata,
    school_key(),
    own_id(),
    sa.Column("ask_id", sa.Uuid, nullable=False, index=True),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("decided_at", Moment, nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Column("decided_by", sa.Uuid, nullable=False),
    sa.Column("recorded_by", sa.Uuid, sa.ForeignKey("staff.id")),
    sa.Column("evidence_level", sa.Text, nullable=False),
    sa.Column("form_slug", sa.Text, nullable=False),
    sa.Column("form_version", sa.Text, nullable=False),
    sa.Column("text_digest", sa.Text, nullable=False),
    sa.Column("document_digest", sa.Text, nullable=False),
    sa.Column("has_agreement", sa.Boolean, nullable=False),
    sa.Column("subject_version", sa.Integer, nullable=False),
    sa.Column("signer_version", sa.Integer, nullable=False),
    sa.Column("receipt_no", sa.Text, nullable=False, unique=True),
    sa.Column("receipt", sa.Text, nullable=False),
    event_column(),
    tenant_reference("ask_id", "asks"),
    tenant_reference("decided_by", "persons"),
)
evidence = sa.Table(
    "evidence",
    metadata,
    school_key(),
    sa.Column("answer_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    event_column(),
    tenant_reference("answer_id", "answers"),
    tenant_reference("person_id", "persons"),
)
INSERT_ONLY = ("answers", "evidence")


@dataclass(frozen=True, slots=True)
class Ask:
    """One form to one signer about one subject in one collection."""

    id: UUID
    collection_id: UUID
    form: FormKind
    signer_id: UUID
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with everything that proves it. `recorded_by` None: the signer's own act."""

    facts: AnswerFacts
    ask_id: UUID
    recorded_at: datetime
    decided_by: UUID
    recorded_by: UUID | None
    receipt_no: str
    receipt: str = field(repr=False)


class ConsentStore:
    """Answers are only ever added."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    # asks

    def add_asks(self, school_id: UUID, rows: Iterable[tuple[Ask, UUID]]) -> None:
        values = [
            {
                "school_id": school_id,
                "id": ask.id,
                "collection_id": ask.collection_id,
                "form": ask.form.value,
                "signer_id": ask.signer_id,
                "subject_id": ask.subject_id,
                "event_id": event_id,
            }
            for ask, event_id in rows
        ]
        if values:
            self._db.execute(asks.insert(), values)

    def list_asks(
        self,
        school_id: UUID,
        collection_id: UUID,
        signer_id: UUID | None = None,
        *,
        about: Collection[UUID] | None = None,
    ) -> list[Ask]:
        """Asks of a collection: of one signer, `about` these subjects, or (None) all."""
        told = {"school_id": school_id, "collection_id": collection_id}
        if signer_id is not None:
            told["signer_id"] = signer_id
        given = told if about is None else {**told, "ids": list(about)}
        query = _asks(of_signer=signer_id is not None, about=about is not None)
        return [_ask(row) for row in self._db.execute(query, given)]

    def reopen(self, school_id: UUID, rows: Iterable[tuple[UUID, UUID]]) -> None:
        """(ask, event): the consent given to it counts no more, and it is asked again."""
        for ask_id, event_id in rows:
            self._db.execute(
                asks.update()
                .where(asks.c.school_id == school_id, asks.c.id == ask_id)
                .values(event_id=event_id)
            )

    def find_ask(self, school_id: UUID, ask_id: UUID) -> Ask | None:
        row = self._db.execute(_ONE_ASK, {"school_id": school_id, "id": ask_id}).first()
        return None if row is None else _ask(row)

    def get_ask(self, school_id: UUID, ask_id: UUID) -> Ask:
        """Raises `NotFound`."""
        ask = self.find_ask(school_id, ask_id)
        if ask is None:
            raise NotFound
        return ask

    # answers

    def add_answer(
        self, school_id: UUID, answer: Answer, sealed_evidence: bytes, event_id: UUID
    ) -> None:
        """Insert the answer and the bytes that prove it."""
        facts = answer.facts
        self._db.execute(
            _ADD_ANSWER,
            {
                "school_id": school_id,
                "id": facts.id,
                "ask_id": answer.ask_id,
                "decision": facts.decision.value,
                "decided_at": facts.decided_at,
                "recorded_at": answer.recorded_at,
                "decided_by": answer.decided_by,
                "recorded_by": answer.recorded_by,
                "evidence_level": facts.evidence.value,
                "form_slug": facts.form,
                "form_version": facts.form_version,
                "text_digest": facts.text_digest,
                "document_digest": facts.document_digest,
                "has_agreement": facts.has_agreement,
                "subject_version": facts.subject_version,
                "signer_version": facts.signer_version,
                "receipt_no": answer.receipt_no,
                "receipt": answer.receipt,
                "event_id": event_id,
            },
        )
        self._db.execute(
            _ADD_EVIDENCE,
            {
                "school_id": school_id,
                "answer_id": facts.id,
                "person_id": answer.decided_by,
                "sealed": sealed_evidence,
                "event_id": event_id,
            },
        )

    def answers_by_ask(
        self, school_id: UUID, ask_ids: Iterable[UUID] | None = None
    ) -> dict[UUID, tuple[AnswerFacts, ...]]:
        """Answers of the school's asks (None: all), each tuple in the order (decided_at, id)."""
        if ask_ids is None:
            rows = self._db.execute(_ALL_FACTS, {"school_id": school_id})
        else:
            rows = self._db.execute(_FACTS_OF, {"school_id": school_id, "ids": list(ask_ids)})
        found: dict[UUID, list[AnswerFacts]] = {}
        for row in rows:
            found.setdefault(row.ask_id, []).append(_facts(row))
        return {ask_id: tuple(rows) for ask_id, rows in found.items()}

    def list_answers(self, school_id: UUID, ask_ids: Collection[UUID]) -> list[Answer]:
        """All answers to these asks in the order (decided_at, id); receipts are left empty."""
        rows = self._db.execute(
            sa.select(
                *_FACTS,
                answers.c.ask_id,
                answers.c.recorded_at,
                answers.c.decided_by,
                answers.c.recorded_by,
                answers.c.receipt_no,
            )
            .where(answers.c.school_id == school_id)
            .order_by(answers.c.decided_at, answers.c.id)
        )
        wanted = set(ask_ids)
        return [
            Answer(
                _facts(row),
                row.ask_id,
                row.recorded_at,
                row.decided_by,
                row.recorded_by,
                row.receipt_no,
                receipt="",
            )
            for row in rows
            if row.ask_id in wanted
        ]

    def subjects_of_answers(self, school_id: UUID) -> dict[UUID, UUID]:
        """Whom each answer of the school is about."""
        rows = self._db.execute(
            sa.select(answers.c.id, asks.c.subject_id)
            .join(
                asks,
                sa.and_(asks.c.school_id == answers.c.school_id, asks.c.id == answers.c.ask_id),
            )
            .where(answers.c.school_id == school_id)
        )
        return {row.id: row.subject_id for row in rows}

    def find_answer(self, school_id: UUID, answer_id: UUID) -> Answer | None:
        row = self._db.execute(
            sa.select(
                *_FACTS,
                answers.c.ask_id,
                answers.c.recorded_at,
                answers.c.decided_by,
                answers.c.recorded_by,
                answers.c.receipt_no,
                answers.c.receipt,
            ).where(answers.c.school_id == school_id, answers.c.id == answer_id)
        ).first()
        if row is None:
            return None
        return Answer(
            _facts(row),
            row.ask_id,
            row.recorded_at,
            row.decided_by,
            row.recorded_by,
            row.receipt_no,
            row.receipt,
        )

    def event_of_answer(self, school_id: UUID, answer_id: UUID) -> UUID:
        """The journal event of an answer. Raises `NotFound`."""
        found: UUID | None = self._db.scalar(
            sa.select(answers.c.event_id).where(
                answers.c.school_id == school_id, answers.c.id == answer_id
            )
        )
        if found is None:
            raise NotFound
        return found

    def find_receipt(self, number: str) -> str | None:
        """The signed receipt of a number, of whatever school."""
        found: str | None = self._db.scalar(
            sa.select(answers.c.receipt).where(answers.c.receipt_no == number)
        )
        return found

    def sealed_evidence(self, school_id: UUID, answer_id: UUID) -> tuple[UUID, bytes] | None:
        """Whose evidence key opens it, and the sealed bytes."""
        row = self._db.execute(
            sa.select(evidence.c.person_id, evidence.c.sealed).where(
                evidence.c.school_id == school_id, evidence.c.answer_id == answer_id
            )
        ).first()
        return None if row is None else (row.person_id, row.sealed)

    def last_said(self, school_id: UUID) -> dict[UUID, datetime]:
        """The last answer by or about every person of the school."""
        found: dict[UUID, datetime] = {}
        for row in self._db.execute(
            sa.select(answers.c.decided_at, answers.c.decided_by, asks.c.subject_id)
            .join(
                asks,
                sa.and_(asks.c.school_id == answers.c.school_id, asks.c.id == answers.c.ask_id),
            )
            .where(answers.c.school_id == school_id)
            .order_by(answers.c.decided_at)
        ):
            found[row.decided_by] = found[row.subject_id] = row.decided_at
        return found

    def destroy_evidence(self, school_id: UUID, person_id: UUID) -> None:
        """Delete the bytes that a person signed; answers and receipts stay."""
        self._db.execute(
            evidence.delete().where(
                evidence.c.school_id == school_id, evidence.c.person_id == person_id
            )
        )


# What an ask and an answer are read from, in the order of their fields, and nothing more: every
# id of a column takes time, and a school has thousands of rows.
_ASK = (asks.c.id, asks.c.collection_id, asks.c.form, asks.c.signer_id, asks.c.subject_id)
_FACTS = (
    answers.c.id,
    answers.c.decision,
    answers.c.decided_at,
    answers.c.evidence_level,
    answers.c.form_slug,
    answers.c.form_version,
    answers.c.text_digest,
    answers.c.document_digest,
    answers.c.has_agreement,
    answers.c.subject_version,
    answers.c.signer_version,
)
_ONE_ASK = sa.select(*_ASK).where(asks.c.school_id == SCHOOL, asks.c.id == ID)
_ADD_ANSWER, _ADD_EVIDENCE = answers.insert(), evidence.insert()
_ALL_FACTS = (
    sa.select(*_FACTS, answers.c.ask_id)
    .where(answers.c.school_id == SCHOOL)
    .order_by(answers.c.decided_at, answers.c.id)
)
_FACTS_OF = _ALL_FACTS.where(answers.c.ask_id.in_(IDS))
_FORMS = {each.value: each for each in FormKind}
_DECISIONS = {each.value: each for each in Decision}
_LEVELS = {each.value: each for each in EvidenceLevel}


@cache
def _asks(*, of_signer: bool, about: bool) -> sa.Select[Any]:
    query = sa.select(*_ASK).where(
        asks.c.school_id == SCHOOL, asks.c.collection_id == sa.bindparam("collection_id")
    )
    if of_signer:
        query = query.where(asks.c.signer_id == sa.bindparam("signer_id"))
    if about:
        query = query.where(asks.c.subject_id.in_(IDS))
    return query.order_by(asks.c.id)


def _ask(row: Sequence[Any]) -> Ask:
    return Ask(row[0], row[1], _FORMS[row[2]], row[3], row[4])


def _facts(row: Sequence[Any]) -> AnswerFacts:
    return AnswerFacts(row[0], _DECISIONS[row[1]], row[2], _LEVELS[row[3]], *row[4 : len(_FACTS)])
