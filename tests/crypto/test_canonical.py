import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from crypto import base64url, canonical

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
keys = st.text(st.characters(max_codepoint=127), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | texts | st.integers(-canonical.MAX_INT, canonical.MAX_INT),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_one_value_has_one_spelling_that_rfc_8785_agrees_with(value: object) -> None:
    data = canonical.dumps(value)
    assert data == rfc8785.dumps(value)  # type: ignore[arg-type]
    assert canonical.loads(data, canonical=True) == value


def test_a_tuple_is_spelt_as_a_list() -> None:
    assert canonical.dumps((1, "ё")) == '[1,"ё"]'.encode()


def deep(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(1.0, "type", id="a float"),
        pytest.param(b"", "type", id="bytes"),
        pytest.param(2**53, "int", id="above what doubles count"),
        pytest.param(-(2**53), "int", id="below what doubles count"),
        pytest.param({"ключ": 1}, "key", id="a Cyrillic key"),
        pytest.param({1: 1}, "key", id="a number as key"),
        pytest.param(["a\ud800"], "surrogate", id="half a letter"),
        pytest.param(deep(33), "depth", id="too deep"),
    ],
)
def test_what_other_languages_would_spell_otherwise_is_refused(value: object, code: str) -> None:
    with pytest.raises(ValueError, match=f"^canonical.{code}$"):
        canonical.dumps(value)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b'{"a":1,"a":2}', "duplicate", id="a repeated key"),
        pytest.param(b"1.0", "float", id="a fraction"),
        pytest.param(b"1e3", "float", id="an exponent"),
        pytest.param(b"NaN", "float", id="not a number"),
        pytest.param(b'"\xd0"', "utf8", id="half a letter in UTF-8"),
        pytest.param(b'"\\ud800"', "surrogate", id="half a letter escaped"),
        pytest.param(b"9007199254740992", "int", id="one above the largest"),
        pytest.param(b"9" * 5000, "int", id="thousands of digits"),
        pytest.param(b'{"\xd0\xb0":1}', "key", id="a Cyrillic key"),
        pytest.param(b"{", "json", id="cut short"),
        pytest.param(b"", "json", id="nothing"),
        pytest.param(b"\xef\xbb\xbf1", "json", id="a byte order mark"),
        pytest.param(b"[" * 40 + b"]" * 40, "depth", id="too deep"),
        pytest.param(b"[" * 100_000, "depth", id="deeper than the stack"),
    ],
)
def test_strict_reading_refuses_with_a_code_and_nothing_of_the_value(
    data: bytes, code: str
) -> None:
    with pytest.raises(ValueError, match=f"^canonical.{code}$") as caught:
        canonical.loads(data)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"a": 1}', id="a space"),
        pytest.param(b'{"b":1,"a":1}', id="another order"),
        pytest.param(b'"\\u0041"', id="an escape that is not needed"),
        pytest.param(b"-0", id="minus zero"),
    ],
)
def test_other_spellings_pass_unless_the_one_is_asked_for(data: bytes) -> None:
    assert canonical.loads(data) == json.loads(data)
    with pytest.raises(ValueError, match=r"^canonical\.spelling$"):
        canonical.loads(data, canonical=True)


def test_digest_is_sha_256_in_hex() -> None:
    assert canonical.digest(b"abc").startswith("ba7816bf8f01cfea414140de5dae2223b00361a3")


@given(st.binary(max_size=40))
def test_bytes_come_back_from_base64url(data: bytes) -> None:
    assert base64url.decode(base64url.encode(data)) == data


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("YQ==", id="padded"),
        pytest.param("YR", id="stray last bits"),
        pytest.param("Y", id="one sign"),
        pytest.param("Y Q", id="a space"),
        pytest.param("-_+/", id="two alphabets"),
        pytest.param("ё", id="Cyrillic"),
    ],
)
def test_a_second_spelling_of_base64url_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^base64url$"):
        base64url.decode(text)
