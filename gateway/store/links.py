"""Links of letters, the codes that open them, and the sessions of families."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import (
    Moment,
    event_column,
    metadata,
    own_id,
    school_column,
    tenant_reference,
)

links = sa.Table(
    "links",
    metadata,
    own_id(),
    school_column(),
    sa.Column("token_hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("collection_id", sa.Uuid, nullable=False),
    sa.Column("signer_id", sa.Uuid, nullable=False),
    sa.Column("sent_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("spent_at", Moment),
    sa.Column("replaced_at", Moment),
    sa.Column("email_token", sa.LargeBinary(16), nullable=False),
    sa.Column("phone_token", sa.LargeBinary(16)),
    sa.Column("code_tag", sa.LargeBinary(32)),
    sa.Column("code_sent_at", Moment),
    sa.Column("code_guesses", sa.Integer, nullable=False, default=0),
    sa.Column("codes_sent", sa.Integer, nullable=False, default=0),
    event_column(),
    tenant_reference("collection_id", "collections"),
    tenant_reference("signer_id", "persons"),
)
family_sessions = sa.Table(
    "family_sessions",
    metadata,
    sa.Column("token_hash", sa.LargeBinary(32), primary_key=True),
    school_column(),
    sa.Column("link_id", sa.Uuid, sa.ForeignKey("links.id"), nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A family's link. The secret itself is never kept, only its SHA-256.

    `email_token`, `phone_token`: school-scoped tokens of where link and code went; the phone is
    None until a code was sent.
    """

    id: UUID
    school_id: UUID
    collection_id: UUID
    signer_id: UUID
    sent_at: datetime
    expires_at: datetime
    spent_at: datetime | None
    replaced_at: datetime | None
    email_token: bytes = field(repr=False)
    phone_token: bytes | None = field(repr=False)
    code_tag: bytes | None = field(repr=False)
    code_sent_at: datetime | None
    code_guesses: int
    codes_sent: int


@dataclass(frozen=True, slots=True)
class FamilySession:
    """A short time of one signer, opened by link and code; the tokens say where those went."""

    school_id: UUID
    link_id: UUID
    collection_id: UUID
    signer_id: UUID
    email_token: bytes = field(repr=False)
    phone_token: bytes | None = field(repr=False)


_LINK = [c for c in links.c if c.name not in {"token_hash", "event_id"}]
_SESSION = (
    sa.select(
        links.c.school_id,
        links.c.id.label("link_id"),
        links.c.collection_id,
        links.c.signer_id,
        links.c.email_token,
        links.c.phone_token,
    )
    .join(family_sessions, family_sessions.c.link_id == links.c.id)
    .where(
        family_sessions.c.token_hash == sa.bindparam("token_hash"),
        family_sessions.c.expires_at > sa.bindparam("now"),
    )
)


class LinkStore:
    """Look-ups name the school, but for those by a secret."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(self, rows: Iterable[tuple[Link, bytes, UUID]]) -> None:
        """Insert (link, hash of its token, event)."""
        values = [
            {
                "id": link.id,
                "school_id": link.school_id,
                "token_hash": token_hash,
                "collection_id": link.collection_id,
                "signer_id": link.signer_id,
                "sent_at": link.sent_at,
                "expires_at": link.expires_at,
                "email_token": link.email_token,
                "code_guesses": 0,
                "codes_sent": 0,
                "event_id": event_id,
            }
            for link, token_hash, event_id in rows
        ]
        if values:
            self._db.execute(links.insert(), values)

    def find(
        self, token_hash: bytes | None = None, *, link_id: UUID | None = None, lock: bool = False
    ) -> Link | None:
        condition = links.c.id == link_id if link_id else links.c.token_hash == token_hash
        query = sa.select(*_LINK).where(condition)
        if lock:
            query = query.with_for_update()
        row = self._db.execute(query).first()
        return None if row is None else Link(**row._mapping)

    def last_sent(self, school_id: UUID, collection_id: UUID) -> dict[UUID, datetime]:
        """When each signer was last sent a link."""
        rows = self._db.execute(
            sa.select(links.c.signer_id, sa.func.max(links.c.sent_at).label("sent_at"))
            .where(links.c.school_id == school_id, links.c.collection_id == collection_id)
            .group_by(links.c.signer_id)
        )
        return {row.signer_id: row.sent_at for row in rows}

    def ever_invited(self, school_id: UUID) -> set[UUID]:
        """Signers who were sent a link in any collection."""
        return set(
            self._db.scalars(
                sa.select(links.c.signer_id).where(links.c.school_id == school_id).distinct()
            )
        )

    def replace(
        self, school_id: UUID, collection_id: UUID, signer_id: UUID, at: datetime, event_id: UUID
    ) -> None:
        """Earlier links of the signer stop working."""
        self._db.execute(
            links.update()
            .where(
                links.c.school_id == school_id,
                links.c.collection_id == collection_id,
                links.c.signer_id == signer_id,
                links.c.spent_at.is_(None),
                links.c.replaced_at.is_(None),
            )
            .values(replaced_at=at, event_id=event_id)
        )

    def keep_code(self, link_id: UUID, code_tag: bytes, phone_token: bytes, at: datetime) -> None:
        """A new code for the link; the count of guesses starts anew."""
        self._db.execute(
            links.update()
            .where(links.c.id == link_id)
            .values(
                code_tag=code_tag,
                phone_token=phone_token,
                code_sent_at=at,
                code_guesses=0,
                codes_sent=links.c.codes_sent + 1,
            )
        )

    def count_guess(self, link_id: UUID) -> None:
        self._db.execute(
            links.update()
            .where(links.c.id == link_id)
            .values(code_guesses=links.c.code_guesses + 1)
        )

    def spend(self, link_id: UUID, at: datetime, event_id: UUID) -> None:
        self._db.execute(
            links.update()
            .where(links.c.id == link_id)
            .values(spent_at=at, code_tag=None, event_id=event_id)
        )

    def disown(self, link_id: UUID, at: datetime, event_id: UUID) -> None:
        self._db.execute(
            links.update()
            .where(links.c.id == link_id)
            .values(replaced_at=at, code_tag=None, event_id=event_id)
        )

    def open_session(self, token_hash: bytes, link: Link, expires_at: datetime) -> None:
        self._db.execute(
            family_sessions.insert().values(
                token_hash=token_hash,
                school_id=link.school_id,
                link_id=link.id,
                expires_at=expires_at,
            )
        )

    def of_session(self, token_hash: bytes) -> Link | None:
        """The link that opened a session, be it over or not."""
        row = self._db.execute(
            sa.select(*_LINK)
            .join(family_sessions, family_sessions.c.link_id == links.c.id)
            .where(family_sessions.c.token_hash == token_hash)
        ).first()
        return None if row is None else Link(**row._mapping)

    def close_session(self, token_hash: bytes) -> None:
        self._db.execute(family_sessions.delete().where(family_sessions.c.token_hash == token_hash))

    def find_session(self, token_hash: bytes, now: datetime) -> FamilySession | None:
        row = self._db.execute(_SESSION, {"token_hash": token_hash, "now": now}).first()
        return None if row is None else FamilySession(**row._mapping)
