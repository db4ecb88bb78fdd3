"""Limits over HTTP: what is told is true, and nobody is locked out by somebody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse

from gateway.actions.issue_token import TOKENS
from gateway.actions.open_link import CODES_OF_PHONE, MISSES, RENEWALS
from gateway.actions.sign_in import FROM_HERE, OF_ADDRESS
from gateway.app import create_app
from gateway.store.limits import Limit
from gateway.unit import SYSTEM
from gateway.web.context import client_address
from gateway.web.limits import RATES
from gateway.wiring import Wiring
from gateway.worker.rounds import Rounds
from policies.permissions import Role
from tests.gateway.web.conftest import MOTHER, Door, refusal, told

HERE = "127.0.0.1"
SIGN_IN = {"login": "director-28", "password": "wrong"}


def use_up(door: Door, limit: Limit, subject: str, left: int = 0) -> None:
    """As many uses as leave `left`."""
    with door.wiring.units.open(SYSTEM) as unit:
        for _ in range(limit.most - left):
            assert unit.limits.use(limit, subject, unit.now) == 0


def upload(door: Door) -> TestResponse:
    return door.upload(b"\0", door.who(Role.TUTOR))


def mothers_phone(door: Door) -> TestResponse:
    return door.post(f"{door.mothers_link()}/code")


def renewal(door: Door) -> TestResponse:
    link = door.mothers_link()
    door.clock.forward(minutes=1)
    return door.post(f"{link}/renewal")


LIMITED: list[Any] = [
    pytest.param(
        FROM_HERE, lambda _: f"director-28 {HERE}", lambda d: d.post("/v1/session", body=SIGN_IN),
        id="a login from an address",
    ),
    pytest.param(
        OF_ADDRESS, lambda _: HERE, lambda d: d.post("/v1/session", body=SIGN_IN), id="an address"
    ),
    pytest.param(
        TOKENS,
        lambda d: str(next(c.id for c in _clients(d))),
        lambda d: d.ask_token(),
        id="tokens of a client",
    ),
    pytest.param(
        RATES["upload_list"][0].limit,
        lambda d: str(d.town.staff[Role.TUTOR]),
        upload,
        id="uploads of a worker",
    ),
    pytest.param(
        RATES["upload_list"][1].limit,
        lambda d: str(d.town.school_id),
        upload,
        id="uploads of a school",
    ),
    pytest.param(
        RATES["export_journal"][0].limit,
        lambda d: str(d.above[Role.AUDITOR]),
        lambda d: d.post("/v1/audit/exports", d.who(Role.AUDITOR)),
        id="exports of the journal",
    ),
    pytest.param(
        CODES_OF_PHONE, lambda _: f"+7900{MOTHER:07d}", mothers_phone, id="codes to a telephone"
    ),
    pytest.param(RENEWALS, lambda d: str(d.town.person(MOTHER)), renewal, id="renewals of a link"),
]  # fmt: skip


def _clients(door: Door) -> list[Any]:
    with door.wiring.units.open(SYSTEM) as unit:
        return list(unit.clients.page(None, 9))


@pytest.mark.parametrize(("limit", "subject", "call"), LIMITED)
def test_the_limit_is_kept_and_ends_when_it_was_told_to(
    full_door: Door,
    limit: Limit,
    subject: Callable[[Door], str],
    call: Callable[[Door], TestResponse],
):
    use_up(full_door, limit, subject(full_door))
    refused = call(full_door)
    assert refusal(refused) == (429, "too_many_attempts")
    seconds = int(refused.headers["Retry-After"])
    assert 0 < seconds <= limit.window.total_seconds()
    assert json.loads(refused.data)["detail"].startswith("Попробуйте снова через ")
    full_door.clock.forward(seconds=seconds - 1)
    with full_door.wiring.looking() as look:
        assert look.limits.wait(limit, subject(full_door), look.now) == 1
    full_door.clock.forward(seconds=1)
    with full_door.wiring.looking() as look:
        assert look.limits.wait(limit, subject(full_door), look.now) == 0


def test_an_upload_that_cannot_be_read_counts(door: Door):
    limit, tutor = RATES["upload_list"][0].limit, str(door.town.staff[Role.TUTOR])
    use_up(door, limit, tutor, left=1)
    assert upload(door).status_code == 422
    assert refusal(upload(door)) == (429, "too_many_attempts")


def test_whoever_tries_links_is_stopped_and_a_right_link_opens_all_the_same(full_door: Door):
    use_up(full_door, MISSES, HERE, left=1)
    wrong = "/v1/family/links/there-is-no-such-link"
    assert refusal(full_door.get(wrong)) == (404, "link_unknown")
    assert refusal(full_door.get(wrong)) == (429, "too_many_attempts")
    link = full_door.mothers_link()
    assert told(full_door.get(link))["school"]
    assert full_door.code(link)


def test_an_assertion_that_another_has_signed_uses_nothing_up(full_door: Door):
    client = _clients(full_door)[0]
    use_up(full_door, TOKENS, str(client.id), left=1)
    for _ in range(3):
        forged = f"{full_door.assertion()[:-8]}AAAAAAAA"
        assert full_door.ask_token(client_assertion=forged).status_code == 401
    assert full_door.ask_token().status_code == 200


@pytest.mark.parametrize(
    ("address", "known"),
    [
        pytest.param("192.0.2.7", "192.0.2.7", id="four bytes"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", id="half of sixteen"),
        pytest.param("::ffff:192.0.2.7", "192.0.2.7", id="four in sixteen"),
        pytest.param("fe80::1%eth0", "fe80::", id="with a zone"),
        pytest.param("unix", "unix", id="no address"),
    ],
)
def test_an_address_is_what_one_caller_has(client: FlaskClient, address: str, known: str):
    environ = EnvironBuilder(environ_base={"REMOTE_ADDR": address}).get_environ()
    with client.application.request_context(environ):
        assert client_address() == known


def test_behind_our_proxy_the_address_is_the_one_it_saw(door: Door):
    """Whatever a caller writes into the header stands before what our proxy adds."""
    behind = Wiring(replace(door.wiring.settings, proxies=1), door.clock)
    http = create_app(behind).test_client()
    use_up(door, FROM_HERE, "director-28 198.51.100.7")

    def statuses(*seen: str) -> list[int]:
        return [
            http.post("/v1/session", json=SIGN_IN, headers={"X-Forwarded-For": each}).status_code
            for each in seen
        ]

    assert statuses("198.51.100.7", "203.0.113.9, 198.51.100.7") == [429, 429]
    assert statuses("198.51.100.8", "198.51.100.7, 198.51.100.8") == [401, 401]
    behind.close()


def test_without_a_proxy_nobody_chooses_an_address(door: Door):
    use_up(door, FROM_HERE, f"director-28 {HERE}")
    headers = {"X-Forwarded-For": "198.51.100.7", "Forwarded": "for=198.51.100.7"}
    answer = door.http.post("/v1/session", json=SIGN_IN, headers=headers)
    assert refusal(answer) == (429, "too_many_attempts")


def test_the_worker_forgets_windows_that_have_ended(door: Door):
    use_up(door, MISSES, HERE)
    door.clock.forward(minutes=9)
    rounds = Rounds(door.wiring)
    for minutes, is_there in ((0, True), (11, False)):
        door.clock.forward(minutes=minutes)
        rounds.forget_ended()
        with door.wiring.units.open(SYSTEM) as unit:
            found = unit.limits.forget(unit.now)
        assert found == 0
        with door.wiring.looking() as look:
            assert (look.limits.wait(MISSES, HERE, look.now) > 0) is is_there
