"""What those who look after the service ask: signs of the worker's life, and how long queues are.

Whole numbers and moments over all schools together; nothing here tells schools or people apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from audit.journal import oldest_pending_at, pending_count
from audit.store import audit_checkpoint, audit_leaf
from gateway.store.base import Moment, metadata
from gateway.store.bundles import BundleStore, bundles
from gateway.store.claims import claim_requests
from gateway.store.outbox import CHANNELS, messages
from policies.facts import ClaimState

heartbeats = sa.Table(
    "heartbeats",
    metadata,
    sa.Column("duty", sa.Text, primary_key=True),
    sa.Column("at", Moment),
    sa.Column("failures", sa.BigInteger, nullable=False),
)
WORKER = "worker"
"""Beside the duties: the worker itself, whatever became of them."""


@dataclass(frozen=True, slots=True)
class Beat:
    """`at`: when the duty was last done without a fault, None never; `failures`: ever."""

    at: datetime | None
    failures: int


@dataclass(frozen=True, slots=True)
class Queue:
    """`tried`: how many of those waiting were tried before. `oldest_at` None: none waits."""

    waiting: int = 0
    tried: int = 0
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """One look. `checkpoint_at` None: nothing was signed yet; `messages` by channel.

    `to_narrow`: bundles that wait for a narrower revision; `uncovered`: sealed ones that wait for
    a checkpoint, and are not served before it.
    """

    journal: Queue
    checkpoint_at: datetime | None
    messages: Mapping[str, Queue]
    claims: Queue
    to_narrow: int
    uncovered: int
    beats: Mapping[str, Beat]


class WatchStore:
    """Reads for the watch, and the worker's signs of life."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def beat(self, done: set[str], failed: Mapping[str, int], at: datetime) -> None:
        """Note the duties that were `done`, and how often which `failed` since the last note.

        Several workers share the rows; they take them in one order.
        """
        told: Any = postgresql if self._db.dialect.name == "postgresql" else sqlite
        for duty in sorted(done | failed.keys()):
            row = told.insert(heartbeats).values(
                duty=duty, at=at if duty in done else None, failures=failed.get(duty, 0)
            )
            self._db.execute(
                row.on_conflict_do_update(
                    index_elements=[heartbeats.c.duty],
                    set_={
                        "at": sa.func.coalesce(row.excluded.at, heartbeats.c.at),
                        "failures": heartbeats.c.failures + row.excluded.failures,
                    },
                )
            )

    def beats(self) -> dict[str, Beat]:
        """By duty, `WORKER` among them; empty before a worker has ever run."""
        return {
            row.duty: Beat(row.at, row.failures)
            for row in self._db.execute(sa.select(heartbeats).order_by(heartbeats.c.duty))
        }

    def figures(self) -> Figures:
        """Counts as they stand in this transaction."""
        return Figures(
            journal=Queue(pending_count(self._db), 0, oldest_pending_at(self._db)),
            checkpoint_at=self._db.scalar(sa.select(sa.func.max(audit_checkpoint.c.signed_at))),
            messages=self._messages(),
            claims=self._claims(),
            to_narrow=len(BundleStore(self._db).superseded_without_heir()),
            uncovered=self._uncovered(),
            beats=self.beats(),
        )

    def _messages(self) -> dict[str, Queue]:
        rows = self._db.execute(
            sa.select(
                messages.c.channel,
                sa.func.count(),
                sa.func.count().filter(messages.c.attempts > 0),
                sa.func.min(messages.c.queued_at),
            ).group_by(messages.c.channel)
        )
        found = {channel: Queue(*counts) for channel, *counts in rows}
        return {channel: found.get(channel, Queue()) for channel in CHANNELS}

    def _claims(self) -> Queue:
        waiting, oldest_at = self._db.execute(
            sa.select(sa.func.count(), sa.func.min(claim_requests.c.queued_at)).where(
                claim_requests.c.state == ClaimState.QUEUED.value
            )
        ).one()
        return Queue(waiting, 0, oldest_at)

    def _uncovered(self) -> int:
        size = sa.select(sa.func.coalesce(sa.func.max(audit_checkpoint.c.size), 0))
        is_covered = sa.exists().where(
            audit_leaf.c.event_id == bundles.c.sealed_event_id,
            audit_leaf.c.idx < size.scalar_subquery(),
        )
        return (
            self._db.scalar(
                sa.select(sa.func.count())
                .select_from(bundles)
                .where(bundles.c.superseded_at.is_(None), ~is_covered)
            )
            or 0
        )
