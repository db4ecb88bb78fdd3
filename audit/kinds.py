"""The closed table of events: what may be written in the journal, and in which fields.

No type of field can hold free text, so no personal value can enter. A kind, once published,
keeps its name and fields; it may only gain optional ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType


class FieldType(Enum):
    """What a field may hold, and how it is spelled in a body."""

    ID = "id"  # UUID, lower case with hyphens
    COUNT = "count"  # integer from 0
    CODE = "code"  # 1-64 of A-Z a-z 0-9 _ . - ; no 11 digits in a row, hyphens and dots aside
    CODES = "codes"  # 1-32 different codes, sorted
    DIGEST = "digest"  # SHA-256, 64 lower-case hex digits
    DAY = "day"  # 2026-09-01
    MOMENT = "moment"  # 2026-09-01T08:30:00.000000Z


Fields = Mapping[str, FieldType]
_NONE: Fields = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` is noun.verb in the past tense; `meaning` is a Russian sentence for people."""

    name: str
    meaning: str
    fields: Fields = field(default_factory=lambda: _NONE)
    optional: Fields = field(default_factory=lambda: _NONE)


ID, COUNT, CODE, CODES = FieldType.ID, FieldType.COUNT, FieldType.CODE, FieldType.CODES
DIGEST, DAY, MOMENT = FieldType.DIGEST, FieldType.DAY, FieldType.MOMENT

# One answer of one signer to one ask. `person_id` is the subject of the document.
_ANSWER: Fields = {
    "answer_id": ID,
    "ask_id": ID,
    "person_id": ID,
    "signer_id": ID,
    "form": CODE,
    "form_version": CODE,
    "text_digest": DIGEST,
    "document_digest": DIGEST,
    "evidence": CODE,
}
_REASON: Fields = {"reason": CODE}
_CLAIM: Fields = {"claim_id": ID, "person_id": ID, "field": CODE, "strength": CODE}
_COLLECTION_CLASS: Fields = {"collection_id": ID, "class_id": ID}
_LEAVING_OUT: Fields = {"leaving_out_id": ID, "person_id": ID}

