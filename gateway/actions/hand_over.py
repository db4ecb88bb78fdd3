"""Give the platform what was released: the list, the bytes, the acknowledgement."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from audit.journal import covered, last_checkpoint
from gateway.errors import (
    BadInput,
    BundleNotPulled,
    BundleSuperseded,
    BundleWithdrawn,
    JournalBehind,
    NotFound,
)
from gateway.store.bundles import Bundle
from gateway.store.clients import Client
from gateway.unit import Unit

CLOCKS_MAY_DIFFER = timedelta(minutes=5)


def list_bundles(unit: Unit, client: Client, after: int, limit: int) -> list[tuple[int, Bundle]]:
    """Bundles that can be pulled, with their positions in the journal."""
    point = last_checkpoint(unit.connection)
    size = point.checkpoint.size if point else 0
    return unit.bundles.feed(client.programme, after, size, limit)


def see_bundle(unit: Unit, client: Client, bundle_id: UUID) -> Bundle:
    """One bundle in whatever state. Raises `NotFound`, also while no checkpoint covers it."""
    bundle = unit.bundles.find_bundle(bundle_id, client.programme)
    if bundle is None or not covered(unit.connection, bundle.sealed_event_id):
        raise NotFound
    return bundle


def hand_over(unit: Unit, client: Client, bundle_id: UUID) -> tuple[Bundle, bytes]:
    """The JWE's bytes; the unit must commit before the first of them leaves.

    The same bytes every time. Raises `BundleSuperseded`, `BundleWithdrawn`, `JournalBehind`,
    `NotFound`.
    """
    bundle = _locked(unit, client, bundle_id)
    if bundle.superseded_at is not None:
        raise BundleSuperseded
    if bundle.gone_at is not None:
        raise BundleWithdrawn
    if not covered(unit.connection, bundle.sealed_event_id):
        raise JournalBehind
    content = unit.bundles.content(bundle.school_id, bundle.id)
    if content is None:
        raise BundleWithdrawn
    event = unit.record(
        "bundle.handed_over",
        school_id=bundle.school_id,
        bundle_id=bundle.id,
        jwe_digest=bundle.digest,
        client_id=client.id,
    )
    unit.bundles.mark(bundle, event, pulled_at=bundle.pulled_at or unit.now)
    return bundle, content


def acknowledge(
    unit: Unit, client: Client, bundle_id: UUID, digest: str, received_at: datetime
) -> Bundle:
    """The platform has the bundle whole; our copy of the content goes. Repeated, the same answer.

    Raises `BundleNotPulled` (never pulled, or another digest), `BundleSuperseded`, `NotFound`,
    `BadInput` (a moment in the future).
    """
    bundle = _locked(unit, client, bundle_id)
    if bundle.superseded_at is not None:
        raise BundleSuperseded
    if received_at > unit.now + CLOCKS_MAY_DIFFER:
        raise BadInput({"/received_at": "date_in_future"})
    if bundle.pulled_at is None or not hmac.compare_digest(bundle.digest, digest):
        raise BundleNotPulled
    if bundle.acknowledged_at is not None:
        return bundle
    event = unit.record(
        "bundle.acknowledged",
        school_id=bundle.school_id,
        bundle_id=bundle.id,
        client_id=client.id,
        received_at=received_at,
    )
    if bundle.gone_at is None:
        event = unit.record(
            "bundle.gone",
            school_id=bundle.school_id,
            bundle_id=bundle.id,
            reason="acknowledged",
        )
    unit.bundles.mark(
        bundle, event, acknowledged_at=received_at, gone_at=bundle.gone_at or unit.now
    )
    return see_bundle(unit, client, bundle_id)


def _locked(unit: Unit, client: Client, bundle_id: UUID) -> Bundle:
    """The bundle as it stands under the school's lock. Raises `NotFound`."""
    seen = unit.bundles.find_bundle(bundle_id, client.programme)
    if seen is None:
        raise NotFound
    unit.lock_school(seen.school_id)
    bundle = unit.bundles.find_bundle(bundle_id, client.programme)
    if bundle is None:
        raise NotFound
    return bundle
