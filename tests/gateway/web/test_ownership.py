"""Every route that names a thing, every role that may call it: own things are there, others' not.

The matrix is made of the description: a new route is in it without being named here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from audit.search import Wanted
from gateway.actions.add_staff import add_staff
from gateway.actions.appoint_acting import appoint_acting
from gateway.actions.hand_over import hand_over
from gateway.actions.import_roster import import_roster
from gateway.actions.inspect_journal import list_events
from gateway.actions.issue_token import add_client
from gateway.actions.personal_document import NO_DETAILS
from gateway.actions.record_paper import record_paper
from gateway.unit import SYSTEM, Actor
from gateway.web.routes import GUARDS
from policies.facts import Decision, FormKind
from policies.permissions import ALLOWED, Role
from tests.gateway.intake.test_scans import A_PDF
from tests.gateway.web.conftest import CLASS, MOTHER, Door, Headers, bearer, refusal, told
from tests.gateway.web.test_description import operations
from tests.town import Child, Town, class_list, platform_jwks

Ids = Mapping[str, UUID]
ABOVE_SCHOOLS = {Role.ADMINISTRATOR, Role.AUDITOR}
# Said in the right order, own things stay there: what takes them away comes last.
NOT_THERE_YET = {
    ("confirm_leaving_out", Role.DIRECTOR, 404),  # nobody proposed one
    ("appoint_acting_of", Role.ADMINISTRATOR, 404),  # the content names nobody's worker
}
LAST = ("record_departure", "cancel_import", "acknowledge_bundle", "confirm_destruction",
        "change_role", "set_password", "disable_staff", "disable_client")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Route:
    """One operation with ids in its address."""

    name: str
    method: str
    path: str
    ids: tuple[str, ...]
    content: Mapping[str, Any]

    @property
    def roles(self) -> frozenset[Role]:
        permission = GUARDS[self.name].permission
        assert permission is not None
        return ALLOWED[permission]


def routes(description: dict[str, Any]) -> list[Route]:
    """Those that only let in whoever has a token, in an order that destroys last."""
    found = [
        Route(
            operation["operationId"],
            method,
            path,
            tuple(re.findall(r"{(\w+)}", path)),
            operation.get("requestBody", {}).get("content", {}),
        )
        for (method, path), operation in operations(description).items()
        if "{" in path and operation["security"]
    ]
    return sorted(
        found, key=lambda route: ([n == route.name for n in reversed(LAST)], route.method != "GET")
    )


SAMPLES = {
    "class": "7А",
    "kind": "акт",
    "deadline_on": "2026-10-01",
    "decision": "refused",
    "jwks": json.loads(platform_jwks()),
    "password": "корова-лестница-42-Фонарь",
}
FILES = {"file": class_list(CLASS), "scan": A_PDF}
BY_PATTERN = (
    (r"[0-9a-f]{64}", "0" * 64),
    (r"[0-9]{6}", "000000"),
    (r"[0-9]{10}", "2700000000"),
    (r"[0-9]{13}", "1" * 13),
)


def sample(schema: Mapping[str, Any], parts: Mapping[str, Any], name: str = "") -> Any:
    """The least that the schema takes."""
    if "$ref" in schema:
        return sample(parts[schema["$ref"].rpartition("/")[2]], parts, name)
    if name in SAMPLES:
        return SAMPLES[name]
    if "enum" in schema:
        return schema["enum"][0]
    for pattern, text in BY_PATTERN:
        if pattern in schema.get("pattern", ""):
            return text
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    formats = {
        "date": "2026-09-01",
        "date-time": "2026-09-01T09:00:00Z",
        "uuid": str(uuid4()),
        "email": "someone@example.org",
    }
    match kind:
        case "object":
            inner = schema.get("properties", {})
            return {n: sample(inner[n], parts, n) for n in schema.get("required", ())}
        case "array":
            return [sample(schema["items"], parts)]
        case "integer":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
    return formats.get(schema.get("format", ""), "текст")


def send(
    door: Door, parts: Mapping[str, Any], route: Route, who: Headers, ids: Ids
) -> TestResponse:
    """A call with these ids and the least content that is read."""
    path = route.path
    for name in route.ids:
        path = path.replace(f"{{{name}}}", str(ids[name]))
    more: dict[str, Any] = {}
    if "application/json" in route.content:
        more["json"] = sample(route.content["application/json"]["schema"], parts)
    elif route.content:
        schema = route.content["multipart/form-data"]["schema"]
        [name] = parts[schema["$ref"].rpartition("/")[2]]["properties"]
        more["data"] = {name: (BytesIO(FILES[name]), name)}
    return door.http.open(path, method=route.method, headers=who, **more)


def things(town: Town) -> Ids:
    """One thing of each kind that an address can name."""
    signer = town.asks()[0].signer_id
    ask = town.ask_of(signer, FormKind.CHILD)
    own, today = town.ask_of(signer, FormKind.GUARDIAN_OWN), town.today()
    tutor = Actor(Role.TUTOR, town.staff[Role.TUTOR], town.school_id)
    with town.wiring.units.open(tutor) as unit:
        import_id = import_roster(unit, town.collection_id, class_list(CLASS), "7a.csv")
        host, keys = town.wiring.host, town.wiring.signing_keys
        paper = record_paper(
            unit, own.id, Decision.WITHDRAWN, today, NO_DETAILS, host, keys, scan=A_PDF
        )
        [scan] = unit.witnesses.scans(town.school_id, paper.facts.id)
    with town.by(Role.REGISTRAR) as unit:
        [bundle] = unit.bundles.list_bundles(town.school_id)
        [recall] = unit.bundles.list_recalls(town.school_id, ask.subject_id)
        stands_in, day = town.staff[Role.TUTOR], today
        acting = appoint_acting(unit, town.school_id, stands_in, "7-к", day, day, day)
        event = list_events(unit, Wanted(school_id=town.school_id), -1, 1)[0].event
        return {
            "school_id": town.school_id,
            "collection_id": town.collection_id,
            "class_id": next(iter(unit.schools.class_names(town.school_id))),
            "import_id": import_id,
            "ask_id": ask.id,
            "answer_id": paper.facts.id,
            "scan_id": scan.id,
            "acting_id": acting,
            "pupil_id": ask.subject_id,
            "guardianship_id": unit.pupils.list_guardianships(town.school_id)[0].id,
            "release_id": bundle.release_id,
            "bundle_id": bundle.id,
            "recall_id": recall.id,
            "event_id": event.id,
            "staff_id": add_staff(
                unit, f"colleague-{town.number}", "not a hash", Role.TUTOR, town.school_id
            ),
            "client_id": unit.clients.page(None, 1)[0].id,
        }


@dataclass
class Matrix:
    """Two schools with everything in them, and whoever may come."""

    door: Door
    other: Town
    parts: Mapping[str, Any]
    mother: Headers

    def __post_init__(self) -> None:
        self.mine = things(self.door.town)
        self.foreign = things(self.other)
        with self.door.wiring.units.open(SYSTEM) as unit:
            add_client(unit, "another", "moya-shkola-2023", platform_jwks())
        assertion = self.door.assertion(iss="another", sub="another")
        token = told(self.door.ask_token(client_assertion=assertion))["access_token"]
        self.other_platform = bearer(token)
        staff = set(Role) - {Role.PLATFORM, Role.FAMILY}
        self.tokens = {role: self.door.who(role) for role in staff} | {Role.FAMILY: self.mother}

    def call(self, route: Route, role: Role, ids: Ids) -> TestResponse:
        who = self.door.who(role) if role is Role.PLATFORM else self.tokens[role]
        return self.send(route, who, ids)

    def send(self, route: Route, who: Headers, ids: Ids) -> TestResponse:
        return send(self.door, self.parts, route, who, ids)

    def strange(self, route: Route, role: Role) -> Iterator[tuple[str, Ids]]:
        """Ids of which one is not the caller's, and what that one is."""
        for name in route.ids:
            yield f"no {name}", {**self.mine, name: uuid4()}
            if role not in ABOVE_SCHOOLS | {Role.PLATFORM}:
                yield f"another school's {name}", {**self.mine, name: self.foreign[name]}
        if role not in ABOVE_SCHOOLS | {Role.PLATFORM}:
            yield "everything of another school", self.foreign

    def holes(self, named: list[Route]) -> Iterator[tuple[str, ...]]:
        """Whoever was answered otherwise than by 404 about what is not theirs."""
        for route in named:
            for role in sorted(route.roles):
                for what, ids in self.strange(route, role):
                    yield from self.seen(self.call(route, role, ids), route.name, role, what)
            if Role.PLATFORM in route.roles:
                answer = self.send(route, self.other_platform, self.mine)
                yield from self.seen(answer, route.name, "another programme's platform")
        registrar = self.tokens[Role.REGISTRAR]
        for path, body in (
            (
                "/v1/school/agreements",
                {"number": "1", "signed_on": "2026-09-01"}
                | {"person_ids": [str(self.foreign["pupil_id"])]},
            ),
            (f"{self.door.collection}/invitations", {"class_id": str(self.foreign["class_id"])}),
        ):
            yield from self.seen(self.door.post(path, registrar, body), path)

    def seen(self, answer: TestResponse, *what: str) -> Iterator[tuple[str, ...]]:
        if answer.status_code != 404 or refusal(answer) != (404, "not_found"):
            yield (*what, str(answer.status_code))


