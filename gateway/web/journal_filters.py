"""From the filters of a request to what is looked for in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from audit.kinds import KINDS, REFUSALS
from audit.search import Wanted
from gateway.actions.search_journal import about_person
from gateway.errors import BadInput
from gateway.unit import Unit


def wanted(unit: Unit, told: Mapping[str, Any]) -> Wanted:
    """What to look for. Days are those of the school that is asked about, else of UTC.

    Raises `NotFound` for a school that is none, `BadInput` for a person without a school.
    """
    school_id: UUID | None = told.get("school_id")
    zone: tzinfo = ZoneInfo(unit.schools.get(school_id).zone) if school_id else UTC
    kinds = frozenset(KINDS)
    if told.get("kind"):
        kinds &= {told["kind"]}
    if told.get("outcome"):
        kinds &= REFUSALS if told["outcome"] == "refused" else kinds - REFUSALS
    is_asked = told.get("kind") or told.get("outcome")
    found = Wanted(
        since=_begin(told.get("since"), zone),
        until=_begin(told["until"] + timedelta(days=1), zone) if told.get("until") else None,
        kinds=(kinds or frozenset({""})) if is_asked else frozenset(),
        actor_kind=told.get("actor"),
        school_id=school_id,
        about=frozenset({told["object_id"]}) if told.get("object_id") else frozenset(),
    )
    if not told.get("person_id"):
        return found
    if school_id is None:
        raise BadInput({"/school_id": "required"})
    return about_person(unit, found, school_id, told["person_id"])


def _begin(day: date | None, zone: tzinfo) -> datetime | None:
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None
