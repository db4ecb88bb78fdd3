"""Whatever can grow comes page by page: each thing once, whatever is added meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from gateway.actions.add_school import add_school
from gateway.actions.add_staff import add_staff, ensure_class
from gateway.actions.import_roster import import_roster
from gateway.actions.issue_token import add_client
from gateway.actions.open_collection import state_enrolment
from gateway.unit import SYSTEM, Actor
from gateway.web.schemas.fields import id_cursor_text
from policies.permissions import Role
from tests.gateway.web.conftest import CLASS, Door, Headers, refusal, told
from tests.gateway.web.test_description import operations
from tests.town import Child, class_list, platform_jwks

Grow = Callable[[Door, int], None]


def more_schools(door: Door, number: int) -> None:
    with door.wiring.units.open(SYSTEM) as unit:
        add_school(unit, f"Школа № {number}", "Europe/Moscow")


def more_staff(door: Door, number: int) -> None:
    with door.wiring.units.open(SYSTEM) as unit:
        add_staff(unit, f"auditor-{number}", "not a hash", Role.AUDITOR, None)


def more_clients(door: Door, number: int) -> None:
    with door.wiring.units.open(SYSTEM) as unit:
        add_client(unit, f"platform-{number}", "mesh-2020", platform_jwks())


def more_imports(door: Door, number: int) -> None:
    actor = Actor(Role.TUTOR, door.town.staff[Role.TUTOR], door.town.school_id)
    with door.wiring.units.open(actor) as unit:
        content = class_list([Child(number, guardians=(100 + number,))])
        import_roster(unit, door.town.collection_id, content, "7a.csv")


def more_classes(door: Door, number: int) -> None:
    with door.town.by(Role.REGISTRAR) as unit:
        unit.lock_school()
        ensure_class(unit, door.town.school_id, f"{number % 11 + 1}{'АБВ'[number // 11]}")


def more_enrolments(door: Door, number: int) -> None:
    with door.town.by(Role.REGISTRAR) as unit:
        name = f"{number % 11 + 1}{'АБВ'[number // 11]}"
        state_enrolment(unit, door.town.collection_id, name, 1, "1", date(2026, 9, 1))


LISTS = [
    pytest.param("/v1/admin/schools", "schools", Role.ADMINISTRATOR, more_schools, id="schools"),
    pytest.param("/v1/admin/staff", "staff", Role.ADMINISTRATOR, more_staff, id="staff"),
    pytest.param("/v1/admin/clients", "clients", Role.ADMINISTRATOR, more_clients, id="clients"),
    pytest.param("{collection}/imports", "imports", Role.REGISTRAR, more_imports, id="imports"),
    pytest.param("{collection}/classes", "classes", Role.REGISTRAR, more_classes, id="classes"),
    pytest.param(
        "{collection}/enrolments", "enrolments", Role.REGISTRAR, more_enrolments, id="enrolments"
    ),
]


def walk(door: Door, path: str, name: str, who: Headers, between: Callable[[], None]) -> list[str]:
    """Ids of every page of two, with something added between any two pages."""
    found: list[str] = []
    address: str | None = f"{path}?limit=2"
    while address is not None:
        answer = door.get(address, who)
        page = told(answer)
        assert len(page[name]) <= 2
        found += [entry.get("id") or entry["class_id"] for entry in page[name]]
        link = answer.headers.get("Link")
        assert (page["next"] is None) is (link is None)
        address = None if link is None else link[1 : link.index(">")]
        if address is not None:
            between()
        assert len(found) < 100
    return found


@pytest.mark.parametrize(("path", "name", "role", "grow"), LISTS)
def test_what_was_there_all_the_while_comes_once(
    door: Door, path: str, name: str, role: Role, grow: Grow
):
    numbers = iter(range(2, 30))
    for _ in range(3):
        grow(door, next(numbers))
    who, address = door.who(role), path.format(collection=door.collection)
    before = [e.get("id") or e["class_id"] for e in told(door.get(address, who))[name]]
    added = iter(range(4))

    def between() -> None:
        if next(added, None) is not None:
            grow(door, next(numbers))

    found = walk(door, address, name, who, between)
    assert len(found) == len(set(found))
    assert [each for each in found if each in before] == before


def test_a_class_desk_comes_by_name(full_door: Door):
    town = full_door.town
    children = [*CLASS, *(Child(n, name=name, guardians=(100 + n,)) for n, name in
                          ((2, "Анна"), (3, "Яна"), (4, "Майя")))]  # fmt: skip
    town.import_children(children)
    with town.by(Role.REGISTRAR) as unit:
        [class_id] = unit.schools.class_names(town.school_id)
    who, path = full_door.who(Role.REGISTRAR), f"{full_door.collection}/classes/{class_id}"
    whole = [pupil["id"] for pupil in told(full_door.get(path, who))["pupils"]]
    assert len(whole) == 4
    assert walk(full_door, path, "pupils", who, lambda: None) == whole


def test_a_family_and_a_school_read_pages_too(door: Door):
    door.town.import_children(CLASS)
    mother = door.who(Role.FAMILY)
    asks = told(door.get("/v1/family/asks", mother))["asks"]
    assert walk(door, "/v1/family/asks", "asks", mother, lambda: None) == [a["id"] for a in asks]
    bundle = door.released()
    director = door.who(Role.DIRECTOR)
    assert walk(door, "/v1/school/bundles", "bundles", director, lambda: None) == [str(bundle.id)]
    assert walk(door, "/v1/school/collections", "collections", director, lambda: None) == [
        str(door.town.collection_id)
    ]


def test_a_tutor_sees_own_uploads_only(door: Door):
    more_imports(door, 2)
    with door.town.by(Role.REGISTRAR) as unit:
        import_roster(unit, door.town.collection_id, class_list(CLASS), "7a.csv")
    path = f"{door.collection}/imports"
    by = {role: told(door.get(path, door.who(role)))["imports"] for role in
          (Role.TUTOR, Role.REGISTRAR)}  # fmt: skip
    assert [len(entries) for entries in by.values()] == [1, 2]
    assert by[Role.TUTOR][0].keys() == {"id", "staff_id", "state", "file_digest", "uploaded_at"}


def test_staff_of_one_school_are_listed_without_their_secrets(door: Door):
    path = f"/v1/admin/staff?school_id={door.town.school_id}&limit=2"
    page = told(door.get(path, door.who(Role.ADMINISTRATOR)))
    assert {entry["school_id"] for entry in page["staff"]} == {str(door.town.school_id)}
    assert page["staff"][0].keys() == {"id", "school_id", "login", "role", "disabled_at"}
    assert page["next"] is not None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("after=!", {"/after": "cursor_form"}, id="no cursor"),
        pytest.param("after=MQ", {"/after": "cursor_form"}, id="a feed's cursor"),
        pytest.param(f"after={id_cursor_text(uuid4())}", {"/after": "cursor_form"}, id="left"),
        pytest.param("limit=0", {"/limit": "number_range"}, id="none"),
        pytest.param("limit=201", {"/limit": "number_range"}, id="too many"),
        pytest.param("limit=1&limit=2", {"/limit": "duplicate_key"}, id="two limits"),
        pytest.param("offset=1", {"/offset": "unknown_field"}, id="offset"),
    ],
)
def test_a_page_that_cannot_be_asked_for(door: Door, query: str, found: dict[str, str]):
    answer = door.get(f"/v1/school/collections?{query}", door.who(Role.REGISTRAR))
    assert refusal(answer) == (422, "bad_input")
    errors = json.loads(answer.data)["errors"]
    assert {each["pointer"]: each["code"] for each in errors} == found


def test_every_list_that_can_grow_has_pages(door: Door):
    """A list of things with ids that comes at once would be found here."""
    description: dict[str, Any] = json.loads(door.get("/openapi.json").data)
    parts = description["components"]["schemas"]
    # One thing, seen whole; of messages the oldest hundred and how many there are.
    whole = {"see_school", "see_readiness", "review_import", "list_messages"}
    for (method, _), operation in operations(description).items():
        content = operation["responses"].get("200", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        known = parts.get(schema.get("$ref", "").rpartition("/")[2], {})
        lists = [n for n, each in known.get("properties", {}).items() if _of_things(each, parts)]
        if method != "GET" or not lists or operation["operationId"] in whole:
            continue
        names = {parameter.get("name") for parameter in operation.get("parameters", ())}
        assert {"after", "limit"} <= names, operation["operationId"]
        assert "next" in known["properties"], operation["operationId"]


def _of_things(schema: dict[str, Any], parts: dict[str, Any]) -> bool:
    inner = parts.get(schema.get("items", {}).get("$ref", "").rpartition("/")[2], {})
    return bool({"id", "class_id"} & inner.get("properties", {}).keys())
