"""One unit of work: one transaction, one actor, one moment, the stores and the journal.

The unit commits on a clean end and rolls back on a raise. Nobody else commits (a test looks).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

import sqlalchemy as sa

from audit.event import Actor as JournalActor
from audit.event import Event
from audit.record import record_many
from crypto.ids import uuid7
from crypto.providers import KekProvider
from crypto.tokens_index import Index
from gateway.errors import NotFound
from gateway.store.acting import ActingStore
from gateway.store.agreements import AgreementStore
from gateway.store.bundles import BundleStore
from gateway.store.claims import ClaimStore
from gateway.store.clients import ClientStore
from gateway.store.collections import CollectionStore
from gateway.store.consents import ConsentStore
from gateway.store.dossier import Dossier
from gateway.store.factors import FactorStore
from gateway.store.imports import ImportStore
from gateway.store.leaving_out import LeavingOutStore
from gateway.store.limits import LimitStore
from gateway.store.link_requests import LinkRequestStore
from gateway.store.links import LinkStore
from gateway.store.named import NamedStore
from gateway.store.newcomers import NewcomerStore
from gateway.store.outbox import OutboxStore
from gateway.store.people import PeopleStore
from gateway.store.pupils import PupilStore
from gateway.store.repeats import RepeatStore
from gateway.store.schools import SchoolStore
from gateway.store.session import DatabaseBusy
from gateway.store.sittings import SittingStore
from gateway.store.staff import StaffStore
from gateway.store.vault import Vault
from gateway.store.watch import WatchStore
from gateway.store.witnesses import WitnessStore
from policies.acting import ACTING
from policies.permissions import Permission, Role, allowed

TURN_SECONDS = 10.0
Data = str | int | list[str] | UUID | date | datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `ref` is the id of a worker, signer or client; None for the system.

    `school_id` None: somebody above the schools. `is_acting`: stands in for the director today.
    """

    role: Role | None
    ref: UUID | None = None
    school_id: UUID | None = None
    request_id: str | None = None
    is_acting: bool = False

    def may(self, permission: Permission) -> bool:
        """Whether the role, or the order, gives that permission at all; scope is not looked at."""
        if self.role is None:
            return False
        return allowed(self.role, permission) or (self.is_acting and permission in ACTING)

    @property
    def kind(self) -> str:
        """`staff`, `family`, `platform` or `system`, as the journal says it."""
        if self.role is None:
            return "system"
        if self.role in {Role.FAMILY, Role.PLATFORM}:
            return self.role.value
        return "staff"


SYSTEM = Actor(None)


