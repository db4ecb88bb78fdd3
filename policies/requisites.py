"""Requisites of papers: identity documents, the INN, acts of a school and of a guardianship.

People write the same number with spaces, «№» or dashes: those are tidied. Nothing else is mended:
a letter for a digit, a digit for a Roman numeral or a missing figure is asked about, never guessed.
A date is compared with what is known for sure: nobody has a paper from before the birth or from
tomorrow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from policies.dates import birthday
from policies.facts import IdKind
from policies.findings import Code, Finding

PASSPORT_AGE = 14  # Government decree 2267 of 23.12.2023, item 1
LAW_OF = date(2006, 7, 27)  # 152-FZ: no earlier act speaks of personal data
# Weights of the check digits of the Federal Tax Service.
_OF_AN_ENTITY = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_OF_A_PERSON = ((7, *_OF_AN_ENTITY), (3, 7, *_OF_AN_ENTITY))

_IDLE = re.compile(r"[\s№.\-‐‑‒–—−]+")
_DASHES = re.compile(r"[‐‑‒–—−]")
_ROMAN = re.compile(r"(?=.)(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_CERTIFICATE = re.compile(r"([^\W\d_]+?)-?([^\W\d_]{2})")
# Letters of one look: which of the two is meant is known by the place.
_LATIN_OF = str.maketrans("ХІ", "XI")
_RUSSIAN_OF = str.maketrans("ABCEHKMOPTX", "АВСЕНКМОРТХ")
_SOMETHING = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True, repr=False)
class Paper:
    """Requisites of an identity document, as `parse_…` leave them; None: not stated."""

    kind: IdKind
    series: str | None
    number: str
    department_code: str | None
    issued_on: date


def parse_series(kind: IdKind, text: str) -> str:
    """«08 12» -> 0812 of a passport, «ii-дв» -> II-ДВ of a birth certificate, others as written.

    Raises ValueError(Code).
    """
    if kind is IdKind.PASSPORT:
        return _digits(text, 4, Code.DOCUMENT_SERIES)
    if kind is not IdKind.BIRTH_CERTIFICATE:
        return _as_written(text, Code.DOCUMENT_SERIES)
    parts = _CERTIFICATE.fullmatch(_DASHES.sub("-", re.sub(r"[\s№]+", "", text)).upper())
    roman, letters = (
        (parts[1].translate(_LATIN_OF), parts[2].translate(_RUSSIAN_OF)) if parts else ("", "")
    )
    if not _ROMAN.fullmatch(roman) or not re.fullmatch("[А-ЯЁ]{2}", letters):
        raise ValueError(Code.DOCUMENT_SERIES)
    return f"{roman}-{letters}"


def parse_number(kind: IdKind, text: str) -> str:
    """Six digits of a passport or a birth certificate, others as written.

    Raises ValueError(Code).
    """
    if kind in (IdKind.PASSPORT, IdKind.BIRTH_CERTIFICATE):
        return _digits(text, 6, Code.DOCUMENT_NUMBER)
    return _as_written(text, Code.DOCUMENT_NUMBER)


def parse_department_code(kind: IdKind, text: str) -> str:
    """«250001» -> 250-001 of a passport, others as written. Raises ValueError(Code)."""
    if kind is not IdKind.PASSPORT:
        return _as_written(text, Code.DOCUMENT_OFFICE)
    digits = _digits(text, 6, Code.DOCUMENT_OFFICE)
    return f"{digits[:3]}-{digits[3:]}"


def paper_findings(paper: Paper, born: date | None, on: date) -> list[Finding]:
    """What is wrong with an identity document on the day it is named; `part` tells where.

    `born`: of its holder; None: not known, then only the future is impossible.
    """
    found = []
    if paper.series is None:
        if paper.kind in (IdKind.PASSPORT, IdKind.BIRTH_CERTIFICATE):
            found.append(Finding(Code.DOCUMENT_SERIES, part="series"))
    elif not _is_canonical(parse_series, paper.kind, paper.series):
        found.append(Finding(Code.DOCUMENT_SERIES, part="series"))
    if not _is_canonical(parse_number, paper.kind, paper.number):
        found.append(Finding(Code.DOCUMENT_NUMBER, part="number"))
    office = paper.department_code
    if office is not None and not _is_canonical(parse_department_code, paper.kind, office):
        found.append(Finding(Code.DOCUMENT_OFFICE, part="department_code"))
    if (code := _day(paper, born, on)) is not None:
        found.append(Finding(code, part="issued_on"))
    return found


def _day(paper: Paper, born: date | None, on: date) -> Code | None:
    if paper.issued_on > on:
        return Code.PAPER_FUTURE
    if born is not None and paper.issued_on < born:
        return Code.PAPER_BEFORE_BIRTH
    is_early = born is not None and paper.issued_on < birthday(born, PASSPORT_AGE)
    return Code.PASSPORT_TOO_EARLY if is_early and paper.kind is IdKind.PASSPORT else None


def authority_findings(
    issued_on: date, ends_on: date | None, ward_born: date | None, on: date
) -> list[Finding]:
    """What is wrong with the days of a guardian's paper; `part` tells which."""
    found = []
    if issued_on > on:
        found.append(Finding(Code.PAPER_FUTURE, part="issued_on"))
    elif ward_born is not None and issued_on < ward_born:
        found.append(Finding(Code.PAPER_BEFORE_BIRTH, part="issued_on"))
    if ends_on is not None and ends_on < issued_on:
        found.append(Finding(Code.PAPER_ENDS_EARLY, part="ends_on"))
    return found


