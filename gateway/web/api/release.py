"""The release of a school: readiness, preparation, approval, what was sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from gateway.actions import approve_release as approving
from gateway.actions import prepare_release as preparing
from gateway.actions.readiness import knows_why, told_readiness
from gateway.actions.readiness import see_readiness as look
from gateway.actions.release_set import Members
from gateway.web.auth import needs
from gateway.web.context import current_unit, current_wiring
from gateway.web.paging import part_of
from gateway.web.refusals import finding_member
from gateway.web.routes import Routes, Takes
from gateway.web.schemas import school as wire
from gateway.web.schemas.pages import ListPage
from gateway.web.shapes import class_sum, counts_member
from policies.permissions import Permission

release = Routes("release", "Readiness and release of a whole school")

SEE = needs(Permission.READ_READINESS)
COLLECTION = "/v1/school/collections/<uuid:collection_id>"


@release.on("GET", f"{COLLECTION}/readiness", SEE, gives=wire.ReadinessOut)
def see_readiness(collection_id: UUID) -> Mapping[str, object]:
    """Sums of the school and everything that holds it back; a tutor sees no other class."""
    unit = current_unit()
    state = look(unit, collection_id)
    found, with_why = told_readiness(unit, state.readiness), knows_why(unit)
    return {
        "may_leave": state.readiness.may_leave,
        "deadline_on": state.collection.deadline_on,
        "totals": counts_member(found.totals, with_why=with_why),
        "classes": [class_sum(one, with_why=with_why) for one in found.classes],
        "findings": [finding_member(finding) for finding in found.findings],
    }


@release.on(
    "POST",
    f"{COLLECTION}/releases",
    needs(Permission.PREPARE_RELEASE),
    gives=wire.ReleaseMade,
    status=201,
)
def prepare_release(collection_id: UUID) -> Mapping[str, object]:
    """Fix the set by its digest; another person approves it."""
    made = preparing.prepare_release(current_unit(), collection_id)
    members = Members.of_text(made.members)
    return {
        "release_id": made.id,
        "collection_id": made.collection_id,
        "set_digest": made.set_digest,
        "pupils": len(members.guardians),
        "guardians": len(members.people) - len(members.guardians),
        "prepared_at": made.prepared_at,
    }


@release.on(
    "POST",
    "/v1/school/releases/<uuid:release_id>/approval",
    needs(Permission.APPROVE_RELEASE),
    takes=wire.NewApproval,
    gives=wire.BundleOut,
    status=201,
)
def approve_release(told: Mapping[str, Any], release_id: UUID) -> object:
    """Approve exactly this set as the second person; the bundle is sealed."""
    keys = current_wiring().signing_keys
    return approving.approve_release(current_unit(), release_id, told["set_digest"], keys)


@release.on(
    "GET",
    "/v1/school/bundles",
    SEE,
    takes=Takes(ListPage, "query"),
    gives=wire.SchoolBundles,
)
def list_school_bundles(told: Mapping[str, Any]) -> object:
    """Every revision that was sealed for the school."""
    unit = current_unit()
    found = unit.bundles.list_bundles(unit.school_id)
    return part_of("bundles", [(bundle.id, bundle) for bundle in found], told)
