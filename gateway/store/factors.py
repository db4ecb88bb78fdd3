"""Second factors of staff: application, passkeys, recovery codes, and what a session awaits.

A secret of an application is sealed, recovery codes are keyed tags, of a passkey there is only the
public half. Whoever looks in order to use something up takes the worker's lock first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from crypto.passkeys import Passkey
from gateway.store.base import Moment, event_column, metadata, own_id
from gateway.store.staff import staff, staff_sessions


def _of_staff(primary_key: bool = False) -> sa.Column[UUID]:
    return sa.Column(
        "staff_id",
        sa.Uuid,
        sa.ForeignKey("staff.id"),
        primary_key=primary_key,
        nullable=False,
        index=not primary_key,
    )


staff_totp = sa.Table(
    "staff_totp",
    metadata,
    _of_staff(primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("last_step", sa.BigInteger, nullable=False),
    event_column(),
)
staff_passkeys = sa.Table(
    "staff_passkeys",
    metadata,
    own_id(),
    _of_staff(),
    sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("added_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    event_column(),
)
staff_recovery_codes = sa.Table(
    "staff_recovery_codes",
    metadata,
    _of_staff(primary_key=True),
    sa.Column("tag", sa.LargeBinary(32), primary_key=True),
    sa.Column("used_at", Moment),
    event_column(),
)


@dataclass(frozen=True, slots=True)
class App:
    """An authenticator application. `last_step`: no code of it or before is taken any more."""

    sealed: bytes = field(repr=False)
    last_step: int


@dataclass(frozen=True, slots=True)
class StoredPasskey:
    """A passkey with its place in the list. `used_at` None: never yet."""

    id: UUID
    key: Passkey
    added_at: datetime
    used_at: datetime | None


class FactorStore:
    """Every question names the worker."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def lock(self, staff_id: UUID) -> None:
        """One at a time shows or changes the factors of a worker, until the transaction ends."""
        self._db.execute(
            sa.select(staff.c.id).where(staff.c.id == staff_id).with_for_update(key_share=True)
        )

    # application

    def app(self, staff_id: UUID) -> App | None:
        row = self._db.execute(
            sa.select(staff_totp.c.sealed, staff_totp.c.last_step).where(
                staff_totp.c.staff_id == staff_id
            )
        ).first()
        return None if row is None else App(row.sealed, row.last_step)

    def set_app(self, staff_id: UUID, sealed: bytes, step: int, event_id: UUID) -> None:
        """The one application; `step`: of the code that proved it."""
        self._db.execute(staff_totp.delete().where(staff_totp.c.staff_id == staff_id))
        self._db.execute(
            staff_totp.insert().values(
                staff_id=staff_id, sealed=sealed, last_step=step, event_id=event_id
            )
        )

    def use_step(self, staff_id: UUID, step: int, event_id: UUID) -> None:
        """This step and those before it are used up."""
        self._db.execute(
            staff_totp.update()
            .where(staff_totp.c.staff_id == staff_id)
            .values(last_step=step, event_id=event_id)
        )

    # recovery codes

    def set_codes(self, staff_id: UUID, tags: Sequence[bytes], event_id: UUID) -> None:
        """These and no others are good from now on."""
        mine = staff_recovery_codes.c.staff_id == staff_id
        self._db.execute(staff_recovery_codes.delete().where(mine))
        self._db.execute(
            staff_recovery_codes.insert(),
            [{"staff_id": staff_id, "tag": tag, "event_id": event_id} for tag in tags],
        )

    def use_code(self, staff_id: UUID, tag: bytes, at: datetime, event_id: UUID) -> None:
        self._db.execute(
            staff_recovery_codes.update()
            .where(
                staff_recovery_codes.c.staff_id == staff_id,
                staff_recovery_codes.c.tag == tag,
            )
            .values(used_at=at, event_id=event_id)
        )

    def has_code(self, staff_id: UUID, tag: bytes) -> bool:
        """There is such a code and it was not used."""
        found = sa.select(staff_recovery_codes.c.tag).where(
            staff_recovery_codes.c.staff_id == staff_id,
            staff_recovery_codes.c.tag == tag,
            staff_recovery_codes.c.used_at.is_(None),
        )
        return self._db.execute(found).first() is not None

    def codes_left(self, staff_id: UUID) -> int:
        return (
            self._db.scalar(
                sa.select(sa.func.count())
                .select_from(staff_recovery_codes)
                .where(
                    staff_recovery_codes.c.staff_id == staff_id,
                    staff_recovery_codes.c.used_at.is_(None),
                )
            )
            or 0
        )

    # passkeys

    def passkeys(self, staff_id: UUID) -> list[StoredPasskey]:
        """Oldest first."""
        rows = self._db.execute(
            sa.select(staff_passkeys)
            .where(staff_passkeys.c.staff_id == staff_id)
            .order_by(staff_passkeys.c.id)
        )
        return [
            StoredPasskey(
                row.id,
                Passkey(row.credential_id, row.public_key, row.sign_count),
                row.added_at,
                row.used_at,
            )
            for row in rows
        ]

    def knows_credential(self, credential_id: bytes) -> bool:
        """Somebody has a passkey of this id."""
        found = sa.select(staff_passkeys.c.id).where(
            staff_passkeys.c.credential_id == credential_id
        )
        return self._db.execute(found).first() is not None

    def add_passkey(
        self, passkey_id: UUID, staff_id: UUID, key: Passkey, at: datetime, event_id: UUID
    ) -> None:
        self._db.execute(
            staff_passkeys.insert().values(
                id=passkey_id,
                staff_id=staff_id,
                credential_id=key.credential_id,
                public_key=key.public_key,
                sign_count=key.sign_count,
                added_at=at,
                event_id=event_id,
            )
        )

    def count_use(
        self, staff_id: UUID, used: StoredPasskey, sign_count: int, at: datetime, event_id: UUID
    ) -> None:
        """Note the counter that was shown."""
        self._db.execute(
            staff_passkeys.update()
            .where(staff_passkeys.c.staff_id == staff_id, staff_passkeys.c.id == used.id)
            .values(sign_count=sign_count, used_at=at, event_id=event_id)
        )

    def remove_passkey(self, staff_id: UUID, passkey_id: UUID) -> bool:
        """False: the worker has no such passkey."""
        done = self._db.execute(
            staff_passkeys.delete().where(
                staff_passkeys.c.staff_id == staff_id, staff_passkeys.c.id == passkey_id
            )
        )
        return done.rowcount == 1

    # all of them

    def has_any(self, staff_id: UUID) -> bool:
        """The worker has set up a second factor. A passkey never stands alone."""
        return self.app(staff_id) is not None

    def forget(self, staff_id: UUID) -> None:
        """Take every factor away, and close every session of the worker."""
        for table in (staff_totp, staff_passkeys, staff_recovery_codes, staff_sessions):
            self._db.execute(table.delete().where(table.c.staff_id == staff_id))

    # what a session awaits

    def keep_pending(self, token_hash: bytes, sealed: bytes) -> None:
        """The secret of an application that is being set up in this session."""
        self._of_session(token_hash, {"pending": sealed})

    def pending(self, token_hash: bytes) -> bytes | None:
        return self._db.scalar(
            sa.select(staff_sessions.c.pending).where(staff_sessions.c.token_hash == token_hash)
        )

    def keep_challenge(self, token_hash: bytes, challenge: bytes, at: datetime) -> None:
        """What the next passkey of this session has to sign; the one before is void."""
        self._of_session(token_hash, {"challenge": challenge, "challenge_at": at})

    def challenge(self, token_hash: bytes, since: datetime) -> bytes | None:
        """The open challenge, if it was made after that moment."""
        return self._db.scalar(
            sa.select(staff_sessions.c.challenge).where(
                staff_sessions.c.token_hash == token_hash, staff_sessions.c.challenge_at > since
            )
        )

    def drop_challenge(self, token_hash: bytes) -> None:
        """It was answered, rightly or not: the next attempt needs another one."""
        self._of_session(token_hash, {"challenge": None, "challenge_at": None})

    def note_shown(self, token_hash: bytes, at: datetime, renewed: bytes | None = None) -> None:
        """The session has seen a second factor; `renewed`: hash of the secret it has from now."""
        told = {"second_at": at, "pending": None, "token_hash": renewed or token_hash}
        self._of_session(token_hash, told)

    def _of_session(self, token_hash: bytes, told: Mapping[str, object]) -> None:
        self._db.execute(
            staff_sessions.update()
            .where(staff_sessions.c.token_hash == token_hash)
            .values(dict(told))
        )
