"""Facts in Russian words: days, moments, papers, ways of signing. No locale is asked.

The legal words stand in the published texts; here is only what depends on the person.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from consent_forms.facts import AuthorityDocument, IdDocument, IdKind, Signing
from policies.facts import EvidenceLevel, Field, GuardianKind, Items
from policies.fields import ABSENCE_LABELS_RU, PERSONAL

MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)

# IANA zones of Russia; the word is the city that the zone is called by.
ZONES = {
    "Europe/Kaliningrad": "Калининград",
    "Europe/Moscow": "Москва",
    "Europe/Simferopol": "Симферополь",
    "Europe/Kirov": "Киров",
    "Europe/Volgograd": "Волгоград",
    "Europe/Astrakhan": "Астрахань",
    "Europe/Saratov": "Саратов",
    "Europe/Ulyanovsk": "Ульяновск",
    "Europe/Samara": "Самара",
    "Asia/Yekaterinburg": "Екатеринбург",
    "Asia/Omsk": "Омск",
    "Asia/Novosibirsk": "Новосибирск",
    "Asia/Barnaul": "Барнаул",
    "Asia/Tomsk": "Томск",
    "Asia/Novokuznetsk": "Новокузнецк",
    "Asia/Krasnoyarsk": "Красноярск",
    "Asia/Irkutsk": "Иркутск",
    "Asia/Chita": "Чита",
    "Asia/Yakutsk": "Якутск",
    "Asia/Khandyga": "Хандыга",
    "Asia/Vladivostok": "Владивосток",
    "Asia/Ust-Nera": "Усть-Нера",
    "Asia/Magadan": "Магадан",
    "Asia/Sakhalin": "Сахалин",
    "Asia/Srednekolymsk": "Среднеколымск",
    "Asia/Kamchatka": "Камчатка",
    "Asia/Anadyr": "Анадырь",
}

# The word for the paper and the verb that agrees with it.
ID_KINDS = {
    IdKind.PASSPORT: ("паспорт гражданина Российской Федерации", "выдан"),
    IdKind.BIRTH_CERTIFICATE: ("свидетельство о рождении", "выдано"),
    IdKind.FOREIGN_PASSPORT: ("паспорт иностранного гражданина", "выдан"),
    IdKind.RESIDENCE_PERMIT: ("вид на жительство", "выдан"),
    IdKind.TEMPORARY_CARD: ("временное удостоверение личности", "выдано"),
    IdKind.REFUGEE_CARD: ("удостоверение беженца", "выдано"),
}

GUARDIANS = {
    GuardianKind.PARENT: "родитель",
    GuardianKind.ADOPTER: "усыновитель",
    GuardianKind.GUARDIAN: "опекун",
    GuardianKind.TRUSTEE: "попечитель",
    GuardianKind.INSTITUTION: "представитель организации, где живёт ребёнок",
}

SIGNED_BY = {
    EvidenceLevel.PAPER_ORIGINAL: "Подписывается от руки на бумаге.",
    EvidenceLevel.PAPER_SCAN: "Подписывается от руки на бумаге; школе передаётся скан.",
    EvidenceLevel.UKEP: "Подписывается усиленной квалифицированной электронной подписью.",
    EvidenceLevel.UNEP_GOSKEY: (
        "Подписывается усиленной неквалифицированной электронной подписью в приложении «Госключ»."
    ),
    EvidenceLevel.ESIA_PEP: (
        "Подписывается простой электронной подписью: вход через Госуслуги "
        "с подтверждённой учётной записью."
    ),
    EvidenceLevel.LOCAL_PEP: (
        "Подписывается простой электронной подписью: личная ссылка, присланная на электронную "
        "почту, и одноразовый код, присланный на телефон того, кто подписывает."
    ),
    EvidenceLevel.CHECKBOX: "Подтверждается отметкой на странице, без электронной подписи.",
    EvidenceLevel.ORAL: "Сказано устно и записано сотрудником школы.",
}


def day(on: date) -> str:
    """«14 сентября 2026 г.», held together by no-break spaces."""
    return f"{on.day}\u00a0{MONTHS[on.month - 1]}\u00a0{on.year}\u00a0г."


def moment(at: datetime, zone: str) -> str:
    """«14 сентября 2026 г., 15:20 (Владивосток, UTC+10)».

    `at` is aware, `zone` an IANA name. A zone outside Russia is told by its offset alone.
    Raises ZoneInfoNotFoundError for an unknown name.
    """
    local = at.astimezone(ZoneInfo(zone))
    place = ", ".join(part for part in (ZONES.get(zone), _offset(local)) if part)
    return f"{day(local.date())}, {local:%H:%M} ({place})"


def _offset(local: datetime) -> str:
    delta = local.utcoffset()
    minutes = int(delta.total_seconds()) // 60 if delta else 0
    sign = "+" if minutes >= 0 else "\u2212"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def id_document(paper: IdDocument) -> str:
    """One line with every requisite of 152-FZ art. 9(4) 1."""
    name, verb = ID_KINDS[paper.kind]
    series = f"серия\u00a0{paper.series} " if paper.series else ""
    office = f", код подразделения {paper.department_code}" if paper.department_code else ""
    return (
        f"{name}, {series}№\u00a0{paper.number}, "
        f"{verb} {day(paper.issued_on)}, {paper.issued_by}{office}"
    )


def authority(paper: AuthorityDocument) -> str:
    """One line with the requisites of the paper (152-FZ art. 9(4) 2)."""
    return f"{paper.kind} №\u00a0{paper.number} от {day(paper.issued_on)}, {paper.issuer}"


def signed_by(signing: Signing) -> str:
    """How the document is signed; with the agreement where the signature rests on one."""
    words = SIGNED_BY[signing.level]
    if signing.agreement_no and signing.agreement_on:
        words += (
            f" Основание: соглашение об использовании простой электронной подписи "
            f"№\u00a0{signing.agreement_no} от {day(signing.agreement_on)} "
            f"(статьи 6 и 9 Федерального закона от 06.04.2011 №\u00a063-ФЗ)."
        )
    return words


def labels(fields: tuple[Field, ...]) -> list[str]:
    """The names of the items, as policies/fields.py spells them."""
    return [PERSONAL[one].label_ru for one in fields]


def rows(fields: tuple[Field, ...], items: Items) -> list[tuple[str, str | None]]:
    """(label, value as a Russian reader expects it) in the order of `fields`.

    None: neither a value nor a reason is known.
    """
    return [(PERSONAL[one].label_ru, _shown(one, items)) for one in fields]


def _shown(one: Field, items: Items) -> str | None:
    if value := items.values.get(one):
        return PERSONAL[one].show(value)
    absence = items.absent.get(one)
    return ABSENCE_LABELS_RU[absence] if absence else None
