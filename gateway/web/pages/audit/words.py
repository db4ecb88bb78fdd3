"""An event as one Russian sentence: who, what, and what the journal knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from audit.event import Event
from audit.kinds import KINDS, FieldType
from gateway.web.pages.school.words import CHANNELS, REASONS, ROLES
from policies.facts import EvidenceLevel, Field
from policies.fields import PERSONAL
from policies.permissions import Role

ACTORS: Mapping[str, str] = MappingProxyType(
    {"staff": "сотрудник", "family": "семья", "platform": "платформа", "system": "система"}
)
ALL_ROLES: Mapping[str, str] = MappingProxyType(
    {role.value: words for role, words in ROLES.items()}
    | {
        Role.ADMINISTRATOR.value: "администратор",
        Role.AUDITOR.value: "аудитор",
        Role.FAMILY.value: "семья",
        Role.PLATFORM.value: "платформа",
    }
)
LABELS: Mapping[str, str] = MappingProxyType(
    {
        # things
        "acting_id": "поручение обязанностей директора",
        "agreement_id": "соглашение",
        "answer_id": "ответ",
        "ask_id": "вопрос",
        "attempt_id": "попытка связаться",
        "bundle_id": "посылка",
        "claim_id": "закрепление",
        "class_id": "класс",
        "client_id": "клиент платформы",
        "collection_id": "сбор",
        "demand_id": "требование",
        "guardianship_id": "представительство",
        "import_id": "список",
        "leaving_out_id": "решение о бумажном дневнике",
        "link_id": "ссылка",
        "message_id": "сообщение",
        "newcomer_id": "другой представитель",
        "passkey_id": "ключ доступа",
        "person_id": "человек",
        "recall_id": "требование об уничтожении",
        "release_id": "передача",
        "scan_id": "скан",
        "signer_id": "подписант",
        "staff_id": "сотрудник",
        # codes
        "channel": "способ связи",
        "evidence": "способ подписи",
        "field": "поле",
        "fields": "поля",
        "form": "документ",
        "form_version": "редакция",
        "format": "вид файла",
        "how": "как узнали человека",
        "key": "ключ",
        "key_class": "какие сведения",
        "kind": "кем приходится",
        "method": "чем",
        "permission": "действие",
        "programme": "программа",
        "purpose": "зачем",
        "reason": "причина",
        "register": "реестр",
        "ring": "связка ключей",
        "role": "роль",
        "second_factor": "второй шаг",
        "state": "состояние",
        "strength": "чем подтверждён",
        # counts
        "added": "добавлено",
        "changed": "изменено",
        "count": "число",
        "events": "событий",
        "findings": "замечаний",
        "found": "найдено",
        "guardians": "представителей",
        "messages": "сообщений",
        "guesses": "попыток ввода",
        "headcount": "учеников по приказу",
        "pupils": "учеников",
        "revision": "номер состава",
        "row": "строка",
        "rows": "строк",
        "size": "записей журнала",
        "unchanged": "без изменений",
        # digests
        "digest": "отпечаток",
        "document_digest": "отпечаток документа",
        "file_digest": "отпечаток файла",
        "jwe_digest": "отпечаток посылки",
        "policy_digest": "отпечаток правил",
        "review_digest": "отпечаток проверки",
        "set_digest": "отпечаток состава",
        "text_digest": "отпечаток текста",
        # days and moments
        "from_on": "с",
        "to_on": "по",
        "deadline": "срок",
        "destroyed_at": "уничтожено",
        "due_on": "исполнить до",
        "ended_on": "прекращено",
        "made_on": "день попытки",
        "order_on": "день приказа",
        "received_at": "получено",
        "signed_on": "подписано",
    }
)
PURPOSES = {
    "checkpoint": "состояние журнала",
    "events": "список событий",
    "search": "поиск событий",
    "event": "одно событие",
    "proof": "доказательство",
    "anomalies": "необычное",
    "own_asks": "личная страница семьи",
    "own_items": "семья сверяет свои сведения",
    "own_document": "семья читает свой документ",
    "own_looks": "семья смотрит, кто читал её данные",
    "receipt": "квитанция",
    "code_sent": "отправка кода",
    "link_shown": "открыта ссылка из письма",
    "desk": "список класса",
    "pupil_page": "страница ученика",
    "forms": "бланки для ответа на бумаге",
    "newcomer": "проверка другого представителя",
    "invitations": "приглашения",
    "invitation": "приглашение",
}
DELIVERY: Mapping[str, str] = MappingProxyType(
    {
        "MESSAGE_UNFIT": "письмо так не отправить",
        "ADDRESS_REFUSED": "адрес не принят",
        "MESSAGE_REFUSED": "письмо не принято",
        "LATER": "сервер всё время просил прийти позже",
        "UNREACHABLE": "сервер не отвечал",
        "LOGIN_REFUSED": "сервер не впустил",
        "NOT_ENCRYPTED": "соединение с сервером не защищено",
        "NOT_STORED": "папка писем недоступна",
        "FAULT": "сбой отправки",
        "UNREADABLE": "сообщение не расшифровать",
    }
)
"""Why a message was given up."""
VALUES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "purpose": PURPOSES,
        "reason": {
            **REASONS,
            **DELIVERY,
            "code": "неверный код",
            "challenge": "ключ доступа опоздал",
            "no_app": "приложение не подключено",
            "passkey": "ключ доступа не подошёл",
            "recovery_code": "неверный запасной код",
            "replayed": "код уже был принят",
            "set_up": "настройка не подтверждена",
            "acknowledged": "платформа подтвердила получение",
            "password": "неверный пароль",
            "recall": "отзыв",
            "retention": "истёк срок хранения",
            "role": "роль этого не может",
            "scope": "чужой класс или школа",
            "second_person": "нужен второй человек",
            "too_many": "слишком много попыток",
            "unknown": "такого имени нет",
            "withdrawal": "отзыв",
        },
        "role": ALL_ROLES,
        "method": {"app": "код из приложения", "recovery_code": "запасной код", "passkey": "ключ"},
        "second_factor": {
            "needed": "ещё не показан",
            "to_set_up": "ещё не настроен",
            "optional": "не обязателен",
        },
        "channel": {**CHANNELS, "mail": "почта"},
        "field": {each.value: PERSONAL[each].label_ru for each in Field},
        "fields": {each.value: PERSONAL[each].label_ru for each in Field},
        "strength": {"proved": "кодом", "stated": "словами семьи"},
        "key_class": {"registry": "контакты и СНИЛС", "evidence": "документ с ответом"},
        "format": {"csv": "CSV", "jsonl": "JSON по строкам", "auditpack": "пакет для проверки"},
        "form": {
            "child": "согласие за ребёнка",
            "guardian_own": "согласие представителя о себе",
            "pupil_own": "согласие ученика",
            "child_account": "согласие за ребёнка, с учётной записью",
            "guardian_account": "согласие представителя о себе, с учётной записью",
            "pupil_account": "согласие ученика, с учётной записью",
            "refusal": "отказ",
            "refusal_account": "отказ, с учётной записью",
            "withdrawal": "отзыв",
            "withdrawal_account": "отзыв, с учётной записью",
        },
        "evidence": {
            EvidenceLevel.LOCAL_PEP.value: "код из SMS",
            EvidenceLevel.PAPER_ORIGINAL.value: "бумага",
            EvidenceLevel.PAPER_SCAN.value: "скан бумаги",
        },
    }
)
SHOWN_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Names:
    """What stands behind ids where that is nobody's secret: schools, classes, workers, clients."""

    by_id: Mapping[UUID, str] = field(default_factory=dict)
    zones: Mapping[UUID, str] = field(default_factory=dict)

    def of(self, known: UUID | str | None) -> str | None:
        """None: nothing that may be named."""
        return None if known is None else self.by_id.get(UUID(str(known)))


