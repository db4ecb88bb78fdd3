"""Single cells: what is read in silence, what is repaired and said, what only a person can tell."""

from __future__ import annotations

from datetime import date

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.intake.cells import Cell
from gateway.intake.values import read_full_name, read_name, read_value, text_of
from policies.contacts import parse_email
from policies.facts import Field
from policies.findings import Code
from policies.names import parse_name, split_full_name
from policies.snils import check_number
from tests.factories import a_snils

TODAY = date(2026, 9, 1)
EATEN = "001234567" + check_number("001234567")
SNILS = a_snils(5)


def value(item: Field, cell: Cell) -> tuple[str, Code | None]:
    text = text_of(cell)
    assert text is not None
    return read_value(item, cell, text, TODAY)


@pytest.mark.parametrize(
    ("item", "cell", "expected"),
    [
        (Field.PHONE, 89000000001.0, "+79000000001"),
        (Field.PHONE, "8 (900) 000-00-01", "+79000000001"),
        (Field.PHONE, "+7\xa0900\xa0000\u201100\u201101", "+79000000001"),
        (Field.PHONE, "моб. 8-900-000-00-01", "+79000000001"),
        (Field.PHONE, "8 (4212) 12-34-56", "+74212123456"),
        (Field.SNILS, SNILS, SNILS),
        (Field.SNILS, float(SNILS), SNILS),
        (Field.SNILS, f"{SNILS[:3]}.{SNILS[3:6]}.{SNILS[6:9]} {SNILS[9:]}", SNILS),
        (Field.SNILS, "001-001-998 00", "00100199800"),
        (Field.EMAIL, "a.b@example.org", "a.b@example.org"),
        (Field.BIRTH_DATE, date(2012, 5, 1), "2012-05-01"),
        (Field.BIRTH_DATE, "1.5.2012", "2012-05-01"),
        (Field.BIRTH_DATE, "2012-05-01", "2012-05-01"),
        (Field.BIRTH_DATE, "2012-05-01T00:00:00", "2012-05-01"),
        (Field.BIRTH_DATE, "01.05.2012 0:00:00", "2012-05-01"),
        (Field.BIRTH_DATE, "1 мая 2012 г.", "2012-05-01"),
        (Field.BIRTH_DATE, "1 мая 2012 года рождения", "2012-05-01"),
        (Field.BIRTH_DATE, "01-сен-2012", "2012-09-01"),
        (Field.BIRTH_DATE, "1 Сентября 2012", "2012-09-01"),
        (Field.BIRTH_DATE, "01-May-2012", "2012-05-01"),
        (Field.BIRTH_DATE, "1 september 2012", "2012-09-01"),
        (Field.BIRTH_DATE, "01.05.2012г.р.", "2012-05-01"),
        (Field.GIVEN_NAME, "Анна-Мария", "Анна-Мария"),
        (Field.GIVEN_NAME, "Семён", "Семён"),
        (Field.FAMILY_NAME, "О’Коннор", "О'Коннор"),
        (Field.FAMILY_NAME, "Иванов - Петров", "Иванов-Петров"),
        (Field.PATRONYMIC, "Гасан оглы", "Гасан оглы"),
        (Field.FAMILY_NAME, "Smith", "Smith"),
        (Field.GIVEN_NAME, "\xa0Л\u200bев ", "Лев"),
    ],
)
def test_ordinary_writing_needs_no_word(item: Field, cell: Cell, expected: str) -> None:
    assert value(item, cell) == (expected, None)


