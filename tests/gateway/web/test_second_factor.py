"""The second factor over the API: nothing opens by the password alone, no code is good twice."""

from __future__ import annotations

import base64
import json
from collections import Counter
from io import StringIO
from uuid import UUID

import pytest
import sqlalchemy as sa

from gateway.actions.inspect_journal import list_events
from gateway.actions.sign_in import open_session
from gateway.settings import EVERYBODY, Settings
from gateway.store.factors import staff_recovery_codes, staff_totp
from gateway.store.staff import staff_sessions
from gateway.unit import SYSTEM
from gateway.web.context import keep_wiring
from gateway.wiring import Wiring
from policies.permissions import Role
from tests.conftest import Clock
from tests.gateway.web.conftest import Door, Headers, bearer, refusal, told
from tests.phone import Phone

HERE = "127.0.0.1"
SHOW = "/v1/session/second-factor"
APP = "/v1/session/application"


def come_in(door: Door, role: Role = Role.DIRECTOR, address: str = HERE) -> str:
    """Token of a session that has shown the right password."""
    with door.wiring.units.open(SYSTEM) as unit:
        return open_session(unit, f"{role.value}-28", address)[0]


def show(door: Door, token: str, code: str, address: str = HERE) -> tuple[int, str]:
    answer = door.http.post(
        SHOW, headers=bearer(token), json={"code": code}, environ_base={"REMOTE_ADDR": address}
    )
    return (204, "") if answer.status_code == 204 else refusal(answer)


def kinds(door: Door) -> Counter[str]:
    door.town.work()
    with door.wiring.units.open(SYSTEM) as unit:
        return Counter(entry.event.kind for entry in list_events(unit, None, -1, 1000))


@pytest.fixture
def phone(door: Door) -> Phone:
    """The director's, set up a while ago; the codes of that moment are over."""
    made = door.set_up_phone(come_in(door))
    door.clock.forward(minutes=2)
    return made


WRONG = (403, "second_factor_wrong")
NEEDED = (403, "second_factor_needed")


def test_the_password_alone_opens_nothing_but_the_way_on(door: Door):
    token = come_in(door)
    assert refusal(door.get("/v1/school", bearer(token))) == NEEDED
    door.set_up_phone(token)
    assert door.get("/v1/school", bearer(token)).status_code == 200
    assert door.delete("/v1/session", bearer(come_in(door))).status_code == 204


def test_a_second_session_asks_for_the_code(door: Door, phone: Phone):
    token = come_in(door)
    assert refusal(door.get("/v1/school", bearer(token))) == NEEDED
    assert refusal(door.post(APP, bearer(token))) == NEEDED
    assert show(door, token, phone.code()) == (204, "")
    assert door.get("/v1/school", bearer(token)).status_code == 200


def test_a_code_is_taken_once(door: Door, phone: Phone):
    first, second, code = come_in(door), come_in(door), phone.code()
    assert show(door, first, code) == (204, "")
    assert show(door, second, code) == WRONG
    assert show(door, second, phone.at(phone.last - 1)) == WRONG
    assert show(door, second, phone.code()) == (204, "")


def test_the_code_that_set_the_phone_up_opens_nothing(door: Door):
    phone = door.set_up_phone(come_in(door))
    assert show(door, come_in(door), phone.at(phone.last)) == WRONG


def test_a_recovery_code_is_taken_once_however_it_is_typed(door: Door, phone: Phone):
    spare = phone.spare[0]
    assert len(set(phone.spare)) == 10
    typed = spare.lower().replace("-", " ").replace("0", "O").replace("1", "l")
    assert show(door, come_in(door), typed) == (204, "")
    assert show(door, come_in(door), spare) == WRONG
    assert show(door, come_in(door), phone.spare[1]) == (204, "")


def test_new_codes_take_the_place_of_the_old_with_a_new_phone(door: Door, phone: Phone):
    token = come_in(door)
    show(door, token, phone.code())
    other = door.set_up_phone(token)
    door.clock.forward(minutes=2)
    assert show(door, come_in(door), phone.code()) == WRONG
    assert show(door, come_in(door), phone.spare[3]) == WRONG
    assert show(door, come_in(door), other.code()) == (204, "")


def test_changing_the_factor_asks_for_it_freshly(door: Door, phone: Phone):
    token = come_in(door)
    show(door, token, phone.code())
    door.clock.forward(minutes=5, seconds=1)
    assert refusal(door.post(APP, bearer(token))) == (403, "second_factor_stale")
    assert show(door, token, phone.code()) == (204, "")
    assert door.post(APP, bearer(token)).status_code == 201


