"""What a signer sees on coming in: each person, what is asked, what was answered, what followed.

Of other signers only the fact of an answer is shown, never what it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from audit import journal
from gateway.actions.answer import sitting_of
from gateway.actions.personal_document import full_name
from gateway.actions.pinned_rules import rules_of
from gateway.actions.reopen_asks import open_again
from gateway.errors import NotFound
from gateway.store.bundles import Bundle, Recall
from gateway.store.consents import Answer, Ask
from gateway.store.links import FamilySession
from gateway.store.schools import School
from gateway.unit import Unit
from policies.consent import latest
from policies.facts import AnswerFacts, Decision, Field, FormKind, Items
from policies.permissions import Role
from policies.programme import Programme
from policies.release import deadline_passed

NOTHING = Items({})
READS = ("person.read", "class.read", "evidence.read", "register.read")
MOST_LOOKS = 100
MOST_READS = 5000


class Step(StrEnum):
    """What happened to a person's data, in the words of the timeline."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    INVALIDATED = "invalidated"
    REVOKED = "revoked"
    EXPIRED = "expired"
    SEALED = "sealed"
    PASSED_ON = "passed_on"
    RECALLED = "recalled"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of the timeline. `due_on`: until when the platform has to destroy."""

    step: Step
    at: datetime
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class OwnAsk:
    """One document to its signer. `answer`: the one that holds; `answered_by_others`: of
    `others`, other representatives who are asked about the same child.

    `asked_again`: it was a yes to another name, birth date or SNILS than are on record now.
    """

    ask: Ask
    answer: AnswerFacts | None
    asked_again: bool
    others: int
    answered_by_others: int

    @property
    def is_open(self) -> bool:
        """Waits for an answer."""
        return self.answer is None or self.asked_again

    @property
    def is_given(self) -> bool:
        return self.answer is not None and self.answer.decision is Decision.GIVEN


@dataclass(frozen=True, slots=True)
class OwnCard:
    """One person whose data the signer answers for. `is_self`: the signer's own data."""

    person_id: UUID
    given_name: str = field(repr=False)
    class_name: str | None
    is_self: bool
    asks: tuple[OwnAsk, ...]
    happened: tuple[Happened, ...]


@dataclass(frozen=True, slots=True)
class OwnPage:
    """Everything for one signer. `is_pupil`: the signer answers for own data as a pupil.

    `has_email`: there is an address to send receipts to.
    """

    school: School
    rules: Programme
    deadline_on: date
    is_late: bool
    is_pupil: bool
    name: str = field(repr=False)
    has_email: bool
    relations: tuple[str, ...]
    cards: tuple[OwnCard, ...]

    @property
    def open_asks(self) -> tuple[OwnAsk, ...]:
        """Documents without an answer, in the order of the cards."""
        return tuple(one for card in self.cards for one in card.asks if one.is_open)


@dataclass(frozen=True, slots=True)
class AskPage:
    """What the pages of one document tell beside it: the collection, and whose data it is about."""

    school: School
    rules: Programme
    deadline_on: date
    ask: Ask
    given_name: str = field(repr=False)
    is_self: bool


def look_at_ask(unit: Unit, session: FamilySession, ask_id: UUID) -> AskPage:
    """One document of the signer; reading it is journalled. Raises `NotFound`."""
    sitting = sitting_of(unit, session, ask_id)
    unit.record("person.read", person_id=session.signer_id, purpose="own_asks")
    return AskPage(
        sitting.school,
        sitting.rules,
        sitting.collection.deadline_on,
        sitting.ask,
        sitting.subject.values.get(Field.GIVEN_NAME, ""),
        sitting.ask.subject_id == session.signer_id,
    )


def look_at_own(unit: Unit, session: FamilySession) -> OwnPage:
    """The signer's page; reading it is journalled. Children first, the signer's own data last."""
    school_id, signer = session.school_id, session.signer_id
    school = unit.schools.get(school_id)
    collection = unit.collections.get(school_id, session.collection_id)
    asks = unit.consents.list_asks(school_id, collection.id, signer)
    subjects = {ask.subject_id for ask in asks}
    everybody = unit.consents.list_asks(school_id, collection.id, about=subjects)
    answers = unit.consents.answers_by_ask(school_id, [ask.id for ask in everybody])
    items = unit.people.items(school_id, {*subjects, signer})
    places = unit.pupils.classes(school_id, subjects)
    names = unit.schools.class_names(school_id)
    rules = rules_of(collection)
    again = open_again(unit, school_id, asks, rules)
    bundles = _bundles_of(unit, school_id, subjects)
    unit.record("person.read", person_id=signer, purpose="own_asks")
    cards = [
        OwnCard(
            person,
            items[person].values.get(Field.GIVEN_NAME, ""),
            names.get(places[person]) if person in places else None,
            person == signer,
            tuple(
                _own_ask(ask, everybody, answers, ask in again)
                for ask in asks
                if ask.subject_id == person
            ),
            _happened(
                [a for ask in asks if ask.subject_id == person for a in answers.get(ask.id, ())],
                bundles.get(person, []),
                unit.bundles.list_recalls(school_id, person),
            ),
        )
        for person in sorted(subjects, key=lambda each: (each == signer, str(each)))
        if person in items
    ]
    links = unit.pupils.list_guardianships(school_id, guardian_ids=[signer])
    return OwnPage(
        school,
        rules,
        collection.deadline_on,
        deadline_passed(unit.now, collection.deadline_on, school.zone),
        any(ask.form is FormKind.PUPIL_OWN for ask in asks),
        full_name(items.get(signer, NOTHING)),
        Field.EMAIL in items.get(signer, NOTHING).values,
        tuple(dict.fromkeys(link.relation for link in links)),
        tuple(cards),
    )


