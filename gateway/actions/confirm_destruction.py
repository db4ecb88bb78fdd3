"""Recalls: what the platform has to destroy, and its word that it did."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gateway.actions.hand_over import CLOCKS_MAY_DIFFER
from gateway.errors import BadInput, NotFound
from gateway.store.bundles import Recall
from gateway.store.clients import Client
from gateway.unit import Unit


def list_recalls(unit: Unit, client: Client, after: int, limit: int) -> list[Recall]:
    """Recalls in journal order, those after a position."""
    return unit.bundles.recall_feed(client.programme, after, limit)


def confirm_destruction(
    unit: Unit,
    client: Client,
    recall_id: UUID,
    received_at: datetime,
    destroyed_at: datetime,
) -> Recall:
    """Keep the platform's word; repeated, the first one stays. Raises `NotFound`, `BadInput`."""
    seen = unit.bundles.find_recall(recall_id, client.programme)
    if seen is None:
        raise NotFound
    unit.lock_school(seen.school_id)
    recall = unit.bundles.find_recall(recall_id, client.programme)
    if recall is None:
        raise NotFound
    if recall.destroyed_at is not None:
        return recall
    faults = {}
    if destroyed_at > unit.now + CLOCKS_MAY_DIFFER:
        faults["/destroyed_at"] = "date_in_future"
    if received_at > destroyed_at:
        faults["/received_at"] = "date_order"
    if faults:
        raise BadInput(faults)
    event = unit.record(
        "recall.acknowledged",
        school_id=recall.school_id,
        recall_id=recall.id,
        destroyed_at=destroyed_at,
    )
    unit.bundles.confirm_recall(recall, received_at, destroyed_at, event)
    confirmed = unit.bundles.find_recall(recall_id, client.programme)
    if confirmed is None:
        raise NotFound
    return confirmed