_TABLE = (
    # the system, its keys and its people
    Kind("system.initialised", "Система подготовлена к работе."),
    Kind("key.created", "Создан ключ.", {"ring": CODE, "key": CODE}),
    Kind("key.state_changed", "Ключ переведён в другое состояние.",
         {"ring": CODE, "key": CODE, "state": CODE}),
    Kind("school.created", "Заведена школа."),
    Kind("school.passport_changed", "Изменён паспорт школы."),
    Kind("staff.added", "Добавлен сотрудник.", {"staff_id": ID, "role": CODE}),
    Kind("staff.role_changed", "Изменена роль сотрудника.", {"staff_id": ID, "role": CODE}),
    Kind("staff.disabled", "Сотруднику закрыт вход.", {"staff_id": ID}),
    Kind("staff.password_set", "Сотруднику задан пароль.", {"staff_id": ID}),
    Kind("acting.appointed", "Сотруднику поручены обязанности директора.",
         {"acting_id": ID, "staff_id": ID, "from_on": DAY, "to_on": DAY}),
    Kind("acting.ended", "Обязанности директора больше не поручены.",
         {"acting_id": ID, "staff_id": ID}),
    Kind("session.opened", "Сотрудник вошёл.", {"staff_id": ID}, {"second_factor": CODE}),
    Kind("session.closed", "Сотрудник вышел.", {"staff_id": ID}),
    Kind("session.denied", "Во входе отказано.", _REASON, {"staff_id": ID}),
    Kind("factor.app_set", "Сотрудник подключил приложение с кодами.", {"staff_id": ID}),
    Kind("factor.codes_issued", "Сотруднику выданы запасные коды.",
         {"staff_id": ID, "count": COUNT}),
    Kind("factor.passkey_added", "Сотрудник добавил ключ доступа.",
         {"staff_id": ID, "passkey_id": ID}),
    Kind("factor.passkey_removed", "Сотрудник удалил ключ доступа.",
         {"staff_id": ID, "passkey_id": ID}),
    Kind("factor.shown", "Сотрудник подтвердил вход вторым способом.",
         {"staff_id": ID, "method": CODE}),
    Kind("factor.denied", "Второй способ входа не подошёл.", {"staff_id": ID, **_REASON}),
    Kind("factor.reset", "Сотруднику сброшен второй способ входа.", {"staff_id": ID}),
    Kind("access.denied", "В действии отказано.", {"permission": CODE, "reason": CODE}),
    Kind("client.added", "Подключён клиент платформы.", {"client_id": ID}),
    Kind("client.key_changed", "Изменены ключи клиента платформы.", {"client_id": ID}),
    Kind("client.disabled", "Клиент платформы отключён.", {"client_id": ID}),
    Kind("token.issued", "Клиенту платформы выдан ключ доступа.", {"client_id": ID}),
    Kind("token.denied", "Клиенту платформы отказано в ключе доступа.", _REASON,
         {"client_id": ID}),
    # classes and collections
    Kind("class.added", "Заведён класс.", {"class_id": ID}),
    Kind("collection.opened", "Начат сбор.",
         {"collection_id": ID, "programme": CODE, "policy_digest": DIGEST, "deadline": DAY}),
    Kind("collection.deadline_moved", "Перенесён срок сбора.",
         {"collection_id": ID, "deadline": DAY}),
    Kind("collection.closed", "Сбор закрыт.", {"collection_id": ID}),
    Kind("enrolment.stated", "Указано число учеников класса по приказу.",
         {**_COLLECTION_CLASS, "headcount": COUNT, "order_on": DAY}),
    # class lists
    Kind("import.uploaded", "Загружен список.",
         {"import_id": ID, "file_digest": DIGEST, "rows": COUNT, "findings": COUNT}),
    Kind("import.reviewed", "Список просмотрен перед записью.",
         {"import_id": ID, "review_digest": DIGEST}),
    Kind("import.cell_corrected", "В загруженном списке исправлена ячейка.",
         {"import_id": ID, "row": COUNT}),
    Kind("import.repair_undone", "В загруженном списке отменено исправление.",
         {"import_id": ID, "row": COUNT}),
    Kind("import.committed", "Список записан.",
         {"import_id": ID, "review_digest": DIGEST,
          "added": COUNT, "changed": COUNT, "unchanged": COUNT}),
    Kind("import.cancelled", "Загрузка списка отменена.", {"import_id": ID}),
    # people
    Kind("person.added", "Добавлен человек.", {"person_id": ID}, {"import_id": ID}),
    Kind("person.changed", "Изменены сведения о человеке.",
         {"person_id": ID, "fields": CODES}, {"import_id": ID}),
    Kind("person.returned", "Уничтоженные сведения о человеке внесены заново.",
         {"person_id": ID}, {"import_id": ID}),
    Kind("pupil.enrolled", "Ученик записан в класс.", {"person_id": ID, "class_id": ID}),
    Kind("pupil.left", "Ученик выбыл по приказу.", {"person_id": ID, "order_on": DAY}),
    Kind("guardianship.added", "Ребёнку добавлен представитель.",
         {"guardianship_id": ID, "person_id": ID}),
    Kind("guardianship.changed", "Исправлено, кем представитель приходится ребёнку по закону.",
         {"guardianship_id": ID, "person_id": ID, "kind": CODE}),
    Kind("guardianship.ended", "Полномочия представителя прекращены.",
         {"guardianship_id": ID, "person_id": ID, "ended_on": DAY}),
    Kind("authority.recorded", "Записан документ о правах представителя.",
         {"guardianship_id": ID, "person_id": ID}),
    Kind("newcomer.named", "Назвался другой законный представитель.",
         {"newcomer_id": ID, "signer_id": ID}),
    Kind("newcomer.accepted", "Школа проверила документы другого представителя и записала его.",
         {"newcomer_id": ID, "person_id": ID}),
    Kind("newcomer.declined", "Школа не записала другого представителя.",
         {"newcomer_id": ID, **_REASON}),
    Kind("agreement.recorded", "Записано соглашение о простой электронной подписи.",
         {"agreement_id": ID, "person_id": ID, "signed_on": DAY}),
    # asking the family
    Kind("ask.opened", "Семье задан вопрос о согласии.",
         {"ask_id": ID, "person_id": ID, "signer_id": ID, "form": CODE}),
    Kind("ask.reopened", "Сведения изменились: вопрос о согласии задан снова.",
         {"ask_id": ID, "person_id": ID, "signer_id": ID, "form": CODE}),
    Kind("invitation.sent", "Отправлено приглашение.",
         {"link_id": ID, "signer_id": ID, "collection_id": ID}),
    Kind("link.opened", "Подписант вошёл по ссылке и коду.", {"link_id": ID, "signer_id": ID}),
    Kind("link.refused", "Вход по ссылке отклонён.", {"link_id": ID, "reason": CODE}),
    Kind("link.disowned", "Получатель сообщил, что ссылка пришла не ему.", {"link_id": ID}),
    Kind("code.refused", "Введён неверный код.", {"link_id": ID, "guesses": COUNT}),
    Kind("document.shown", "Подписанту показан документ.",
         {"ask_id": ID, "document_digest": DIGEST}),
    Kind("consent.given", "Согласие дано.", _ANSWER),
    Kind("consent.refused", "В согласии отказано.", _ANSWER),
    Kind("consent.withdrawn", "Согласие отозвано.", _ANSWER),
    Kind("consent.invalidated", "Запись об ответе признана ошибочной.", _ANSWER, _REASON),
    Kind("consent.revoked", "Ответ не действует: у подписавшего не было прав.", _ANSWER, _REASON),
    Kind("identity.checked", "Проверена личность того, чей ответ записал сотрудник.",
         {"answer_id": ID, "how": CODE}),
    Kind("scan.attached", "К ответу приложен скан.",
         {"scan_id": ID, "answer_id": ID, "digest": DIGEST}),
    Kind("consent.expired", "Срок согласия истёк.", _ANSWER),
    Kind("stop.demanded", "Семья потребовала прекратить обработку.",
         {"demand_id": ID, "person_id": ID, "due_on": DAY}),
    Kind("claim.settled", "Контакт закреплён за человеком.", _CLAIM),
    Kind("claim.clashed", "Контакт уже закреплён за другим человеком.", _CLAIM),
    Kind("claim.released", "Контакт освобождён.", _CLAIM),
    # families that could not be reached
    Kind("attempt.recorded", "Записана попытка связаться с семьёй.",
         {"attempt_id": ID, "person_id": ID, "made_on": DAY, "channel": CODE}),
    Kind("leaving_out.proposed", "Предложено оставить ученика на бумажном дневнике.",
         {**_LEAVING_OUT, **_REASON}),
    Kind("leaving_out.confirmed", "Второй человек подтвердил бумажный дневник.", _LEAVING_OUT),
    Kind("leaving_out.ended", "Бумажный дневник отменён: семья ответила.", _LEAVING_OUT),
    # the release and what follows
    Kind("class.handed_in", "Класс сдан.", {**_COLLECTION_CLASS, "pupils": COUNT}),
    Kind("class.handed_back", "Класс возвращён на доработку.", {**_COLLECTION_CLASS, **_REASON}),
    Kind("release.refused", "Передача не разрешена.", {"collection_id": ID, "reason": CODE}),
    Kind("release.prepared", "Передача подготовлена.",
         {"release_id": ID, "collection_id": ID, "set_digest": DIGEST, "pupils": COUNT}),
    Kind("release.approved", "Передача утверждена.", {"release_id": ID, "set_digest": DIGEST}),
    Kind("release.cancelled", "Подготовленная передача отменена.",
         {"release_id": ID, "reason": CODE}),
    Kind("bundle.sealed", "Посылка запечатана.",
         {"bundle_id": ID, "release_id": ID, "revision": COUNT, "jwe_digest": DIGEST,
          "pupils": COUNT, "guardians": COUNT}),
    Kind("bundle.superseded", "Посылка заменена более узкой.",
         {"bundle_id": ID, "reason": CODE}),
    Kind("bundle.handed_over", "Посылка отдана платформе.",
         {"bundle_id": ID, "jwe_digest": DIGEST, "client_id": ID}),
    Kind("bundle.acknowledged", "Платформа подтвердила получение.",
         {"bundle_id": ID, "client_id": ID, "received_at": MOMENT}),
    Kind("bundle.gone", "Содержимое посылки удалено.", {"bundle_id": ID, "reason": CODE}),
    Kind("recall.opened", "Платформе направлено требование об уничтожении.",
         {"recall_id": ID, "bundle_id": ID, "person_id": ID, "reason": CODE, "due_on": DAY}),
    Kind("recall.acknowledged", "Платформа подтвердила уничтожение.",
         {"recall_id": ID, "destroyed_at": MOMENT}),
    Kind("person.destroyed", "Сведения о человеке уничтожены.",
         {"person_id": ID, "key_class": CODE, "reason": CODE}),
    # reading personal data and the journal itself
    Kind("person.read", "Прочитаны сведения о человеке.", {"person_id": ID, "purpose": CODE}),
    Kind("class.read", "Прочитаны сведения класса.",
         {"class_id": ID, "purpose": CODE, "pupils": COUNT}),
    Kind("newcomer.read", "Прочитано, что другие представители сообщили о себе.",
         {"rows": COUNT}, {"newcomer_id": ID}),
    Kind("import.read", "Прочитан загруженный список.", {"import_id": ID}),
    Kind("register.read", "Прочитан реестр.",
         {"collection_id": ID, "register": CODE, "rows": COUNT}),
    Kind("evidence.read", "Прочитано доказательство ответа.",
         {"answer_id": ID, "purpose": CODE}),
    Kind("journal.read", "Прочитан журнал.", {"purpose": CODE}),
    Kind("journal.exported", "Выгружен журнал.", {"size": COUNT},
         {"events": COUNT, "format": CODE}),
    Kind("journal.searched", "В журнале искали человека по его данным.",
         {"field": CODE, "found": COUNT}),
    Kind("journal.checked", "Проверена целостность журнала.",
         {"size": COUNT, "findings": COUNT}),
    Kind("message.failed", "Сообщение не доставлено.", {"message_id": ID},
         {"channel": CODE, "reason": CODE}),
    Kind("outbox.read", "Просмотрена очередь сообщений.", {"messages": COUNT}),
)  # fmt: skip

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _TABLE})
REFUSALS = frozenset(
    {
        "session.denied",
        "access.denied",
        "token.denied",
        "link.refused",
        "code.refused",
        "claim.clashed",
        "release.refused",
        "message.failed",
    }
)
"""Kinds of what did not come about; all others tell of something done."""
