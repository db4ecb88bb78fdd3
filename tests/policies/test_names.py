"""Names: ё stays, capitals go, look-alikes are repaired apart, guesses are refused."""

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.findings import Code
from policies.names import parse_name, repair_lookalikes, split_full_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("  Ёлкина ", "Ёлкина", id="ё stays"),
        pytest.param("ЁЛКИНА", "Ёлкина", id="capitals with ё"),
        pytest.param("елкина", "Елкина", id="е never becomes ё"),
        pytest.param("Ы\u0301н", "Ы\u0301н", id="a mark without a composed form"),
        pytest.param("Е\u0308лкин", "Ёлкин", id="decomposed ё"),
        pytest.param("ИВАНОВ-ПЕТРОВА", "Иванов-Петрова", id="double name in capitals"),
        pytest.param("Иванов — Петрова", "Иванов-Петрова", id="dash for hyphen"),
        pytest.param("О’КОННОР", "О'Коннор", id="apostrophe of a phone, capitals"),
        pytest.param("МАР'ЯНА", "Мар'яна", id="apostrophe inside"),
        pytest.param("ГАСАН ОГЛЫ", "Гасан оглы", id="particle"),
        pytest.param("ГАСАН-КЫЗЫ", "Гасан-кызы", id="particle after a hyphen"),
        pytest.param("гасан угли", "Гасан угли", id="all small"),
        pytest.param("МакДональд", "МакДональд", id="capital inside"),
        pytest.param("фон Миних", "фон Миних", id="small word kept"),
        pytest.param("АН", "Ан", id="two letters"),
        pytest.param("О", "О", id="one letter"),
        pytest.param("Smith", "Smith", id="Latin name"),
        pytest.param("Ким\u200b  Чен", "Ким Чен", id="invisible and double spaces"),
        pytest.param("Өлзий", "Өлзий", id="letter of a language of Russia"),
        pytest.param("ХӀАЖИЕВ", "Хӏажиев", id="palochka"),
    ],
)
def test_a_name_has_one_canonical_writing(text, name):
    assert parse_name(text) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("", Code.NAME_EMPTY, id="blank"),
        pytest.param("И0ванов", Code.NAME_DIGIT, id="zero for о"),
        pytest.param("Юcyпoвa", Code.NAME_MIXED_SCRIPT, id="look-alikes not repaired"),
        pytest.param("Иванов (Петров)", Code.NAME_CHARACTER, id="brackets"),
        pytest.param("-Иванов", Code.NAME_CHARACTER, id="hyphen first"),
        pytest.param("Иванов-", Code.NAME_CHARACTER, id="hyphen last"),
        pytest.param("И. П.", Code.NAME_INITIALS, id="initials"),
        pytest.param("А Б В Г Д", Code.NAME_TOO_LONG, id="five words"),
        pytest.param("Я" * 101, Code.NAME_TOO_LONG, id="101 letters"),
    ],
)
def test_what_is_no_name_is_refused_by_code(text, code):
    with pytest.raises(ValueError, match=code) as refused:
        parse_name(text)
    assert refused.value.args == (code,)


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        pytest.param("Юcyпoвa", "Юсупова", id="small letters"),
        pytest.param("CОКОЛОВ", "СОКОЛОВ", id="capital"),
        pytest.param("Фëдор", "Фёдор", id="Latin ё"),
        pytest.param("Пeтрова  Eва", "Петрова  Ева", id="spaces as they were"),
        pytest.param("Smith", "Smith", id="a Latin name stays"),
        pytest.param("COBA", "COBA", id="a word wholly Latin stays"),
        pytest.param("И0ванов", "И0ванов", id="a digit is no letter"),
        pytest.param("Ивaнsв", "Ивaнsв", id="s looks like nothing"),
        pytest.param("Ёлкина", "Ёлкина", id="nothing to repair"),
    ],
)
def test_lookalikes_are_repaired_only_in_words_otherwise_cyrillic(text, repaired):
    assert repair_lookalikes(text) == repaired


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("Ким Ева Юрьевна", ("Ким", "Ева", "Юрьевна"), id="three words"),
        pytest.param("КИМ ЕВА", ("Ким", "Ева", None), id="no patronymic"),
        pytest.param("Мамедов Али Гасан оглы", ("Мамедов", "Али", "Гасан оглы"), id="particle"),
        pytest.param(
            "Иванова Анна Мария Петровна", ("Иванова", "Анна Мария", "Петровна"), id="two names"
        ),
        pytest.param(
            "Иванов - Петрова Кира Юрьевна", ("Иванов-Петрова", "Кира", "Юрьевна"), id="double"
        ),
        pytest.param("О'Коннор Илья Ильич", ("О'Коннор", "Илья", "Ильич"), id="apostrophe"),
    ],
)
def test_a_full_name_falls_into_its_parts(text, parts):
    assert split_full_name(text) == parts


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(" ", Code.NAME_EMPTY, id="blank"),
        pytest.param("Ким", Code.NAME_PARTS, id="one word"),
        pytest.param("Мамедов Али оглы", Code.NAME_PARTS, id="particle without a name"),
        pytest.param("Иванова Анна Мария Роза", Code.NAME_PARTS, id="four words, no patronymic"),
        pytest.param("Ким Е. Ю.", Code.NAME_INITIALS, id="initials"),
    ],
)
def test_a_full_name_is_never_guessed(text, code):
    with pytest.raises(ValueError, match=code):
        split_full_name(text)


@given(st.text(st.sampled_from("абвёЁЖЯ-' оглыAaOo\u0308"), max_size=30))
def test_a_canonical_name_stays_as_it_is(text):
    once = _name_or_none(text)
    if once is not None:
        assert parse_name(once) == once
        assert unicodedata.is_normalized("NFC", once)


def _name_or_none(text):
    with suppress(ValueError):
        return parse_name(text)
    return None
