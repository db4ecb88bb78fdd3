"""Which passwords are too easy to guess (NIST SP 800-63B, section 3.1.1.2).

Long and not among the first that anybody would try: no rule about kinds of signs, for such rules
make people write «Password1!».
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

LEAST_SIGNS = 12
MOST_SIGNS = 128
_LEAST_DIFFERENT = 5
_LEAST_BESIDE_LOGIN = 8
_ROWS = (
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "йцукенгшщзхъфывапролджэячсмитьбю",
)
_COMMON_WORDS = """
    admin administrator changeme contact director dragon football google iloveyou letmein login
    master monkey moscow parol pass password princess qwerty registrar school secret soglasie
    sunshine superman teacher test tutor user welcome
    админ администратор вход директор дневник журнал згыр колледж люблю москва пароль привет
    россия секрет солнышко учитель хабаровск школа
"""
_COMMON = frozenset(_COMMON_WORDS.split())


class Weakness(StrEnum):
    """Why a password is refused. The values are codes of the form."""

    SHORT = "too_short"
    LONG = "too_long"
    FEW_SIGNS = "password_few_signs"
    ROW = "password_row"
    COMMON = "password_common"
    LOGIN = "password_login"


def weakness(password: str, login: str) -> Weakness | None:
    """The first thing that is wrong with it; None: it may be used. `login` is canonical."""
    if len(password) < LEAST_SIGNS:
        return Weakness.SHORT
    if len(password) > MOST_SIGNS:
        return Weakness.LONG
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(set(plain)) < _LEAST_DIFFERENT:
        return Weakness.FEW_SIGNS
    if any(_runs_along(plain, row) for row in _ROWS):
        return Weakness.ROW
    if login in plain and len(plain.replace(login, "")) < _LEAST_BESIDE_LOGIN:
        return Weakness.LOGIN
    letters = "".join(sign for sign in plain if sign.isalpha())
    if _unit(letters) in _COMMON:
        return Weakness.COMMON
    return None


def _runs_along(plain: str, row: str) -> bool:
    """The whole of it is a piece of the row, said as often as one likes."""
    endless = row * (len(plain) // len(row) + 2)
    return plain in endless or plain[::-1] in endless


def _unit(text: str) -> str:
    """The shortest text that said again and again makes `text`."""
    return text[: (text + text).find(text, 1)] if text else ""
