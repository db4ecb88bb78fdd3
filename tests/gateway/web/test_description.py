"""The description is valid, and it describes what is served."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from gateway.app import AREAS
from gateway.web.problems import PROBLEMS
from gateway.web.routes import GUARDS
from policies.permissions import Permission

METHODS = {"get", "post", "put", "delete"}


@pytest.fixture
def description(visitor: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(visitor.get("/openapi.json").data)
    return found


def operations(description: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, item in description["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def test_description_is_valid_openapi_3_1(description: dict[str, Any]):
    assert description["openapi"] == "3.1.0"
    validate(description)


def test_every_route_is_described_and_nothing_else(app: Flask, description: dict[str, Any]):
    areas = {area.blueprint.name for area in AREAS}
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in areas
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert set(operations(description)) == served


def test_operation_ids_are_unique(description: dict[str, Any]):
    ids = [operation["operationId"] for operation in operations(description).values()]
    assert len(ids) == len(set(ids))


def test_every_operation_says_whom_it_lets_in(description: dict[str, Any]):
    schemes = set(description["components"]["securitySchemes"])
    assert schemes == {"staff", "family", "platform", "watch"}
    for operation in operations(description).values():
        assert all(set(each) <= schemes for each in operation["security"])


def test_every_operation_tells_of_problems(description: dict[str, Any]):
    for operation in operations(description).values():
        answer = operation["responses"]["default"]
        name = answer["$ref"].rpartition("/")[2]
        content = description["components"]["responses"][name]["content"]
        assert set(content) == {"application/problem+json"}


def test_every_permission_guards_a_route():
    guarded = {access.permission for access in GUARDS.values()}
    # Opens nothing by itself: it says how much a class desk tells.
    assert set(Permission) - {Permission.READ_REFUSALS} <= guarded


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=lambda p: p.slug)
def test_every_problem_has_its_page(visitor: FlaskClient, problem: Any):
    page = json.loads(visitor.get(problem.type).data)
    assert (page["status"], page["code"], page["title"]) == (
        problem.status,
        problem.code,
        problem.title,
    )


def test_an_unknown_problem_has_no_page(visitor: FlaskClient):
    assert visitor.get("/problems/nothing-of-the-kind").status_code == 404
