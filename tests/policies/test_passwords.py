"""Weak passwords are told by what is wrong with them; a long sentence is always good enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.passwords import LEAST_SIGNS, Weakness, weakness

LOGIN = "registrar-28"


@pytest.mark.parametrize(
    ("password", "found"),
    [
        pytest.param("short", Weakness.SHORT, id="short"),
        pytest.param("x y" * 60, Weakness.LONG, id="long"),
        pytest.param("aaaaaaaaaaaa", Weakness.FEW_SIGNS, id="one sign"),
        pytest.param("abababababab1", Weakness.FEW_SIGNS, id="three signs"),
        pytest.param("123456789012", Weakness.ROW, id="digits in a row"),
        pytest.param("210987654321", Weakness.ROW, id="digits backwards"),
        pytest.param("QWERTYUIOPAS", Weakness.ROW, id="keyboard"),
        pytest.param("йцукенгшщзхъ", Weakness.ROW, id="Russian keyboard"),
        pytest.param("1q2w3e4r5t6y", Weakness.ROW, id="zigzag"),
        pytest.param("password1234", Weakness.COMMON, id="common with a tail"),
        pytest.param("Пароль!Пароль!", Weakness.COMMON, id="common twice"),
        pytest.param("2026-Школа-28", Weakness.COMMON, id="common inside"),
        pytest.param("Ｐａｓｓｗｏｒｄ2026!", Weakness.COMMON, id="common in wide letters"),
        pytest.param("Registrar-28", Weakness.LOGIN, id="the login"),
        pytest.param("!registrar-28!99", Weakness.LOGIN, id="the login with a tail"),
        pytest.param("registrar-28 любит чай", None, id="the login in a sentence"),
        pytest.param("correct horse battery", None, id="words"),
        pytest.param("84726193057381", None, id="digits out of a hat"),
        pytest.param("рыжий кот на крыше", None, id="Russian words"),
    ],
)
def test_weakness(password: str, found: Weakness | None):
    assert weakness(password, LOGIN) is found


@given(st.text(max_size=200), st.text(min_size=3, max_size=64))
def test_whatever_is_typed_is_judged(password: str, login: str):
    found = weakness(password, login)
    assert found is not None or len(password) >= LEAST_SIGNS
