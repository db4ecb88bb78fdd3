"""Registers that an inspector asks for: consents and withdrawals, who looked at the data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from audit import journal
from gateway.actions.personal_document import full_name
from gateway.actions.release_set import SchoolState, look_at_school
from gateway.store.consents import Answer, Ask
from gateway.store.staff import Staff
from gateway.unit import Unit
from policies.facts import Items

NOBODY = Items({})
READS = (
    "person.read",
    "class.read",
    "import.read",
    "evidence.read",
    "register.read",
    "newcomer.read",
)
MOST_READS = 5000


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a collection. Names are empty once destroyed; `class_name` of the pupil it is
    about, of the first child by name for a representative's own data; empty: left the school.
    """

    answer: Answer
    ask: Ask
    signer: str = field(repr=False)
    subject: str = field(repr=False)
    class_name: str


@dataclass(frozen=True, slots=True)
class ConsentRegister:
    """Every answer of a collection in the order they were given, and how the school stands now."""

    state: SchoolState
    rows: tuple[Said, ...]
    workers: dict[UUID, str]


def read_consents(unit: Unit, collection_id: UUID) -> ConsentRegister:
    """A read of personal data, journalled as one. Raises `NotFound`."""
    school_id = unit.school_id
    state = look_at_school(unit, school_id, collection_id)
    asks = {ask.id: ask for ask in unit.consents.list_asks(school_id, collection_id)}
    answers = unit.consents.list_answers(school_id, asks)
    items = unit.people.items(school_id)
    names = {person: full_name(known) for person, known in items.items()}
    classes = _classes(unit, school_id)
    unit.record(
        "register.read", collection_id=collection_id, register="consents", rows=len(answers)
    )
    rows = [
        Said(
            answer,
            ask := asks[answer.ask_id],
            names.get(ask.signer_id, ""),
            names.get(ask.subject_id, ""),
            classes.get(ask.subject_id, ""),
        )
        for answer in answers
    ]
    named = {answer.recorded_by for answer in answers if answer.recorded_by is not None}
    return ConsentRegister(state, tuple(rows), unit.staff.logins(named))


def _classes(unit: Unit, school_id: UUID) -> dict[UUID, str]:
    names = unit.schools.class_names(school_id)
    of_pupils = {p: names[c] for p, c in unit.pupils.classes(school_id).items()}
    of_guardians: dict[UUID, str] = {}
    for link in unit.pupils.list_guardianships(school_id):
        where = of_pupils.get(link.pupil_id, "")
        known = of_guardians.get(link.guardian_id, where)
        of_guardians[link.guardian_id] = min(known, where) if known and where else known or where
    return of_guardians | of_pupils


@dataclass(frozen=True, slots=True)
class Looked:
    """One read. `worker` None: not a worker of the school. `what`: kind of the event; `whose`:
    name of a person or a class, empty where the read is of neither or the person is destroyed.
    """

    at: datetime
    worker: UUID | None
    actor: str
    what: str
    purpose: str
    whose: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccessRegister:
    """Who may see the data and who has seen it, the latest first. `counts`: reads by worker.

    `is_cut`: older reads stand in the journal alone. `damaged`: records that cannot be read.
    """

    staff: tuple[Staff, ...]
    classes: dict[UUID, tuple[str, ...]]
    counts: dict[UUID, int]
    rows: tuple[Looked, ...]
    is_cut: bool
    damaged: int


def read_accesses(unit: Unit, collection_id: UUID) -> AccessRegister:
    """A read of personal data, journalled as one. Raises `NotFound`."""
    school_id = unit.school_id
    unit.collections.get(school_id, collection_id)
    events = journal.latest(unit.connection, school_id, READS, MOST_READS)
    names = unit.schools.class_names(school_id)
    whose = dict(names)
    for person, known in unit.people.items(school_id).items():
        whose[person] = full_name(known)
    for answer_id, subject in unit.consents.subjects_of_answers(school_id).items():
        whose[answer_id] = whose.get(subject, "")
    workers = unit.staff.page(school_id, None, MOST_READS)
    known_workers = {each.id for each in workers}
    rows = []
    for event in filter(None, events):
        told = event.data
        about = str(told.get("person_id") or told.get("class_id") or told.get("answer_id") or "")
        ref = event.actor.ref
        rows.append(
            Looked(
                event.at,
                ref if ref in known_workers else None,
                event.actor.kind,
                event.kind,
                str(told.get("purpose") or told.get("register") or ""),
                whose.get(UUID(about), "") if about else "",
            )
        )
    unit.record("register.read", collection_id=collection_id, register="access", rows=len(rows))
    return AccessRegister(
        tuple(workers),
        {
            each.id: tuple(
                sorted(names[c] for c in unit.staff.classes_of_tutor(school_id, each.id))
            )
            for each in workers
        },
        dict(Counter(row.worker for row in rows if row.worker is not None)),
        tuple(rows),
        len(events) == MOST_READS,
        events.count(None),
    )
