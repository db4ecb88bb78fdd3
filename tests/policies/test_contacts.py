"""Addresses and telephones: one canonical form, refusals by code, readable and masked forms."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policies.contacts import (
    format_phone,
    mask_email,
    mask_phone,
    parse_email,
    parse_phone,
    suggest_domain,
)
from policies.findings import Code


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("  PERSON28@EXAMPLE.ORG ", "person28@example.org", id="spaces and capitals"),
        pytest.param("mailto:ivanova@example.org", "ivanova@example.org", id="link of a table"),
        pytest.param("ivanova\u200b@example.org", "ivanova@example.org", id="invisible space"),
        pytest.param("i.v-a_n+7@mail.example.org", "i.v-a_n+7@mail.example.org", id="signs"),
        pytest.param("ivan@почта.рф", "ivan@xn--80a1acny.xn--p1ai", id="Cyrillic domain"),
        pytest.param("ivan@xn--80a1acny.xn--p1ai", "ivan@xn--80a1acny.xn--p1ai", id="punycode"),
    ],
)
def test_an_address_has_one_canonical_form(text, address):
    assert parse_email(text) == address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(" ", Code.EMAIL_EMPTY, id="blank"),
        pytest.param("нет", Code.EMAIL_LETTERS, id="a word instead"),
        pytest.param("none", Code.EMAIL_FORM, id="a Latin word instead"),
        pytest.param("ivan ova@example.org", Code.EMAIL_SPACES, id="space inside"),
        pytest.param("a@example.org; b@example.org", Code.EMAIL_SEVERAL, id="two addresses"),
        pytest.param("ivаn@example.org", Code.EMAIL_LETTERS, id="Cyrillic а before the sign"),
        pytest.param("ivan@mаil.ru", Code.EMAIL_LETTERS, id="Cyrillic а in a Latin domain"),
        pytest.param("ivan@example.org.", Code.EMAIL_FORM, id="dot at the end"),
        pytest.param("ivan@localhost", Code.EMAIL_FORM, id="no domain"),
        pytest.param("iv..an@example.org", Code.EMAIL_FORM, id="two dots"),
    ],
)
def test_what_is_no_address_is_refused_by_code(text, code):
    with pytest.raises(ValueError, match=code) as refused:
        parse_email(text)
    assert refused.value.args == (code,)


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("ivan@gmial.com", "gmail.com"),
        ("ivan@mail.ri", "mail.ru"),
        ("ivan@yandex.ry", "yandex.ru"),
        ("ivan@example.org", None),
    ],
)
def test_a_mistyped_domain_is_suggested(address, domain):
    assert suggest_domain(address) == domain


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        pytest.param("89000008143", "+79000008143", id="eight"),
        pytest.param("9000008146", "+79000008146", id="ten digits"),
        pytest.param("79000008148", "+79000008148", id="seven without plus"),
        pytest.param("8 (900) 000-81-50", "+79000008150", id="brackets"),
        pytest.param("+7\u00a0900\u00a0000‑81‑50", "+79000008150", id="no-break signs"),
        pytest.param("８ 900 000-81-50", "+79000008150", id="full-width digit"),
        pytest.param("тел.: 8 900 000-81-50", "+79000008150", id="label before it"),
        pytest.param("моб. 89000008150", "+79000008150", id="short label"),
        pytest.param("8 (4212) 12-34-56", "+74212123456", id="town number"),
        pytest.param("+375 29 123-45-67", "+375291234567", id="Belarus"),
        pytest.param("8 930 010-00-00", "+79300100000", id="code that the library checks"),
    ],
)
def test_a_phone_has_one_canonical_form(text, phone):
    assert parse_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("", Code.PHONE_EMPTY, id="blank"),
        pytest.param("8 900 00-00", Code.PHONE_LENGTH, id="too short"),
        pytest.param("12-34-56", Code.PHONE_LENGTH, id="no area code"),
        pytest.param("8 900 000-81-500", Code.PHONE_LENGTH, id="one digit too many"),
        pytest.param("8900000815089000", Code.PHONE_LENGTH, id="one long number"),
        pytest.param("89000008150, 89000008151", Code.PHONE_SEVERAL, id="two phones"),
        pytest.param("O900 000-81-50", Code.PHONE_LETTERS, id="letter O for zero"),
        pytest.param("нет телефона", Code.PHONE_LETTERS, id="words"),
        pytest.param("8 (4212) 12-34-56 доб. 12", Code.PHONE_EXTENSION, id="extension"),
        pytest.param("5129000000", Code.PHONE_UNKNOWN, id="no such code"),
        pytest.param("+89000008150", Code.PHONE_UNKNOWN, id="no such country"),
    ],
)
def test_what_is_no_phone_is_refused_by_code(text, code):
    with pytest.raises(ValueError, match=code) as refused:
        parse_phone(text)
    assert refused.value.args == (code,)


@given(
    prefix=st.sampled_from(["", "8", "7", "+7", "+7 ", "8-", "8 ("]),
    number=st.integers(9_000_000_000, 9_999_999_999),
    gap=st.sampled_from(["", " ", "-", "\u00a0", ".", ") "]),
)
@example(prefix="+7", number=9_300_000_000, gap="")
@example(prefix="8", number=9_310_000_000, gap="-")
def test_the_fast_path_agrees_with_the_library(prefix, number, gap):
    digits = str(number)
    text = f"{prefix}{digits[:3]}{gap}{digits[3:]}"
    theirs = phonenumbers.parse(text, "RU")
    if phonenumbers.is_valid_number(theirs):
        assert parse_phone(text) == f"+{theirs.country_code}{theirs.national_number}"
    else:
        with pytest.raises(ValueError, match=Code.PHONE_UNKNOWN):
            parse_phone(text)


def test_a_russian_reader_sees_a_russian_number():
    assert format_phone("+79000008143") == "+7 900 000-81-43"
    assert format_phone("+375291234567") == "+375 29 123-45-67"


def test_masks_hide_all_but_what_the_owner_recognises():
    assert mask_phone("+79000008143") == "+7 ••• •••-81-43"
    assert mask_phone("+375291234567") == "+375 ••• •••-45-67"
    assert mask_email("ivanova@example.org") == "i•••@example.org"
    assert mask_email("i@example.org") == "•••@example.org"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("8 (900) 000-81-43", "+7 900 000-81-43", id="mobile"),
        pytest.param("8 (495) 123-45-67", "+7 495 123-45-67", id="Moscow"),
        pytest.param("8 (812) 123-45-67", "+7 812 123-45-67", id="St Petersburg"),
        pytest.param("8 (4212) 12-34-56", "+7 42 12 12 34 56", id="Khabarovsk"),
        pytest.param("8 (42138) 1-23-45", "+7 42 13 81 23 45", id="Sovetskaya Gavan"),
        pytest.param("8 (343) 212-34-56", "+7 34 32 12 34 56", id="Yekaterinburg"),
        pytest.param("8-800-123-45-67", "+7 800 123-45-67", id="free of charge"),
        pytest.param("+7 (7272) 12-34-56", "+7 7272 12 34 56", id="Almaty"),
        pytest.param("+375 29 123-45-67", "+375 29 123-45-67", id="Minsk"),
    ],
)
def test_no_telephone_is_shown_with_a_code_that_is_not_its_own(written: str, shown: str):
    assert format_phone(parse_phone(written)) == shown
    assert parse_phone(shown) == parse_phone(written)
