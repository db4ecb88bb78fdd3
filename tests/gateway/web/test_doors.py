"""Who may enter where: every route against every role, without a token, and with a stranger's."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from gateway.actions.inspect_journal import list_events
from gateway.unit import SYSTEM
from gateway.web.routes import GUARDS
from policies.facts import FormKind
from policies.permissions import ALLOWED, Permission, Role
from tests.gateway.web.conftest import CLASS, Door, Headers, bearer, refusal
from tests.town import Child, Town

ROLES = tuple(Role)
# Routes whose right is told apart by the token and not by a permission; the watch has its own.
ANY_STAFF = {"sign_out"}
WATCH = {"see_figures"}


def operations(door: Door) -> list[tuple[str, str, dict[str, Any]]]:
    description = json.loads(door.get("/openapi.json").data)
    return [
        (method.upper(), path, operation)
        for path, item in description["paths"].items()
        for method, operation in item.items()
        if method in {"get", "post", "put", "delete"}
        and operation["security"]
        and operation["operationId"] not in WATCH
    ]


def call(
    door: Door, method: str, path: str, operation: dict[str, Any], who: Headers | None
) -> TestResponse:
    """A call with ids that belong to nothing, and an empty body of the right kind."""
    for name in ("collection_id", "class_id", "import_id", "ask_id", "pupil_id", "answer_id",
                 "release_id", "bundle_id", "recall_id", "event_id", "school_id",
                 "guardianship_id"):  # fmt: skip
        path = path.replace(f"{{{name}}}", str(uuid4()))
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return door.http.open(
            path, method=method, headers=who, data={"file": (BytesIO(b"x"), "a.csv")}
        )
    if "application/json" in content:
        return door.http.open(path, method=method, headers=who, json={})
    return door.http.open(path, method=method, headers=who)


def roles_of(operation: dict[str, Any], guards: dict[str, Permission]) -> frozenset[Role]:
    return ALLOWED[guards[operation["operationId"]]]


def guards() -> dict[str, Permission]:
    """Permission of every operation that has one."""
    return {name: access.permission for name, access in GUARDS.items() if access.permission}


def test_nobody_enters_without_a_token(full_door: Door):
    for method, path, operation in operations(full_door):
        for who in (None, bearer("nobody"), bearer("a.b.c"), {"Authorization": "Basic YTpi"}):
            answer = call(full_door, method, path, operation, who)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_every_role_enters_only_where_it_may(full_door: Door):
    tokens = {role: full_door.who(role) for role in ROLES}
    table = guards()
    for method, path, operation in operations(full_door):
        if operation["operationId"] in ANY_STAFF:
            continue
        may = roles_of(operation, table)
        for role in ROLES:
            answer = call(full_door, method, path, operation, tokens[role])
            if role in may:
                assert answer.status_code not in {401, 403, 500}, (role, method, path)
            else:
                assert refusal(answer) == (403, "not_allowed"), (role, method, path)


def test_a_denial_is_an_event(full_door: Door):
    full_door.post("/v1/admin/schools", full_door.who(Role.TUTOR))
    full_door.town.work()
    with full_door.wiring.units.open(SYSTEM) as unit:
        events = [entry.event for entry in list_events(unit, None, -1, 1000)]
    denied = [event for event in events if event.kind == "access.denied"]
    assert [event.data for event in denied] == [{"permission": "manage_schools", "reason": "role"}]
    assert denied[0].actor.ref == full_door.town.staff[Role.TUTOR]


def test_a_family_cannot_close_a_session_of_staff(full_door: Door):
    assert full_door.delete("/v1/session", full_door.who(Role.FAMILY)).status_code == 401


@pytest.fixture
def two_schools(door: Door) -> tuple[Door, Town]:
    """Our school with everything in it, and a stranger's with people of its own."""
    door.released()
    other = Town(door.wiring, 29)
    other.import_children([Child(501, guardians=(601,))])
    other.agree_on_signature()
    return door, other


