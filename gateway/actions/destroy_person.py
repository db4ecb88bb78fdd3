"""Destroy the registry class of people who are not handed over, when the law's days are over.

Contacts and SNILS go, and the key with them; the fact and the day stay (152-FZ art. 21(5)).
Evidence is another class and stays its years (`destroy_evidence`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import takewhile
from uuid import UUID

from crypto.envelope import KeyClass
from gateway.actions.claim_contacts import let_go
from gateway.actions.narrow_bundle import still_consented
from gateway.actions.release_set import SchoolState, look_at_school
from gateway.unit import Unit
from policies.consent import NO, authority_finding
from policies.dates import age
from policies.facts import AnswerFacts, Decision, FormKind, PupilFacts
from policies.release import deadline_passed
from policies.retention import RecordClass, destroy_on
from policies.standing import PAPER, StandingKind


def destroy_due(unit: Unit, school_id: UUID, collection_id: UUID) -> int:
    """Destroy everybody of a collection whose day has come; answers how many people.

    Whom another collection of the school still needs stays. A guardian goes with the last child
    for whom the guardian is known. Run daily, any number of times: who is destroyed already is
    passed over.
    """
    unit.lock_school(school_id)
    state = look_at_school(unit, school_id, collection_id)
    today = state.school.today(unit.now)
    due = {
        pupil.person_id
        for pupil in state.pupils
        if pupil.items.values
        and (since := _on_paper_since(pupil, state, today)) is not None
        and today >= destroy_on(RecordClass.REGISTRY, state.school.today(since), state.rules)
    }
    if due:
        for collection in unit.collections.of_school(school_id):
            due -= _needed(unit, look_at_school(unit, school_id, collection.id))
    goes = due | _left_behind(unit, school_id, due)
    for person in sorted(goes):
        destroy_person(unit, school_id, person, "retention")
    return len(goes)


def _on_paper_since(pupil: PupilFacts, state: SchoolState, today: date) -> datetime | None:
    """Since when a «no» or a leaving out has kept the pupil on paper; None: the pupil is not."""
    where = state.readiness.standings[pupil.person_id]
    if where.kind not in PAPER:
        return None
    if pupil.left_out is not None and where.kind is StandingKind.LEFT_OUT:
        return pupil.left_out.confirmed_at
    born = pupil.items.birth_date
    signs_alone = born is not None and FormKind.CHILD not in state.rules.required_forms(
        age(born, today)
    )
    guardians = [g for g in pupil.guardians if authority_finding(g, today) is None]
    about = [_no_since(pupil.own), *(_no_since(g.child) for g in guardians if not signs_alone)]
    if said := [moment for moment in about if moment is not None]:
        return min(said)
    # Own data was kept back by every guardian: the last of them has decided it.
    kept_back = (_no_since(g.own) for g in guardians)
    return max((moment for moment in kept_back if moment is not None), default=None)


def _no_since(answers: Sequence[AnswerFacts]) -> datetime | None:
    """When the «no» that holds was first said; None: what holds is no «no»."""
    holding: list[AnswerFacts] = []
    for each in sorted(answers, key=lambda a: (a.decided_at, a.id)):
        if each.decision is not Decision.INVALIDATED:
            holding.append(each)
        elif holding:
            holding.pop()
    noes = list(takewhile(lambda a: a.decision in NO, reversed(holding)))
    return noes[-1].decided_at if noes else None


def _needed(unit: Unit, state: SchoolState) -> set[UUID]:
    """Pupils whom a collection has handed over, or still may."""
    school_id, collection = state.school.id, state.collection
    if unit.bundles.find_approval(school_id, collection.id) is not None:
        return set(still_consented(unit, school_id, collection))
    is_over = deadline_passed(unit.now, collection.deadline_on, state.school.zone)
    kinds = {StandingKind.READY} if is_over else {StandingKind.READY, StandingKind.WAITING}
    return {pupil for pupil, where in state.readiness.standings.items() if where.kind in kinds}


def _left_behind(unit: Unit, school_id: UUID, due: set[UUID]) -> set[UUID]:
    """Guardians whose every child goes now or has gone before."""
    living = unit.people.items(school_id).keys()
    wards: dict[UUID, set[UUID]] = {}
    for link in unit.pupils.list_guardianships(school_id):
        wards.setdefault(link.guardian_id, set()).add(link.pupil_id)
    pupils = unit.pupils.classes(school_id).keys()
    return {
        guardian
        for guardian, of in wards.items()
        if of & due and not (of & living) - due and guardian in living - pupils
    }


def destroy_person(unit: Unit, school_id: UUID, person_id: UUID, reason: str) -> None:
    """Take away key, record, tokens and claims of one person. The school is locked."""
    event = unit.record(
        "person.destroyed",
        school_id=school_id,
        person_id=person_id,
        key_class=KeyClass.REGISTRY.name.lower(),
        reason=reason,
    )
    for request in unit.claims.of_person(school_id, person_id):
        let_go(unit, request)
    unit.claims.drop_requests(school_id, person_id)
    unit.people.destroy_registry(school_id, person_id, event)
    unit.newcomers.forget_of(school_id, person_id)
    unit.vault.destroy_key(school_id, person_id, KeyClass.REGISTRY)
