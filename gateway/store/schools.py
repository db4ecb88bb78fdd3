"""Schools with their passports, and their classes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from gateway.errors import NotFound
from gateway.store.base import ID, event_column, metadata, own_id, school_key

schools = sa.Table(
    "schools",
    metadata,
    own_id(),
    sa.Column("short_name", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("public_code", sa.Text, nullable=False, unique=True),
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


@dataclass(frozen=True, slots=True)
class School:
    """A school and its passport. Any passport field is None until the registrar fills it in.

    `public_code`: names the school's page for families, `/s/<code>`; no secret.
    """

    id: UUID
    short_name: str
    zone: str
    public_code: str
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


_LOCK = sa.select(schools.c.id).where(schools.c.id == ID).with_for_update(key_share=True)
_ALL = sa.select(*(c for c in schools.c if c.name != "event_id"))
_ZONES = sa.select(schools.c.id, schools.c.zone)
_ONE = _ALL.where(schools.c.id == ID)


class SchoolStore:
    """Schools and what belongs to them. Every look-up of a school's thing names the school."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def lock(self, school_id: UUID) -> bool:
        """Take the one lock of the school until the end of the transaction (design 4).

        SQLite holds the whole database already (BEGIN IMMEDIATE). False: no such school.
        """
        row = self._db.execute(_LOCK, {"id": school_id}).first()
        return row is not None

    def add(
        self, school_id: UUID, short_name: str, zone: str, public_code: str, event_id: UUID
    ) -> None:
        self._db.execute(
            schools.insert().values(
                id=school_id,
                short_name=short_name,
                zone=zone,
                public_code=public_code,
                event_id=event_id,
            )
        )

    def set_passport(
        self, school_id: UUID, event_id: UUID, passport: dict[str, str | date | None]
    ) -> None:
        self._db.execute(
            schools.update().where(schools.c.id == school_id).values(event_id=event_id, **passport)
        )

    def version(self, school_id: UUID) -> UUID | None:
        """Event that last changed the school."""
        return self._db.scalar(sa.select(schools.c.event_id).where(schools.c.id == school_id))

    def find(self, school_id: UUID) -> School | None:
        row = self._db.execute(_ONE, {"id": school_id}).first()
        return None if row is None else School(**row._mapping)

    def of_code(self, public_code: str) -> School | None:
        school_id = self._db.scalar(
            sa.select(schools.c.id).where(schools.c.public_code == public_code)
        )
        return self.find(school_id) if school_id else None

    def get(self, school_id: UUID) -> School:
        """Raises `NotFound`."""
        school = self.find(school_id)
        if school is None:
            raise NotFound
        return school

    def page(self, after: UUID | None, limit: int) -> list[School]:
        """Schools by id, those behind `after`."""
        query = _ALL.order_by(schools.c.id).limit(limit)
        if after is not None:
            query = query.where(schools.c.id > after)
        return [School(**row._mapping) for row in self._db.execute(query)]

    def these(self, ids: Collection[UUID]) -> list[School]:
        """Those of these schools that there are, in no order."""
        columns = [c for c in schools.c if c.name != "event_id"]
        rows = self._db.execute(sa.select(*columns).where(schools.c.id.in_(ids)))
        return [School(**row._mapping) for row in rows]

    def days(self, now: datetime) -> dict[UUID, date]:
        """The day that it is in every school."""
        rows = self._db.execute(_ZONES)
        return {row.id: now.astimezone(ZoneInfo(row.zone)).date() for row in rows}

    # classes

    def add_class(self, school_id: UUID, class_id: UUID, name: str, event_id: UUID) -> None:
        self._db.execute(
            classes.insert().values(school_id=school_id, id=class_id, name=name, event_id=event_id)
        )

    def names_of_classes(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """These classes of any school, by id."""
        if not ids:
            return {}
        rows = self._db.execute(
            sa.select(classes.c.id, classes.c.name).where(classes.c.id.in_(ids))
        )
        return {row.id: row.name for row in rows}

    def class_names(self, school_id: UUID) -> dict[UUID, str]:
        """Every class of the school, by id."""
        rows = self._db.execute(
            sa.select(classes.c.id, classes.c.name)
            .where(classes.c.school_id == school_id)
            .order_by(classes.c.name)
        )
        return {row.id: row.name for row in rows}
