"""Headers of every answer, whatever it is."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from gateway.web.headers import HEADERS
from policies.permissions import Role
from tests.gateway.web.conftest import Door
from tests.gateway.web.test_doors import call, operations

CACHED = ("/openapi.json", "/.well-known/jwks.json", "/problems/not-found", "/healthz")


def test_every_route_answers_with_the_headers(full_door: Door):
    registrar = full_door.who(Role.REGISTRAR)
    for method, path, operation in operations(full_door):
        for who in (None, registrar):
            answer = call(full_door, method, path, operation, who)
            assert {n: answer.headers[n] for n in HEADERS} == HEADERS, (method, path)
            assert answer.headers["Cache-Control"] == "no-store", (method, path)
            assert len(answer.headers["X-Request-ID"]) >= 8


@pytest.mark.parametrize("path", CACHED)
def test_what_is_public_may_be_kept_for_a_while(door: Door, path: str):
    answer = door.get(path)
    assert answer.headers["Cache-Control"] != "no-store"
    assert {n: answer.headers[n] for n in HEADERS} == HEADERS


def test_two_requests_have_two_ids(visitor: FlaskClient):
    ids = {visitor.get("/healthz").headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
