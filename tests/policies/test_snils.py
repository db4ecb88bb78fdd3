"""SNILS: the arithmetic of the Pension Fund's format, and numbers that pass it by accident."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.findings import Code
from policies.snils import (
    check_number,
    format_snils,
    is_checkable,
    mask_snils,
    parse_snils,
    restore_zeros,
)
from tests.factories import a_snils


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("112-233-445 95", id="official example, sum 95"),
        pytest.param("087-654-303 00", id="sum 202, remainder 0"),
        pytest.param("087-654-302 00", id="remainder 100, first"),
        pytest.param("006-797-868 00", id="remainder 100, second"),
        pytest.param("007-998-409 00", id="remainder 100, third"),
        pytest.param("001-067-479 00", id="sum exactly 100"),
        pytest.param("001-525-583 00", id="sum exactly 101"),
        pytest.param("123-456-789 64", id="the common dummy"),
        pytest.param("001-001-999 65", id="first checked number"),
    ],
)
def test_a_right_check_number_is_accepted(text):
    parsed = parse_snils(text)
    assert parsed == "".join(filter(str.isdigit, text))
    assert is_checkable(parsed)
    assert format_snils(parsed) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("111-222-333 44", Code.SNILS_CHECK, id="right would be 72"),
        pytest.param("112-233-445 00", Code.SNILS_CHECK, id="right would be 95"),
        pytest.param("087-654-303 01", Code.SNILS_CHECK, id="right would be 00"),
        pytest.param("000-000-000 00", Code.SNILS_REPEATED, id="zeros pass the arithmetic"),
        pytest.param("111-111-111 45", Code.SNILS_REPEATED, id="ones pass the arithmetic"),
        pytest.param("112-233-445 9", Code.SNILS_LENGTH, id="ten digits"),
        pytest.param("112-233-445 951", Code.SNILS_LENGTH, id="twelve digits"),
        pytest.param("112-233-44З 95", Code.SNILS_LETTERS, id="letter З for 3"),
        pytest.param("112٢33-445 95", Code.SNILS_LETTERS, id="a digit of another alphabet"),
        pytest.param(" - ", Code.SNILS_EMPTY, id="nothing but separators"),
    ],
)
def test_a_wrong_number_is_refused_by_code_and_never_quoted(text, code):
    with pytest.raises(ValueError, match=code) as refused:
        parse_snils(text)
    assert refused.value.args == (code,)


@pytest.mark.parametrize(
    "text",
    [
        "112 233 445 95",
        "11223344595",
        "112\u00a0233‑445–95",
        "１１２-233-445 95",
        " 112.233.445.95 ",
    ],
)
def test_separators_do_not_matter(text):
    assert parse_snils(text) == "11223344595"


@pytest.mark.parametrize("check", ["00", "07", "99"])
def test_numbers_up_to_the_boundary_have_no_check_number(check):
    parsed = parse_snils("001-001-998 " + check)
    assert parsed == "00100199" + "8" + check
    assert not is_checkable(parsed)


@pytest.mark.parametrize(
    ("eaten", "restored"),
    [
        pytest.param("1392933952", "01392933952", id="one zero"),
        pytest.param("106747900", "00106747900", id="two zeros"),
        pytest.param("1392933953", None, id="check number does not confirm"),
        pytest.param("100199800", None, id="uncheckable numbers confirm nothing"),
        pytest.param("11223344595", None, id="nothing was eaten"),
        pytest.param("1392933952.0", None, id="not digits"),
        pytest.param("1234567", None, id="too short"),
    ],
)
def test_zeros_eaten_by_a_spreadsheet_come_back_only_when_confirmed(eaten, restored):
    assert restore_zeros(eaten) == restored


@given(st.integers(min_value=1_001_999, max_value=999_999_998))
def test_every_checked_number_with_its_own_check_number_is_accepted(number):
    head = f"{number:09d}"
    if len(set(head)) > 1:
        snils = head + check_number(head)
        assert parse_snils(format_snils(snils)) == snils


@given(st.integers(0, 10_000), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_of_the_check_number_is_found(number, place, step):
    snils = a_snils(number)
    place = 9 + place % 2
    wrong = snils[:place] + str((int(snils[place]) + step) % 10) + snils[place + 1 :]
    with pytest.raises(ValueError, match=Code.SNILS_CHECK):
        parse_snils(wrong)


def test_a_mask_shows_the_last_five_digits():
    assert mask_snils("11223344595") == "•••-•••-445 95"
