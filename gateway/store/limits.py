"""How often something was done within a window of time; it holds across processes.

A row is a window: it opens with the first use and ends by itself, so that a limit that was
reached can be told to the second, and nobody lengthens it by trying on. Whose it is stands there
as a keyed tag: no login, address or telephone can be read or guessed from a copy.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from crypto.tokens_index import TOKEN_BYTES
from gateway.store.base import Moment, metadata
from gateway.store.vault import Vault

limits = sa.Table(
    "limits",
    metadata,
    sa.Column("tag", sa.LargeBinary(TOKEN_BYTES), primary_key=True),
    sa.Column("used", sa.Integer, nullable=False),
    sa.Column("until", Moment, nullable=False, index=True),
)
_ENDED = sa.select(limits.c.tag).where(limits.c.until <= sa.bindparam("now")).limit(1)


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` uses by one subject within a window. `name` tells limits apart; it is never shown."""

    name: str
    most: int
    window: timedelta


class LimitStore:
    """Counts uses. A subject is a text, such as a login or a school's id."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._db = connection
        self._vault = vault

    def use(self, limit: Limit, subject: str, now: datetime) -> int:
        """Count one use. 0: it is within the limit; else whole seconds until the window ends.

        One statement: uses of one moment are counted one after another, whoever makes them.
        """
        told: Any = postgresql if self._db.dialect.name == "postgresql" else sqlite
        row = told.insert(limits).values(
            tag=self._tag(limit, subject), used=1, until=now + limit.window
        )
        is_over = limits.c.until <= now
        counted = row.on_conflict_do_update(
            index_elements=[limits.c.tag],
            set_={
                "used": sa.case((is_over, 1), else_=limits.c.used + 1),
                "until": sa.case((is_over, row.excluded.until), else_=limits.c.until),
            },
        ).returning(limits.c.used, limits.c.until)
        used, until = self._db.execute(counted).one()
        return _seconds(until, now) if used > limit.most else 0

    def use_all(self, subjects: Collection[tuple[Limit, str]], now: datetime) -> int:
        """Count one use of each. Seconds as `use`; one that is reached must not fill the others."""
        seconds = max(self.wait(limit, whose, now) for limit, whose in subjects)
        return seconds or max(self.use(limit, whose, now) for limit, whose in subjects)

    def wait(self, limit: Limit, subject: str, now: datetime) -> int:
        """Whole seconds until the next use; 0: now. Looking counts nothing."""
        row = self._db.execute(
            sa.select(limits.c.used, limits.c.until).where(
                limits.c.tag == self._tag(limit, subject), limits.c.until > now
            )
        ).first()
        return _seconds(row.until, now) if row is not None and row.used >= limit.most else 0

    def give_back(self, limit: Limit, subject: str) -> None:
        """Take one counted use back: it was no guess."""
        mine = limits.c.tag == self._tag(limit, subject)
        self._db.execute(
            limits.update().where(mine, limits.c.used > 0).values(used=limits.c.used - 1)
        )

    def forgive(self, limit: Limit, subject: str) -> None:
        """Begin anew."""
        self._db.execute(limits.delete().where(limits.c.tag == self._tag(limit, subject)))

    def forget(self, now: datetime) -> int:
        """Delete windows that have ended; answers how many."""
        return self._db.execute(limits.delete().where(limits.c.until <= now)).rowcount

    def has_ended(self, now: datetime) -> bool:
        """There is something to forget."""
        return self._db.execute(_ENDED, {"now": now}).first() is not None

    def _tag(self, limit: Limit, subject: str) -> bytes:
        return self._vault.tag(f"limit.{limit.name}", subject)


def _seconds(until: datetime, now: datetime) -> int:
    return max(1, ceil((until - now).total_seconds()))
