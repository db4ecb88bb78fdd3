"""Schools, classes, staff and their sessions, collections with enrolments, clients."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from gateway.errors import NotFound
from gateway.store.base import (
    Moment,
    event_column,
    metadata,
    own_id,
    school_key,
    tenant_reference,
)
from policies.facts import ClassFacts
from policies.permissions import Role

schools = sa.Table(
    "schools",
    metadata,
    own_id(),
    sa.Column("short_name", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("legal_name", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("inn", sa.Text),
    sa.Column("ogrn", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("instruction_no", sa.Text),
    sa.Column("instruction_on", sa.Date),
    sa.Column("act_no", sa.Text),
    sa.Column("act_on", sa.Date),
    event_column(),
)
classes = sa.Table(
    "classes",
    metadata,
    school_key(),
    own_id(),
    sa.Column("name", sa.Text, nullable=False),
    event_column(),
    sa.UniqueConstraint("school_id", "name"),
)
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
sign_in_failures = sa.Table(
    "sign_in_failures",
    metadata,
    sa.Column("login_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
)
collections = sa.Table(
    "collections",
    metadata,
    school_key(),
    own_id(),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("policy_digest", sa.Text, nullable=False),
    sa.Column("opens_on", sa.Date, nullable=False),
    sa.Column("deadline_on", sa.Date, nullable=False),
    event_column(),
)
enrolments = sa.Table(
    "enrolments",
    metadata,
    school_key(),
    sa.Column("collection_id", sa.Uuid, primary_key=True),
    sa.Column("class_id", sa.Uuid, primary_key=True),
    sa.Column("headcount", sa.Integer, nullable=False),
    sa.Column("order_no", sa.Text, nullable=False),
    sa.Column("order_on", sa.Date, nullable=False),
    event_column(),
    tenant_reference("collection_id", "collections"),
    tenant_reference("class_id", "classes"),
)
hand_ins = sa.Table(
    "hand_ins",
    metadata,
    school_key(),
    sa.Column("collection_id", sa.Uuid, primary_key=True),
    sa.Column("class_id", sa.Uuid, primary_key=True),
    sa.Column("staff_id", sa.Uuid, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("handed_in_at", Moment, nullable=False),
    event_column(),
    tenant_reference("collection_id", "collections"),
    tenant_reference("class_id", "classes"),
)
clients = sa.Table(
    "clients",
    metadata,
    own_id(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("jwks", sa.Text, nullable=False),
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
class School:
    """A school and its passport. Any passport field is None until the registrar fills it in."""

    id: UUID
    short_name: str
    zone: str
    legal_name: str | None
    address: str | None
    inn: str | None
    ogrn: str | None
    phone: str | None
    instruction_no: str | None
    instruction_on: date | None
    act_no: str | None
    act_on: date | None

    def today(self, now: datetime) -> date:
        """The day in the school's zone."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    @property
    def is_complete(self) -> bool:
        """Documents can name the school, its instruction and its acts."""
        return None not in (
            self.legal_name,
            self.address,
            self.inn,
            self.phone,
            self.instruction_no,
            self.instruction_on,
            self.act_no,
            self.act_on,
        )


@dataclass(frozen=True, slots=True)
class Staff:
    """A worker. `school_id` None: administrators and auditors of the whole service."""

    id: UUID
    school_id: UUID | None
    login: str
    role: Role
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Collection:
    """One programme in one school. `deadline_on` ends with its day in the school's zone."""

    id: UUID
    programme: str
    policy_digest: str
    opens_on: date
    deadline_on: date


@dataclass(frozen=True, slots=True)
class Client:
    """A platform's client: `jwks` is its public key set as JSON text."""

    id: UUID
    name: str
    programme: str
    jwks: str


