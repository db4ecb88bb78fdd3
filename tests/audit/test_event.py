"""The closed table: what may enter the journal, and that nothing personal can."""

from __future__ import annotations

import re
from datetime import date, timedelta, timezone
from enum import StrEnum
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import BadField, UnknownKind
from audit.event import KINDS, Actor, Event, FieldType
from audit.moments import moment_text
from crypto import canonical
from tests.audit.journals import SCHOOL, START

PERSON = UUID("01990000-0000-7000-8000-00000000000a")
DIGEST = "ab" * 32
SAMPLES = {
    FieldType.ID: PERSON,
    FieldType.COUNT: 28,
    FieldType.CODE: "mesh-2020",
    FieldType.CODES: ["phone", "email"],
    FieldType.DIGEST: DIGEST,
    FieldType.DAY: date(2026, 9, 1),
    FieldType.MOMENT: START,
}


def make(kind="person.read", data=None, **changes) -> Event:
    given_data = {"person_id": PERSON, "purpose": "check"} if data is None else data
    arguments = {
        "id": SCHOOL,
        "school_id": SCHOOL,
        "actor": Actor("staff", PERSON),
        "at": START,
        "request_id": "req-1",
        **changes,
    }
    return Event(kind=kind, data=given_data, **arguments)


def with_value(wanted: FieldType, value: object) -> Event:
    """An event of some kind whose field of type `wanted` holds `value`."""
    for kind in KINDS.values():
        for name, of_type in kind.fields.items():
            if of_type is wanted:
                data = {other: SAMPLES[at] for other, at in kind.fields.items()}
                return make(kind.name, {**data, name: value})
    raise LookupError(wanted)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_well_formed_and_reads_back(name):
    kind = KINDS[name]
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", name)
    assert re.fullmatch(r"[А-ЯЁ][^\n]*\.", kind.meaning)
    assert not kind.fields.keys() & kind.optional.keys()
    for fields in (kind.fields, {**kind.fields, **kind.optional}):
        event = make(name, {field: SAMPLES[of_type] for field, of_type in fields.items()})
        assert Event.from_body(event.body()) == event
        assert rfc8785.dumps(canonical.loads(event.body())) == event.body()
        for field in kind.fields:
            with pytest.raises(BadField, match=rf"{field} is missing"):
                make(name, {key: value for key, value in event.data.items() if key != field})


def test_ids_end_in_id_and_only_they():
    for kind in KINDS.values():
        for field, of_type in {**kind.fields, **kind.optional}.items():
            assert field.endswith("_id") is (of_type is FieldType.ID), (kind.name, field)


def test_a_kind_outside_of_the_table_does_not_exist():
    with pytest.raises(UnknownKind):
        make("person.gossiped", {})


def test_a_field_outside_of_the_table_is_refused_without_its_name_or_value():
    with pytest.raises(BadField) as refusal:
        make(data={"person_id": PERSON, "purpose": "check", "Иванова": "Анна"})
    assert "Иванова" not in str(refusal.value)
    assert "Анна" not in str(refusal.value)


BAD = [
    pytest.param(FieldType.ID, "1" * 32, id="id without hyphens"),
    pytest.param(FieldType.ID, str(PERSON).upper(), id="id in capitals"),
    pytest.param(FieldType.ID, 5, id="id is a number"),
    pytest.param(FieldType.ID, None, id="id is nothing"),
    pytest.param(FieldType.COUNT, -1, id="count below zero"),
    pytest.param(FieldType.COUNT, 2**53, id="count too large"),
    pytest.param(FieldType.COUNT, True, id="count is a boolean"),
    pytest.param(FieldType.COUNT, 1.0, id="count is a float"),
    pytest.param(FieldType.COUNT, "1", id="count is a text"),
    pytest.param(FieldType.CODE, "", id="empty code"),
    pytest.param(FieldType.CODE, "x" * 65, id="long code"),
    pytest.param(FieldType.CODE, "Иванова", id="name in Russian"),
    pytest.param(FieldType.CODE, "two words", id="two words"),
    pytest.param(FieldType.CODE, "a\n", id="newline"),
    pytest.param(FieldType.CODE, "anna@example.org", id="address"),
    pytest.param(FieldType.CODE, "+79000000001", id="phone"),
    pytest.param(FieldType.CODE, "79000000001", id="phone without plus"),
    pytest.param(FieldType.CODE, "8-900-000-00-01", id="phone with hyphens"),
    pytest.param(FieldType.CODE, "000-000-001-00", id="SNILS with hyphens"),
    pytest.param(FieldType.CODE, 7, id="code is a number"),
    pytest.param(FieldType.CODES, [], id="no codes"),
    pytest.param(FieldType.CODES, ["a", "a"], id="code twice"),
    pytest.param(FieldType.CODES, ["a b"], id="a code with a space"),
    pytest.param(FieldType.CODES, "phone", id="codes are a text"),
    pytest.param(FieldType.CODES, [f"f{n}" for n in range(33)], id="too many codes"),
    pytest.param(FieldType.DIGEST, "AB" * 32, id="digest in capitals"),
    pytest.param(FieldType.DIGEST, "ab" * 31, id="short digest"),
    pytest.param(FieldType.DAY, "01.09.2026", id="day in Russian order"),
    pytest.param(FieldType.DAY, "20260901", id="day without hyphens"),
    pytest.param(FieldType.DAY, "2026-02-30", id="no such day"),
    pytest.param(FieldType.DAY, START, id="day is a moment"),
    pytest.param(FieldType.MOMENT, "2026-09-01", id="moment is a day"),
    pytest.param(FieldType.MOMENT, START.replace(tzinfo=None), id="naive moment"),
    pytest.param(FieldType.MOMENT, 5, id="moment is a number"),
]


