"""One cell of an item: its canonical value, and what was repaired to get it.

Ordinary writing (brackets in a phone, dashes in a SNILS, `5.3.2012`) is read without a word. A
repair is named where the teacher would call it one. What can be read in two ways is refused.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from gateway.intake.cells import Cell, squeezed
from gateway.intake.words import KIN_IN_CELL, NO_PATRONYMIC_AT_END, with_one_script
from policies.contacts import parse_email, parse_phone
from policies.dates import of_serial, parse_birth_date, parse_day, plausible
from policies.facts import Field
from policies.findings import Code
from policies.names import parse_name, split_full_name
from policies.snils import parse_snils, restore_zeros

# Canonical value and the repair that it took; None is none.
Value = tuple[str, Code | None]

_LEAST_SERIAL = 7000  # 1919; below it a number is a year or a mistake, not a day
_NAME = re.compile("[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?")
_PLAIN_NAME = re.compile(_NAME.pattern)
_PLAIN_FULL_NAME = re.compile(rf"({_NAME.pattern}) ({_NAME.pattern})(?: ({_NAME.pattern}))?")
_PLAIN_LENGTH = 60
# Everyday addresses; whatever else there is, the library judges.
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9]+(?:[._-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?:ru|com|org|net)"
)
_PLAIN_SNILS = re.compile(r"[0-9]{3}-[0-9]{3}-[0-9]{3}[ -][0-9]{2}|[0-9]{11}")
_PLAIN_PHONE = re.compile(r"(?:\+7|[0-9])[0-9 ()-]{8,18}[0-9]")
_PLAIN_DAY = re.compile(r"([0-3][0-9])\.([01][0-9])\.([12][0-9]{3})")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_WIDE_DIGIT = re.compile(r"(?![0-9])\d")
_EATEN_POINT = re.compile(r"(?<=\d)[.,]0+$")
_POWER = re.compile(r"(\d)(?:[.,](\d+))?[eEеЕ]\+?(\d{1,2})")
_BEFORE_NUMBER = re.compile(r"(?i)^(?:снилс|№|no|n|tel:)[\s:№.]*")
_WRONG_EIGHT = re.compile(r"^\+\s*8(?=[\s(-]*9)")
_TWO_PHONES = re.compile(r"(?:\+?[78][\s(-]*)?9\d{2}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}(?!\d)")
_IN_BRACKETS = re.compile(r"[^<>@]*<\s*([^<>]+?)\s*>")
_TIME = re.compile(r"[\sT]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?$")
_SHORT_YEAR = re.compile(r"\d{1,2}\D+\d{1,2}\D+\d{2}(?!\d)")
_SLASHED = re.compile(r"0?(\d{1,2})/0?(\d{1,2})/(?:\d{4}|\d{2})(?:\s.*)?")
_MOST_MONTHS, _MOST_DAYS = 12, 31
_MONTH = re.compile(r"(\d{1,2})[\s./-]*([а-яa-z]{3,9})\.?[\s./-]*(\d{4}|\d{2})(?!\d)")
_AFTER_YEAR = re.compile(r"\s*(?:г|год|года)?\.?\s*(?:р|рожд\w*)?\.?")
_MONTHS = (
    ("январь", "января", "january"),
    ("февраль", "февраля", "february"),
    ("март", "марта", "march"),
    ("апрель", "апреля", "april"),
    ("май", "мая", "may"),
    ("июнь", "июня", "june"),
    ("июль", "июля", "july"),
    ("август", "августа", "august"),
    ("сентябрь", "сентября", "september"),
    ("октябрь", "октября", "october"),
    ("ноябрь", "ноября", "november"),
    ("декабрь", "декабря", "december"),
)
_WHOLE_WORD = re.compile(r"(?:ич|вна|чна|ов|ев|ин|ова|ева|ина|ий|ый|ая|ко|ия|ья)\.$", re.I)
_BETWEEN_PEOPLE = re.compile(r"[,;/\n]|\sи\s")


def text_of(cell: Cell) -> str | None:
    """A cell as text: whole numbers without «.0», days as ISO dates; None for an empty one."""
    if isinstance(cell, str):
        return squeezed(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return None if cell is None else cell.isoformat()


def read_value(item: Field, cell: Cell, text: str, today: date) -> Value:
    """Value of one item; `text` is `text_of(cell)`. Raises ValueError(Code)."""
    if item is Field.SNILS:
        return _snils(text)
    if item is Field.PHONE:
        return _phone(text)
    if item is Field.EMAIL:
        return _email(text, cell)
    if item is Field.BIRTH_DATE:
        return _birth_date(cell, text, today)
    return read_name(text)


def read_name(text: str) -> Value:
    """Family name, given name or patronymic. Raises ValueError(Code)."""
    if len(text) <= _PLAIN_LENGTH and _PLAIN_NAME.fullmatch(text):
        return text, None
    tidied, mended = _mended_name(text)
    value = parse_name(mended)
    return value, _name_repair(text, tidied, mended) or _case_repair(mended, value)


def read_full_name(text: str) -> tuple[tuple[str, str, str | None], str | None, Code | None]:
    """Family name, given name, patronymic; the kinship that stands beside them; the repair.

    A patronymic of None is not written; an empty one is said not to be there. Raises
    ValueError(Code).
    """
    if len(text) <= _PLAIN_LENGTH and (found := _PLAIN_FULL_NAME.fullmatch(text)):
        family, given, patronymic = found.groups()
        return (family, given, patronymic), None, None
    tidied, mended = _mended_name(text)
    kin = KIN_IN_CELL.search(mended)
    name = KIN_IN_CELL.sub("", mended).strip() if kin else mended
    without = NO_PATRONYMIC_AT_END.sub("", name)
    try:
        family, given, patronymic = split_full_name(without)
    except ValueError:
        if _BETWEEN_PEOPLE.search(name) and len(name.split()) > 3:
            raise ValueError(Code.NAME_SEVERAL) from None
        raise
    if without != name and patronymic is None:
        patronymic = ""
    said = next(word for word in kin.groups() if word).casefold() if kin else None
    code = _name_repair(text, tidied, mended)
    whole = " ".join(filter(None, (family, given, patronymic)))
    return (family, given, patronymic), said, code or _case_repair(without, whole)


def _mended_name(text: str) -> tuple[str, str]:
    """Without signs that are no part of a name; then in one script."""
    tidied = _INVISIBLE.sub("", text).removeprefix("'").rstrip(" ,;")
    if _WHOLE_WORD.search(tidied):
        tidied = tidied.removesuffix(".")
    return tidied, with_one_script(tidied)


def _name_repair(text: str, tidied: str, mended: str) -> Code | None:
    if mended != tidied:
        return Code.NAME_LOOKALIKES_REPAIRED
    return Code.NAME_TIDIED if tidied != text else None


def _case_repair(said: str, value: str) -> Code | None:
    """Letters became large or small: «СОКОЛОВ Артём» too."""
    before, after = (
        [sign for sign in unicodedata.normalize("NFC", name) if sign.isalpha()]
        for name in (said, value)
    )
    return None if before == after else Code.NAME_CASE


def _tidied_number(text: str) -> str:
    """Without what a spreadsheet or a hand added around the digits. Raises ValueError(Code)."""
    tidied = _WIDE_DIGIT.sub(lambda sign: str(unicodedata.digit(sign[0])), text)
    tidied = _INVISIBLE.sub("", tidied).removeprefix("'")
    tidied = _EATEN_POINT.sub("", _BEFORE_NUMBER.sub("", tidied.strip().rstrip(".,;: ")))
    if power := _POWER.fullmatch(tidied):
        digits = power[2] or ""
        if len(digits) != int(power[3]):
            raise ValueError(Code.NUMBER_CUT)
        return power[1] + digits
    return tidied


def _snils(text: str) -> Value:
    if _PLAIN_SNILS.fullmatch(text):
        return parse_snils(text), None
    tidied = _tidied_number(text)
    if whole := restore_zeros(re.sub(r"[\s-]", "", tidied)):
        return whole, Code.SNILS_ZERO_RESTORED
    return parse_snils(tidied), Code.NUMBER_TIDIED if tidied != text else None


def _phone(text: str) -> Value:
    tidied = text
    if not _PLAIN_PHONE.fullmatch(text):
        tidied = _WRONG_EIGHT.sub("8", _tidied_number(text))
    try:
        return parse_phone(tidied), Code.NUMBER_TIDIED if tidied != text else None
    except ValueError:
        if len(_TWO_PHONES.findall(tidied)) > 1:
            raise ValueError(Code.PHONE_SEVERAL) from None
        raise


def _email(text: str, cell: Cell) -> Value:
    if len(text) <= _PLAIN_LENGTH and _PLAIN_EMAIL.fullmatch(text):
        return text, None if text == cell else Code.EMAIL_TIDIED
    tidied = _INVISIBLE.sub("", text).strip(" '\"`")
    if found := _IN_BRACKETS.fullmatch(tidied):
        tidied = found[1]
    value = parse_email(tidied.rstrip(".,;: "))
    return value, Code.EMAIL_TIDIED if value != cell else None


def tells_month_first(text: str) -> bool:
    """«3/25/2016»: written where the month stands first."""
    found = _SLASHED.fullmatch(text)
    return found is not None and int(found[1]) <= _MOST_MONTHS < int(found[2]) <= _MOST_DAYS


def may_be_month_first(text: str) -> bool:
    """«3/12/2016»: another day where the month stands first."""
    found = _SLASHED.fullmatch(text)
    return found is not None and found[1] != found[2] and int(found[2]) <= _MOST_MONTHS


def _birth_date(cell: Cell, text: str, today: date) -> Value:
    if isinstance(cell, date):
        return plausible(cell, today).isoformat(), None
    if found := _PLAIN_DAY.fullmatch(text):
        return parse_day(found[3], found[2], found[1], today).isoformat(), None
    tidied = _INVISIBLE.sub("", text).removeprefix("'").rstrip(" ,;")
    if re.fullmatch(r"\d{4,5}(?:[.,]\d+)?", tidied):
        serial = int(float(tidied.replace(",", ".")))
        if serial < _LEAST_SERIAL:
            raise ValueError(Code.DATE_FORM)
        return of_serial(serial, today).isoformat(), Code.DATE_FROM_SERIAL
    code = Code.DATE_TIDIED if tidied != text else None
    spelt = _TIME.sub("", tidied)
    if re.fullmatch(r"\d{1,2}[,.]{1,2}\s?\d{1,2}[,.]{1,2}\s?\d{2,4}", spelt) and (
        "," in spelt or ".." in spelt
    ):
        spelt, code = re.sub(r"[,.]{1,2}\s?", ".", spelt), Code.DATE_TIDIED
    spelt = _with_month_number(spelt)
    value = parse_birth_date(spelt, today).isoformat()
    return value, code or (Code.DATE_CENTURY if _SHORT_YEAR.match(spelt) else None)


def _with_month_number(text: str) -> str:
    """«1 мая 2012 г.», «01-май-12», «1-May-12»: the month as a number, the tail left off."""
    small = unicodedata.normalize("NFKC", text).lower()
    found = _MONTH.match(small)
    if found is None or _AFTER_YEAR.fullmatch(small, found.end()) is None:
        return text
    for number, names in enumerate(_MONTHS, start=1):
        if any(name.startswith(found[2]) for name in names):
            return f"{found[1]}.{number}.{found[3]}"
    return text
