"""Take a worker's second factor away, for whoever has lost telephone and recovery codes.

Whoever asks was looked at by a person: the service cannot know that (docs/runbook.md).
"""

from __future__ import annotations

from uuid import UUID

from gateway.errors import NotFound
from gateway.unit import Unit


def reset_factor(unit: Unit, staff_id: UUID) -> None:
    """Application, passkeys and recovery codes are gone, every session is closed; the next sign-in
    sets up anew. Twice is no error. Raises `NotFound`.
    """
    found = unit.staff.find(staff_id=staff_id)
    if found is None:
        raise NotFound
    unit.factors.lock(staff_id)
    unit.record("factor.reset", school_id=found.school_id, staff_id=staff_id)
    unit.factors.forget(staff_id)