class SchoolStore:
    """Schools and what belongs to them. Every look-up of a school's thing names the school."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def lock(self, school_id: UUID) -> bool:
        """Take the one lock of the school until the end of the transaction (design 4).

        SQLite holds the whole database already (BEGIN IMMEDIATE). False: no such school.
        """
        row = self._db.execute(
            sa.select(schools.c.id).where(schools.c.id == school_id).with_for_update(key_share=True)
        ).first()
        return row is not None

    def add(self, school_id: UUID, short_name: str, zone: str, event_id: UUID) -> None:
        self._db.execute(
            schools.insert().values(
                id=school_id, short_name=short_name, zone=zone, event_id=event_id
            )
        )

    def set_passport(
        self, school_id: UUID, event_id: UUID, passport: dict[str, str | date | None]
    ) -> None:
        self._db.execute(
            schools.update().where(schools.c.id == school_id).values(event_id=event_id, **passport)
        )

    def find(self, school_id: UUID) -> School | None:
        columns = [c for c in schools.c if c.name != "event_id"]
        row = self._db.execute(sa.select(*columns).where(schools.c.id == school_id)).first()
        return None if row is None else School(**row._mapping)

    def get(self, school_id: UUID) -> School:
        """Raises `NotFound`."""
        school = self.find(school_id)
        if school is None:
            raise NotFound
        return school

    def ids(self) -> list[UUID]:
        return list(self._db.scalars(sa.select(schools.c.id).order_by(schools.c.id)))

    # classes

    def add_class(self, school_id: UUID, class_id: UUID, name: str, event_id: UUID) -> None:
        self._db.execute(
            classes.insert().values(school_id=school_id, id=class_id, name=name, event_id=event_id)
        )

    def class_names(self, school_id: UUID) -> dict[UUID, str]:
        """Every class of the school, by id."""
        rows = self._db.execute(
            sa.select(classes.c.id, classes.c.name)
            .where(classes.c.school_id == school_id)
            .order_by(classes.c.name)
        )
        return {row.id: row.name for row in rows}

    # staff

    def add_staff(
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

    def find_staff(self, *, login: str | None = None, staff_id: UUID | None = None) -> Staff | None:
        condition = staff.c.login == login if staff_id is None else staff.c.id == staff_id
        row = self._db.execute(sa.select(staff).where(condition)).first()
        if row is None:
            return None
        return Staff(row.id, row.school_id, row.login, Role(row.role), row.password_hash)

    def has_administrator(self) -> bool:
        return (
            self._db.scalar(
                sa.select(sa.func.count())
                .select_from(staff)
                .where(staff.c.role == Role.ADMINISTRATOR.value)
            )
            or 0
        ) > 0

    def is_staff_contact(self, school_id: UUID, token: bytes) -> bool:
        """A worker of this school has this e-mail or phone (school-scoped token)."""
        return (
            self._db.execute(
                sa.select(staff.c.id).where(
                    staff.c.school_id == school_id,
                    sa.or_(staff.c.email_token == token, staff.c.phone_token == token),
                )
            ).first()
            is not None
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

    def staff_of_session(self, token_hash: bytes, now: datetime) -> Staff | None:
        row = self._db.execute(
            sa.select(staff)
            .join(staff_sessions, staff_sessions.c.staff_id == staff.c.id)
            .where(staff_sessions.c.token_hash == token_hash, staff_sessions.c.expires_at > now)
        ).first()
        if row is None:
            return None
        return Staff(row.id, row.school_id, row.login, Role(row.role), row.password_hash)

    def close_session(self, token_hash: bytes) -> None:
        self._db.execute(staff_sessions.delete().where(staff_sessions.c.token_hash == token_hash))

    def count_failure(self, login_hash: bytes, now: datetime, forget_before: datetime) -> int:
        """Count one failed sign-in and answer how many stand since `forget_before`.

        Attempts of one moment take turns at the row, so none is counted as another.
        """
        mine = sign_in_failures.c.login_hash == login_hash
        row = self._db.execute(sa.select(sign_in_failures).where(mine).with_for_update()).first()
        if row is None:
            first = sign_in_failures.insert().values(login_hash=login_hash, failures=1, last_at=now)
            try:
                with self._db.begin_nested():
                    self._db.execute(first)
            except sa.exc.IntegrityError:  # somebody else was the first: now there is a row
                return self.count_failure(login_hash, now, forget_before)
            return 1
        failures: int = 1 if row.last_at < forget_before else row.failures + 1
        self._db.execute(
            sign_in_failures.update().where(mine).values(failures=failures, last_at=now)
        )
        return failures

    def failures(self, login_hash: bytes, forget_before: datetime) -> int:
        found: int | None = self._db.scalar(
            sa.select(sign_in_failures.c.failures).where(
                sign_in_failures.c.login_hash == login_hash,
                sign_in_failures.c.last_at >= forget_before,
            )
        )
        return found or 0

    def forgive(self, login_hash: bytes) -> None:
        self._db.execute(
            sign_in_failures.delete().where(sign_in_failures.c.login_hash == login_hash)
        )

    # collections

    def add_collection(self, school_id: UUID, collection: Collection, event_id: UUID) -> None:
        self._db.execute(
            collections.insert().values(
                school_id=school_id,
                id=collection.id,
                programme=collection.programme,
                policy_digest=collection.policy_digest,
                opens_on=collection.opens_on,
                deadline_on=collection.deadline_on,
                event_id=event_id,
            )
        )

    def move_deadline(
        self, school_id: UUID, collection_id: UUID, deadline_on: date, event_id: UUID
    ) -> None:
        self._db.execute(
            collections.update()
            .where(collections.c.school_id == school_id, collections.c.id == collection_id)
            .values(deadline_on=deadline_on, event_id=event_id)
        )

    def find_collection(self, school_id: UUID, collection_id: UUID) -> Collection | None:
        return next((c for c in self.list_collections(school_id) if c.id == collection_id), None)

    def get_collection(self, school_id: UUID, collection_id: UUID) -> Collection:
        """Raises `NotFound`."""
        collection = self.find_collection(school_id, collection_id)
        if collection is None:
            raise NotFound
        return collection

    def list_collections(self, school_id: UUID) -> list[Collection]:
        columns = [c for c in collections.c if c.name not in {"school_id", "event_id"}]
        rows = self._db.execute(
            sa.select(*columns)
            .where(collections.c.school_id == school_id)
            .order_by(collections.c.id)
        )
        return [Collection(**row._mapping) for row in rows]

    def state_enrolment(
        self,
        school_id: UUID,
        collection_id: UUID,
        class_id: UUID,
        headcount: int,
        order_no: str,
        order_on: date,
        event_id: UUID,
    ) -> None:
        """Set the headcount of a class; a later order replaces the earlier one."""
        key = (
            enrolments.c.school_id == school_id,
            enrolments.c.collection_id == collection_id,
            enrolments.c.class_id == class_id,
        )
        values = {
            "headcount": headcount,
            "order_no": order_no,
            "order_on": order_on,
            "event_id": event_id,
        }
        if not self._db.execute(enrolments.update().where(*key).values(**values)).rowcount:
            self._db.execute(
                enrolments.insert().values(
                    school_id=school_id,
                    collection_id=collection_id,
                    class_id=class_id,
                    **values,
                )
            )

    def hand_in(
        self,
        school_id: UUID,
        collection_id: UUID,
        class_id: UUID,
        staff_id: UUID,
        at: datetime,
        event_id: UUID,
    ) -> None:
        self._db.execute(
            hand_ins.insert().values(
                school_id=school_id,
                collection_id=collection_id,
                class_id=class_id,
                staff_id=staff_id,
                handed_in_at=at,
                event_id=event_id,
            )
        )

    def class_facts(self, school_id: UUID, collection_id: UUID) -> list[ClassFacts]:
        """Every class with its headcount and whether it was handed in, by name."""
        rows = self._db.execute(
            sa.select(classes.c.id, classes.c.name, enrolments.c.headcount, hand_ins.c.handed_in_at)
            .select_from(classes)
            .outerjoin(
                enrolments,
                sa.and_(
                    enrolments.c.school_id == classes.c.school_id,
                    enrolments.c.class_id == classes.c.id,
                    enrolments.c.collection_id == collection_id,
                ),
            )
            .outerjoin(
                hand_ins,
                sa.and_(
                    hand_ins.c.school_id == classes.c.school_id,
                    hand_ins.c.class_id == classes.c.id,
                    hand_ins.c.collection_id == collection_id,
                ),
            )
            .where(classes.c.school_id == school_id)
            .order_by(classes.c.name)
        )
        return [
            ClassFacts(row.id, row.name, row.headcount, row.handed_in_at is not None)
            for row in rows
        ]

    # clients

    def add_client(self, client: Client, event_id: UUID) -> None:
        self._db.execute(
            clients.insert().values(
                id=client.id,
                name=client.name,
                programme=client.programme,
                jwks=client.jwks,
                event_id=event_id,
            )
        )

    def find_client(
        self, *, name: str | None = None, programme: str | None = None
    ) -> Client | None:
        condition = clients.c.name == name if name else clients.c.programme == programme
        row = self._db.execute(
            sa.select(clients.c.id, clients.c.name, clients.c.programme, clients.c.jwks).where(
                condition
            )
        ).first()
        return None if row is None else Client(**row._mapping)

    def client_by_id(self, client_id: UUID) -> Client | None:
        row = self._db.execute(
            sa.select(clients.c.id, clients.c.name, clients.c.programme, clients.c.jwks).where(
                clients.c.id == client_id
            )
        ).first()
        return None if row is None else Client(**row._mapping)

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
