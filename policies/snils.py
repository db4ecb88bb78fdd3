"""The insurance number of a person (СНИЛС): eleven digits, the last two are a check number.

Source: format of the Pension Fund's electronic documents, item 8: the number is checked only
above 001-001-998. Test vectors: tests/policies/test_snils.py.
"""

from __future__ import annotations

import re
import unicodedata
from operator import mul

from policies.findings import Code

DIGITS = 11
LAST_UNCHECKABLE = 1_001_998
_WEIGHTS = range(9, 0, -1)
_SEPARATORS = re.compile(r"[\s.\-‐‑‒–—−_]+")


def parse_snils(text: str) -> str:
    """Eleven digits without separators. Raises ValueError(Code).

    Numbers up to 001-001-998 carry no check number: their form is accepted, see `is_checkable`.
    """
    compact = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if not compact:
        raise ValueError(Code.SNILS_EMPTY)
    if not (compact.isascii() and compact.isdigit()):
        raise ValueError(Code.SNILS_LETTERS)
    if len(compact) != DIGITS:
        raise ValueError(Code.SNILS_LENGTH)
    number = compact[:9]
    # 111-111-111 45 and 000-000-000 00 pass the arithmetic and belong to nobody.
    if len(set(number)) == 1:
        raise ValueError(Code.SNILS_REPEATED)
    if is_checkable(compact) and check_number(number) != compact[9:]:
        raise ValueError(Code.SNILS_CHECK)
    return compact


def check_number(number: str) -> str:
    """Two check digits of nine digits: weights 9…1, modulo 101, last two digits (100 -> 00)."""
    total = sum(map(mul, map(int, number), _WEIGHTS))
    return f"{total % 101 % 100:02d}"


def is_checkable(snils: str) -> bool:
    """False for numbers issued without a check number; the registrar compares with the paper."""
    return int(snils[:9]) > LAST_UNCHECKABLE


def restore_zeros(text: str) -> str | None:
    """Canonical number of 8 to 10 digits whose leading zeros a spreadsheet ate.

    None when nothing was eaten or the check number does not confirm the zeros.
    """
    if not (text.isascii() and text.isdigit() and 8 <= len(text) < DIGITS):
        return None
    padded = text.zfill(DIGITS)
    if not is_checkable(padded) or check_number(padded[:9]) != padded[9:]:
        return None
    return padded


def format_snils(snils: str) -> str:
    """As printed on the document: «112-233-445 95»."""
    return f"{snils[:3]}-{snils[3:6]}-{snils[6:9]} {snils[9:]}"


def mask_snils(snils: str) -> str:
    """The last five digits only: «•••-•••-445 95»."""
    return f"•••-•••-{snils[6:9]} {snils[9:]}"
