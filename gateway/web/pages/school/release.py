"""Whether the school may go: hand-in, readiness, the release by two people, what came after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import request

from gateway.actions.approve_release import approve_release
from gateway.actions.hand_in_class import hand_in_class
from gateway.actions.open_collection import move_deadline, open_collection, state_enrolment
from gateway.actions.prepare_release import prepare_release
from gateway.actions.readiness import see_readiness
from gateway.actions.release_set import Members, SchoolState
from gateway.errors import BadInput, DigestMismatch, FactorWrong, NotFound, SecondFactorStale
from gateway.store.bundles import Bundle
from gateway.unit import Unit
from gateway.web.context import current_caller, current_unit, current_wiring
from gateway.web.pages.access import needs, proves
from gateway.web.pages.reading import told
from gateway.web.pages.school.frame import (
    CLASS,
    COLLECTION,
    SEE,
    class_name,
    framed,
    named_classes,
    school,
    the_collection,
)
from gateway.web.pages.school.words import REASONS, days_left
from gateway.web.pages.site import MENDABLE, Page, To
from gateway.web.schemas import school as wire
from gateway.web.schemas.fields import Wire, a_day, a_number, a_text
from policies.findings import Code, Finding, text_of
from policies.permissions import Permission
from policies.programme import published
from policies.release import ClassReadiness
from policies.second_factor import is_fresh

READINESS = f"{COLLECTION}/readiness"
RELEASE = f"{COLLECTION}/release"
STATE = needs(Permission.STATE_ENROLMENT)


class Headcount(Wire):
    """The number of pupils of a class that the page names."""

    headcount = a_number(0, 100)
    order_no = a_text(40)
    order_on = a_day()


@dataclass(frozen=True, slots=True)
class Block:
    """Why one class is not ready: sentences with how many pupils each is about."""

    class_id: UUID
    name: str
    reasons: tuple[tuple[str, int], ...]


@school.on("GET", f"{CLASS}/hand-in", needs(Permission.READ_CLASS))
def hand_in_form(collection_id: UUID, class_id: UUID) -> Page:
    """What the tutor hands in, or what is still missing."""
    found, name = the_collection(collection_id), class_name(class_id)
    one = _of_class(collection_id, class_id)
    waiting = [f for f in one.findings if f.code is not Code.CLASS_NOT_HANDED_IN]
    return framed("hand_in.html", found, one=one, class_name=name, reasons=_sentences(waiting))


@school.on("POST", f"{CLASS}/hand-in", needs(Permission.HAND_IN_CLASS), again=hand_in_form)
def hand_in(collection_id: UUID, class_id: UUID) -> To:
    """Hand in a class in which everybody is settled."""
    hand_in_class(current_unit(), collection_id, class_id)
    parts = {"collection_id": collection_id, "class_id": class_id}
    return To("desks.desk", parts, notice="Класс сдан.")


@school.on("GET", f"{CLASS}/headcount", STATE)
def headcount_form(collection_id: UUID, class_id: UUID) -> Page:
    """How many pupils the class has by an order."""
    found, name = the_collection(collection_id), class_name(class_id)
    one = _of_class(collection_id, class_id)
    return framed("headcount.html", found, one=one, class_name=name)


@school.on("POST", f"{CLASS}/headcount", STATE, again=headcount_form)
def headcount(collection_id: UUID, class_id: UUID) -> To:
    """State the number; said again it replaces."""
    read = told(Headcount)
    state_enrolment(
        current_unit(),
        collection_id,
        class_name(class_id),
        read["headcount"],
        read["order_no"],
        read["order_on"],
    )
    parts = {"collection_id": collection_id, "class_id": class_id}
    return To("desks.desk", parts, notice="Число учеников записано.")


@school.on("GET", READINESS, SEE)
def readiness(collection_id: UUID) -> Page:
    """Sums that add up, and every reason that holds the school back. Nothing is stored."""
    unit = current_unit()
    state = see_readiness(unit, collection_id)
    mine = named_classes(unit)
    blocks = [_block(one) for one in state.readiness.classes]
    return framed(
        "readiness.html",
        state.collection,
        totals=state.readiness.totals,
        may_leave=state.readiness.may_leave,
        blocks=[block for block in blocks if block.reasons and block.class_id in mine],
        general=_sentences(
            [f for f in state.readiness.findings if f.about not in _about(state.readiness.classes)]
        ),
        left=days_left((state.collection.deadline_on - state.school.today(unit.now)).days),
        approval=unit.bundles.find_approval(unit.school_id, collection_id),
        is_late=state.school.today(unit.now) > state.collection.deadline_on,
        proposals=_proposals(unit, state),
    )


@school.on("POST", f"{RELEASE}/prepare", needs(Permission.PREPARE_RELEASE), again=readiness)
def prepare(collection_id: UUID) -> To:
    """Fix the set; another person approves it."""
    prepare_release(current_unit(), collection_id)
    parts = {"collection_id": collection_id}
    return To("desks.release", parts, notice="Подготовлено. Передачу утверждает директор.")


@school.on("GET", RELEASE, SEE)
def release(collection_id: UUID) -> Page:
    """What was prepared, to be approved; afterwards what became of it."""
    unit = current_unit()
    found = the_collection(collection_id)
    made = unit.bundles.last_release(unit.school_id, collection_id)
    members = Members.of_text(made.members) if made else None
    bundles = [
        each
        for each in unit.bundles.list_bundles(unit.school_id)
        if each.collection_id == collection_id
    ]
    today = unit.schools.get(unit.school_id).today(unit.now)
    recalls = unit.bundles.recalls_of(unit.school_id, [each.id for each in bundles])
    return framed(
        "release.html",
        found,
        made=made,
        handed_over=len(members.guardians) if members else 0,
        guardians=len(members.people) - len(members.guardians) if members else 0,
        totals=see_readiness(unit, collection_id).readiness.totals,
        approval=unit.bundles.find_approval(unit.school_id, collection_id),
        bundles=[(each, _moments(each)) for each in bundles],
        recalls=[(each, days_left((each.due_on - today).days)) for each in recalls],
        is_own=made is not None and made.prepared_by == unit.actor.ref,
        asks_code=not is_fresh(current_caller().second_at, unit.now),
        is_connected=unit.clients.find(programme=found.programme) is not None,
    )


@school.on(
    "POST",
    f"{RELEASE}/approve",
    proves(Permission.APPROVE_RELEASE),
    again=release,
    mends=(*MENDABLE, FactorWrong, SecondFactorStale),
)
def approve(collection_id: UUID) -> To:
    """Approve exactly what was shown, as the second person."""
    unit = current_unit()
    try_id, digest = request.form.get("release_id", ""), request.form.get("digest", "")
    made = unit.bundles.last_release(unit.school_id, the_collection(collection_id).id)
    if made is None:
        raise NotFound
    if try_id != str(made.id) or not digest.isascii():
        raise DigestMismatch
    if request.form.get("sure") != "yes":
        raise BadInput({"/sure": "approval_unsaid"})
    approve_release(unit, made.id, digest, current_wiring().signing_keys)
    parts = {"collection_id": collection_id}
    return To("desks.release", parts, notice="Запечатано. Платформа заберёт данные сама.")


@school.on("GET", "/school/collections/new", needs(Permission.OPEN_COLLECTION))
def collection_form() -> Page:
    """Programme and deadline of a new collection."""
    return framed("new_collection.html", programmes=_programmes())


@school.on(
    "POST", "/school/collections/new", needs(Permission.OPEN_COLLECTION), again=collection_form
)
def new_collection() -> To:
    """Open a collection of one programme."""
    read = told(wire.NewCollection)
    made = open_collection(current_unit(), read["programme"], read["opens_on"], read["deadline_on"])
    return To("desks.collection", {"collection_id": made}, notice="Сбор открыт.")


@school.on("GET", f"{COLLECTION}/deadline", needs(Permission.OPEN_COLLECTION))
def deadline_form(collection_id: UUID) -> Page:
    """The last day of a collection."""
    return framed("deadline.html", the_collection(collection_id))


@school.on("POST", f"{COLLECTION}/deadline", needs(Permission.OPEN_COLLECTION), again=deadline_form)
def new_deadline(collection_id: UUID) -> To:
    """Set another one."""
    move_deadline(current_unit(), collection_id, told(wire.NewDeadline)["deadline_on"])
    return To("desks.collection", {"collection_id": collection_id}, notice="Срок изменён.")


def _proposals(unit: Unit, state: SchoolState) -> list[tuple[UUID, str, str]]:
    """Pupil, class and reason of each leaving out that the worker may confirm; nobody is named."""
    if not unit.actor.may(Permission.CONFIRM_LEAVING_OUT):
        return []
    standings = state.readiness.standings
    waiting = {
        pupil: proposed.reason
        for pupil, proposed in unit.leaving_out.by_pupil(
            state.school.id, state.collection.id
        ).items()
        if proposed.confirmed_at is None and pupil in standings and not standings[pupil].is_settled
    }
    names = unit.schools.class_names(state.school.id)
    places = unit.pupils.classes(state.school.id, waiting.keys())
    found = [
        (pupil, names[place], REASONS.get(waiting[pupil], "")) for pupil, place in places.items()
    ]
    return sorted(found, key=lambda each: (each[1], each[0]))


def _programmes() -> list[tuple[str, str]]:
    return list(dict.fromkeys((each.slug, each.title) for each in published()))


def _of_class(collection_id: UUID, class_id: UUID) -> ClassReadiness:
    state = see_readiness(current_unit(), collection_id)
    for one in state.readiness.classes:
        if one.class_id == class_id:
            return one
    raise NotFound


def _block(one: ClassReadiness) -> Block:
    return Block(one.class_id, one.name, _sentences(one.findings))


def _sentences(findings: Sequence[Finding]) -> tuple[tuple[str, int], ...]:
    """Each sentence once, with how many it is said about."""
    about: dict[str, set[UUID | None]] = {}
    for finding in findings:
        about.setdefault(text_of(finding.code), set()).add(finding.about)
    return tuple((words, len(whom)) for words, whom in about.items())


def _about(classes: Sequence[ClassReadiness]) -> set[UUID | None]:
    return {finding.about for one in classes for finding in one.findings}


def _moments(bundle: Bundle) -> list[tuple[str, datetime, None]]:
    told_moments = (
        ("Запечатано", bundle.sealed_at),
        ("Заменено более узким составом", bundle.superseded_at),
        ("Платформа забрала", bundle.pulled_at),
        ("Платформа подтвердила приём", bundle.acknowledged_at),
        ("Содержимое уничтожено, отпечаток сохранён", bundle.gone_at),
    )
    return [(words, at, None) for words, at in told_moments if at is not None]
