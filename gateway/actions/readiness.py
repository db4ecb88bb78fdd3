"""Why a school may or may not be released: sums per class and every reason, in one call."""

from __future__ import annotations

from uuid import UUID

from gateway.actions.release_set import SchoolState, look_at_school
from gateway.unit import Unit


def see_readiness(unit: Unit, collection_id: UUID) -> SchoolState:
    """Codes and sums only: no personal value is shown. Raises `NotFound`."""
    return look_at_school(unit, unit.school_id, collection_id)
