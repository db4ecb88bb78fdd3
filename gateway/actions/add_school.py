"""Found a school in the service, and fill in its passport."""

from __future__ import annotations

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crypto.envelope import KeyClass
from crypto.secrets_text import public_code
from gateway.actions.versions import Seen, passport_version, require_seen
from gateway.errors import BadInput
from gateway.unit import Unit
from policies.requisites import school_findings


def add_school(unit: Unit, short_name: str, zone: str) -> UUID:
    """A new school with its own data key. Raises `BadInput` for an unknown time zone."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadInput({"/zone": "zone_unknown"}) from None
    school_id = unit.new_id()
    event = unit.record("school.created", school_id=school_id)
    unit.schools.add(school_id, short_name, zone, public_code(), event)
    unit.vault.add_keys(school_id, [(school_id, KeyClass.SCHOOL, event)])
    return school_id


def set_passport(
    unit: Unit, school_id: UUID, passport: dict[str, str | date | None], seen: Seen = None
) -> None:
    """Legal name, address, INN, phone, processing instruction and act: what documents name.

    Raises `NotFound`, `StaleWrite`.
    """
    unit.lock_school(school_id)
    require_seen(seen, passport_version(unit, school_id))
    today = unit.schools.get(school_id).today(unit.now)
    if found := school_findings(passport, today):
        raise BadInput({f"/{finding.part}": finding.code.value for finding in found})
    event = unit.record("school.passport_changed", school_id=school_id)
    unit.schools.set_passport(school_id, event, passport)
