"""Russian words of the school's pages for what rules and stores say by codes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from consent_forms.facts import IdKind
from gateway.web.pages.drawing import counted
from policies.facts import Decision, Field, FormKind, Items
from policies.fields import ABSENCE_LABELS_RU, PERSONAL
from policies.findings import Finding, text_of
from policies.permissions import Role
from policies.standing import StandingKind

ROLES: Mapping[Role, str] = MappingProxyType(
    {
        Role.TUTOR: "классный руководитель",
        Role.REGISTRAR: "ответственный за сбор",
        Role.DIRECTOR: "директор",
    }
)


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


STANDINGS: Mapping[StandingKind, tuple[str, str]] = MappingProxyType(
    {
        StandingKind.READY: ("передаём", "ok"),
        StandingKind.WAITING: ("не решили", "warn"),
        StandingKind.REFUSED: ("отказ, бумажный дневник", "plain"),
        StandingKind.DISPUTED: ("спор, бумажный дневник", "dispute"),
        StandingKind.LEFT_OUT: ("без ответа, бумажный дневник", "plain"),
        StandingKind.ON_PAPER: ("не передаётся", "plain"),
    }
)
"""Words and kind of the mark."""
FORMS: Mapping[FormKind, str] = MappingProxyType(
    {
        FormKind.CHILD: "согласие за ребёнка",
        FormKind.GUARDIAN_OWN: "согласие представителя о своих данных",
        FormKind.PUPIL_OWN: "согласие ученика",
    }
)
DECISIONS: Mapping[Decision, str] = MappingProxyType(
    {
        Decision.GIVEN: "согласие",
        Decision.REFUSED: "отказ",
        Decision.WITHDRAWN: "согласие отозвано",
        Decision.INVALIDATED: "запись отменена",
        Decision.REVOKED: "согласие снято",
        Decision.EXPIRED: "срок истёк",
    }
)
CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "phone": "звонок",
        "sms": "SMS",
        "email": "письмо на почту",
        "messenger": "мессенджер",
        "letter": "письмо на бумаге",
        "visit": "визит домой",
        "meeting": "разговор в школе",
    }
)
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "no_answer": "семья не отвечает",
        "contacts_wrong": "контакты не подходят",
        "away": "семья в отъезде",
    }
)
PAPERS: Mapping[IdKind, str] = MappingProxyType(
    {
        IdKind.PASSPORT: "паспорт",
        IdKind.BIRTH_CERTIFICATE: "свидетельство о рождении",
        IdKind.FOREIGN_PASSPORT: "паспорт иностранного гражданина",
        IdKind.RESIDENCE_PERMIT: "вид на жительство",
        IdKind.TEMPORARY_CARD: "временное удостоверение",
        IdKind.REFUGEE_CARD: "удостоверение беженца",
    }
)


def shown(items: Items, field: Field) -> str:
    """A value as people read it; those that are hidden at first sight are masked."""
    if field in items.values:
        form = PERSONAL[field]
        return (form.mask if form.is_masked else form.show)(items.values[field])
    return ABSENCE_LABELS_RU[items.absent[field]] if field in items.absent else ""


def labels() -> list[tuple[Field, str]]:
    """Items in the order of the record."""
    return [(field, PERSONAL[field].label_ru) for field in Field]
