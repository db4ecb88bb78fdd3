"""A login has one spelling, so that no two workers differ by a capital letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.logins import parse_login


@pytest.mark.parametrize(
    ("text", "login"),
    [
        pytest.param("registrar-28", "registrar-28", id="as it is"),
        pytest.param(" Director_28 ", "director_28", id="capital and blanks"),
        pytest.param("О.Петрова@Школа28.РФ", "о.петрова@школа28.рф", id="Cyrillic"),
        pytest.param("ＡＤＭＩＮ", "admin", id="wide letters"),
        pytest.param("e\u0308лкина", "ëлкина", id="decomposed"),
        pytest.param("ẞtrasse", "sstrasse", id="folded to two"),
    ],
)
def test_login_has_one_form(text: str, login: str):
    assert parse_login(text) == login


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("ab", id="short"),
        pytest.param("x" * 65, id="long"),
        pytest.param("-admin", id="mark first"),
        pytest.param("o petrova", id="blank inside"),
        pytest.param("admin\x00", id="zero byte"),
        pytest.param("adm\u200bin", id="invisible"),
        pytest.param("admin/1", id="slash"),
    ],
)
def test_what_is_no_login(text: str):
    with pytest.raises(ValueError, match=r"^login_form$"):
        parse_login(text)


@given(st.text(max_size=80))
def test_a_canonical_login_is_its_own_form(text: str):
    try:
        login = parse_login(text)
    except ValueError:
        return
    assert parse_login(login) == login