class Unit:
    """Handed to an action. Time and ids come from here; so does every change."""

    def __init__(
        self,
        connection: sa.Connection,
        actor: Actor,
        now: datetime,
        kek: KekProvider,
        index: Index,
    ) -> None:
        self.connection = connection
        self.actor = actor
        self.now = now
        self.vault = Vault(connection, kek, index)
        self._locked: set[UUID] = set()

    @property
    def school_id(self) -> UUID:
        """School of the actor. Raises `NotFound` for those above the schools."""
        if self.actor.school_id is None:
            raise NotFound
        return self.actor.school_id

    def new_id(self) -> UUID:
        """UUIDv7 of this moment."""
        return uuid7(self.now)

    def lock_school(self, school_id: UUID | None = None) -> UUID:
        """Take the school's lock, which every change of a standing takes first (design 4).

        Raises `NotFound` when there is no such school.
        """
        wanted = school_id or self.school_id
        if wanted not in self._locked:
            if not self.schools.lock(wanted):
                raise NotFound
            self._locked.add(wanted)
        return wanted

    def record(self, kind: str, *, school_id: UUID | None = None, **data: Data) -> UUID:
        """Write one journal event and answer its id. `school_id` None: the actor's school."""
        return self.record_many([(kind, data)], school_id=school_id)[0]

    def record_many(
        self, events: Iterable[tuple[str, dict[str, Data]]], *, school_id: UUID | None = None
    ) -> list[UUID]:
        """Write journal events in one go and answer their ids in the same order."""
        actor = JournalActor(self.actor.kind, self.actor.ref)
        made = [
            Event(
                id=self.new_id(),
                kind=kind,
                school_id=school_id or self.actor.school_id,
                actor=actor,
                at=self.now,
                request_id=self.actor.request_id,
                data=data,
            )
            for kind, data in events
        ]
        if made:
            record_many(self.connection, made)
        return [event.id for event in made]

    @cached_property
    def schools(self) -> SchoolStore:
        return SchoolStore(self.connection)

    @cached_property
    def staff(self) -> StaffStore:
        return StaffStore(self.connection)

    @cached_property
    def factors(self) -> FactorStore:
        return FactorStore(self.connection)

    @cached_property
    def acting(self) -> ActingStore:
        return ActingStore(self.connection)

    @cached_property
    def collections(self) -> CollectionStore:
        return CollectionStore(self.connection)

    @cached_property
    def clients(self) -> ClientStore:
        return ClientStore(self.connection)

    @cached_property
    def people(self) -> PeopleStore:
        return PeopleStore(self.connection, self.vault)

    @cached_property
    def pupils(self) -> PupilStore:
        return PupilStore(self.connection)

    @cached_property
    def agreements(self) -> AgreementStore:
        return AgreementStore(self.connection)

    @cached_property
    def leaving_out(self) -> LeavingOutStore:
        return LeavingOutStore(self.connection)

    @cached_property
    def links(self) -> LinkStore:
        return LinkStore(self.connection)

    @cached_property
    def consents(self) -> ConsentStore:
        return ConsentStore(self.connection)

    @cached_property
    def witnesses(self) -> WitnessStore:
        return WitnessStore(self.connection)

    @cached_property
    def sittings(self) -> SittingStore:
        return SittingStore(self.connection)

    @cached_property
    def claims(self) -> ClaimStore:
        return ClaimStore(self.connection)

    @cached_property
    def bundles(self) -> BundleStore:
        return BundleStore(self.connection)

    @cached_property
    def imports(self) -> ImportStore:
        return ImportStore(self.connection)

    @cached_property
    def limits(self) -> LimitStore:
        return LimitStore(self.connection, self.vault)

    @cached_property
    def repeats(self) -> RepeatStore:
        return RepeatStore(self.connection, self.vault)

    @cached_property
    def outbox(self) -> OutboxStore:
        return OutboxStore(self.connection)

    @cached_property
    def watch(self) -> WatchStore:
        return WatchStore(self.connection)

    @cached_property
    def link_requests(self) -> LinkRequestStore:
        return LinkRequestStore(self.connection)

    @cached_property
    def newcomers(self) -> NewcomerStore:
        return NewcomerStore(self.connection)

    @cached_property
    def named(self) -> NamedStore:
        return NamedStore(self.connection, self.vault)

    @cached_property
    def dossier(self) -> Dossier:
        return Dossier(self.connection, self.people)


class Units:
    """Opens units. On SQLite one at a time in this process: its own busy wait is unfair."""

    def __init__(
        self,
        writing: sa.Engine,
        kek: KekProvider,
        index: Index,
        clock: Callable[[], datetime],
    ) -> None:
        self._writing = writing
        self._kek = kek
        self._index = index
        self._clock = clock
        self._turn = threading.Lock() if writing.dialect.name == "sqlite" else None

    @contextmanager
    def open(self, actor: Actor, now: datetime | None = None) -> Iterator[Unit]:
        """A unit that commits when the block ends without an exception. Raises `DatabaseBusy`."""
        with self._in_turn(), self._writing.connect() as connection:
            transaction = connection.begin()
            try:
                yield Unit(connection, actor, now or self._clock(), self._kek, self._index)
            except BaseException:
                transaction.rollback()
                raise
            transaction.commit()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=TURN_SECONDS):
            raise DatabaseBusy
        try:
            yield
        finally:
            self._turn.release()