@pytest.mark.parametrize(
    ("item", "cell", "expected", "code"),
    [
        (Field.PHONE, "89000000001.0", "+79000000001", Code.NUMBER_TIDIED),
        (Field.PHONE, "'89000000001", "+79000000001", Code.NUMBER_TIDIED),
        (Field.PHONE, "８９０００００００01", "+79000000001", Code.NUMBER_TIDIED),
        (Field.PHONE, "89000000001;", "+79000000001", Code.NUMBER_TIDIED),
        (Field.PHONE, "tel:+79000000001", "+79000000001", Code.NUMBER_TIDIED),
        (Field.PHONE, "+8 (900) 000-00-01", "+79000000001", Code.NUMBER_TIDIED),
        (Field.PHONE, "8,9000000001E+10", "+79000000001", Code.NUMBER_TIDIED),
        (Field.SNILS, EATEN[2:], EATEN, Code.SNILS_ZERO_RESTORED),
        (Field.SNILS, float(EATEN), EATEN, Code.SNILS_ZERO_RESTORED),
        (Field.SNILS, f"{int(EATEN)}.0", EATEN, Code.SNILS_ZERO_RESTORED),
        (Field.SNILS, f"'{SNILS}", SNILS, Code.NUMBER_TIDIED),
        (Field.SNILS, f"СНИЛС № {SNILS}", SNILS, Code.NUMBER_TIDIED),
        (Field.EMAIL, "mailto:a@example.org", "a@example.org", Code.EMAIL_TIDIED),
        (Field.EMAIL, "<a@example.org>", "a@example.org", Code.EMAIL_TIDIED),
        (Field.EMAIL, "Ёлкина Ева <a@example.org>", "a@example.org", Code.EMAIL_TIDIED),
        (Field.EMAIL, "A@Example.ORG", "a@example.org", Code.EMAIL_TIDIED),
        (Field.EMAIL, "a@example.org.", "a@example.org", Code.EMAIL_TIDIED),
        (Field.EMAIL, "a@example.org,", "a@example.org", Code.EMAIL_TIDIED),
        (Field.EMAIL, " a@example.org", "a@example.org", Code.EMAIL_TIDIED),
        (Field.EMAIL, "a@\u200bexample.org", "a@example.org", Code.EMAIL_TIDIED),
        (Field.BIRTH_DATE, "01.05.12", "2012-05-01", Code.DATE_CENTURY),
        (Field.BIRTH_DATE, "01.05.12 г.", "2012-05-01", Code.DATE_CENTURY),
        (Field.BIRTH_DATE, "01-май-12", "2012-05-01", Code.DATE_CENTURY),
        (Field.BIRTH_DATE, 41030.0, "2012-05-01", Code.DATE_FROM_SERIAL),
        (Field.BIRTH_DATE, "41030", "2012-05-01", Code.DATE_FROM_SERIAL),
        (Field.BIRTH_DATE, "41030,5", "2012-05-01", Code.DATE_FROM_SERIAL),
        (Field.BIRTH_DATE, "01,05,2012", "2012-05-01", Code.DATE_TIDIED),
        (Field.BIRTH_DATE, "01.05..2012", "2012-05-01", Code.DATE_TIDIED),
        (Field.BIRTH_DATE, "'01.05.2012", "2012-05-01", Code.DATE_TIDIED),
        (Field.GIVEN_NAME, "ЛЕВ", "Лев", Code.NAME_CASE),
        (Field.FAMILY_NAME, "ёлкин", "Ёлкин", Code.NAME_CASE),
        (Field.FAMILY_NAME, "Юcyпoв", "Юсупов", Code.NAME_LOOKALIKES_REPAIRED),
        (Field.FAMILY_NAME, "Smіth", "Smith", Code.NAME_LOOKALIKES_REPAIRED),
        (Field.FAMILY_NAME, "Ёлкин,", "Ёлкин", Code.NAME_TIDIED),
        (Field.PATRONYMIC, "Ильич.", "Ильич", Code.NAME_TIDIED),
        (Field.GIVEN_NAME, "Л\u00adев", "Лев", Code.NAME_TIDIED),
    ],
)
def test_what_was_put_right_is_said(item: Field, cell: Cell, expected: str, code: Code) -> None:
    assert value(item, cell) == (expected, code)


@pytest.mark.parametrize(
    ("item", "cell", "code"),
    [
        (Field.PHONE, "89000000001, 89000000002", Code.PHONE_SEVERAL),
        (Field.PHONE, "89000000001 мама 89000000002 папа", Code.PHONE_SEVERAL),
        (Field.PHONE, "8900000000", Code.PHONE_UNKNOWN),
        (Field.PHONE, "O9000000001", Code.PHONE_LETTERS),
        (Field.PHONE, "89000000001 (WhatsApp)", Code.PHONE_LETTERS),
        (Field.PHONE, "12-34-56", Code.PHONE_LENGTH),
        (Field.PHONE, "8,9E+10", Code.NUMBER_CUT),
        (Field.SNILS, "1,12E+10", Code.NUMBER_CUT),
        (Field.SNILS, "112-233-445 9O", Code.SNILS_LETTERS),
        (Field.SNILS, "11223344500", Code.SNILS_CHECK),
        (Field.SNILS, "12345678", Code.SNILS_LENGTH),
        (Field.SNILS, "000-000-000 00", Code.SNILS_REPEATED),
        (Field.EMAIL, "a@example.org; b@example.org", Code.EMAIL_SEVERAL),
        (Field.EMAIL, "ivаn@example.org", Code.EMAIL_LETTERS),
        (Field.EMAIL, "a b@example.org", Code.EMAIL_SPACES),
        (Field.EMAIL, "a@example,org", Code.EMAIL_FORM),
        (Field.EMAIL, "a.example.org", Code.EMAIL_FORM),
        (Field.BIRTH_DATE, "31.02.2012", Code.DATE_IMPOSSIBLE),
        (Field.BIRTH_DATE, "05/13/2012", Code.DATE_IMPOSSIBLE),
        (Field.BIRTH_DATE, "2012", Code.DATE_FORM),
        (Field.BIRTH_DATE, "01052012", Code.DATE_FORM),
        (Field.BIRTH_DATE, "1 мартобря 2012", Code.DATE_FORM),
        (Field.BIRTH_DATE, "01.05.2027", Code.DATE_FUTURE),
        (Field.BIRTH_DATE, "01.05.24", Code.DATE_YEAR),
        (Field.BIRTH_DATE, date(1890, 1, 1), Code.DATE_TOO_OLD),
        (Field.GIVEN_NAME, "Л.", Code.NAME_INITIALS),
        (Field.GIVEN_NAME, "Алекс.", Code.NAME_CHARACTER),
        (Field.GIVEN_NAME, "Л3в", Code.NAME_DIGIT),
        (Field.FAMILY_NAME, "Smitж", Code.NAME_MIXED_SCRIPT),
        (Field.FAMILY_NAME, "#Н/Д", Code.NAME_CHARACTER),
    ],
)
def test_a_doubt_is_left_to_a_person(item: Field, cell: Cell, code: Code) -> None:
    with pytest.raises(ValueError, match=code.value) as refused:
        value(item, cell)
    assert refused.value.args == (code,)