def test_things_of_another_school_are_not_there(two_schools: tuple[Door, Town]):
    door, other = two_schools
    town = door.town
    registrar, director = door.who(Role.REGISTRAR, other), door.who(Role.DIRECTOR, other)
    with town.by(Role.REGISTRAR) as unit:
        class_id = next(iter(unit.schools.class_names(town.school_id)))
        link_id = unit.pupils.list_guardianships(town.school_id)[0].id
        release_id = unit.bundles.list_bundles(town.school_id)[0].release_id
    pupil, ask = town.person(CLASS[0].number), town.asks()[0].id
    collection = f"/v1/school/collections/{town.collection_id}"
    day = {"order_no": "1", "order_on": "2026-09-01"}
    signed = {"number": "1", "signed_on": "2026-09-01"}
    calls: list[tuple[str, str, Headers, Any]] = [
        ("GET", f"{collection}/classes", registrar, None),
        ("GET", f"{collection}/classes/{class_id}", registrar, None),
        ("GET", f"{collection}/readiness", registrar, None),
        ("POST", f"{collection}/releases", registrar, {}),
        ("POST", f"{collection}/invitations", registrar, {}),
        ("PUT", f"{collection}/deadline", registrar, {"deadline_on": "2026-10-01"}),
        ("PUT", f"{collection}/enrolments", registrar, {"class": "7А", "headcount": 1, **day}),
        ("POST", "/v1/school/agreements", registrar, {"person_ids": [str(pupil)], **signed}),
        (
            "POST",
            f"/v1/school/guardianships/{link_id}/authority",
            registrar,
            {"kind": "акт", "number": "1", "issued_on": "2026-09-01", "issuer": "опека"},
        ),
        (
            "POST",
            f"/v1/school/asks/{ask}/paper-answer",
            registrar,
            {"decision": "refused", "signed_on": "2026-09-01"},
        ),
        (
            "POST",
            f"/v1/school/pupils/{pupil}/attempts",
            registrar,
            {"made_on": "2026-09-01", "channel": "phone"},
        ),
        (
            "POST",
            f"{collection}/pupils/{pupil}/leaving-out",
            registrar,
            {"reason": "no_answer"},
        ),
        ("POST", f"{collection}/pupils/{pupil}/leaving-out/confirmation", director, {}),
        ("POST", f"/v1/school/pupils/{pupil}/departure", registrar, day),
        ("POST", f"/v1/school/releases/{release_id}/approval", director, {"set_digest": "0" * 64}),
    ]
    for method, path, who, body in calls:
        answer = door.http.open(path, method=method, headers=who, json=body)
        assert refusal(answer) == (404, "not_found"), (method, path)


def test_an_ask_of_another_family_is_not_there(two_schools: tuple[Door, Town]):
    door, other = two_schools
    stranger = bearer(door.family_token(other, other.person(601)))
    ask = f"/v1/family/asks/{door.own_ask(FormKind.CHILD).id}"
    for answer in (
        door.get(f"{ask}/items", stranger),
        door.put(f"{ask}/items", stranger, {"given_name": "Ева"}),
        door.post(f"{ask}/document", stranger, {"decision": "refused"}),
        door.post(
            f"{ask}/answer",
            stranger,
            {"decision": "refused", "digest": "0" * 64, "code": "000000"},
        ),
        door.post(f"{ask}/withdrawal", stranger),
    ):
        assert refusal(answer) == (404, "not_found")


def test_a_tutor_sees_no_class_of_a_colleague(full_door: Door):
    town = full_door.town
    town.import_children([*CLASS, Child(9, class_name="8Б", guardians=(109,))])
    with town.by(Role.REGISTRAR) as unit:
        names = unit.schools.class_names(town.school_id)
    other = next(class_id for class_id, name in names.items() if name == "8Б")
    tutor = full_door.who(Role.TUTOR)
    assert refusal(full_door.get(f"{full_door.collection}/classes/{other}", tutor)) == (
        403,
        "not_allowed",
    )
