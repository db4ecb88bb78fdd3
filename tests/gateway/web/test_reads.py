"""GET changes nothing: every page and every operation, by everybody who may see it.

The list is made of the application's own routes: a new one is in it without being named here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from audit.store import audit_event, audit_pending
from gateway.actions.name_newcomer import name_newcomer
from gateway.store.limits import Limit, limits
from gateway.store.schema import metadata
from gateway.store.schools import schools
from gateway.store.watch import WORKER
from gateway.unit import SYSTEM
from gateway.web.auth import Access
from gateway.web.limits import RATES, TEN_MINUTES
from gateway.web.pages.assets import asset
from gateway.web.pages.site import SITE
from gateway.web.routes import GUARDS
from gateway.wiring import Wiring
from policies.facts import FormKind
from policies.permissions import ALLOWED, Role
from tests.gateway.actions.test_newcomers import FATHER
from tests.gateway.web.conftest import CLASS, MOTHER, Door, Headers, bearer, told
from tests.gateway.web.pages.conftest import Browser, Family
from tests.gateway.web.pages.test_road import CHILD_PAPER, PAPER
from tests.gateway.web.test_ownership import released, things
from tests.town import Child

STAFF = tuple(role for role in Role if role not in {Role.PLATFORM, Role.FAMILY})
LATE_MOTHER = 102
READS: Mapping[str, str] = {
    "person.read": "a page, a link or a print of one person",
    "class.read": "a class with its names",
    "newcomer.read": "what other representatives said of themselves",
    "import.reviewed": "the rows of a list before they are written",
    "register.read": "a register of the school",
    "evidence.read": "a receipt, a scan, a proof",
    "journal.read": "the journal",
    "outbox.read": "messages that wait or failed",
    "document.shown": "a document, by the signer before the answer",
    "bundle.handed_over": "a bundle, by the platform",
}
"""Kinds of events that a GET may leave, and what was read."""
COUNTED = {name for name in RATES if name in SITE}
"""Prints that are dear: how many were made within ten minutes is counted (`web/limits.py`)."""
PULL = {"bundle.handed_over", "bundles.pulled_at", "bundles.event_id"}
"""A pull is noted on the bundle: whoever was in it is recalled from then on, not left out."""
UNANSWERED = {
    ("security.passkey", 404): "a service without a name knows no keys",
    ("ops.see_figures", 404): "nobody collects figures here",
    ("platform.pull_bundle", 410): "taken back; a pull has its own test",
}
"""(endpoint, status) of what is refused in this world, and why."""
STAMPS = {
    "sqlite": "PRAGMA data_version",
    "postgresql": "SELECT pg_snapshot_xmax(pg_current_snapshot())",
}
"""What is another one after every transaction that wrote."""
TABLES = {
    table.name: ([list(table.columns).index(key) for key in table.primary_key], sa.select(table))
    for table in metadata.tables.values()
}
"""Name -> places of its key, all its rows."""
Row = tuple[Any, ...]
Rows = dict[str, dict[Row, Row]]


class Ledger:
    """All rows of all tables, and what has become of them since the last look."""

    def __init__(self, db: sa.Connection) -> None:
        self._db = db
        self._stamp: object = None
        self._rows: Rows = {}
        self._look()

    def changes(self) -> set[str]:
        """Kinds of new events; `table` that gained or lost a row; `table.column` that changed."""
        before = self._rows
        self._look()
        found: set[str] = set()
        for table in metadata.tables.values():
            rows, old = self._rows[table.name], before[table.name]
            if rows is old or rows == old:
                continue
            new, columns = rows.keys() - old.keys(), list(table.columns.keys())
            if table is audit_event:
                found |= {str(rows[key][columns.index("kind")]) for key in new}
            elif new and table is not audit_pending:
                found.add(table.name)
            if old.keys() - rows.keys():
                found.add(table.name)
            for key in old.keys() & rows.keys():
                cells = zip(columns, old[key], rows[key], strict=True)
                found |= {f"{table.name}.{column}" for column, was, now in cells if was != now}
        return found

    def _look(self) -> None:
        """Read everything, unless no transaction has written since."""
        stamp = self._db.exec_driver_sql(STAMPS[self._db.dialect.name]).scalar_one()
        if stamp != self._stamp:
            self._stamp = stamp
            self._rows = {name: self._of(name) for name in TABLES}
        self._db.rollback()

    def _of(self, name: str) -> dict[Row, Row]:
        own, everything = TABLES[name]
        found = map(tuple, self._db.execute(everything))
        return {tuple(row[place] for place in own): row for row in found}


@dataclass
class World:
    """A released school, a family in the middle of its answers, and everybody who reads."""

    door: Door
    app: Flask
    ids: dict[str, object] = field(init=False)
    special: dict[str, dict[str, object]] = field(init=False)
    tokens: dict[Role | None, Headers] = field(init=False)
    browsers: dict[Role | None, FlaskClient] = field(init=False)

    def __post_init__(self) -> None:
        door, town = self.door, self.door.town
        released(door, town)
        town.import_children([*CLASS, Child(2, name="Яна", guardians=(LATE_MOTHER,))])
        town.agree_on_signature()
        mother, child = town.person(LATE_MOTHER), town.person(2)
        given = town.answer(town.ask_of(mother, FormKind.GUARDIAN_OWN))
        family = Browser(self.app.test_client())
        Family(door, family, LATE_MOTHER).come_in().follow("Ответить").follow("Всё верно")
        family.send("/details", {**PAPER, **CHILD_PAPER})
        session = town.session(mother)
        with town.family(mother) as unit:
            newcomer_id = name_newcomer(unit, session, FATHER)
            code = unit.schools.get(town.school_id).public_code
        own = things(town)
        self.ids = {
            **own,
            "person_id": town.person(MOTHER),
            "newcomer_id": newcomer_id,
            "token": door.link_of(town, town.person(MOTHER)),
            "code": code,
            "idx": 0,
            "slug": "not-found",
            "name": asset("pages.css").rpartition("/")[2],
            "decision": "given",
            "why": "done",
        }
        of_family = {
            "ask_id": town.ask_of(mother, FormKind.CHILD).id,
            "answer_id": given.facts.id,
            "person_id": child,
        }
        self.special = {
            Role.FAMILY: of_family,
            "own.withdrawal": {"ask_id": town.ask_of(mother, FormKind.GUARDIAN_OWN).id},
            "desks.pupil_forms": {"pupil_id": child},
        }
        self._sit_down(family.http)
        town.work()
        with door.wiring.units.open(SYSTEM) as unit:
            unit.watch.beat({WORKER}, {}, unit.now)

    def _sit_down(self, family: FlaskClient) -> None:
        """A session for everybody; workers have begun to set up their application."""
        self.tokens = {role: self.door.who(role) for role in (*STAFF, Role.PLATFORM)}
        self.browsers = {None: self.app.test_client(), Role.FAMILY: family}
        cookie = family.get_cookie("soglasie-family")
        assert cookie is not None
        self.tokens[Role.FAMILY] = bearer(cookie.value)
        for role in STAFF:
            token = self.tokens[role]["Authorization"].partition(" ")[2]
            self.browsers[role] = self.app.test_client()
            self.browsers[role].set_cookie("soglasie-staff", token)
            told(self.door.post("/v1/session/application", self.tokens[role]))

    def routes(self) -> Iterator[tuple[str, Role | None, str]]:
        """Endpoint, who reads, address. Prints first: later ones are longer."""
        adapter = self.app.url_map.bind("localhost")
        rules = sorted(self.app.url_map.iter_rules(), key=lambda rule: not is_print(rule.rule))
        for rule in rules:
            if "GET" not in (rule.methods or ()):
                continue
            known = SITE.get(rule.endpoint) or GUARDS.get(rule.endpoint.rpartition(".")[2])
            who = readers(known)
            for role in who[:1] if is_print(rule.rule) else who:
                ids = {
                    **self.ids,
                    **self.special.get(role, {}),
                    **self.special.get(rule.endpoint, {}),
                }
                yield (
                    rule.endpoint,
                    role,
                    adapter.build(rule.endpoint, {name: ids[name] for name in rule.arguments}),
                )

    def get(self, endpoint: str, role: Role | None, path: str) -> int:
        headers = {"Accept": "text/html"} if endpoint in SITE else self.tokens.get(role)
        browser = self.browsers.get(role, self.browsers[None])
        return browser.get(path, headers=headers).status_code


def is_print(rule: str) -> bool:
    """A print is dear. It is drawn after the commit, so one reader stands for all of them."""
    return rule.endswith(".pdf")


def readers(access: Access | None) -> tuple[Role | None, ...]:
    """Who may read a route. What is open to all is read by nobody known and by a family."""
    if access is None or access.scheme is None:
        return (None, Role.FAMILY)
    if access.permission is not None:
        return tuple(sorted(ALLOWED[access.permission]))
    return STAFF if access.scheme == "staff" else (None,)


@pytest.fixture
def ledger(wiring: Wiring) -> Iterator[Ledger]:
    with wiring.reading.connect() as db:
        yield Ledger(db)


@pytest.fixture
def world(door: Door, app: Flask) -> World:
    return World(door, app)


def test_reading_leaves_nothing_but_events_of_reading(world: World, ledger: Ledger):
    seen: set[str] = set()
    faults, refused = [], set()
    ledger.changes()
    for endpoint, role, path in world.routes():
        status = world.get(endpoint, role, path)
        changed = ledger.changes()
        seen |= changed
        counted = {"limits", "limits.used"} if endpoint in COUNTED else set()
        if changed - READS.keys() - counted:
            faults.append((endpoint, role, changed))
        if status >= 400:
            refused.add((endpoint, status))
    assert faults == []
    assert refused == UNANSWERED.keys()
    assert READS.keys() - seen == {"bundle.handed_over"}


def test_a_pull_is_noted_on_its_bundle_and_is_the_same_the_next_time(door: Door, ledger: Ledger):
    path = f"/v1/bundles/{door.released().id}/content"
    platform = door.who(Role.PLATFORM)
    ledger.changes()
    assert door.get(path, platform).status_code == 200
    assert ledger.changes() == PULL
    assert door.get(path, platform).status_code == 200
    assert ledger.changes() == PULL - {"bundles.pulled_at"}


def test_the_ledger_sees_every_kind_of_change(door: Door, ledger: Ledger):
    ledger.changes()
    assert ledger.changes() == set()
    with door.wiring.units.open(SYSTEM) as unit:
        unit.limits.use(Limit("planted", 1, TEN_MINUTES), "x", unit.now)
    assert ledger.changes() == {"limits"}
    door.town.import_children(CLASS)
    assert {"persons", "asks", "person.added", "ask.opened"} <= ledger.changes()
    with door.wiring.writing.begin() as db:
        db.execute(schools.update().values(short_name="Школа № 1"))
        db.execute(limits.delete())
    assert ledger.changes() == {"schools.short_name", "limits"}
