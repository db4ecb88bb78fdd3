"""Builds everything once: engines, rings, keys, transports. Handed to web, worker and commands."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Lock

import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from audit.checkpoint import open_checkpoint
from audit.errors import NoteError
from audit.journal import last_checkpoint
from audit.sequencer import Sequencer
from consent_forms.catalogue import CatalogueError
from consent_forms.published import pinned_rules
from crypto.canary import check_canary, check_roll
from crypto.errors import RingError
from crypto.jose import SigningKeys
from crypto.keyring import Ring, RingName, load_ring
from crypto.providers import FileKek, KekProvider
from crypto.signing import NoteSigner, NoteVerifier
from crypto.tokens_index import Index
from gateway.errors import NotReady
from gateway.messages.mail import MailTransport, OutboxTransport, SmtpTransport
from gateway.messages.sms import OutboxSms, SmsTransport
from gateway.settings import Host, Settings
from gateway.store import schema
from gateway.store.collections import CollectionStore
from gateway.store.session import make_engine
from gateway.store.vault import CANARY, ROLL, read_canaries
from gateway.unit import SYSTEM, Unit, Units
from policies.programme import ProgrammeError

GUARD = "journal.guard"  # the last signed checkpoint, outside of the database
CODE_LABEL = b"sg/code/1"
PAGE_LABEL = b"sg/page/1"


def utc_now() -> datetime:
    """The machine's clock; the service looks at it through `SteadyClock`."""
    return datetime.now(UTC)


class SteadyClock:
    """The machine's clock without its steps back: time stands still until it has caught up.

    Else an expired code or session would live again. After a step back of more than `MOST_HELD`
    it is the earlier reading that was wrong, and the clock is followed.
    """

    MOST_HELD = timedelta(hours=1)

    def __init__(self, machine: Callable[[], datetime] = utc_now) -> None:
        self._machine = machine
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._turn = Lock()

    def __call__(self) -> datetime:
        now = self._machine()
        with self._turn:
            if now > self._latest or self._latest - now > self.MOST_HELD:
                self._latest = now
            return self._latest


def ring_path(settings: Settings, ring: RingName) -> Path:
    """File of a ring in the home."""
    return settings.keys / f"{ring.value}.ring"


@dataclass(frozen=True)
class Wiring:
    """The collaborators of one process. Nothing is opened before it is first asked for.

    `code_key` makes tags of one-time codes: a dump of the database alone gives none of them.
    """

    settings: Settings
    clock: Callable[[], datetime] = field(default_factory=SteadyClock)

    @cached_property
    def writing(self) -> sa.Engine:
        return make_engine(self.settings.database, writes=True)

    @cached_property
    def reading(self) -> sa.Engine:
        return make_engine(self.settings.database, writes=False)

    @cached_property
    def kek(self) -> KekProvider:
        return FileKek(load_ring(ring_path(self.settings, RingName.KEK), RingName.KEK))

    @cached_property
    def index(self) -> Index:
        return Index(load_ring(ring_path(self.settings, RingName.INDEX), RingName.INDEX))

    @cached_property
    def signing_keys(self) -> SigningKeys:
        return SigningKeys.from_ring(
            load_ring(ring_path(self.settings, RingName.JOSE), RingName.JOSE)
        )

    @cached_property
    def note_signer(self) -> NoteSigner:
        ring = load_ring(ring_path(self.settings, RingName.AUDIT), RingName.AUDIT)
        return NoteSigner(self.settings.journal_origin, ring.active().material)

    @cached_property
    def sequencer(self) -> Sequencer:
        """For the worker alone: whoever has it can sign the journal."""
        return Sequencer(
            self.writing,
            self.note_signer,
            self.settings.journal_origin,
            self.settings.home / GUARD,
        )

    @cached_property
    def code_key(self) -> bytes:
        return self._derived(CODE_LABEL)

    @cached_property
    def page_key(self) -> bytes:
        """Signs the form cookie of the pages."""
        return self._derived(PAGE_LABEL)

    def _derived(self, label: bytes) -> bytes:
        ring = load_ring(ring_path(self.settings, RingName.INDEX), RingName.INDEX)
        return HKDFExpand(hashes.SHA256(), 32, label).derive(ring.active().material)

    @cached_property
    def units(self) -> Units:
        return Units(self.writing, self.kek, self.index, self.clock)

    @contextmanager
    def looking(self, *, steady: bool = False) -> Iterator[Unit]:
        """A unit on a reading transaction, for a look that shows nobody anything.

        It takes no turn and no lock; what is read is what had been committed. `steady`: nothing
        that commits meanwhile is seen (SQLite's readers never see it).
        """
        with self.reading.connect() as connection:
            if steady and connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield Unit(connection, SYSTEM, self.clock(), self.kek, self.index)

    @property
    def host(self) -> Host:
        return self.settings.as_host

    @cached_property
    def mail(self) -> MailTransport:
        if self.settings.smtp_host is None:
            return OutboxTransport(self.settings.outbox)
        return SmtpTransport(
            self.settings.smtp_host,
            self.settings.smtp_port,
            self.settings.smtp_user,
            self.settings.smtp_password,
        )

    @cached_property
    def sms(self) -> SmsTransport:
        return OutboxSms(self.settings.outbox / "sms")

    def check(self) -> None:
        """Refuse to work on anything odd: before the first request and the first round.

        Raises what `check_keys` raises, and `SchemaFault` for a schema that is not ours, and for
        collections under rules or texts that are missing here or altered.
        """
        os.umask(0o077)
        with self.reading.connect() as connection:
            schema.check(connection)
        self.check_keys()
        self.check_rules()

    def check_keys(self) -> None:
        """Read the four rings again and hold them against what the database knows of them.

        Raises `NotReady` without a canary, `RingError` for missing, odd or foreign rings.
        """
        rings = {ring: load_ring(ring_path(self.settings, ring), ring) for ring in RingName}
        with self.reading.connect() as connection:
            known = read_canaries(connection)
            point = last_checkpoint(connection)
        if not known.keys() >= {CANARY, ROLL}:
            raise NotReady
        check_roll(rings.values(), known[ROLL])
        check_canary(self.kek, self.index, known[CANARY])
        if point is not None:
            self._check_signer(rings[RingName.AUDIT], point.note)

    def check_rules(self) -> None:
        """Raises `SchemaFault`: rules or texts of a collection are missing here or altered."""
        with self.reading.connect() as connection:
            in_use = CollectionStore(connection).rules_in_use()
        try:
            for programme, digest in in_use:
                pinned_rules(programme, digest)
        except (ProgrammeError, CatalogueError) as fault:
            raise schema.SchemaFault(str(fault)) from None

    def _check_signer(self, ring: Ring, note: bytes) -> None:
        """Whoever signs with another key than before would begin a second history."""
        signer = NoteSigner(self.settings.journal_origin, ring.active().material)
        try:
            open_checkpoint(note, NoteVerifier.from_vkey(signer.vkey))
        except NoteError:
            raise RingError("ring.canary", RingName.AUDIT) from None

    def close(self) -> None:
        """Give connections back."""
        for name in ("writing", "reading"):
            engine = self.__dict__.get(name)
            if engine is not None:
                engine.dispose()
