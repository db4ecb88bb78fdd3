"""The director approves what the registrar prepared, and the bundle is sealed."""

from __future__ import annotations

import hmac
from uuid import UUID

from crypto import jose
from gateway.actions.narrow_bundle import still_consented
from gateway.actions.release_set import Members, look_at_school, members_of
from gateway.actions.seal_bundle import seal_bundle
from gateway.errors import (
    AlreadyApproved,
    DigestMismatch,
    NotFound,
    RulesBroken,
    SecondPersonNeeded,
    SetGrown,
    TooLate,
)
from gateway.store.bundles import Approval, Bundle
from gateway.unit import Unit
from policies.findings import Code
from policies.permissions import Permission


def approve_release(
    unit: Unit, release_id: UUID, set_digest: str, keys: jose.SigningKeys
) -> Bundle:
    """Recompute the set; only removals since the preparation are accepted. One approval ever.

    `set_digest`: what the director was shown. Raises `SecondPersonNeeded`, `DigestMismatch`,
    `SetGrown`, `TooLate`, `RulesBroken`, `AlreadyApproved`, `NotFound`, `JournalBehind`.
    """
    school_id = unit.lock_school()
    release = unit.bundles.find_release(school_id, release_id)
    staff_id = unit.actor.ref
    if release is None or staff_id is None:
        raise NotFound
    if release.prepared_by == staff_id:
        raise SecondPersonNeeded(Permission.APPROVE_RELEASE)
    if unit.bundles.find_approval(school_id, release.collection_id) is not None:
        raise AlreadyApproved
    if not hmac.compare_digest(release.set_digest, set_digest):
        raise DigestMismatch
    state = look_at_school(unit, school_id, release.collection_id)
    if any(f.code is Code.DEADLINE_PASSED for f in state.readiness.findings):
        raise TooLate
    if state.readiness.findings:
        raise RulesBroken(state.readiness.findings)
    members = members_of(unit, state)
    same = members.text() == release.members
    if not same and not members.only_removes_from(Members.of_text(release.members)):
        raise SetGrown
    approval = Approval(release.id, staff_id, unit.now)
    event = unit.record("release.approved", release_id=release.id, set_digest=release.set_digest)
    unit.bundles.add_approval(school_id, release.collection_id, approval, event)
    return seal_bundle(unit, state, members, approval, None, keys)


def build_narrower(
    unit: Unit, school_id: UUID, collection_id: UUID, keys: jose.SigningKeys
) -> Bundle | None:
    """After a withdrawal before the pull: the next revision under the same approval, at any time.

    None when there is nothing to do (any more).
    """
    unit.lock_school(school_id)
    before = unit.bundles.last_bundle(school_id, collection_id)
    approval = unit.bundles.find_approval(school_id, collection_id)
    if before is None or before.superseded_at is None or approval is None:
        return None
    state = look_at_school(unit, school_id, collection_id)
    pairs = unit.bundles.members(school_id, before.id)
    allowed = still_consented(unit, school_id, state.collection, named_anew=True)
    chosen = {
        pupil: tuple(g for g in allowed[pupil] if (pupil, g) in pairs)
        for pupil in allowed
        if (pupil, pupil) in pairs
    }
    found = Members(chosen, unit.people.versions(school_id))
    return seal_bundle(unit, state, found, approval, before, keys)
