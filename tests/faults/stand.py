"""What a scenario strikes: a service with some schools, everybody's way in, and its database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey, RSAKey

from audit.journal import last_checkpoint
from crypto import jose
from crypto.keyring import RingName, create_ring, load_ring
from crypto.secrets_text import hash_secret, new_secret
from examples.platform_client.keys import ClientKeys
from gateway.actions.initialise import initialise
from gateway.settings import Settings
from gateway.store import schema
from gateway.store.session import make_engine
from gateway.unit import SYSTEM
from gateway.wiring import Wiring, ring_path, utc_now
from policies.permissions import Role
from tests.faults.cluster import Cluster
from tests.faults.post import MailServer
from tests.faults.processes import Service
from tests.faults.proxy import Proxy
from tests.town import ASSERTION_KEY, PLATFORM_KEY, Child, Town

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass
class Pupil:
    """A family as the traffic knows it: what each is asked, (ask id, is it about the child)."""

    id: UUID
    asks: list[tuple[UUID, bool]]


@dataclass
class School:
    """`tokens`: bearer tokens of its staff by role."""

    town: Town
    tokens: dict[Role, str]
    classes: list[UUID]
    pupils: list[Pupil]

    @property
    def path(self) -> str:
        return f"/v1/school/collections/{self.town.collection_id}"


@dataclass
class Stand:
    """One scenario's world. `cluster` None: SQLite. `folder` is the suite's, never struck."""

    engine: str
    folder: Path
    home: Path
    database_url: str
    service: Service
    schools: list[School]
    wiring: Wiring
    keys: ClientKeys
    pem: Path
    dice: random.Random
    cluster: Cluster | None = None
    proxy: Proxy | None = None
    mail: MailServer | None = None
    disk: Path | None = None
    known: list[bytes] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)

    def recover(self) -> None:
        """Wait until the service is ready again; how long it took is told in the table."""
        self.recoveries.append(self.service.wait_until_ready())

    def look(self) -> sa.Engine:
        """An engine of the suite's own, around any proxy. Dispose of it."""
        return make_engine(self.database_url, writes=True)

    def remember_checkpoint(self) -> None:
        """What an outsider has seen of the journal must be in it for ever."""
        engine = self.look()
        with engine.connect() as connection:
            point = last_checkpoint(connection)
        engine.dispose()
        if point is not None:
            self.known.append(point.note)

    def token(self, school: School, role: Role, at: datetime) -> str:
        """A session of a worker of the school as it would have been opened at that moment."""
        token = new_secret()
        with self.wiring.units.open(SYSTEM, at) as unit:
            unit.staff.open_session(
                hash_secret(token), school.town.staff[role], at + timedelta(hours=8), at
            )
        return token


def _school(wiring: Wiring, number: int, children: int) -> Town:
    town = Town(wiring, number)
    first = number * 1000
    listed = [Child(first + n, guardians=(first + 500 + n,)) for n in range(1, children + 1)]
    town.import_children(listed)
    town.agree_on_signature()
    return town


def _pupils(town: Town) -> list[Pupil]:
    by_family: dict[UUID, Pupil] = {}
    asks = town.asks()
    for ask in asks:
        if ask.subject_id != ask.signer_id:
            pupil = by_family.setdefault(ask.signer_id, Pupil(ask.subject_id, []))
            pupil.asks.append((ask.id, True))
    for ask in asks:
        if ask.subject_id == ask.signer_id:
            by_family[ask.signer_id].asks.append((ask.id, False))
    return list(by_family.values())


def set_up_home(home: Path, database_url: str) -> Wiring:
    """Four rings and a migrated database: what `soglasie init` leaves, but for logins."""
    (home / "keys").mkdir(mode=0o700, parents=True)
    home.chmod(0o700)
    for ring in RingName:
        create_ring(home / "keys" / f"{ring.value}.ring", ring, datetime.now(UTC))
    schema.upgrade(database_url)
    wiring = Wiring(Settings(home=home, database_url=database_url), utc_now)
    with wiring.units.open(SYSTEM) as unit:
        rings = [load_ring(ring_path(wiring.settings, ring), ring) for ring in RingName]
        initialise(unit, wiring.kek, wiring.index, rings)
    return wiring


def client_keys() -> ClientKeys:
    """The platform of the builders, as the example client holds its keys."""

    def pem(key: object) -> bytes:
        return key.private_bytes(  # type: ignore[attr-defined,no-any-return]
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )

    signs = {"use": "sig", "alg": "ES256", "kid": jose.thumbprint(ASSERTION_KEY.public_key())}
    opens = {
        "use": "enc",
        "alg": "RSA-OAEP-256",
        "kid": jose.thumbprint(PLATFORM_KEY.public_key()),
    }
    return ClientKeys(
        ECKey.import_key(pem(ASSERTION_KEY), signs),  # type: ignore[arg-type]
        RSAKey.import_key(pem(PLATFORM_KEY), opens),  # type: ignore[arg-type]
    )


@contextmanager
def open_stand(
    engine: str,
    folder: Path,
    *,
    schools: int,
    children: int = 2,
    seed: int = 1,
    environ: Callable[[Path], Mapping[str, str]] | None = None,
    cluster: Cluster | None = None,
    proxy: Proxy | None = None,
    mail: MailServer | None = None,
    disk: Path | None = None,
) -> Iterator[Stand]:
    """A running service; `disk`: where home, SQLite and the log lie, the folder if None."""
    with ExitStack() as stack:
        home = (disk or folder) / "home"
        url = cluster.url() if cluster else f"sqlite:///{home / 'soglasie.db'}"
        wiring = set_up_home(home, url)
        stack.callback(wiring.close)
        towns = [_school(wiring, number, children) for number in range(1, schools + 1)]
        through = cluster.url(proxy.folder) if cluster and proxy else url
        more = {"SOGLASIE_WORKER_PAUSE": "0.1", **(environ(folder) if environ else {})}
        service = Service(home, (disk or folder) / "service.log", through, more)
        pem = folder / "platform.pem"
        pem.write_bytes(
            PLATFORM_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        stand = Stand(
            engine, folder, home, url, service, [], wiring, client_keys(), pem,
            random.Random(seed), cluster, proxy, mail, disk,
        )  # fmt: skip
        for town in towns:
            with town.by(Role.REGISTRAR) as unit:
                classes = list(unit.schools.class_names(town.school_id))
            school = School(town, {}, classes, _pupils(town))
            school.tokens = {
                role: stand.token(school, role, datetime.now(UTC))
                for role in (Role.REGISTRAR, Role.TUTOR, Role.DIRECTOR)
            }
            stand.schools.append(school)
        service.start()
        stack.callback(service.stop)
        yield stand