def parse_inn(text: str) -> str:
    """INN of a legal entity (10 digits) or of a person (12): digits only, check digits right.

    Raises ValueError(Code).
    """
    digits = _IDLE.sub("", text)
    if not re.fullmatch("[0-9]{10}|[0-9]{12}", digits):
        raise ValueError(Code.INN_LENGTH)
    weights = (_OF_AN_ENTITY,) if len(digits) == 10 else _OF_A_PERSON
    # No region has the code 00; all zeros would pass the arithmetic.
    is_right = all(_check_digit(digits, row) == digits[len(row)] for row in weights)
    if digits.startswith("00") or not is_right:
        raise ValueError(Code.INN_CHECK)
    return digits


def _check_digit(digits: str, weights: tuple[int, ...]) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    return str(total % 11 % 10)


def school_findings(passport: Mapping[str, str | date | None], on: date) -> list[Finding]:
    """What is wrong with the INN, numbers and days of a school's passport; `part` is the entry.

    An entry that is not stated is no mistake: the passport is filled in as papers come.
    """
    found = []
    inn = passport.get("inn")
    if isinstance(inn, str):
        try:
            parse_inn(inn)
        except ValueError as wrong:
            found.append(Finding(Code(str(wrong)), part="inn"))
    for part in ("instruction_no", "act_no"):
        number = passport.get(part)
        if isinstance(number, str) and not _SOMETHING.search(number):
            found.append(Finding(Code.PAPER_NUMBER, part=part))
    for part in ("instruction_on", "act_on"):
        day = passport.get(part)
        if isinstance(day, date) and not LAW_OF <= day <= on:
            code = Code.PAPER_FUTURE if day > on else Code.PAPER_BEFORE_LAW
            found.append(Finding(code, part=part))
    return found


def _digits(text: str, count: int, code: Code) -> str:
    digits = _IDLE.sub("", text)
    if not re.fullmatch(f"[0-9]{{{count}}}", digits):
        raise ValueError(code)
    return digits


def _as_written(text: str, code: Code) -> str:
    line = " ".join(text.split())
    if not _SOMETHING.search(line):
        raise ValueError(code)
    return line


def _is_canonical(parse: Callable[[IdKind, str], str], kind: IdKind, text: str) -> bool:
    try:
        return parse(kind, text) == text
    except ValueError:
        return False
