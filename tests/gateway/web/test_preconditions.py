"""If-Match: a change that was meant for what a colleague has changed since is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from policies.facts import FormKind
from policies.permissions import Role
from tests.gateway.web.conftest import Door, Headers, refusal
from tests.gateway.web.test_description import operations

PASSPORT = {
    "legal_name": "Школа № 28",
    "address": "г. Хабаровск",
    "inn": "2700000000",
    "phone": "+74212000028",
    "instruction_no": "1",
    "instruction_on": "2026-08-01",
    "act_no": "2",
    "act_on": "2026-08-02",
}
ENROLMENT = {"class": "7А", "headcount": 1, "order_no": "1", "order_on": "2026-09-01"}


@dataclass(frozen=True)
class Write:
    """Where a thing is read and written, by whom, and two things to write."""

    read: str
    write: str
    role: Role
    one: Mapping[str, Any]
    two: Mapping[str, Any]


WRITES = {
    "passport": Write(
        "/v1/admin/schools/{school}/passport",
        "/v1/admin/schools/{school}/passport",
        Role.ADMINISTRATOR,
        PASSPORT,
        {**PASSPORT, "act_no": "3"},
    ),
    "deadline": Write(
        "{collection}",
        "{collection}/deadline",
        Role.REGISTRAR,
        {"deadline_on": "2026-10-01"},
        {"deadline_on": "2026-10-02"},
    ),
    "enrolments": Write(
        "{collection}/enrolments",
        "{collection}/enrolments",
        Role.REGISTRAR,
        ENROLMENT,
        {**ENROLMENT, "headcount": 2},
    ),
    "items": Write(
        "/v1/family/asks/{ask}/items",
        "/v1/family/asks/{ask}/items",
        Role.FAMILY,
        {"phone": "+79000000505"},
        {"phone": "+79000000506"},
    ),
}


@dataclass(frozen=True)
class Desk:
    door: Door
    write: Write
    who: Headers

    def address(self, pattern: str) -> str:
        return pattern.format(
            school=self.door.town.school_id,
            collection=self.door.collection,
            ask=self.door.own_ask(FormKind.GUARDIAN_OWN).id,
        )

    def etag(self) -> str:
        return self.door.get(self.address(self.write.read), self.who).headers["ETag"]

    def put(self, body: Mapping[str, Any], if_match: str | None = None) -> Any:
        who = self.who if if_match is None else {**self.who, "If-Match": if_match}
        return self.door.put(self.address(self.write.write), who, body)


@pytest.fixture(params=WRITES)
def desk(request: pytest.FixtureRequest, full_door: Door) -> Desk:
    write = WRITES[request.param]
    return Desk(full_door, write, full_door.who(write.role))


def test_a_write_over_what_was_read_is_done_and_the_next_one_is_not(desk: Desk):
    seen = desk.etag()
    assert desk.etag() == seen
    assert desk.put(desk.write.one, seen).status_code < 300
    refused = desk.put(desk.write.two, seen)
    assert refusal(refused) == (412, "precondition_failed")
    assert desk.etag() != seen
    assert desk.put(desk.write.two, f'"another", {desk.etag()}').status_code < 300


def test_only_a_version_that_is_named_is_held_against_it(desk: Desk):
    """Without one, or with any, the last writer wins; a weak tag matches nothing (RFC 9110)."""
    for if_match in (None, "*", " * "):
        for body in (desk.write.one, desk.write.two):
            assert desk.put(body, if_match).status_code < 300
    for if_match in (f"W/{desk.etag()}", '"nothing"', "nothing", ""):
        answer = desk.put(desk.write.one, if_match)
        assert refusal(answer) == (412, "precondition_failed")
    assert refusal(desk.put(desk.write.one, '"x",' * 500)) == (422, "bad_input")


def test_no_version_tells_anything_of_what_it_is_a_version_of(desk: Desk):
    """It is an id of an event, or a digest of such: nothing to guess a telephone by."""
    found = []
    for _ in range(2):
        desk.put(desk.write.one)
        found.append(desk.etag())
        desk.put(desk.write.two)
    assert found[0] != found[1]


def test_the_description_names_the_header(door: Door):
    description = json.loads(door.get("/openapi.json").data)
    guarded = {
        operation["operationId"]
        for operation in operations(description).values()
        if any(p.get("name") == "If-Match" for p in operation.get("parameters", ()))
    }
    assert guarded == {"set_passport", "move_deadline", "state_enrolment", "correct_items"}