def _own_ask(
    ask: Ask,
    everybody: Sequence[Ask],
    answers: dict[UUID, tuple[AnswerFacts, ...]],
    again: bool,
) -> OwnAsk:
    others = [
        each
        for each in everybody
        if each.subject_id == ask.subject_id and each.signer_id != ask.signer_id
    ]
    heard = [each for each in others if latest(answers.get(each.id, ())) is not None]
    return OwnAsk(ask, latest(answers.get(ask.id, ())), again, len(others), len(heard))


def _bundles_of(unit: Unit, school_id: UUID, people: set[UUID]) -> dict[UUID, list[Bundle]]:
    found: dict[UUID, list[Bundle]] = {}
    for bundle in unit.bundles.list_bundles(school_id):
        members = {person for _, person in unit.bundles.members(school_id, bundle.id)}
        for person in members & people:
            found.setdefault(person, []).append(bundle)
    return found


def _happened(
    answers: Sequence[AnswerFacts], bundles: Sequence[Bundle], recalls: Sequence[Recall]
) -> tuple[Happened, ...]:
    found = [Happened(Step(answer.decision.value), answer.decided_at) for answer in answers]
    for bundle in bundles:
        if bundle.superseded_at is None or bundle.pulled_at is not None:
            found.append(Happened(Step.SEALED, bundle.sealed_at))
        if bundle.pulled_at is not None:
            found.append(Happened(Step.PASSED_ON, bundle.pulled_at))
    for recall in recalls:
        found.append(Happened(Step.RECALLED, recall.opened_at, recall.due_on))
        if recall.destroyed_at is not None:
            found.append(Happened(Step.DESTROYED, recall.destroyed_at))
    return tuple(sorted(found, key=lambda each: each.at))


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """A kept answer for its receipt page. `after`: what is left to answer in this sitting."""

    answer: Answer
    ask: Ask
    page: OwnPage
    card: OwnCard
    due_on: date | None

    @property
    def after(self) -> tuple[OwnAsk, ...]:
        return self.page.open_asks


def look_at_answer(unit: Unit, session: FamilySession, answer_id: UUID) -> OwnAnswer:
    """One answer of the signer with what follows from it. Raises `NotFound`."""
    found = unit.consents.find_answer(session.school_id, answer_id)
    if found is None or found.decided_by != session.signer_id:
        raise NotFound
    page = look_at_own(unit, session)
    for card in page.cards:
        for one in card.asks:
            if one.ask.id == found.ask_id:
                due = [each.due_on for each in card.happened if each.due_on is not None]
                return OwnAnswer(found, one.ask, page, card, max(due, default=None))
    raise NotFound


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody has seen a person's data. `role` None: the service itself, or a former worker."""

    at: datetime
    role: Role | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class Looks:
    """The latest first. `damaged`: records of the journal that cannot be read, be they whose."""

    shown: tuple[Look, ...]
    damaged: int


def who_looked(unit: Unit, session: FamilySession, person_id: UUID) -> Looks:
    """Who has seen the data of the signer or of a child of theirs: page, class, document, register.

    Workers are told by what they are, not by name. Raises `NotFound` for anybody else's data.
    """
    asks = unit.consents.list_asks(session.school_id, session.collection_id, session.signer_id)
    if person_id not in {session.signer_id, *(ask.subject_id for ask in asks)}:
        raise NotFound
    unit.record("person.read", person_id=person_id, purpose="own_looks")
    place = unit.pupils.classes(session.school_id, [person_id]).get(person_id)
    answered = unit.consents.answers_by_ask(
        session.school_id, [ask.id for ask in asks if ask.subject_id == person_id]
    )
    about = {
        ("person_id", str(person_id)),
        ("class_id", str(place)),
        ("collection_id", str(session.collection_id)),
        *(("answer_id", str(each.id)) for answers in answered.values() for each in answers),
    }
    roles: dict[UUID, Role | None] = {}
    found, damaged = [], 0
    for event in journal.latest(unit.connection, session.school_id, READS, MOST_READS):
        if event is None:
            damaged += 1
            continue
        if about.isdisjoint((name, str(value)) for name, value in event.data.items()):
            continue
        ref = event.actor.ref
        if event.actor.kind == "staff" and ref is not None and ref not in roles:
            staff = unit.staff.find(staff_id=ref)
            roles[ref] = staff.role if staff else None
        is_family = event.actor.kind == Role.FAMILY.value
        role = Role.FAMILY if is_family else roles.get(ref) if ref else None
        found.append(Look(event.at, role, is_own=is_family and ref in (None, session.signer_id)))
    return Looks(tuple(found[:MOST_LOOKS]), damaged)
