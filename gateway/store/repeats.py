"""Answers kept under an Idempotency-Key: what was said twice is answered as the first time.

The row is made first in the transaction of the act and gets its answer last: after a kill there
are both or none (decision 0014). Nothing in it can be read without keys: the tag is keyed, the
answer is sealed under the school's key, or under one of its own where there is no school.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crypto.tokens_index import TOKEN_BYTES
from gateway.errors import RepeatInProgress
from gateway.store.base import Moment, metadata
from gateway.store.vault import Vault

repeats = sa.Table(
    "repeats",
    metadata,
    sa.Column("tag", sa.LargeBinary(TOKEN_BYTES), primary_key=True),
    sa.Column("school_id", sa.Uuid, sa.ForeignKey("schools.id")),
    sa.Column("answer", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
)
PATIENCE_MILLISECONDS = 1_000
_PURPOSE = "repeat"
_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL, appendix A
_EXPIRED = sa.select(repeats.c.tag).where(repeats.c.expires_at <= sa.bindparam("now")).limit(1)


class RepeatStore:
    """One row a key. A tag says whose key it is and for what."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._db = connection
        self._vault = vault

    def tag(self, subject: str) -> bytes:
        """Key of the row: `subject` names caller, operation and the caller's key."""
        return self._vault.tag(_PURPOSE, subject)

    def find(self, tag: bytes, now: datetime) -> bytes | None:
        """The kept answer. Raises `OpenError` when its key is gone."""
        row = self._db.execute(
            sa.select(repeats).where(repeats.c.tag == tag, repeats.c.expires_at > now)
        ).first()
        return None if row is None else self._vault.open_answer(row.school_id, tag, row.answer)

    def start(
        self, tag: bytes, school_id: UUID | None, now: datetime, expires_at: datetime
    ) -> bytes | None:
        """Take the key until this transaction ends; None: it is ours, else the answer to give.

        Whoever has the key now is waited for shortly. Raises `RepeatInProgress`.
        """
        while not self._take(tag, school_id, expires_at):
            kept = self.find(tag, now)
            if kept is not None:
                return kept
            self._db.execute(
                repeats.delete().where(repeats.c.tag == tag, repeats.c.expires_at <= now)
            )
        return None

    def keep(self, tag: bytes, school_id: UUID | None, answer: bytes) -> None:
        """Seal the answer of the act; it is kept when the act is."""
        sealed = self._vault.seal_answer(school_id, tag, answer)
        self._db.execute(repeats.update().where(repeats.c.tag == tag).values(answer=sealed))

    def forget(self, now: datetime) -> int:
        """Delete what has expired; answers how many."""
        return self._db.execute(repeats.delete().where(repeats.c.expires_at <= now)).rowcount

    def has_expired(self, now: datetime) -> bool:
        """There is something to forget."""
        return self._db.execute(_EXPIRED, {"now": now}).first() is not None

    def _take(self, tag: bytes, school_id: UUID | None, expires_at: datetime) -> bool:
        """False: the row is there already. On PostgreSQL one that is being made is waited for."""
        row = repeats.insert().values(
            tag=tag, school_id=school_id, answer=b"", expires_at=expires_at
        )
        self._wait_at_most(f"'{PATIENCE_MILLISECONDS}ms'")
        try:
            with self._db.begin_nested():
                self._db.execute(row)
        except sa.exc.IntegrityError:
            return False
        except sa.exc.OperationalError as fault:
            if getattr(fault.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                raise RepeatInProgress from None
            raise
        finally:
            self._wait_at_most("DEFAULT")
        return True

    def _wait_at_most(self, patience: str) -> None:
        """For locks, until this transaction ends. SQLite has one writer, who waited before."""
        if self._db.dialect.name == "postgresql":
            self._db.execute(sa.text(f"SET LOCAL lock_timeout TO {patience}"))
