"""The service over HTTP with one school in it, and everybody whom one can be at its door."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from crypto import jose
from crypto.secrets_text import hash_secret, new_secret
from examples.demo.outbox import Outbox
from gateway.actions.add_staff import add_staff
from gateway.actions.approve_release import approve_release
from gateway.actions.prepare_release import prepare_release
from gateway.app import create_app
from gateway.settings import Settings
from gateway.store.bundles import Bundle
from gateway.store.consents import Ask
from gateway.unit import SYSTEM
from gateway.web.context import keep_wiring
from gateway.web.oauth import CLIENT_CREDENTIALS, ENDPOINT, JWT_BEARER
from gateway.wiring import Wiring
from policies.facts import FormKind
from policies.permissions import Role
from tests import snapshots
from tests.conftest import Clock
from tests.phone import Phone
from tests.town import ASSERTION_KEY, Child, Town

INPUTS = 10
ABOVE = (Role.ADMINISTRATOR, Role.AUDITOR)
MOTHER = 101
CLASS = (Child(1, guardians=(MOTHER,)),)
LIFE = timedelta(hours=8)
Headers = Mapping[str, str]


def details(*, with_child: bool) -> dict[str, Any]:
    """Address and identity document as JSON."""
    address = "680000, г. Хабаровск, ул. Тихая, д. 7, кв. 5"
    paper = {"number": "000000", "issued_on": "2026-08-04", "issued_by": "г. Хабаровск"}
    passport = {**paper, "kind": "passport", "series": "08 12"}
    certificate = {**paper, "kind": "birth_certificate", "series": "II-ДВ"}
    told = {"signer": {"address": address, "id_document": passport}}
    if with_child:
        told["child"] = {"address": address, "id_document": certificate}
    return told


@dataclass
class Door:
    """Calls of one school's people, of those above the schools, and of the platform."""

    wiring: Wiring
    http: FlaskClient
    clock: Clock
    town: Town
    above: dict[Role, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.above.update(snapshots.once(self.wiring, "above", self._appoint))

    def _appoint(self) -> dict[Role, UUID]:
        with self.wiring.units.open(SYSTEM) as unit:
            return {
                role: add_staff(unit, f"{role.value}-0", "not a hash", role, None) for role in ABOVE
            }

    # who

    def who(self, role: Role, town: Town | None = None) -> Headers:
        """Bearer token of that role: a session of staff or of a family, or the platform's."""
        if role is Role.PLATFORM:
            return bearer(self.access_token())
        if role is Role.FAMILY:
            return bearer(self.family_token(town or self.town))
        staff_id = self.above.get(role) or (town or self.town).staff[role]
        token = new_secret()
        with self.wiring.units.open(SYSTEM) as unit:
            unit.staff.open_session(hash_secret(token), staff_id, unit.now + LIFE, unit.now)
        return bearer(token)

    def family_token(self, town: Town, signer: UUID | None = None) -> str:
        """A session as link and code would have opened it."""
        signer = signer or town.person(MOTHER)
        self.send_links(town)
        token, sent = new_secret(), hash_secret(self.link_of(town, signer))
        with self.wiring.units.open(SYSTEM) as unit:
            link = unit.links.find(sent)
            assert link is not None
            unit.links.open_session(hash_secret(token), link, unit.now + timedelta(minutes=30))
        return token

    def send_links(self, town: Town) -> None:
        """Invite everybody who was not invited before; letters are delivered."""
        town.play("letters", lambda: self._send_links(town))

    def _send_links(self, town: Town) -> None:
        town.invite()
        town.work()

    def outbox(self) -> Outbox:
        return Outbox(self.wiring.settings.outbox, patience_seconds=0)

    def link_of(self, town: Town, signer: UUID) -> str:
        """Token of the newest link of a signer."""
        with town.by(Role.REGISTRAR) as unit:
            values = unit.people.items(town.school_id, [signer])[signer].values
        return self.outbox().link(values["email"])

    def mothers_link(self) -> str:
        """Path of a fresh link of the mother."""
        self.send_links(self.town)
        return f"/v1/family/links/{self.link_of(self.town, self.town.person(MOTHER))}"

    def code(self, link: str) -> str:
        """Have a code sent for a link and read it from the phone."""
        assert self.post(f"{link}/code").status_code == 204
        self.town.work()
        return self.outbox().code(f"+7900{MOTHER:07d}")

    def sign_code(
        self, ask: str, who: Headers, body: Mapping[str, Any], number: int = MOTHER
    ) -> str:
        """Have the code sent that signs the document of `body`, and read it from the phone."""
        assert self.post(f"{ask}/code", who, body).status_code == 204
        self.town.work()
        return self.outbox().code(f"+7900{number:07d}")

    def assertion(self, **changes: object) -> str:
        """What the platform signs to get a token; `changes` replace claims."""
        now = int(self.clock().timestamp())
        audience = self.wiring.settings.public_url + ENDPOINT
        claims = {"iss": "platform", "sub": "platform", "aud": audience, "exp": now + 60}
        key = ECKey.import_key(ASSERTION_KEY)
        kid = jose.thumbprint(ASSERTION_KEY.public_key())
        return jwt.encode(
            {"alg": "ES256", "kid": kid, "typ": "JWT"},
            {**claims, "jti": uuid4().hex, **changes},
            key,
        )

    def ask_token(self, **changes: str) -> TestResponse:
        form = {
            "grant_type": CLIENT_CREDENTIALS,
            "client_assertion_type": JWT_BEARER,
            "client_assertion": self.assertion(),
        }
        return self.http.post(ENDPOINT, data={**form, **changes})

    def access_token(self) -> str:
        token: str = told(self.ask_token())["access_token"]
        return token

    def set_up_phone(self, token: str) -> Phone:
        """Give the worker of that session an application; the session has shown it."""
        made = told(self.post("/v1/session/application", bearer(token)))
        phone = Phone(made["secret"], self.clock)
        answer = self.post(
            "/v1/session/application/confirmation", bearer(token), {"code": phone.code()}
        )
        phone.spare = told(answer)["recovery_codes"]
        return phone

    # calls

    def get(self, path: str, who: Headers | None = None, **more: Any) -> TestResponse:
        return self.http.get(path, headers=who, **more)

    def post(self, path: str, who: Headers | None = None, body: Any = None) -> TestResponse:
        return self.http.post(path, headers=who, json={} if body is None else body)

    def put(self, path: str, who: Headers | None = None, body: Any = None) -> TestResponse:
        return self.http.put(path, headers=who, json={} if body is None else body)

    def delete(self, path: str, who: Headers | None = None) -> TestResponse:
        return self.http.delete(path, headers=who)

    def upload(self, data: bytes, who: Headers, name: str = "7a.csv") -> TestResponse:
        path = f"/v1/school/collections/{self.town.collection_id}/imports"
        return self.http.post(path, headers=who, data={"file": (BytesIO(data), name)})

    # stories

    @property
    def collection(self) -> str:
        return f"/v1/school/collections/{self.town.collection_id}"

    def own_ask(self, form: FormKind) -> Ask:
        """The mother's ask of that form."""
        return self.town.ask_of(self.town.person(MOTHER), form)

    def released(self, *, is_covered: bool = True) -> Bundle:
        """Everybody has agreed, the bundle is sealed, and a checkpoint covers it (or not yet)."""
        return self.town.play(("release", is_covered), lambda: self._released(is_covered))

    def _released(self, is_covered: bool) -> Bundle:
        self.town.ready(CLASS)
        with self.town.by(Role.REGISTRAR) as unit:
            made = prepare_release(unit, self.town.collection_id)
        with self.town.by(Role.DIRECTOR) as unit:
            bundle = approve_release(unit, made.id, made.set_digest, self.wiring.signing_keys)
        if is_covered:
            self.town.work()
        return bundle

    def take_back(self) -> None:
        """The mother withdraws the consent for her child."""
        self.town.withdraw(self.own_ask(FormKind.CHILD))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--inputs", type=int, default=INPUTS, help="inputs of every operation")


def bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


def told(answer: TestResponse) -> Any:
    """JSON of an answer that must be a success."""
    assert answer.status_code < 400, answer.get_data(as_text=True)
    return json.loads(answer.data)


def refusal(answer: TestResponse) -> tuple[int, str]:
    """Status and stable code of a problem."""
    assert answer.mimetype == "application/problem+json"
    problem = json.loads(answer.data)
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    return answer.status_code, problem["code"]


@pytest.fixture(scope="session")
def app() -> Flask:
    """One application for all tests: describing every route takes its time."""
    return create_app(Wiring(Settings()))


@pytest.fixture
def client(app: Flask, wiring: Wiring) -> FlaskClient:
    """HTTP without a socket, over the collaborators of this test."""
    keep_wiring(app, wiring)
    return app.test_client()


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """The same without any home: for what is answered before a database is asked."""
    keep_wiring(app, Wiring(Settings()))
    return app.test_client()


@pytest.fixture
def door(wiring: Wiring, client: FlaskClient, clock: Clock) -> Door:
    """A school with staff and an open collection; nobody is on its list yet."""
    return Door(wiring, client, clock, Town(wiring))


@pytest.fixture
def full_door(door: Door) -> Door:
    """The same with one pupil and the mother, who has signed the agreement."""
    door.town.import_children(CLASS)
    door.town.agree_on_signature()
    return door


@pytest.fixture
def log_lines() -> Iterator[StringIO]:
    """What the process logs during the test."""
    from gateway.logs import set_up_logs

    lines = StringIO()
    set_up_logs(lines)
    yield lines
    structlog.reset_defaults()