@pytest.mark.parametrize(("wanted", "value"), BAD)
def test_a_value_of_another_type_is_refused_and_not_repeated(wanted, value):
    with pytest.raises(BadField) as refusal:
        with_value(wanted, value)
    assert refusal.value.__cause__ is None
    assert str(refusal.value).endswith(f"is not a {wanted.value}")


class Channel(StrEnum):
    PHONE = "phone"


@pytest.mark.parametrize(
    ("wanted", "value", "spelled"),
    [
        pytest.param(FieldType.ID, str(PERSON), str(PERSON), id="id as text"),
        pytest.param(FieldType.CODE, Channel.PHONE, "phone", id="code of an enumeration"),
        pytest.param(FieldType.CODES, {"phone", "email"}, ["email", "phone"], id="set of codes"),
        pytest.param(FieldType.DAY, "2026-09-01", "2026-09-01", id="day as text"),
        pytest.param(FieldType.MOMENT, moment_text(START), moment_text(START), id="text"),
        pytest.param(
            FieldType.MOMENT,
            START.astimezone(timezone(timedelta(hours=10))),
            moment_text(START),
            id="moment in another zone",
        ),
    ],
)
def test_a_value_is_kept_in_the_spelling_of_the_body(wanted, value, spelled):
    kept = [one for one in with_value(wanted, value).data.values() if one == spelled]
    assert kept
    assert all(type(one) in (str, list) for one in kept)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"at": START.replace(tzinfo=None)}, id="naive moment"),
        pytest.param({"request_id": "two words"}, id="request id with a space"),
        pytest.param({"salt": b"short"}, id="short salt"),
    ],
)
def test_an_event_cannot_be_made_with(changes):
    with pytest.raises(BadField):
        make(**changes)


def test_an_actor_is_a_code():
    with pytest.raises(BadField, match=r"actor\.kind"):
        Actor("Иванова Анна")


def test_every_event_has_its_own_salt_and_shows_none():
    first, second = make(), make()
    assert first.salt != second.salt
    assert first.body() != second.body()
    assert first.body() == first.body()
    assert first.salt.hex() not in repr(first)
    assert repr(first.salt) not in repr(first)


def body_with(**changes: object) -> bytes:
    found = canonical.loads(make().body())
    assert isinstance(found, dict)
    return canonical.dumps({**found, **changes})


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"\xff", id="not UTF-8"),
        pytest.param(make().body() + b" ", id="space behind"),
        pytest.param(make().body().replace(b":", b": ", 1), id="space inside"),
        pytest.param(b" " * 8193, id="too long"),
        pytest.param(body_with(extra=1), id="one more key"),
        pytest.param(body_with(v=2), id="another version"),
        pytest.param(body_with(v=True), id="version is a boolean"),
        pytest.param(body_with(n="zz"), id="salt is not hex"),
        pytest.param(body_with(n=5), id="salt is a number"),
        pytest.param(body_with(id="x"), id="id is no UUID"),
        pytest.param(body_with(at="today"), id="no moment"),
        pytest.param(body_with(at=5), id="moment is a number"),
        pytest.param(body_with(kind=[]), id="kind is a list"),
        pytest.param(body_with(req=5), id="request is a number"),
        pytest.param(body_with(school="x"), id="school is no UUID"),
        pytest.param(body_with(actor="staff"), id="actor is a text"),
        pytest.param(body_with(actor={"kind": "staff"}), id="actor without ref"),
        pytest.param(body_with(actor={"kind": 5, "ref": None}), id="actor kind is a number"),
        pytest.param(body_with(actor={"kind": "staff", "ref": 5}), id="actor ref is a number"),
        pytest.param(body_with(data=[]), id="data is a list"),
        pytest.param(body_with(data={"person_id": str(PERSON)}), id="a field is missing"),
        pytest.param(
            body_with(kind="person.changed", data={"person_id": str(PERSON), "fields": ["b", "a"]}),
            id="codes not in order",
        ),
    ],
)
def test_a_body_in_another_spelling_is_refused(body):
    with pytest.raises(BadField):
        Event.from_body(body)


def test_a_body_of_an_unknown_kind_says_so():
    with pytest.raises(UnknownKind):
        Event.from_body(body_with(kind="person.gossiped"))


def test_nobody_nowhere_outside_of_a_request_reads_back():
    event = make("system.initialised", {}, school_id=None, actor=Actor("system"), request_id=None)
    assert Event.from_body(event.body()) == event
    assert canonical.loads(event.body())["actor"] == {"kind": "system", "ref": None}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(data):
    with pytest.raises((BadField, UnknownKind)):
        Event.from_body(data)
