"""Who may enter where: every route against every role, and without a token."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from gateway.actions.inspect_journal import list_events
from gateway.unit import SYSTEM
from gateway.web.routes import GUARDS
from policies.permissions import ALLOWED, Permission, Role
from tests.gateway.web.conftest import CLASS, Door, Headers, bearer, refusal
from tests.town import Child

ROLES = tuple(Role)
# Routes whose right is told apart by the token and not by a permission; the watch has its own.
ANY_STAFF = {"sign_out", "show_factor", "begin_application", "confirm_application"}
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
                 "guardianship_id", "staff_id", "scan_id", "acting_id", "client_id"):  # fmt: skip
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
