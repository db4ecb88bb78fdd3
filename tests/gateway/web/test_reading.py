"""A request is read one way: exact content types, no unknown member, no key twice."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import ValidationError
from werkzeug.exceptions import BadRequest

from gateway.errors import BadInput
from gateway.web.form_codes import FORM_CODES, sentence
from gateway.web.json_strict import StrictJson
from gateway.web.parsing import pointers
from gateway.web.schemas.fields import Cursor, a_moment, a_text, cursor_text
from policies.facts import FormKind
from policies.permissions import Role
from tests.gateway.web.conftest import Door, refusal, told

SIGN_IN = "/v1/session"
APP = Flask("reader")
READER = StrictJson(APP)


def errors(answer: Any) -> dict[str, str]:
    assert refusal(answer) == (422, "bad_input")
    return {each["pointer"]: each["code"] for each in json.loads(answer.data)["errors"]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(b'{"a":1,"a":2}', {"/a": "duplicate_key"}, id="twice"),
        pytest.param(b'{"x":{"b":1,"b":1}}', {"/b": "duplicate_key"}, id="twice inside"),
        pytest.param(
            '{"Ольга":1,"Ольга":1}'.encode(), {"/?": "duplicate_key"}, id="a name of a person"
        ),
    ],
)
def test_a_key_stands_once(text: bytes, found: dict[str, str]):
    with pytest.raises(BadInput) as refused:
        READER.loads(text)
    assert refused.value.fields == found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half"),
        pytest.param(b"{} {}", id="two"),
        pytest.param(b'{"a":NaN}', id="no number"),
        pytest.param(b'{"a":"\\ud800"}', id="half of a pair"),
        pytest.param(b'{"a":"\xff"}', id="not UTF-8"),
        pytest.param(b"[" * 100_000, id="too deep"),
        pytest.param(b"[" + b"9" * 5000 + b"]", id="too long a number"),
    ],
)
def test_what_is_no_json_is_malformed(text: bytes):
    with pytest.raises(BadRequest):
        READER.loads(text)


def test_over_http_a_key_twice_is_refused(visitor: FlaskClient):
    answer = visitor.post(
        SIGN_IN, data=b'{"login":"a","login":"b"}', content_type="application/json"
    )
    assert errors(answer) == {"/login": "duplicate_key"}


def test_an_unknown_member_is_refused(visitor: FlaskClient):
    body = {"login": "a", "password": "b", "remember": True}
    assert errors(visitor.post(SIGN_IN, json=body)) == {"/remember": "unknown_field"}


def test_an_unknown_parameter_is_refused(door: Door):
    answer = door.get("/v1/bundles?offset=3", door.who(Role.PLATFORM))
    assert errors(answer) == {"/offset": "unknown_field"}


def test_a_page_is_asked_for_by_a_known_cursor(door: Door):
    platform = door.who(Role.PLATFORM)
    for after in ("!", "YWJj", "MDE", ""):
        found = errors(door.get(f"/v1/recalls?after={after}", platform))
        assert found == {"/after": "cursor_form"}
    for limit, code in (("0", "number_range"), ("201", "number_range"), ("x", "type")):
        assert errors(door.get(f"/v1/recalls?limit={limit}", platform)) == {"/limit": code}


@pytest.mark.parametrize("position", [0, 9, 10_000_000])
def test_a_cursor_reads_what_it_wrote(position: int):
    assert Cursor().deserialize(cursor_text(position)) == position


@pytest.mark.parametrize(
    "content_type",
    [
        pytest.param("text/plain", id="text"),
        pytest.param("application/x-www-form-urlencoded", id="form"),
        pytest.param("application/merge-patch+json", id="a cousin"),
        pytest.param("", id="unsaid"),
    ],
)
def test_content_type_is_exact(visitor: FlaskClient, content_type: str):
    answer = visitor.post(SIGN_IN, data=b"{}", content_type=content_type)
    assert refusal(answer) == (415, "unsupported_media_type")


def test_a_list_comes_as_a_file(door: Door):
    answer = door.post(f"{door.collection}/imports", door.who(Role.TUTOR))
    assert refusal(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        pytest.param([], {"/file": "required"}, id="nothing"),
        pytest.param([("file", None)], {"/file": "required"}, id="a text"),
        pytest.param([("list", "7a.csv")], {"/file": "required", "/list": "unknown_field"}, id="?"),
        pytest.param([("note", None)], {"/note": "unknown_field"}, id="a note"),
        pytest.param([("file", "a"), ("note", None)], {"/note": "unknown_field"}, id="a note more"),
        pytest.param([("file", "a"), ("file", "b")], {"/file": "duplicate_key"}, id="two files"),
        pytest.param([("file", "a"), ("file", None)], {"/file": "duplicate_key"}, id="file, text"),
    ],
)
def test_an_upload_is_one_file(door: Door, parts: list[tuple[str, str | None]], found: object):
    content = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\nabc\r\n'
        % (name.encode(), f'; filename="{file}"'.encode() if file else b"")
        for name, file in parts
    )
    answer = door.http.post(
        f"{door.collection}/imports",
        headers=door.who(Role.TUTOR),
        data=content + b"--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )
    assert errors(answer) == found


def test_a_parameter_stands_once(door: Door):
    answer = door.get("/v1/bundles?limit=1&limit=2", door.who(Role.PLATFORM))
    assert errors(answer) == {"/limit": "duplicate_key"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("  ", "empty", id="blank"),
        pytest.param("a\x00b", "character", id="zero byte"),
        pytest.param("a\nb", "character", id="two lines"),
        pytest.param("x" * 301, "too_long", id="long"),
        pytest.param(5, "type", id="number"),
        pytest.param(None, "null", id="null"),
    ],
)
def test_a_line_of_text_is_plain(text: object, code: str):
    with pytest.raises(ValidationError) as refused:
        a_text().deserialize(text)
    assert refused.value.messages == [code]


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValidationError) as refused:
        a_moment().deserialize("2026-09-01T09:00:00")
    assert refused.value.messages == ["moment_zone"]


def test_personal_values_are_read_by_their_own_form(full_door: Door):
    path = f"/v1/family/asks/{full_door.own_ask(FormKind.GUARDIAN_OWN).id}/items"
    body = {"snils": "123", "email": "а@b", "phone": "8 900", "birth_date": "32.01.1985"}
    mother = full_door.who(Role.FAMILY)
    assert errors(full_door.put(path, mother, body)) == {
        "/snils": "SNILS_LENGTH",
        "/email": "EMAIL_LETTERS",
        "/phone": "PHONE_LENGTH",
        "/birth_date": "DATE_IMPOSSIBLE",
    }
    changed = told(full_door.put(path, mother, {"phone": "8 (900) 000-05-05"}))
    assert changed == {"changed": ["phone"]}
    assert told(full_door.get(path, mother))["items"]["phone"] == "+79000000505"


def test_classes_are_known_by_one_spelling(full_door: Door):
    body = {"class": "7-a", "headcount": 1, "order_no": "1", "order_on": "2026-09-01"}
    path = f"{full_door.collection}/enrolments"
    registrar = full_door.who(Role.REGISTRAR)
    class_id = told(full_door.put(path, registrar, body))["class_id"]
    names = {c["id"]: c["name"] for c in told(full_door.get("/v1/school", registrar))["classes"]}
    assert names == {class_id: "7А"}
    assert errors(full_door.put(path, registrar, {**body, "class": "кружок"})) == {
        "/class": "class_form"
    }


def test_messages_become_pointers():
    told_by_marshmallow = {
        "json": {
            "login": ["required"],
            "details": {"signer": {"address": ["empty", "too_long"]}},
            "classes": {3: ["type"]},
            "_schema": ["type"],
            "Скворцова": ["unknown_field"],
        }
    }
    assert pointers(told_by_marshmallow) == {
        "/login": "required",
        "/details/signer/address": "empty",
        "/classes/3": "type",
        "": "type",
        "/?": "unknown_field",
    }


def test_every_code_of_a_form_has_its_sentence():
    root = Path(__file__).parents[3] / "gateway"
    sources = [*(root / "web").rglob("*.py"), *(root / "actions").glob("*.py")]
    text = "".join(path.read_text() for path in sources)
    used = set(re.findall(r'BadInput\(\{"[^"]*": "(\w+)"\}\)', text))
    used |= set(re.findall(r'faults\["[^"]*"\] = "(\w+)"', text))
    used |= set(re.findall(r'ValidationError\("(\w+)"\)', text))
    used |= set(re.findall(r', error="(\w+)"', text))
    assert used
    assert used <= set(FORM_CODES)
    assert all(sentence(code).endswith(".") for code in FORM_CODES)
