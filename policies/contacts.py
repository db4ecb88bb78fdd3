"""E-mail addresses and telephone numbers: one canonical form, forms for readers, masks.

An address becomes lower-case ASCII (a Cyrillic domain as punycode), a number becomes E.164.
No name server is asked: whether a contact lives, the code sent to it shows.
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from policies.findings import Code

REGION = "RU"

# Plain Russian mobiles. The gaps of 930 are left to the library, which knows them to the digit.
_PLAIN_MOBILE = re.compile(r"(?:\+?7|8)?(9(?:[0-24-9][0-9]|3[1-9])[0-9]{7})")
_PHONE_FILLERS = re.compile(r"[\s.()\-‐‑‒–—−]+")
_PHONE_LABEL = re.compile(r"^(?:моб(?:ильный)?|сот(?:овый)?|тел(?:ефон)?|т)(?:[.:]+\s*|\s+)", re.I)
_EXTENSION = re.compile(r"(?:доб(?:авочный)?|вн(?:утр)?|ext|#)\.?\s*[0-9]+", re.I)
_KEPT_PHONE = re.compile(r"\+[0-9]{8,15}")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")

MISTYPED_DOMAINS = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmal.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gmail.con": "gmail.com",
    "gmail.ru": "gmail.com",
    "mail.ri": "mail.ru",
    "mail.ry": "mail.ru",
    "mail.tu": "mail.ru",
    "maill.ru": "mail.ru",
    "meil.ru": "mail.ru",
    "yandex.ry": "yandex.ru",
    "yandex.ri": "yandex.ru",
    "yandex.tu": "yandex.ru",
    "yndex.ru": "yandex.ru",
    "yadex.ru": "yandex.ru",
    "yandeks.ru": "yandex.ru",
    "jandex.ru": "yandex.ru",
    "ramler.ru": "rambler.ru",
    "rambler.ry": "rambler.ru",
    "inbox.ry": "inbox.ru",
    "list.ry": "list.ru",
    "bk.ry": "bk.ru",
    "icloud.con": "icloud.com",
    "iclod.com": "icloud.com",
}


def parse_email(text: str) -> str:
    """Lower-case ASCII address. Raises ValueError(Code)."""
    address = _INVISIBLE.sub("", text).strip().lower().removeprefix("mailto:").strip()
    if not address:
        raise ValueError(Code.EMAIL_EMPTY)
    if address.count("@") > 1:
        raise ValueError(Code.EMAIL_SEVERAL)
    if any(character.isspace() for character in address):
        raise ValueError(Code.EMAIL_SPACES)
    local, _, domain = address.partition("@")
    if not local.isascii() or any(_is_mixed(label) for label in domain.split(".")):
        raise ValueError(Code.EMAIL_LETTERS)
    canonical = _validated(address)
    if canonical is None:
        raise ValueError(Code.EMAIL_FORM)
    return canonical


def _validated(address: str) -> str | None:
    """The library's normal form; None when it refuses (its message quotes the address)."""
    try:
        checked = validate_email(address, allow_smtputf8=False, check_deliverability=False)
    except EmailNotValidError:
        return None
    return checked.ascii_email.lower() if checked.ascii_email else None


def _is_mixed(label: str) -> bool:
    """Latin and other letters in one label of a domain: a look-alike, never a real name."""
    letters = [character for character in label if character.isalpha()]
    return any(letter.isascii() for letter in letters) and not all(
        letter.isascii() for letter in letters
    )


def suggest_domain(address: str) -> str | None:
    """The domain that was probably meant by a canonical address; None when it looks right."""
    return MISTYPED_DOMAINS.get(address.rpartition("@")[2])


def parse_phone(text: str) -> str:
    """E.164 number, Russian unless another country code is written. Raises ValueError(Code)."""
    if plain := _PLAIN_MOBILE.fullmatch(text):
        return "+7" + plain.group(1)
    cleaned = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    cleaned = _PHONE_LABEL.sub("", cleaned)
    if not cleaned:
        raise ValueError(Code.PHONE_EMPTY)
    if plain := _PLAIN_MOBILE.fullmatch(_PHONE_FILLERS.sub("", cleaned)):
        return "+7" + plain.group(1)
    return _parse_by_library(cleaned)


def _parse_by_library(text: str) -> str:
    if _EXTENSION.search(text):
        raise ValueError(Code.PHONE_EXTENSION)
    # The library would read «O914…» with a letter O as a number.
    if any(character.isalpha() for character in text):
        raise ValueError(Code.PHONE_LETTERS)
    digits = sum(character.isdigit() for character in text)
    if digits > 15:  # E.164 ends there
        several = sum(1 for _ in phonenumbers.PhoneNumberMatcher(text, REGION)) > 1
        raise ValueError(Code.PHONE_SEVERAL if several else Code.PHONE_LENGTH)
    if digits < 10:
        raise ValueError(Code.PHONE_LENGTH)
    number = _number_of(text)
    if number is None:
        raise ValueError(Code.PHONE_UNKNOWN)
    if not phonenumbers.is_possible_number(number):
        raise ValueError(Code.PHONE_LENGTH)
    if not phonenumbers.is_valid_number(number):
        raise ValueError(Code.PHONE_UNKNOWN)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _number_of(text: str) -> phonenumbers.PhoneNumber | None:
    """The library's reading; None when it sees no number."""
    try:
        return phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None


_RUSSIAN_SIGNS = 12
_TOWNS = "348"
# Mobiles; both codes of Moscow and that of St Petersburg; 800 to 809, which are no town's.
_THREE_DIGIT_CODES = ("9", "495", "499", "812", "80")


def format_phone(phone: str) -> str:
    """For a Russian reader: «+7 900 000-81-43»; other countries by their own custom.

    Codes of Russian towns have three to five digits, and the library takes each for one of three:
    Khabarovsk's 4212 would come out as «421 2…». Where the code is not known for sure, pairs
    of digits claim nothing about it: «+7 42 12 12 34 56».
    """
    if phone.startswith("+7") and len(phone) == _RUSSIAN_SIGNS:
        rest = phone[2:]
        if rest.startswith(_THREE_DIGIT_CODES):
            return f"+7 {rest[:3]} {rest[3:6]}-{rest[6:8]}-{rest[8:]}"
        if rest[0] in _TOWNS:
            return " ".join(["+7", *(rest[at : at + 2] for at in range(0, len(rest), 2))])
    number = phonenumbers.parse(phone)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def shown_phone(told: str) -> str:
    """As people read it: a number as it is kept is formatted, anything else stays as written."""
    return format_phone(told) if _KEPT_PHONE.fullmatch(told) else told


def mask_phone(phone: str) -> str:
    """Country code and the last four digits: «+7 ••• •••-81-43»."""
    country = "7" if phone.startswith("+7") else str(phonenumbers.parse(phone).country_code)
    return f"+{country} ••• •••-{phone[-4:-2]}-{phone[-2:]}"


def mask_email(address: str) -> str:
    """The first letter and the domain: «i•••@example.org»; a name of one letter is hidden."""
    local, _, domain = address.partition("@")
    shown = local[0] if len(local) > 1 else ""
    return f"{shown}•••@{domain}"
