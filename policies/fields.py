"""The form of every personal value, once: how it is parsed, named, shown and hidden.

Schemas, vault, log redaction and consent texts read this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from policies.contacts import format_phone, mask_email, mask_phone, parse_email, parse_phone
from policies.dates import parse_birth_date
from policies.facts import Absence, Field
from policies.names import parse_name
from policies.snils import format_snils, mask_snils, parse_snils


@dataclass(frozen=True, slots=True)
class FieldForm:
    """One kind of personal value.

    `parse(text, today)`: canonical text, or ValueError(Code); parsing it again changes nothing.
    `show`, `mask`: canonical text for a reader, whole and hidden.
    `is_masked`: people see the mask first, and unmasking is an act of its own.
    `is_unique`: two persons never share the value.
    """

    label_ru: str
    parse: Callable[[str, date], str]
    show: Callable[[str], str]
    mask: Callable[[str], str]
    is_masked: bool
    is_unique: bool


def _parse_name(text: str, today: date) -> str:
    return parse_name(text)


def _parse_snils(text: str, today: date) -> str:
    return parse_snils(text)


def _parse_email(text: str, today: date) -> str:
    return parse_email(text)


def _parse_phone(text: str, today: date) -> str:
    return parse_phone(text)


def _parse_birth_date(text: str, today: date) -> str:
    return parse_birth_date(text, today).isoformat()


def _as_it_is(text: str) -> str:
    return text


def _mask_name(name: str) -> str:
    return f"{name[:1]}."


def _show_date(text: str) -> str:
    return date.fromisoformat(text).strftime("%d.%m.%Y")


def _mask_date(text: str) -> str:
    return "••.••.••••"


def _name(label_ru: str) -> FieldForm:
    return FieldForm(label_ru, _parse_name, _as_it_is, _mask_name, False, False)


PERSONAL: Mapping[Field, FieldForm] = MappingProxyType(
    {
        Field.FAMILY_NAME: _name("Фамилия"),
        Field.GIVEN_NAME: _name("Имя"),
        Field.PATRONYMIC: _name("Отчество"),
        Field.BIRTH_DATE: FieldForm(
            "Дата рождения", _parse_birth_date, _show_date, _mask_date, False, False
        ),
        Field.SNILS: FieldForm("СНИЛС", _parse_snils, format_snils, mask_snils, True, True),
        Field.EMAIL: FieldForm(
            "Электронная почта", _parse_email, _as_it_is, mask_email, True, True
        ),
        Field.PHONE: FieldForm("Телефон", _parse_phone, format_phone, mask_phone, True, True),
    }
)

ABSENCE_LABELS_RU: Mapping[Absence, str] = MappingProxyType(
    {
        Absence.NONE_BY_LAW: "нет отчества",
        Absence.NOT_ISSUED: "не выдан",
        Absence.FOREIGN: "иностранный гражданин",
        Absence.NO_DEVICE: "нет телефона",
        Absence.NO_EMAIL: "нет почты",
    }
)


def parse(field: Field, text: str, today: date) -> str:
    """Canonical text of one value. Raises ValueError whose only argument is a Code."""
    return PERSONAL[field].parse(text, today)
