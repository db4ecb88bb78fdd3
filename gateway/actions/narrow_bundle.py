"""What a «no» does to a bundle: supersede before the pull, recall after it, narrow again.

A birthday, a claim or a corrected item after the approval changes nothing; only consents count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from gateway.actions.pinned_rules import rules_of
from gateway.store.bundles import Bundle, Recall
from gateway.store.collections import Collection
from gateway.unit import Unit
from policies.facts import GuardianFacts, ItemChange, PupilFacts
from policies.standing import StandingKind, standing

Members = Mapping[UUID, tuple[UUID, ...]]


def withdraw_from_bundles(unit: Unit, school_id: UUID) -> None:
    """After any change that can take a consent away. The school is locked."""
    for collection in unit.collections.of_school(school_id):
        bundle = unit.bundles.last_bundle(school_id, collection.id)
        if bundle is None or bundle.superseded_at is not None:
            continue
        pairs = unit.bundles.members(school_id, bundle.id)
        allowed = still_consented(unit, school_id, collection)
        kept = {
            (pupil, person)
            for pupil, person in pairs
            if pupil in allowed and (person == pupil or person in allowed[pupil])
        }
        gone = {person for _, person in pairs} - {person for _, person in kept}
        if kept == pairs:
            continue
        if bundle.pulled_at is None:
            event = unit.record(
                "bundle.superseded",
                school_id=school_id,
                bundle_id=bundle.id,
                reason="withdrawal",
            )
            unit.bundles.mark(bundle, event, superseded_at=unit.now)
        elif gone:
            _recall(unit, collection, bundle, gone)


def still_consented(
    unit: Unit, school_id: UUID, collection: Collection, *, named_anew: bool = False
) -> Members:
    """Who of the school may still be in a released bundle: pupil -> guardians.

    Judged on the day of the approval, and by consents alone. What was sealed under the old name
    may stay; `named_anew`: a new bundle would carry the name, birth date and SNILS of today, and
    whoever has not signed for these is left out.
    """
    rules = rules_of(collection)
    approval = unit.bundles.find_approval(school_id, collection.id)
    if approval is None:
        return {}
    on = unit.schools.get(school_id).today(approval.approved_at)
    allowed = {}
    for pupil in unit.dossier.pupils(school_id, collection.id):
        found = standing(_settled(pupil, named_anew), rules, on)
        if found.kind is StandingKind.READY:
            allowed[pupil.person_id] = found.guardians
    return allowed


def _settled(pupil: PupilFacts, named_anew: bool) -> PupilFacts:
    """As if every claim were settled and, unless `named_anew`, no record had changed."""

    def changes(of: PupilFacts | GuardianFacts) -> tuple[ItemChange, ...]:
        return of.changes if named_anew else ()

    return replace(
        pupil,
        claims=(),
        changes=changes(pupil),
        guardians=tuple(replace(g, claims=(), changes=changes(g)) for g in pupil.guardians),
    )


def _recall(unit: Unit, collection: Collection, bundle: Bundle, gone: set[UUID]) -> None:
    """Ask the platform to destroy; the content is not served again."""
    days = rules_of(collection).terms.recall_days
    today = unit.schools.get(bundle.school_id).today(unit.now)
    known = unit.bundles.recalled(bundle.school_id, bundle.id)
    new = sorted(gone - known)
    for person in new:
        recall = Recall(
            id=unit.new_id(),
            school_id=bundle.school_id,
            bundle_id=bundle.id,
            person_id=person,
            reason="withdrawal",
            opened_at=unit.now,
            due_on=today + timedelta(days=days),
            received_at=None,
            destroyed_at=None,
        )
        event = unit.record(
            "recall.opened",
            school_id=bundle.school_id,
            recall_id=recall.id,
            bundle_id=bundle.id,
            person_id=person,
            reason=recall.reason,
            due_on=recall.due_on,
        )
        unit.bundles.add_recall(recall, collection.programme, event)
    if new and bundle.gone_at is None:
        event = unit.record(
            "bundle.gone", school_id=bundle.school_id, bundle_id=bundle.id, reason="recall"
        )
        unit.bundles.mark(bundle, event, gone_at=unit.now)


def was_handed_over(unit: Unit, school_id: UUID, collection_id: UUID, person_id: UUID) -> bool:
    """The platform has pulled a bundle of this collection with this person in it."""
    return any(
        bundle.pulled_at is not None
        and bundle.collection_id == collection_id
        and any(person == person_id for _, person in unit.bundles.members(school_id, bundle.id))
        for bundle in unit.bundles.list_bundles(school_id)
    )
