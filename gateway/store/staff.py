"""Staff: their logins, contacts and classes, their sessions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import (
    Moment,
    event_column,
    metadata,
    own_id,
    school_key,
    tenant_reference,
)
from policies.permissions import Role

staff = sa.Table(
    "staff",
    metadata,
    own_id(),
    sa.Column("school_id", sa.Uuid, sa.ForeignKey("schools.id")),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("email_token", sa.LargeBinary(16)),
    sa.Column("phone_token", sa.LargeBinary(16)),
    sa.Column("disabled_at", Moment),
    event_column(),
)
tutor_classes = sa.Table(
    "tutor_classes",
    metadata,
    school_key(),
    sa.Column("staff_id", sa.Uuid, sa.ForeignKey("staff.id"), primary_key=True),
    sa.Column("class_id", sa.Uuid, primary_key=True),
    event_column(),
    tenant_reference("class_id", "classes"),
)
staff_sessions = sa.Table(
    "staff_sessions",
    metadata,
    sa.Column("token_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("staff_id", sa.Uuid, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Staff:
    """A worker. `school_id` None: administrators and auditors of the whole service."""

    id: UUID
    school_id: UUID | None
    login: str
    role: Role
    password_hash: str = field(repr=False)
    disabled_at: datetime | None = None


class StaffStore:
    """Who works in a school or above the schools."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(
        self,
        person: Staff,
        event_id: UUID,
        email_token: bytes | None = None,
        phone_token: bytes | None = None,
    ) -> None:
        self._db.execute(
            staff.insert().values(
                id=person.id,
                school_id=person.school_id,
                login=person.login,
                password_hash=person.password_hash,
                role=person.role.value,
                email_token=email_token,
                phone_token=phone_token,
                event_id=event_id,
            )
        )

    def find(self, *, login: str | None = None, staff_id: UUID | None = None) -> Staff | None:
        condition = staff.c.login == login if staff_id is None else staff.c.id == staff_id
        row = self._db.execute(sa.select(staff).where(condition)).first()
        if row is None:
            return None
        return _staff(row)

    def page(self, school_id: UUID | None, after: UUID | None, limit: int) -> list[Staff]:
        """Workers by id, those behind `after`; `school_id` None: of everywhere."""
        query = sa.select(staff).order_by(staff.c.id).limit(limit)
        if school_id is not None:
            query = query.where(staff.c.school_id == school_id)
        if after is not None:
            query = query.where(staff.c.id > after)
        return [_staff(row) for row in self._db.execute(query)]

    def has_administrator(self) -> bool:
        return (
            self._db.scalar(
                sa.select(sa.func.count())
                .select_from(staff)
                .where(staff.c.role == Role.ADMINISTRATOR.value)
            )
            or 0
        ) > 0

    def contacts_among(self, school_id: UUID, tokens: Collection[bytes]) -> set[bytes]:
        """Those school-scoped tokens that are of the e-mail or phone of a worker of the school."""
        wanted = list(tokens)
        rows = self._db.execute(
            sa.select(staff.c.email_token, staff.c.phone_token).where(
                staff.c.school_id == school_id,
                sa.or_(staff.c.email_token.in_(wanted), staff.c.phone_token.in_(wanted)),
            )
        )
        return {token for row in rows for token in row if token in wanted}

    def disable(self, staff_id: UUID, at: datetime, password_hash: str, event_id: UUID) -> None:
        """`password_hash`: of what nobody knows, so that a try takes its time. Sessions end."""
        self._db.execute(
            staff.update()
            .where(staff.c.id == staff_id)
            .values(disabled_at=at, password_hash=password_hash, event_id=event_id)
        )
        self._close_sessions(staff_id)

    def set_password(self, staff_id: UUID, password_hash: str, event_id: UUID) -> None:
        """Another password; whoever was disabled is not any more. Sessions end."""
        self._db.execute(
            staff.update()
            .where(staff.c.id == staff_id)
            .values(disabled_at=None, password_hash=password_hash, event_id=event_id)
        )
        self._close_sessions(staff_id)

    def set_role(self, staff_id: UUID, role: Role, event_id: UUID) -> None:
        """Another role, with its next session."""
        self._db.execute(
            staff.update().where(staff.c.id == staff_id).values(role=role.value, event_id=event_id)
        )
        self._close_sessions(staff_id)

    def _close_sessions(self, staff_id: UUID) -> None:
        self._db.execute(staff_sessions.delete().where(staff_sessions.c.staff_id == staff_id))

    def count_enabled(self, role: Role) -> int:
        """How many of everywhere can sign in with that role."""
        return (
            self._db.scalar(
                sa.select(sa.func.count())
                .select_from(staff)
                .where(staff.c.role == role.value, staff.c.disabled_at.is_(None))
            )
            or 0
        )

    def assign_tutor(self, school_id: UUID, staff_id: UUID, class_id: UUID, event_id: UUID) -> None:
        self._db.execute(
            tutor_classes.insert().values(
                school_id=school_id, staff_id=staff_id, class_id=class_id, event_id=event_id
            )
        )

    def classes_of_tutor(self, school_id: UUID, staff_id: UUID) -> set[UUID]:
        return set(
            self._db.scalars(
                sa.select(tutor_classes.c.class_id).where(
                    tutor_classes.c.school_id == school_id, tutor_classes.c.staff_id == staff_id
                )
            )
        )

    def open_session(self, token_hash: bytes, staff_id: UUID, expires_at: datetime) -> None:
        self._db.execute(
            staff_sessions.insert().values(
                token_hash=token_hash, staff_id=staff_id, expires_at=expires_at
            )
        )

    def of_session(self, token_hash: bytes, now: datetime) -> Staff | None:
        row = self._db.execute(
            sa.select(staff)
            .join(staff_sessions, staff_sessions.c.staff_id == staff.c.id)
            .where(
                staff_sessions.c.token_hash == token_hash,
                staff_sessions.c.expires_at > now,
                staff.c.disabled_at.is_(None),
            )
        ).first()
        if row is None:
            return None
        return _staff(row)

    def close_session(self, token_hash: bytes) -> None:
        self._db.execute(staff_sessions.delete().where(staff_sessions.c.token_hash == token_hash))


def _staff(row: Any) -> Staff:
    return Staff(
        row.id, row.school_id, row.login, Role(row.role), row.password_hash, row.disabled_at
    )
