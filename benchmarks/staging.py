"""Writing events beside each other: eight writers, each with a transaction for every event.

Floors: the ready bytes of an event put into one table and nothing else; and a chain, in which
every writer takes the locked head, hashes behind it and moves it, as journals are often built.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa

from audit.event import Actor, Event
from audit.record import record
from audit.store import audit_event, audit_pending
from benchmarks.places import Place
from benchmarks.sizes import Sizes
from benchmarks.timing import Contest, Cost, Goal, Side
from gateway.store.session import make_engine

WRITERS = 8
PATIENCE_SECONDS = 120
AT = datetime(2026, 9, 1, 9, tzinfo=UTC)
SCHOOL = UUID(int=28)
_benched = sa.MetaData()
raw_event = sa.Table(
    "raw_event",
    _benched,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("school_id", sa.Uuid),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
chain_event = sa.Table(
    "chain_event",
    _benched,
    sa.Column("idx", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Uuid, unique=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
)
chain_head = sa.Table(
    "chain_head",
    _benched,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
)
Write = Callable[[sa.Connection, UUID, bytes], None]


def contests(places: dict[str, Place], sizes: Sizes) -> Iterator[Contest]:
    """PostgreSQL only: SQLite has one writer at a time."""
    place = places.get("postgresql")
    if place is None:
        return
    with place.stage() as stage:
        url, engine = stage.settings.database, stage.writing
        with engine.begin() as connection:
            _benched.create_all(connection)
            connection.execute(chain_head.insert(), {"id": 1, "size": 0, "hash": bytes(32)})
        total = WRITERS * sizes.events

        def side(name: str, write: Write, *tables: sa.Table) -> Side:
            return Side(name, lambda: _turn(url, engine, write, sizes.events, tables), total)

        yield Contest(
            "journal",
            place.name,
            side("staging, 8 writers", _stage_event, audit_event, audit_pending),
            (
                (
                    side("raw insert, 8 writers", _insert_raw, raw_event),
                    Goal(least=0.6, measure="wall"),
                ),
                (
                    side("chain with a locked head, 8 writers", _chain, chain_event),
                    Goal(least=2.5, measure="wall"),
                ),
            ),
            notes=("the writers are processes; CPU is theirs and the server's is not counted",),
        )


def _event(event_id: UUID) -> Event:
    data: dict[str, object] = {"person_id": SCHOOL, "purpose": "receipt"}
    return Event(event_id, "person.read", SCHOOL, Actor("family", SCHOOL), AT, None, data)


def _stage_event(connection: sa.Connection, event_id: UUID, body: bytes) -> None:
    record(connection, _event(event_id))


def _insert_raw(connection: sa.Connection, event_id: UUID, body: bytes) -> None:
    connection.execute(
        raw_event.insert(),
        {"id": event_id, "school_id": SCHOOL, "kind": "person.read", "at": AT, "body": body},
    )


def _chain(connection: sa.Connection, event_id: UUID, body: bytes) -> None:
    head = connection.execute(sa.select(chain_head).with_for_update()).one()
    moved = hashlib.sha256(head.hash + body).digest()
    connection.execute(
        chain_event.insert(), {"idx": head.size, "id": event_id, "body": body, "hash": moved}
    )
    connection.execute(chain_head.update().values(size=head.size + 1, hash=moved))


def _turn(
    url: str, engine: sa.Engine, write: Write, count: int, tables: tuple[sa.Table, ...]
) -> Cost:
    before = _counts(engine, tables)
    start, end = multiprocessing.Barrier(WRITERS + 1), multiprocessing.Barrier(WRITERS + 1)
    spent = multiprocessing.Value("d", 0.0)

    def work() -> None:
        mine = make_engine(url, writes=True)
        with mine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
        ids = [uuid4() for _ in range(count)]
        body = _event(ids[0]).body()
        start.wait(PATIENCE_SECONDS)
        cpu = time.process_time()
        for event_id in ids:
            with mine.begin() as connection:
                write(connection, event_id, body)
        with spent:
            spent.value += time.process_time() - cpu
        end.wait(PATIENCE_SECONDS)
        mine.dispose()

    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=work, daemon=True) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    start.wait(PATIENCE_SECONDS)
    wall = time.perf_counter()
    end.wait(PATIENCE_SECONDS)
    cost = Cost(spent.value, time.perf_counter() - wall)
    for writer in writers:
        writer.join(PATIENCE_SECONDS)
        assert writer.exitcode == 0
    wanted = [found + WRITERS * count for found in before]
    assert _counts(engine, tables) == wanted
    if write is _chain:
        _follow(engine)
    return cost


def _counts(engine: sa.Engine, tables: tuple[sa.Table, ...]) -> list[int]:
    with engine.connect() as connection:
        return [
            connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in tables
        ]


def _follow(engine: sa.Engine) -> None:
    """The chain leads to its head."""
    last = bytes(32)
    with engine.connect() as connection:
        for row in connection.execute(sa.select(chain_event).order_by(chain_event.c.idx)):
            last = hashlib.sha256(last + row.body).digest()
            assert last == row.hash
        assert connection.scalar(sa.select(chain_head.c.hash)) == last
