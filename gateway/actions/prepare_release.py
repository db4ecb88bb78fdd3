"""The registrar prepares a release: the set is fixed by its digest."""

from __future__ import annotations

from uuid import UUID

from gateway.actions.release_set import look_at_school, members_of
from gateway.errors import AlreadyApproved, NotFound, RulesBroken, TooLate
from gateway.store.bundles import Release
from gateway.unit import Unit
from policies.findings import Code


def prepare_release(unit: Unit, collection_id: UUID) -> Release:
    """Refused while anything of the school is unsettled. A later preparation replaces.

    Raises `RulesBroken` with every reason, `TooLate`, `AlreadyApproved`, `NotFound`.
    """
    school_id = unit.lock_school()
    if unit.bundles.find_approval(school_id, collection_id) is not None:
        raise AlreadyApproved
    state = look_at_school(unit, school_id, collection_id)
    if any(f.code is Code.DEADLINE_PASSED for f in state.readiness.findings):
        raise TooLate
    if state.readiness.findings:
        raise RulesBroken(state.readiness.findings)
    staff_id = unit.actor.ref
    if staff_id is None:
        raise NotFound
    members = members_of(unit, state)
    release = Release(
        unit.new_id(), collection_id, members.digest, members.text(), staff_id, unit.now
    )
    event = unit.record(
        "release.prepared",
        release_id=release.id,
        collection_id=collection_id,
        set_digest=release.set_digest,
        pupils=len(members.guardians),
    )
    unit.bundles.add_release(school_id, release, event)
    return release
