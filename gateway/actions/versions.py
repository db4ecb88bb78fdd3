"""Versions of things that people change: a change may say which version it was meant for.

A version is the id of the journal event that made it, or a digest of several such ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Set
from uuid import UUID

from gateway.errors import NotFound, StaleWrite
from gateway.unit import Unit

Seen = Set[str] | None
"""Versions that the caller has seen; None: the change is meant whatever there is now."""


def passport_version(unit: Unit, school_id: UUID) -> str:
    """Raises `NotFound`."""
    found = unit.schools.version(school_id)
    if found is None:
        raise NotFound
    return str(found)


def collection_version(unit: Unit, school_id: UUID, collection_id: UUID) -> str:
    """Raises `NotFound`."""
    found = unit.collections.version(school_id, collection_id)
    if found is None:
        raise NotFound
    return str(found)


def enrolments_version(unit: Unit, school_id: UUID, collection_id: UUID) -> str:
    """Of all headcounts of a collection together."""
    digest = hashlib.sha256()
    for event_id in unit.collections.enrolment_versions(school_id, collection_id):
        digest.update(event_id.bytes)
    return digest.hexdigest()[:32]


def items_version(unit: Unit, school_id: UUID, person_id: UUID) -> str:
    """Raises `NotFound`."""
    found = unit.people.version(school_id, person_id)
    if found is None:
        raise NotFound
    return str(found)


def require_seen(seen: Seen, version: str) -> None:
    """The school is locked: nobody changes it between this and the write. Raises `StaleWrite`."""
    if seen is not None and version not in seen:
        raise StaleWrite
