"""Idempotency-Key: sent twice is done once; another body, another caller and a kill are seen."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from gateway.actions.inspect_journal import list_events
from gateway.store.repeats import RepeatStore, repeats
from gateway.store.schools import schools
from gateway.unit import SYSTEM
from gateway.web import repeats as web_repeats
from gateway.worker.rounds import Rounds
from policies.facts import FormKind
from policies.permissions import Role
from tests.gateway.web.conftest import CLASS, Door, Headers, bearer, refusal, told
from tests.gateway.web.test_description import operations
from tests.town import class_list

SCHOOL = {"short_name": "Школа № 29", "zone": "Asia/Vladivostok"}
SCHOOLS = "/v1/admin/schools"
KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"
EXEMPT = {
    "sign_in",
    "show_factor",
    "begin_application",
    "confirm_application",
    "issue_token",
    "show_document",
    "export_journal",
}


def keyed(who: Headers, key: str = KEY) -> Headers:
    return {**who, "Idempotency-Key": key}


def schools_named(door: Door, name: str) -> int:
    with door.wiring.reading.connect() as connection:
        query = sa.select(sa.func.count()).where(schools.c.short_name == name)
        return connection.execute(query).scalar_one()


@pytest.fixture
def admin(door: Door) -> Headers:
    return keyed(door.who(Role.ADMINISTRATOR))


def test_the_second_answer_is_the_first(door: Door, admin: Headers):
    first, second = (door.post(SCHOOLS, admin, SCHOOL) for _ in range(2))
    assert (first.status_code, first.data) == (second.status_code, second.data) == (201, first.data)
    assert first.content_type == second.content_type
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert schools_named(door, SCHOOL["short_name"]) == 1


def test_without_a_key_it_is_done_twice(door: Door):
    admin = door.who(Role.ADMINISTRATOR)
    ids = {told(door.post(SCHOOLS, admin, SCHOOL))["school_id"] for _ in range(2)}
    assert len(ids) == 2


def test_another_body_under_the_key_is_refused(door: Door, admin: Headers):
    told(door.post(SCHOOLS, admin, SCHOOL))
    other = door.post(SCHOOLS, admin, {**SCHOOL, "short_name": "Школа № 30"})
    assert refusal(other) == (422, "idempotency_key_reused")
    assert schools_named(door, "Школа № 30") == 0


def test_another_address_under_the_key_is_refused(full_door: Door):
    registrar = keyed(full_door.who(Role.REGISTRAR))
    body = {"made_on": "2026-09-01", "channel": "phone"}
    pupil, mother = full_door.town.person(1), full_door.town.person(101)
    told(full_door.post(f"/v1/school/pupils/{pupil}/attempts", registrar, body))
    other = full_door.post(f"/v1/school/pupils/{mother}/attempts", registrar, body)
    assert refusal(other) == (422, "idempotency_key_reused")


def test_a_key_belongs_to_its_caller_and_its_operation(door: Door, admin: Headers):
    first = told(door.post(SCHOOLS, admin, SCHOOL))
    body = {"login": "admin-2", "password": "correct horse battery", "role": "administrator"}
    told(door.post("/v1/admin/staff", admin, body))
    opened = told(door.post("/v1/session", body={k: body[k] for k in ("login", "password")}))
    door.set_up_phone(opened["token"])
    second = told(door.post(SCHOOLS, keyed(bearer(opened["token"])), SCHOOL))
    assert first["school_id"] != second["school_id"]


def test_a_new_session_of_the_same_worker_may_repeat(door: Door, admin: Headers):
    first = door.post(SCHOOLS, admin, SCHOOL)
    again = door.post(SCHOOLS, keyed(door.who(Role.ADMINISTRATOR)), SCHOOL)
    assert first.data == again.data


def test_nobody_reads_a_kept_answer_without_the_right_to_it(door: Door, admin: Headers):
    door.post(SCHOOLS, admin, SCHOOL)
    assert door.post(SCHOOLS, keyed({}), SCHOOL).status_code == 401
    tutor = door.post(SCHOOLS, keyed(door.who(Role.TUTOR)), SCHOOL)
    assert refusal(tutor) == (403, "not_allowed")


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("", id="empty"),
        pytest.param("x" * 65, id="long"),
        pytest.param("a b", id="blank"),
        pytest.param("ключ", id="not ASCII"),
        pytest.param("a,b", id="two headers"),
        pytest.param('"half', id="half a quote"),
    ],
)
def test_what_is_no_key_is_refused(door: Door, key: str):
    who = keyed(door.who(Role.ADMINISTRATOR), key.encode().decode("latin-1"))
    answer = door.post(SCHOOLS, who, SCHOOL)
    assert refusal(answer) == (422, "bad_input")
    assert json.loads(answer.data)["errors"][0]["code"] == "key_form"
    assert schools_named(door, SCHOOL["short_name"]) == 0


def test_a_key_may_stand_in_quotes(door: Door, admin: Headers):
    """RFC 9651 writes a text so, and the draft asks for it."""
    first = door.post(SCHOOLS, admin, SCHOOL)
    quoted = {**admin, "Idempotency-Key": f'"{KEY}"'}
    assert door.post(SCHOOLS, quoted, SCHOOL).data == first.data


def test_a_refusal_did_nothing_and_is_judged_anew(door: Door):
    registrar = keyed(door.who(Role.REGISTRAR))
    path = f"{door.collection}/releases"
    assert refusal(door.post(path, registrar)) == (422, "rules_broken")
    door.town.ready(CLASS)
    assert door.post(path, registrar).status_code == 201


def test_a_wrong_code_that_is_sent_twice_is_one_guess(full_door: Door):
    link = full_door.mothers_link()
    code = full_door.code(link)
    wrong = {"code": f"{(int(code) + 1) % 1_000_000:06d}"}
    for _ in range(7):
        answer = full_door.post(f"{link}/session", keyed({}), wrong)
        assert (answer.status_code, json.loads(answer.data)["code"]) == (403, "code_wrong")
    opened = full_door.post(f"{link}/session", keyed({}, "second"), {"code": code})
    again = full_door.post(f"{link}/session", keyed({}, "second"), {"code": code})
    assert told(opened) == told(again)
    assert told(full_door.get("/v1/family/asks", bearer(told(again)["token"])))["asks"]


def test_the_same_file_in_another_envelope_is_the_same_request(door: Door):
    tutor, path = keyed(door.who(Role.TUTOR)), f"{door.collection}/imports"

    def upload(boundary: str, data: bytes) -> TestResponse:
        head = 'Content-Disposition: form-data; name="file"; filename="7a.csv"'
        body = f"--{boundary}\r\n{head}\r\n\r\n".encode() + data
        body += f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return door.http.post(path, headers=tutor, data=BytesIO(body), content_type=kind)

    first = told(upload("one", class_list(CLASS)))
    assert told(upload("two", class_list(CLASS))) == first
    assert refusal(upload("two", class_list(CLASS) + b"\n")) == (422, "idempotency_key_reused")


def test_an_empty_answer_is_kept_too(full_door: Door):
    link = full_door.mothers_link()
    for _ in range(2):
        answer = full_door.post(f"{link}/code", keyed({}))
        assert (answer.status_code, answer.data) == (204, b"")


def test_a_key_is_forgotten_after_a_day(door: Door, admin: Headers):
    first = told(door.post(SCHOOLS, admin, SCHOOL))
    door.clock.forward(hours=23, minutes=59)
    admin = keyed(door.who(Role.ADMINISTRATOR))
    assert told(door.post(SCHOOLS, admin, SCHOOL)) == first
    door.clock.forward(minutes=2)
    assert told(door.post(SCHOOLS, keyed(door.who(Role.ADMINISTRATOR)), SCHOOL)) != first


def test_the_worker_forgets(door: Door, admin: Headers):
    door.post(SCHOOLS, admin, SCHOOL)
    for hours, left in ((23, 1), (2, 0)):
        door.clock.forward(hours=hours)
        Rounds(door.wiring).forget_ended()
        with door.wiring.reading.connect() as connection:
            assert len(connection.execute(sa.select(repeats)).all()) == left


def test_nothing_of_a_kept_answer_can_be_read(full_door: Door):
    """A session's secret is in one; it is sealed like every other, and its key is a tag."""
    link = full_door.mothers_link()
    code = full_door.code(link)
    session = told(full_door.post(f"{link}/session", keyed({}), {"code": code}))
    mother = bearer(session["token"])
    ask = full_door.own_ask(FormKind.CHILD)
    shown = {"decision": "refused"}
    digest = told(full_door.post(f"/v1/family/asks/{ask.id}/document", mother, shown))["digest"]
    ask_path = f"/v1/family/asks/{ask.id}"
    sign_code = full_door.sign_code(ask_path, mother, {**shown, "digest": digest})
    body = {**shown, "digest": digest, "code": sign_code}
    made = told(full_door.post(f"/v1/family/asks/{ask.id}/answer", keyed(mother), body))
    with full_door.wiring.reading.connect() as connection:
        rows = connection.execute(sa.select(repeats)).all()
    assert {row.school_id for row in rows} == {None, full_door.town.school_id}
    for row in rows:
        stored = row.tag + row.answer
        for secret in (session["token"], code, sign_code, KEY, made["receipt_no"], digest):
            assert secret.encode() not in stored


