"""Clients of the platforms, and the assertions that they spent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import (
    Moment,
    event_column,
    metadata,
    own_id,
)

clients = sa.Table(
    "clients",
    metadata,
    own_id(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("jwks", sa.Text, nullable=False),
    sa.Column("disabled_at", Moment),
    event_column(),
)
client_jtis = sa.Table(
    "client_jtis",
    metadata,
    sa.Column("client_id", sa.Uuid, sa.ForeignKey("clients.id"), primary_key=True),
    sa.Column("jti_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("expires_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Client:
    """`jwks` is its public key set as JSON text; `disabled_at` None: it is let in."""

    id: UUID
    name: str
    programme: str
    jwks: str
    disabled_at: datetime | None = None


_CLIENT = [column for column in clients.c if column.name != "event_id"]


class ClientStore:
    """Who may fetch bundles. Clients stand above the schools."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(self, client: Client, event_id: UUID) -> None:
        self._db.execute(
            clients.insert().values(
                id=client.id,
                name=client.name,
                programme=client.programme,
                jwks=client.jwks,
                event_id=event_id,
            )
        )

    def find(self, *, name: str | None = None, programme: str | None = None) -> Client | None:
        """By name, disabled or not; or whoever is let in for a programme."""
        of_programme = sa.and_(clients.c.programme == programme, clients.c.disabled_at.is_(None))
        condition = clients.c.name == name if name else of_programme
        row = self._db.execute(sa.select(*_CLIENT).where(condition)).first()
        return None if row is None else Client(**row._mapping)

    def by_id(self, client_id: UUID) -> Client | None:
        row = self._db.execute(sa.select(*_CLIENT).where(clients.c.id == client_id)).first()
        return None if row is None else Client(**row._mapping)

    def names(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """Names of these clients."""
        if not ids:
            return {}
        rows = self._db.execute(
            sa.select(clients.c.id, clients.c.name).where(clients.c.id.in_(ids))
        )
        return {row.id: row.name for row in rows}

    def page(self, after: UUID | None, limit: int) -> list[Client]:
        """Clients by id, those behind `after`."""
        query = sa.select(*_CLIENT)
        if after is not None:
            query = query.where(clients.c.id > after)
        rows = self._db.execute(query.order_by(clients.c.id).limit(limit))
        return [Client(**row._mapping) for row in rows]

    def disable(self, client_id: UUID, at: datetime, event_id: UUID) -> None:
        self._db.execute(
            clients.update()
            .where(clients.c.id == client_id)
            .values(disabled_at=at, event_id=event_id)
        )

    def set_keys(self, client_id: UUID, jwks: str, event_id: UUID) -> None:
        """Another set of public keys."""
        self._db.execute(
            clients.update().where(clients.c.id == client_id).values(jwks=jwks, event_id=event_id)
        )

    def spend_jti(
        self, client_id: UUID, jti_hash: bytes, expires_at: datetime, now: datetime
    ) -> bool:
        """Remember an assertion's id until it expires. False: it was spent before."""
        self._db.execute(
            client_jtis.delete().where(
                client_jtis.c.client_id == client_id, client_jtis.c.expires_at <= now
            )
        )
        try:
            with self._db.begin_nested():
                self._db.execute(
                    client_jtis.insert().values(
                        client_id=client_id, jti_hash=jti_hash, expires_at=expires_at
                    )
                )
        except sa.exc.IntegrityError:
            return False
        return True
