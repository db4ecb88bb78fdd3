"""Russian words of the school's pages for what rules and stores say by codes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from policies.findings import Finding, text_of
from policies.permissions import Role

ROLES: Mapping[Role, str] = MappingProxyType(
    {
        Role.TUTOR: "классный руководитель",
        Role.REGISTRAR: "ответственный за сбор",
        Role.DIRECTOR: "директор",
    }
)


def counted(number: int, one: str, few: str, many: str) -> str:
    """«1 день», «3 дня», «12 дней»; the number does not part from its word."""
    tail, tens = number % 10, number % 100
    if tail == 1 and tens != 11:
        word = one
    elif tail in {2, 3, 4} and tens not in {12, 13, 14}:
        word = few
    else:
        word = many
    return f"{number}\u00a0{word}"


def days_left(days: int) -> str:
    """«осталось 9 дней», «сегодня последний день», «срок прошёл»."""
    if days < 0:
        return "срок прошёл"
    if days == 0:
        return "сегодня последний день"
    return f"{'остался' if days % 10 == 1 and days % 100 != 11 else 'осталось'} " + counted(
        days, "день", "дня", "дней"
    )


def remark(finding: Finding) -> str:
    """The sentence of a finding, with the row to compare with."""
    words = text_of(finding.code)
    if finding.other_row is not None:
        words += f" Сравните со строкой {finding.other_row}."
    return words