@pytest.mark.parametrize(
    ("text", "parts", "kin", "code"),
    [
        ("Ёлкин Лев Ильич", ("Ёлкин", "Лев", "Ильич"), None, None),
        ("Ким Ева", ("Ким", "Ева", None), None, None),
        ("Ким Ева (нет отчества)", ("Ким", "Ева", ""), None, None),
        ("Ким Ева -", ("Ким", "Ева", ""), None, None),
        ("Мамедов Али Гасан оглы", ("Мамедов", "Али", "Гасан оглы"), None, None),
        ("Иванов - Петров Лев Ильич", ("Иванов-Петров", "Лев", "Ильич"), None, None),
        ("Мама: Ёлкина Ева Юрьевна", ("Ёлкина", "Ева", "Юрьевна"), "мама", None),
        ("Ёлкина Ева Юрьевна (мать)", ("Ёлкина", "Ева", "Юрьевна"), "мать", None),
        ("Ёлкина Ева Юрьевна, опекун", ("Ёлкина", "Ева", "Юрьевна"), "опекун", None),
        ("ЁЛКИН ЛЕВ ИЛЬИЧ", ("Ёлкин", "Лев", "Ильич"), None, Code.NAME_CASE),
        ("Ёлкин Лев Ильич.", ("Ёлкин", "Лев", "Ильич"), None, Code.NAME_TIDIED),
        ("Ёлкин Лeв Ильич", ("Ёлкин", "Лев", "Ильич"), None, Code.NAME_LOOKALIKES_REPAIRED),
    ],
)
def test_a_full_name_falls_into_its_parts(
    text: str, parts: tuple[str, str, str | None], kin: str | None, code: Code | None
) -> None:
    assert read_full_name(text) == (parts, kin, code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ёлкин", Code.NAME_PARTS),
        ("Ёлкин Л.И.", Code.NAME_INITIALS),
        ("Ёлкин Л. И.", Code.NAME_INITIALS),
        ("Ёлкина Ева Юрьевна, Ёлкин Лев Ильич", Code.NAME_SEVERAL),
        ("Ёлкина Ева Юрьевна и Ёлкин Лев Ильич", Code.NAME_SEVERAL),
        ("Нгуен Тхи Хоа Бинь", Code.NAME_PARTS),
    ],
)
def test_a_full_name_in_doubt_is_refused(text: str, code: Code) -> None:
    with pytest.raises(ValueError, match=code.value):
        read_full_name(text)


# The short ways agree with the long ones.
word = st.from_regex(r"[А-ЯЁ][а-яё]{1,12}(-[А-ЯЁ][а-яё]{1,9})?", fullmatch=True)
quickly = settings(max_examples=150, deadline=None, derandomize=True, database=None)


@quickly
@given(word)
def test_a_plain_name_is_its_own_canonical_form(text: str) -> None:
    assert read_name(text) == (parse_name(text), None) == (text, None)


@quickly
@given(st.lists(word, min_size=2, max_size=3))
def test_a_plain_full_name_falls_apart_as_any_other(words: list[str]) -> None:
    text = " ".join(words)
    assert read_full_name(text)[0] == split_full_name(text)


@quickly
@given(
    st.from_regex(
        r"[a-z0-9]{1,9}([._-][a-z0-9]{1,6}){0,3}@([a-z0-9]{1,9}(-[a-z0-9]{1,5})?\.){1,3}"
        r"(ru|com|org|net)",
        fullmatch=True,
    )
)
def test_a_plain_address_is_what_the_library_says(text: str) -> None:
    try:
        validate_email(text, allow_smtputf8=False, check_deliverability=False)
    except EmailNotValidError:
        with pytest.raises(ValueError, match="EMAIL"):
            value(Field.EMAIL, text)
        return
    assert value(Field.EMAIL, text) == (parse_email(text), None) == (text, None)
