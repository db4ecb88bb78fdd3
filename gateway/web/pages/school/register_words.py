"""Registers in Russian words: what actions have read becomes rows for a page and for paper."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from audit.kinds import KINDS
from consent_forms import wording
from consent_forms.receipts import LEVELS
from consent_forms.registers import Register
from gateway.actions.read_evidence import EvidencePage
from gateway.actions.read_registers import AccessRegister, ConsentRegister
from gateway.store.schools import School
from gateway.unit import Unit
from gateway.web.pages.school import words
from policies.facts import Decision
from policies.release import Counts
from policies.witness import IdentityCheck

GONE = "сведения уничтожены"
CHECKS: Mapping[IdentityCheck, str] = MappingProxyType(
    {
        IdentityCheck.DOCUMENT: "по документу",
        IdentityCheck.KNOWN: "знаю в лицо",
        IdentityCheck.CALL_BACK: "перезвонили на номер, который школа знала",
        IdentityCheck.LATER: "ещё не проверена",
    }
)
PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "desk": "список класса",
        "invitations": "приглашения",
        "pupil_page": "страница ученика",
        "forms": "бланки для ответа на бумаге",
        "own_items": "свои сведения",
        "own_asks": "свои вопросы",
        "own_looks": "кто смотрел",
        "own_document": "свой документ",
        "link_shown": "открытие ссылки",
        "code_sent": "отправка кода",
        "receipt": "квитанция",
        "evidence_page": "доказательства ответа",
        "evidence_pdf": "доказательства ответа на печать",
        "scan": "скан",
        "document": "подписанный документ",
        "consents": "реестр согласий и отзывов",
        "access": "реестр доступа",
    }
)
ACTORS: Mapping[str, str] = MappingProxyType(
    {
        "family": "семья, по ссылке и коду",
        "staff": "сотрудник над школами",
        "system": "сам сервис",
        "platform": "платформа",
    }
)


def consents(read: ConsentRegister, made: str, class_name: str = "") -> Register:
    """`class_name` empty: the whole school."""
    state, zone = read.state, read.state.school.zone
    shown = [row for row in read.rows if class_name in ("", row.class_name)]
    rows = []
    for number, row in enumerate(shown, 1):
        facts = row.answer.facts
        who = read.workers.get(row.answer.recorded_by) if row.answer.recorded_by else None
        rows.append(
            (
                str(number),
                wording.moment(facts.decided_at, zone),
                row.class_name,
                row.subject or GONE,
                row.signer or GONE,
                words.FORMS[row.ask.form],
                words.DECISIONS[facts.decision],
                LEVELS[facts.evidence] + (f"; записал(а) {who}" if who else ""),
                f"{facts.form}, ред. {facts.form_version}",
                row.answer.receipt_no,
            )
        )
    counts = _counts(read, class_name)
    told = {each: sum(row.answer.facts.decision is each for row in shown) for each in Decision}
    return Register(
        title="Реестр согласий и отзывов" + (f", класс {class_name}" if class_name else ""),
        school_name=state.school.legal_name or state.school.short_name,
        made=made,
        facts=(
            ("Сбор", state.rules.title),
            ("Кому передаются данные", state.rules.recipient.name),
            ("Последний день сбора", wording.day(state.collection.deadline_on)),
        ),
        sums=(
            sum_of(counts),
            f"Записей {len(shown)}: "
            + ", ".join(
                f"{words.DECISIONS[each]} — {many}"
                for each, many in told.items()
                if many or each in (Decision.GIVEN, Decision.REFUSED, Decision.WITHDRAWN)
            )
            + ".",
        ),
        caption="Каждый ответ по порядку времени; позднейший ответ того же человека о том же"
        " отменяет прежний.",
        columns=(
            "№",
            "Когда",
            "Класс",
            "О ком",
            "Кто ответил",
            "Документ",
            "Решение",
            "Чем подтверждено",
            "Текст",
            "Квитанция",
        ),
        rows=tuple(rows),
        empty="Пока никто не ответил.",
    )


def sum_of(counts: Counts) -> str:
    """As the page of readiness says it."""
    return (
        f"Всего учеников {counts.listed} = передаём {counts.ready}"
        f" + бумажный дневник {counts.paper} + не решили {counts.waiting}."
    )


def _counts(read: ConsentRegister, class_name: str) -> Counts:
    for one in read.state.readiness.classes:
        if one.name == class_name:
            return one.counts
    return read.state.readiness.totals


def staff_list(read: AccessRegister, school: School, made: str) -> Register:
    """Who may see the data, and how often each has."""
    rows = tuple(
        (
            one.login,
            words.ROLES.get(one.role, ""),
            ", ".join(read.classes[one.id]) if read.classes[one.id] else "вся школа",
            str(read.counts.get(one.id, 0)),
        )
        for one in read.staff
    )
    return Register(
        title="Кто имеет доступ к данным",
        school_name=school.legal_name or school.short_name,
        made=made,
        sums=(f"Сотрудников {len(rows)}, обращений к данным {sum(read.counts.values())}.",),
        columns=("Имя для входа", "Роль", "Классы", "Обращений"),
        rows=rows,
    )


def accesses(read: AccessRegister, school: School, made: str, most: int) -> Register:
    """Who has seen the data, the latest first, `most` rows."""
    logins = {one.id: one.login for one in read.staff}
    rows = tuple(
        (
            wording.moment(row.at, school.zone),
            logins[row.worker] if row.worker else ACTORS.get(row.actor, row.actor),
            KINDS[row.what].meaning.rstrip("."),
            row.whose,
            PURPOSES.get(row.purpose, row.purpose),
        )
        for row in read.rows[:most]
    )
    is_cut = read.is_cut or len(read.rows) > most
    return Register(
        title="Кто обращался к данным",
        school_name=school.legal_name or school.short_name,
        made=made,
        sums=(
            f"Показаны последние {len(rows)}; все обращения хранит журнал."
            if is_cut
            else f"Обращений {len(rows)}.",
            *([f"Записей журнала повреждено: {read.damaged}."] if read.damaged else ()),
        ),
        caption="Каждое чтение записано в журнал до того, как данные показаны.",
        columns=("Когда", "Кто", "Что", "О ком", "Зачем"),
        rows=rows,
        empty="К данным ещё не обращались.",
    )


def evidence(found: EvidencePage, made: str) -> Register:
    """Everything that proves one answer, as labels and values."""
    facts, zone, place = found.answer.facts, found.school.zone, found.place
    who = found.answer.recorded_by
    told = [
        ("Решение", words.DECISIONS[facts.decision]),
        ("Кто ответил", found.signer or GONE),
        ("О ком", found.subject or GONE),
        ("Документ", words.FORMS[found.ask.form]),
        ("Сбор", found.programme),
        ("Когда", wording.moment(facts.decided_at, zone)),
        ("Чем подтверждено", LEVELS[facts.evidence]),
    ]
    if who is not None:
        told.append(("Записал(а)", found.workers.get(who, "")))
        told.append(("Когда записано", wording.moment(found.answer.recorded_at, zone)))
        told += [
            (
                "Личность проверена",
                f"{CHECKS[each.how]}; {found.workers.get(each.checked_by, '')},"
                f" {wording.moment(each.checked_at, zone)}",
            )
            for each in found.checks
        ] or [("Личность", CHECKS[IdentityCheck.LATER])]
    if found.assisted_by:
        told.append(("Документ прочитал(а) вслух", found.assisted_by))
    told += [
        ("Текст документа", f"{facts.form}, редакция {facts.form_version}"),
        ("Отпечаток текста (SHA-256)", facts.text_digest),
        ("Отпечаток документа (SHA-256)", facts.document_digest),
        ("Подписанный документ", "хранится" if found.document is not None else GONE),
        ("Квитанция", found.answer.receipt_no),
        ("Запись журнала", str(place.event_id)),
    ]
    if place.root is not None and place.idx is not None:
        told += [
            ("Место в журнале", f"запись {place.idx + 1} из {place.size}, {place.origin}"),
            ("Корень журнала", place.root),
        ]
    else:
        told.append(("Место в журнале", "войдёт в ближайшую контрольную отметку"))
    told += [
        (
            f"Скан {number}",
            f"{scan.media_type}, {scan.size} байт, SHA-256 {scan.digest}",
        )
        for number, scan in enumerate(found.scans, 1)
    ]
    return Register(
        title="Доказательства одного ответа",
        school_name=found.school.legal_name or found.school.short_name,
        made=made,
        facts=tuple(told),
    )


def made_by(unit: Unit, school: School) -> str:
    """«Составлено 1 сентября 2026 г., … — registrar-28»."""
    ref: UUID | None = unit.actor.ref
    login = unit.staff.logins([ref]).get(ref, "") if ref else ""
    return f"Составлено {wording.moment(unit.now, school.zone)}, {login}"