def released(door: Door, town: Town) -> str:
    """Asked, answered, approved, pulled, and taken back; the session of the mother."""
    before, door.town = door.town, town
    town.import_children(CLASS)
    session = door.family_token(town)
    bundle = door.released()
    with door.wiring.units.open(SYSTEM) as unit:
        [client] = [c for c in unit.clients.page(None, 9) if c.name == "platform"]
        hand_over(unit, client, bundle.id)
    town.withdraw(town.ask_of(town.asks()[0].signer_id, FormKind.CHILD))
    town.work()
    door.town = before
    return session


@pytest.fixture
def matrix(door: Door) -> Matrix:
    session = released(door, door.town)
    other = Town(door.wiring, 29)
    released(door, other)
    description = json.loads(door.get("/openapi.json").data)
    return Matrix(door, other, description["components"]["schemas"], bearer(session))


@pytest.fixture
def named(door: Door) -> list[Route]:
    return routes(json.loads(door.get("/openapi.json").data))


def test_everybody_finds_own_things_and_nobody_elses(matrix: Matrix, named: list[Route]):
    """Own ones come last: without them an address of nothing would pass for a closed one."""
    assert {name for route in named for name in route.ids} <= matrix.mine.keys()
    assert list(matrix.holes(named)) == []
    missing = []
    for route in named:
        for role in sorted(route.roles):
            status = matrix.call(route, role, matrix.mine).status_code
            if status in {401, 404} or status >= 500:
                missing.append((route.name, role, status))
    assert set(missing) == NOT_THERE_YET


def test_an_ask_of_a_neighbour_is_not_there(full_door: Door, named: list[Route]):
    """Two families of one school know nothing of each other."""
    town = full_door.town
    town.import_children([*CLASS, Child(2, name="Яна", guardians=(102,))])
    town.agree_on_signature()
    answer = town.answer(town.ask_of(town.person(102), FormKind.CHILD))
    matrix_ids = {
        "ask_id": town.ask_of(town.person(102), FormKind.CHILD).id,
        "answer_id": answer.facts.id,
    }
    description = json.loads(full_door.get("/openapi.json").data)
    own = [route for route in named if Role.FAMILY in route.roles]
    assert len(own) >= 7
    mother = bearer(full_door.family_token(town, town.person(MOTHER)))
    parts = description["components"]["schemas"]
    for route in own:
        answer = send(full_door, parts, route, mother, matrix_ids)
        assert refusal(answer) == (404, "not_found"), route.name
