"""The words that families get."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gateway.messages import texts
from gateway.messages.sms import parts_of

SCHOOL = "МБОУ СОШ № 28"
DAY = date(2026, 9, 15)
ZONE = "Asia/Vladivostok"
LINK = "https://example.org/p/abc"
FRONT = "https://example.org/s/abcd"
PHONE = "+74212000028"
SHOWN = "+7 42 12 00 00 28"  # the length of a town's code is not known for sure
LETTERS = {
    "invitation": texts.invitation(SCHOOL, "Ева", DAY, ZONE, LINK, PHONE),
    "receipt": texts.receipt(SCHOOL, "Ева", "7K4M", "согласие", "сегодня", FRONT, PHONE),
    "withdrawal before": texts.withdrawal(SCHOOL, "Ева", "7K4M", "сегодня", None, PHONE),
    "withdrawal after": texts.withdrawal(SCHOOL, "Ева", "7K4M", "сегодня", DAY, PHONE),
    "clash": texts.clash(SCHOOL, "Ева", "телефон", LINK, PHONE),
    "left out": texts.left_out(SCHOOL, "Ева", DAY, ZONE, LINK, PHONE),
    "unknown contact": texts.unknown_contact(SCHOOL, "Ева", "сегодня", PHONE),
}


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_every_letter_names_school_and_child_and_pleads_nothing(letter: texts.Letter) -> None:
    assert SCHOOL in letter.subject
    assert "Ева" in letter.text
    assert "Ева" not in letter.subject
    for word in ("просим согласиться", "необходимо согласие", "обязаны", "некорректн"):
        assert word not in letter.text.lower()
    assert max(map(len, letter.text.splitlines())) < 200
    assert "Ева" not in repr(letter)


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_every_letter_says_where_to_ask(letter: texts.Letter) -> None:
    assert SHOWN in letter.text


def test_a_school_without_a_telephone_leaves_no_gap() -> None:
    for letter in (
        texts.invitation(SCHOOL, "Ева", DAY, ZONE, LINK, None),
        texts.receipt(SCHOOL, "Ева", "7K4M", "согласие", "сегодня", FRONT, None),
        texts.clash(SCHOOL, "Ева", "телефон", LINK, None),
        texts.newcomer_named(SCHOOL, "сегодня", None),
    ):
        assert "None" not in letter.text
        assert ": ." not in letter.text
        assert "школу:" not in letter.text


def test_a_receipt_leads_to_where_a_new_link_is_to_be_had() -> None:
    assert f"\n{FRONT}\n" in LETTERS["receipt"].text


def test_the_invitation_says_what_a_family_needs_to_know() -> None:
    text = LETTERS["invitation"].text
    assert "23:59 15 сентября 2026 года (Хабаровск, Владивосток, UTC+10)" in text
    assert "можно согласиться или отказаться" in text.lower()
    assert "займёт 3 минуты" in text
    assert f"\n{LINK}\n" in text


def test_a_code_comes_first_and_fits_one_sms() -> None:
    opening = texts.open_code("482913", SCHOOL)
    signing = texts.sign_code("482913", SCHOOL, "7K4M")
    assert opening.startswith("482913 — код для ответа (")
    assert signing.startswith("482913 — подпись документа 7K4M")
    assert parts_of(opening) == 1
    assert parts_of(signing) <= 2


def test_a_replaced_address_hears_of_it_and_of_nobodys_name() -> None:
    letter = texts.contact_replaced(SCHOOL, "сегодня", PHONE)
    assert SCHOOL in letter.subject
    assert "О ком" not in letter.text
    assert SHOWN in letter.text


def test_a_newcomer_is_told_of_by_no_name() -> None:
    letter = texts.newcomer_named(SCHOOL, "сегодня", PHONE)
    assert SCHOOL in letter.subject
    assert "О ком" not in letter.text
    assert SHOWN in letter.text
    assert parts_of(texts.newcomer_named_sms(SCHOOL)) <= 2


def test_a_newcomer_on_record_is_told_of_by_no_name() -> None:
    letter = texts.newcomer_accepted(SCHOOL, "сегодня", PHONE)
    assert SCHOOL in letter.subject
    assert "О ком" not in letter.text
    assert parts_of(texts.newcomer_accepted_sms(SCHOOL)) <= 2


def test_the_declined_hear_why_and_are_not_named() -> None:
    letter = texts.newcomer_declined(SCHOOL, "документы не показаны", PHONE)
    assert "Причина: документы не показаны." in letter.text
    assert SHOWN in letter.text


def test_a_replaced_phone_is_told_in_few_words() -> None:
    warning = texts.phone_replaced(SCHOOL)
    assert warning.startswith(SCHOOL)
    assert parts_of(warning) <= 2


def test_after_the_platform_got_the_data_the_letter_says_so() -> None:
    assert "не передавались" in LETTERS["withdrawal before"].text
    assert "уничтожить их до 15 сентября 2026 года" in LETTERS["withdrawal after"].text


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        pytest.param("Europe/Moscow", "1 марта 2026 года, 15:00 (Москва, UTC+3)", id="known"),
        pytest.param("Asia/Kolkata", "1 марта 2026 года, 17:30 (UTC+5:30)", id="half hours"),
    ],
)
def test_every_time_names_its_zone(zone: str, words: str) -> None:
    assert texts.moment_in_words(datetime(2026, 3, 1, 12, 0, tzinfo=UTC), zone) == words