@dataclass(frozen=True, slots=True)
class Part:
    """One field of an event. `about`: an id to search by; ids and digests are not `for_people`."""

    label: str
    value: str
    about: str | None = None
    is_for_people: bool = True


def actor_words(event: Event, names: Names) -> str:
    """«сотрудник m.belova, директор», «семья»."""
    words = ACTORS.get(event.actor.kind, event.actor.kind)
    name = names.of(event.actor.ref)
    return f"{words} {name}" if name else words


def sentence(event: Event, names: Names) -> str:
    """Who did what, with everything that people can read: no ids, no digests."""
    meaning = KINDS[event.kind].meaning
    told = "; ".join(
        f"{part.label}: {part.value}" for part in parts(event, names) if part.is_for_people
    )
    who = actor_words(event, names)
    begun = who[:1].upper() + who[1:]
    return f"{begun}: {meaning[:1].lower()}{meaning[1:]}" + (
        f" {told[:1].upper()}{told[1:]}." if told else ""
    )


def parts(event: Event, names: Names) -> list[Part]:
    """Fields in the order of the table; a named thing is told by its name."""
    kind = KINDS[event.kind]
    types = {**kind.fields, **kind.optional}
    found = []
    for name in types:
        if name not in event.data:
            continue
        value, label = event.data[name], LABELS[name]
        if types[name] is FieldType.ID:
            known = names.of(str(value))
            about = None if known else str(value)
            found.append(Part(label, known or str(value), about, is_for_people=bool(known)))
        elif types[name] is FieldType.DIGEST:
            found.append(Part(label, f"{str(value)[:SHOWN_DIGITS]}…", None, is_for_people=False))
        else:
            found.append(Part(label, _value(name, value)))
    return found


def _value(name: str, value: object) -> str:
    known = VALUES.get(name, {})
    if isinstance(value, list):
        return ", ".join(known.get(str(each), str(each)) for each in value)
    return known.get(str(value), str(value))
