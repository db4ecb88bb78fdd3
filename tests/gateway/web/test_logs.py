"""Logs hold routes and ids; never a secret, a body or a person."""

from __future__ import annotations

import errno
import json
import logging
from io import StringIO

import pytest
import structlog
from flask.testing import FlaskClient

from gateway.app import create_app
from gateway.logs import HIDDEN, set_up_logs, where
from policies.permissions import Role
from tests.gateway.web.conftest import MOTHER, Door, told


def lines(log: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_family_leaves_only_its_route(full_door: Door, log_lines: StringIO):
    link = full_door.mothers_link()
    full_door.get(link)
    code = full_door.code(link)
    session = told(full_door.post(f"{link}/session", body={"code": code}))["token"]
    full_door.get("/v1/family/asks", {"Authorization": f"Bearer {session}"})
    logged = log_lines.getvalue()
    for secret in (link.rpartition("/")[2], code, session, "Ёлкина", f"900{MOTHER:07d}"):
        assert secret not in logged
    assert [line["route"] for line in lines(log_lines) if line["event"] == "request"] == [
        "/v1/family/links/<token>",
        "/v1/family/links/<token>/code",
        "/v1/family/links/<token>/session",
        "/v1/family/asks",
    ]
    requests = [line for line in lines(log_lines) if line["event"] == "request"]
    assert {(line["actor"], line["role"]) for line in requests} == {("family", "family")}


def test_an_address_of_nothing_is_not_logged(door: Door, log_lines: StringIO):
    door.get("/v1/family/link/secret-of-a-family?phone=79000000101")
    assert "secret" not in log_lines.getvalue()
    assert "79000000101" not in log_lines.getvalue()


@pytest.mark.parametrize(
    ("told_id", "is_kept"),
    [
        pytest.param("trace-0001.a_B", True, id="harmless"),
        pytest.param("short", False, id="short"),
        pytest.param("x" * 65, False, id="long"),
        pytest.param("with space", False, id="blank"),
        pytest.param("8-900-000-01-01", False, id="telephone"),
        pytest.param("a12345678901", False, id="eleven digits"),
    ],
)
def test_a_request_keeps_its_id_if_it_is_harmless(
    visitor: FlaskClient, told_id: str, is_kept: bool
):
    answer = visitor.get("/healthz", headers={"X-Request-ID": told_id})
    assert (answer.headers["X-Request-ID"] == told_id) is is_kept


def test_one_id_is_in_the_header_in_the_problem_and_in_the_log(door: Door, log_lines: StringIO):
    answer = door.get("/v1/audit/events", door.who(Role.TUTOR))
    (line,) = lines(log_lines)
    told_id = answer.headers["X-Request-ID"]
    assert (json.loads(answer.data)["request_id"], line["request_id"]) == (told_id, told_id)
    assert (line["status"], line["role"], line["problem"]) == (403, "tutor", "not-allowed")


def test_a_page_of_an_error_shows_the_id(visitor: FlaskClient):
    answer = visitor.get("/nowhere", headers={"Accept": "text/html"})
    assert answer.mimetype == "text/html"
    assert answer.headers["X-Request-ID"] in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("level", "message", "values", "said"),
    [
        pytest.param(logging.ERROR, "no %s here", ("Ёлкина",), "no %s here", id="pattern"),
        pytest.param(logging.WARNING, "no Ёлкина here", (), None, id="put together before"),
        pytest.param(logging.INFO, "listening at %s", ("here",), None, id="not asked for"),
    ],
)
def test_what_libraries_say_is_kept_without_its_values(
    log_lines: StringIO, level: int, message: str, values: tuple[str, ...], said: str | None
):
    logging.getLogger("some.library").log(level, message, *values)
    if level < logging.WARNING:
        assert log_lines.getvalue() == ""
        return
    (line,) = lines(log_lines)
    assert (line["logger"], line["said"]) == ("some.library", said)
    assert str(line["place"]).startswith("test_logs:")


def test_an_unforeseen_error_is_logged_by_name_and_place(door: Door, log_lines: StringIO):
    def view() -> str:
        return str(int("Ёлкина Ольга"))

    app = create_app(door.wiring)
    app.add_url_rule("/probe", view_func=view)
    app.test_client().get("/probe")
    line = next(line for line in lines(log_lines) if line["event"] == "failed")
    assert line["fault"] == "ValueError"
    assert str(line["where"]).count("test_logs.py:") == 1
    assert "Ольга" not in log_lines.getvalue()


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        pytest.param("phone", "x", HIDDEN, id="named so"),
        pytest.param("note", "a@example.org", HIDDEN, id="an address"),
        pytest.param("note", "112-233-445 95", HIDDEN, id="eleven digits"),
        pytest.param("note", "duty_failed", "duty_failed", id="a code"),
        pytest.param("count", 79000000101, 79000000101, id="a number that is counted"),
        pytest.param(
            "id",
            "01a05c32-5e80-7000-9433-012345678901",
            "01a05c32-5e80-7000-9433-012345678901",
            id="an id",
        ),
    ],
)
def test_the_net_below_the_rule(log_lines: StringIO, name: str, value: object, shown: object):
    structlog.get_logger("test").info("something", **{name: value})
    assert lines(log_lines)[0][name] == shown


def test_places_are_ours_only():
    with pytest.raises(ValueError, match="property name") as caught:
        json.loads("{")
    assert [place.rpartition(":")[0] for place in where(caught.value)] == [
        "tests/gateway/web/test_logs.py"
    ]


class FullDisk(StringIO):
    """Takes no byte."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "no space left on device")

    def flush(self) -> None:
        self.write("")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_log_on_a_full_disk_stops_nobody(client: FlaskClient):
    set_up_logs(FullDisk())
    assert client.get("/healthz").status_code == 200
    structlog.reset_defaults()