def test_a_wrong_code_confirms_no_phone(door: Door):
    token = come_in(door)
    made = told(door.post(APP, bearer(token)))
    code = Phone(made["secret"], door.clock).code()
    wrong = f"{(int(code) + 500_000) % 1_000_000:06d}"
    answer = door.post(f"{APP}/confirmation", bearer(token), {"code": wrong})
    assert refusal(answer) == WRONG
    assert refusal(door.get("/v1/school", bearer(token))) == NEEDED
    nothing = door.post(f"{APP}/confirmation", bearer(come_in(door)), {"code": code})
    assert refusal(nothing) == (404, "not_found")


def test_ten_wrong_codes_close_the_door_here_for_a_quarter_of_an_hour(door: Door, phone: Phone):
    token = come_in(door)
    assert [show(door, token, "000000") for _ in range(10)] == [WRONG] * 10
    assert show(door, come_in(door), phone.code()) == (429, "too_many_attempts")
    assert show(door, come_in(door), phone.code(), "192.0.2.9") == (204, "")
    door.clock.forward(minutes=16)
    assert show(door, come_in(door), phone.code()) == (204, "")


def test_guesses_from_many_addresses_end_but_not_where_the_worker_works(door: Door, phone: Phone):
    assert show(door, come_in(door), phone.code()) == (204, "")
    token = come_in(door, address="192.0.2.1")
    for n in range(50):
        assert show(door, token, "000000", f"192.0.2.{n}") == WRONG
    assert show(door, token, "000000", "192.0.2.77")[0] == 429
    assert show(door, come_in(door), phone.code()) == (204, "")


def test_a_tutor_is_asked_only_after_setting_one_up(door: Door):
    token = come_in(door, Role.TUTOR)
    assert door.get("/v1/school", bearer(token)).status_code == 200
    door.set_up_phone(token)
    assert refusal(door.get("/v1/school", bearer(come_in(door, Role.TUTOR)))) == NEEDED


def test_the_operator_may_ask_everybody(door: Door, settings: Settings, clock: Clock):
    asking = Settings(
        home=settings.home, database_url=settings.database_url, second_factor=EVERYBODY
    )
    wiring = Wiring(asking, clock)
    keep_wiring(door.http.application, wiring)
    assert refusal(door.get("/v1/school", bearer(come_in(door, Role.TUTOR)))) == NEEDED
    wiring.close()


def reset(door: Door, who: Headers, staff_id: UUID) -> int:
    return door.delete(f"/v1/admin/staff/{staff_id}/second-factor", who).status_code


def test_a_lost_phone_is_reset_by_the_administrator(door: Door, phone: Phone):
    director, before = door.town.staff[Role.DIRECTOR], come_in(door)
    show(door, before, phone.code())
    admin = door.who(Role.ADMINISTRATOR)
    assert reset(door, door.who(Role.REGISTRAR), director) == 403
    assert [reset(door, admin, director) for _ in range(2)] == [204, 204]
    assert door.get("/v1/school", bearer(before)).status_code == 401
    door.set_up_phone(come_in(door))
    door.clock.forward(minutes=6)
    assert reset(door, admin, director) == 403


def test_every_step_is_an_event_and_no_secret_is_told(
    door: Door, phone: Phone, log_lines: StringIO
):
    token, code = come_in(door), phone.code()
    show(door, token, "000000")
    show(door, token, code)
    show(door, token, phone.spare[0])
    reset(door, door.who(Role.ADMINISTRATOR), door.town.staff[Role.DIRECTOR])
    found = kinds(door)
    assert {k: n for k, n in found.items() if k.startswith("factor.")} == {
        "factor.app_set": 1,
        "factor.codes_issued": 1,
        "factor.denied": 1,
        "factor.shown": 2,
        "factor.reset": 1,
    }
    with door.wiring.units.open(SYSTEM) as unit:
        bodies = b"".join(e.event.body() for e in list_events(unit, None, -1, 1000)).decode()
    for secret in (phone.secret, code, phone.spare[0], phone.spare[0].replace("-", ""), token):
        assert secret not in bodies + log_lines.getvalue()


def test_neither_secret_nor_codes_stand_in_the_database(door: Door, phone: Phone):
    token = come_in(door)
    pending = json.loads(door.post(APP, bearer(door_open(door, phone, token))).data)["secret"]
    with door.wiring.reading.connect() as connection:
        rows = [
            row
            for table in (staff_totp, staff_recovery_codes, staff_sessions)
            for row in connection.execute(sa.select(table))
        ]
    stored = b"|".join(bytes(v) for row in rows for v in row if isinstance(v, bytes | memoryview))
    assert len(rows) > len(phone.spare)
    for text in (phone.secret, pending, phone.spare[0].replace("-", ""), token):
        assert text.encode() not in stored
    for secret in (phone.secret, pending):
        assert base64.b32decode(secret) not in stored


def door_open(door: Door, phone: Phone, token: str) -> str:
    assert show(door, token, phone.code()) == (204, "")
    return token