def test_an_answer_that_was_moved_to_another_row_does_not_open(door: Door, admin: Headers):
    told(door.post(SCHOOLS, admin, SCHOOL))
    told(door.post(SCHOOLS, keyed(door.who(Role.ADMINISTRATOR), "other"), SCHOOL))
    with door.wiring.writing.begin() as connection:
        one, two = connection.execute(sa.select(repeats)).all()
        connection.execute(
            repeats.update().where(repeats.c.tag == one.tag).values(answer=two.answer)
        )
        connection.execute(
            repeats.update().where(repeats.c.tag == two.tag).values(answer=one.answer)
        )
    assert refusal(door.post(SCHOOLS, admin, SCHOOL)) == (500, "record_unreadable")


def test_of_sixteen_at_once_one_acts(app: Flask, door: Door, admin: Headers):
    gate = threading.Barrier(16)
    answers: list[TestResponse] = []

    def call() -> None:
        http = app.test_client()
        gate.wait(60)
        answers.append(http.post(SCHOOLS, headers=admin, json=SCHOOL))

    threads = [threading.Thread(target=call) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    codes = Counter(answer.status_code for answer in answers)
    assert codes.keys() <= {201, 409}
    made = {answer.data for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert {door.post(SCHOOLS, admin, SCHOOL).data} == made
    assert schools_named(door, SCHOOL["short_name"]) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert refusal(answer) == (409, "repeat_in_progress")
            assert answer.headers["Retry-After"] == "1"


def test_a_twin_in_this_process_is_told_to_come_again(
    door: Door, admin: Headers, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(web_repeats, "PATIENCE_SECONDS", 0.01)
    subject = f"staff/{door.above[Role.ADMINISTRATOR]}\nadd_school\n{KEY}"
    with web_repeats.RUNNING.alone(subject):
        answer = door.post(SCHOOLS, admin, SCHOOL)
    assert refusal(answer) == (409, "repeat_in_progress")
    assert door.post(SCHOOLS, admin, SCHOOL).status_code == 201


def test_a_twin_in_another_process_is_told_to_come_again(
    door: Door, admin: Headers, engine_name: str, monkeypatch: pytest.MonkeyPatch
):
    """On SQLite there is one writer at a time, and whoever comes second finds the answer."""
    if engine_name == "sqlite":
        return
    monkeypatch.setattr("gateway.store.repeats.PATIENCE_MILLISECONDS", 10)
    subject = f"staff/{door.above[Role.ADMINISTRATOR]}\nadd_school\n{KEY}"
    tomorrow = door.clock.now + timedelta(days=1)
    with door.wiring.units.open(SYSTEM) as unit:
        tag = unit.repeats.tag(subject)
        assert unit.repeats.start(tag, None, unit.now, tomorrow) is None
        assert refusal(door.post(SCHOOLS, admin, SCHOOL)) == (409, "repeat_in_progress")
        unit.connection.execute(repeats.delete())
    assert door.post(SCHOOLS, admin, SCHOOL).status_code == 201


def test_what_is_killed_before_its_commit_leaves_neither_act_nor_answer(
    door: Door, admin: Headers, monkeypatch: pytest.MonkeyPatch
):
    keep = RepeatStore.keep

    def die(self: RepeatStore, *told: Any) -> None:
        keep(self, *told)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(RepeatStore, "keep", die)
        with pytest.raises(KeyboardInterrupt):
            door.post(SCHOOLS, admin, SCHOOL)
    assert schools_named(door, SCHOOL["short_name"]) == 0
    assert door.post(SCHOOLS, admin, SCHOOL).status_code == 201


def test_a_lost_answer_is_given_again_without_another_event(door: Door, admin: Headers):
    for _ in range(3):
        door.post(SCHOOLS, admin, SCHOOL)
    door.town.work()
    with door.wiring.units.open(SYSTEM) as unit:
        kinds = Counter(entry.event.kind for entry in list_events(unit, None, -1, 1000))
    assert kinds["school.created"] == 2  # the town's own, and this one


def test_every_post_takes_a_key_but_those_that_say_why_not(app: Flask, door: Door):
    description = json.loads(door.get("/openapi.json").data)
    posts = [op for (method, _), op in operations(description).items() if method == "POST"]
    without = {op["operationId"] for op in posts if not _takes_key(op)}
    assert without == EXEMPT
    assert all({"409", "422"} <= op["responses"].keys() for op in posts if _takes_key(op))
    others = [op for (method, _), op in operations(description).items() if method != "POST"]
    assert not any(_takes_key(op) for op in others)


def _takes_key(operation: dict[str, Any]) -> bool:
    return any(p.get("name") == "Idempotency-Key" for p in operation.get("parameters", ()))


def test_put_and_delete_are_idempotent_by_nature(door: Door):
    """Said again they change nothing more; a repeated cancellation finds the import closed."""
    registrar = door.who(Role.REGISTRAR)
    deadline = f"{door.collection}/deadline"
    enrolment = {"class": "7А", "headcount": 1, "order_no": "1", "order_on": "2026-09-01"}
    for _ in range(2):
        day = (datetime.now(UTC).date().replace(year=2026, month=10, day=1)).isoformat()
        assert door.put(deadline, registrar, {"deadline_on": day}).status_code == 204
        assert told(door.put(f"{door.collection}/enrolments", registrar, enrolment))
    assert len(told(door.get("/v1/school", registrar))["classes"]) == 1
    assert door.delete("/v1/session", registrar).status_code == 204
    assert door.delete("/v1/session", registrar).status_code == 401
