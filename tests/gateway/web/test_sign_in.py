"""Workers sign in: no guess is free, and an unknown name looks like a wrong password."""

from __future__ import annotations

import json
import threading
from io import StringIO

import pytest

from gateway.errors import NotReady
from gateway.web import passwords
from policies.permissions import Role
from tests.gateway.web.conftest import Door, bearer, refusal, told

LOGIN, PASSWORD = "registrar-new", "correct horse battery"


@pytest.fixture
def hired(door: Door) -> Door:
    """A registrar with a password."""
    body = {
        "login": LOGIN,
        "password": PASSWORD,
        "role": "registrar",
        "school_id": str(door.town.school_id),
        "email": "registrar@example.org",
        "phone": "+79000009001",
    }
    told(door.post("/v1/admin/staff", door.who(Role.ADMINISTRATOR), body))
    return door


def test_a_right_password_opens_a_session(hired: Door):
    answer = hired.post("/v1/session", body={"login": LOGIN, "password": PASSWORD})
    assert answer.status_code == 201
    opened = json.loads(answer.data)
    assert opened["role"] == "registrar"
    assert opened["school_id"] == str(hired.town.school_id)
    assert opened["expires_at"] == "2026-09-01T17:00:00Z"
    assert opened["second_factor"] == "to_set_up"
    hired.set_up_phone(opened["token"])
    school = told(hired.get("/v1/school", bearer(opened["token"])))
    assert (school["short_name"], school["is_complete"]) == ("Школа № 28", True)


def test_a_session_ends_after_eight_hours(hired: Door):
    who = bearer(
        told(hired.post("/v1/session", body={"login": LOGIN, "password": PASSWORD}))["token"]
    )
    hired.clock.forward(hours=8)
    assert hired.get("/v1/school", who).status_code == 401


def test_signing_out_ends_it_at_once(hired: Door):
    who = bearer(
        told(hired.post("/v1/session", body={"login": LOGIN, "password": PASSWORD}))["token"]
    )
    assert hired.delete("/v1/session", who).status_code == 204
    assert hired.get("/v1/school", who).status_code == 401


def test_an_unknown_name_is_answered_like_a_wrong_password(hired: Door):
    wrong = hired.post("/v1/session", body={"login": LOGIN, "password": "x"})
    unknown = hired.post("/v1/session", body={"login": "nobody", "password": "x"})
    assert refusal(wrong) == refusal(unknown) == (401, "not_authenticated")
    assert json.loads(wrong.data)["detail"] == json.loads(unknown.data)["detail"]


def test_ten_wrong_passwords_close_the_door_for_a_while(hired: Door):
    for _ in range(10):
        assert hired.post("/v1/session", body={"login": LOGIN, "password": "x"}).status_code == 401
    right = {"login": LOGIN, "password": PASSWORD}
    assert refusal(hired.post("/v1/session", body=right)) == (429, "too_many_attempts")
    hired.clock.forward(minutes=16)
    assert hired.post("/v1/session", body=right).status_code == 201


def test_a_short_password_is_not_taken(door: Door):
    body = {"login": "auditor-2", "password": "short", "role": "auditor"}
    answer = door.post("/v1/admin/staff", door.who(Role.ADMINISTRATOR), body)
    found = {each["pointer"]: each["code"] for each in json.loads(answer.data)["errors"]}
    assert found == {"/password": "too_short"}


def test_neither_name_nor_password_is_logged(hired: Door, log_lines: StringIO):
    hired.post("/v1/session", body={"login": LOGIN, "password": PASSWORD})
    hired.post("/v1/session", body={"login": LOGIN, "password": "another one"})
    logged = log_lines.getvalue()
    assert '"route": "/v1/session"' in logged
    assert LOGIN not in logged
    assert PASSWORD not in logged
    assert "another one" not in logged


def test_comparing_takes_turns(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    with passwords._places, pytest.raises(NotReady):
        passwords.is_password(None, "anything")
    assert passwords.is_password(passwords.hash_password("one"), "one")


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param("not a hash", id="no hash"),
        pytest.param(None, id="nobody"),
    ],
)
def test_what_is_no_hash_matches_nothing(stored: str | None):
    assert not passwords.is_password(stored, "not a hash")
