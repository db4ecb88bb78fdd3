"""Staff: their logins, contacts and classes, their sessions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import (
    SCHOOL,
    Moment,
    event_column,
    metadata,
    own_id,
    school_key,
    tenant_reference,
)
from policies.facts import Field
from policies.permissions import Role
from policies.workers import WorkerMarks

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
    sa.Column("snils_token", sa.LargeBinary(16)),
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
    sa.Column("second_at", Moment),
    sa.Column("pending", sa.LargeBinary),
    sa.Column("challenge", sa.LargeBinary(32)),
    sa.Column("challenge_at", Moment),
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


@dataclass(frozen=True, slots=True)
class StaffSession:
    """Who signed in. `second_at`: when a second factor was last shown; None: not yet."""

    staff: Staff
    second_at: datetime | None


_MARKS = sa.select(staff.c.snils_token, staff.c.email_token, staff.c.phone_token)
_TOKENS: sa.BindParameter[bytes] = sa.bindparam("tokens", expanding=True)
_WITH_CONTACTS = _MARKS.where(
    staff.c.school_id == SCHOOL,
    sa.or_(staff.c.email_token.in_(_TOKENS), staff.c.phone_token.in_(_TOKENS)),
)


class StaffStore:
    """Who works in a school or above the schools."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(
        self,
        person: Staff,
        event_id: UUID,
        tokens: Mapping[Field, bytes] | None = None,
    ) -> None:
        """`tokens`: school-scoped, of the worker's own e-mail, phone and SNILS."""
        known = tokens or {}
        self._db.execute(
            staff.insert().values(
                id=person.id,
                school_id=person.school_id,
                login=person.login,
                password_hash=person.password_hash,
                role=person.role.value,
                email_token=known.get(Field.EMAIL),
                phone_token=known.get(Field.PHONE),
                snils_token=known.get(Field.SNILS),
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

    def these(self, ids: Collection[UUID]) -> list[Staff]:
        """Those of these workers that there are, in no order."""
        return [
            _staff(row) for row in self._db.execute(sa.select(staff).where(staff.c.id.in_(ids)))
        ]

    def logins(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """Logins of these workers."""
        rows = self._db.execute(sa.select(staff.c.id, staff.c.login).where(staff.c.id.in_(ids)))
        return {row.id: row.login for row in rows}

    def has_administrator(self) -> bool:
        return (
            self._db.scalar(
                sa.select(sa.func.count())
                .select_from(staff)
                .where(staff.c.role == Role.ADMINISTRATOR.value)
            )
            or 0
        ) > 0

    def with_contacts(self, school_id: UUID, tokens: Collection[bytes]) -> list[WorkerMarks]:
        """Workers of the school whose e-mail or phone has one of those school-scoped tokens."""
        told = {"school_id": school_id, "tokens": list(tokens)}
        return _marks(self._db.execute(_WITH_CONTACTS, told))

    def marks_of(self, staff_id: UUID) -> WorkerMarks:
        """What tells the worker from others; of those above the schools nothing is kept."""
        found = _marks(self._db.execute(_MARKS.where(staff.c.id == staff_id)))
        return next(iter(found), WorkerMarks(None))

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
        """How many of everywhere can sign in with that role.

        Their rows are locked: two at once do not shut each other out.
        """
        enabled = (
            sa.select(staff.c.id)
            .where(staff.c.role == role.value, staff.c.disabled_at.is_(None))
            .order_by(staff.c.id)
            .with_for_update(key_share=True)
        )
        return len(self._db.execute(enabled).all())

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

    def open_session(
        self,
        token_hash: bytes,
        staff_id: UUID,
        expires_at: datetime,
        second_at: datetime | None = None,
    ) -> None:
        """`second_at` None: its second factor has yet to be shown."""
        self._db.execute(
            staff_sessions.insert().values(
                token_hash=token_hash,
                staff_id=staff_id,
                expires_at=expires_at,
                second_at=second_at,
            )
        )

    def of_session(self, token_hash: bytes, now: datetime) -> StaffSession | None:
        row = self._db.execute(
            sa.select(staff, staff_sessions.c.second_at)
            .join(staff_sessions, staff_sessions.c.staff_id == staff.c.id)
            .where(
                staff_sessions.c.token_hash == token_hash,
                staff_sessions.c.expires_at > now,
                staff.c.disabled_at.is_(None),
            )
        ).first()
        if row is None:
            return None
        return StaffSession(_staff(row), row.second_at)

    def close_session(self, token_hash: bytes) -> None:
        self._db.execute(staff_sessions.delete().where(staff_sessions.c.token_hash == token_hash))


def _marks(rows: Iterable[Any]) -> list[WorkerMarks]:
    return [
        WorkerMarks(snils, frozenset(token for token in (email, phone) if token is not None))
        for snils, email, phone in rows
    ]


def _staff(row: Any) -> Staff:
    return Staff(
        row.id, row.school_id, row.login, Role(row.role), row.password_hash, row.disabled_at
    )
