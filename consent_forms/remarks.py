"""What the linter can say: stable codes, and the Russian sentence of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from consent_forms.form import Element


class LintCode(StrEnum):
    """A code, once published, keeps its meaning."""

    # one text
    TEXT_UNREADABLE = "TEXT_UNREADABLE"
    TEMPLATE_BROKEN = "TEMPLATE_BROKEN"
    PLACEHOLDER_UNKNOWN = "PLACEHOLDER_UNKNOWN"
    MARKUP_NOT_PLAIN = "MARKUP_NOT_PLAIN"
    LETTERS_LOOK_ALIKE = "LETTERS_LOOK_ALIKE"
    ELEMENT_MISSING = "ELEMENT_MISSING"
    ELEMENT_INCOMPLETE = "ELEMENT_INCOMPLETE"  # the section is there, a part of it is not
    BRAND_ONLY = "BRAND_ONLY"  # 9(4) 6: a brand is not a name of a legal person
    PURPOSES_MIXED = "PURPOSES_MIXED"  # one document, one group of purposes (156-FZ)
    OPEN_RECIPIENTS = "OPEN_RECIPIENTS"  # «и иным третьим лицам»
    RULES_MIXED = "RULES_MIXED"  # consent together with acceptance of rules (156-FZ)

    # one programme
    PROGRAMME_UNREADABLE = "PROGRAMME_UNREADABLE"
    ADDRESS_INCOMPLETE = "ADDRESS_INCOMPLETE"
    OPERATOR_INCOMPLETE = "OPERATOR_INCOMPLETE"
    AGES_ODD = "AGES_ODD"
    EVIDENCE_WEAK = "EVIDENCE_WEAK"
    TERMS_ODD = "TERMS_ODD"

    # a programme and its texts
    FORM_MISSING = "FORM_MISSING"
    FORM_MISFIT = "FORM_MISFIT"
    ITEMS_DIFFER = "ITEMS_DIFFER"
    TERMS_DIFFER = "TERMS_DIFFER"
    TEXT_UNUSED = "TEXT_UNUSED"

    # what was published
    PINS_UNREADABLE = "PINS_UNREADABLE"
    PIN_MISSING = "PIN_MISSING"
    PIN_DIFFERS = "PIN_DIFFERS"
    PIN_UNUSED = "PIN_UNUSED"


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One remark; `element` None: about the text as a whole.

    `file`: name within the folder of the text. `line`: from 1; None when `place` tells it
    («purposes», «items.pupil[2]»: a key of the TOML file) or nothing does. `detail`: a word or two
    of the file itself, for the sentence.
    """

    code: LintCode
    element: Element | None = None
    detail: str = field(default="", compare=False)
    file: str = field(default="ru.html", compare=False)
    line: int | None = field(default=None, compare=False)
    place: str = field(default="", compare=False)


ELEMENTS_RU: Mapping[Element, str] = MappingProxyType(
    {
        Element.SUBJECT: "чьи данные: имя, адрес, документ (ч. 4 ст. 9, п. 1)",
        Element.REPRESENTATIVE: "представитель: имя, адрес, документы (ч. 4 ст. 9, п. 2)",
        Element.OPERATOR: "оператор: наименование и адрес (ч. 4 ст. 9, п. 3)",
        Element.PURPOSE: "цель (ч. 4 ст. 9, п. 4)",
        Element.ITEMS: "перечень данных (ч. 4 ст. 9, п. 5)",
        Element.PROCESSOR: "кто обрабатывает по поручению (ч. 4 ст. 9, п. 6)",
        Element.RECIPIENT: "кто получит данные (ч. 1 ст. 9)",
        Element.ACTIONS: "действия и способы (ч. 4 ст. 9, п. 7)",
        Element.TERM: "срок (ч. 4 ст. 9, п. 8)",
        Element.WITHDRAWAL: "способ отзыва (ч. 4 ст. 9, п. 8)",
        Element.CONSEQUENCES: "последствия отказа (ч. 2 ст. 18)",
        Element.RIGHTS: "права (ст. 14, 17, 20, 21)",
        Element.SIGNATURE: "подпись (ч. 4 ст. 9, п. 9)",
    }
)

SENTENCES: Mapping[LintCode, str] = MappingProxyType(
    {
        LintCode.TEXT_UNREADABLE: "Текст не читается: {}.",
        LintCode.TEMPLATE_BROKEN: "Шаблон не заполняется{}.",
        LintCode.PLACEHOLDER_UNKNOWN: "Такого поля подстановки нет: {}.",
        LintCode.MARKUP_NOT_PLAIN: "Так в тексте размечать нельзя: {}.",
        LintCode.LETTERS_LOOK_ALIKE: "В русском слове чужие буквы, похожие на русские: «{}».",
        LintCode.ELEMENT_MISSING: "Нет раздела, которого требует закон: {}.",
        LintCode.ELEMENT_INCOMPLETE: "Раздел говорит не всё, чего требует закон: {}.",
        LintCode.BRAND_ONLY: "Вместо наименования организации стоит название продукта: {}.",
        LintCode.PURPOSES_MIXED: "В одном документе может быть одна группа целей: {}.",
        LintCode.OPEN_RECIPIENTS: "Список получателей или данных открыт: «{}».",
        LintCode.RULES_MIXED: "Согласие смешано с принятием правил: «{}».",
        LintCode.PROGRAMME_UNREADABLE: "Программа не читается: {}.",
        LintCode.ADDRESS_INCOMPLETE: "Адрес получателя неполный: нужен почтовый индекс и дом.",
        LintCode.OPERATOR_INCOMPLETE: "От школы не требуется то, что должен назвать документ: {}.",
        LintCode.AGES_ODD: "Возраст и подписи не сходятся с законом: {}.",
        LintCode.EVIDENCE_WEAK: "Такой ответ подписью не считается: {}.",
        LintCode.TERMS_ODD: "Срок вне допустимых пределов: {}.",
        LintCode.FORM_MISSING: "Программа называет текст, которого нет: {}.",
        LintCode.FORM_MISFIT: "Текст не годится для этого документа: {}.",
        LintCode.ITEMS_DIFFER: "Данные в тексте не те, что в программе: {}.",
        LintCode.TERMS_DIFFER: "Срок в тексте не тот, что в программе: {}.",
        LintCode.TEXT_UNUSED: "Этот текст не называет ни одна программа.",
        LintCode.PINS_UNREADABLE: "Файл отпечатков не читается.",
        LintCode.PIN_MISSING: "У файла нет отпечатка: {}.",
        LintCode.PIN_DIFFERS: "Файл изменён после публикации, нужна новая версия: {}.",
        LintCode.PIN_UNUSED: "Отпечаток есть, а файла нет: {}.",
    }
)


def sentence(found: LintFinding) -> str:
    """The finding in Russian, for a lawyer who has the file open."""
    detail = found.detail
    if found.element is not None and not detail:
        detail = ELEMENTS_RU[found.element]
    return SENTENCES[found.code].format(detail)


# How a slip in a programme is told by `policies.toml_reading` and `policies.programme`.
_SLIPS: Mapping[str, str] = MappingProxyType(
    {
        "is missing": "— этого не хватает",
        "is not known here": "— такого ключа здесь нет",
        "is not called after a version": "— файл называется по версии: 1.toml",
        "must be a text": "— должен быть текст",
        "must be a list of texts": "— должен быть список текстов",
        "must be a list of tables": "— должен быть список таблиц",
        "must be a table": "— должна быть таблица",
        "must be a whole number": "— целое число слишком мало или это не число",
        "must be one of": "— такого значения нет",
        "must require birth_date": "— нужна дата рождения: по возрасту решают, кто подписывает",
        "says something twice": "— сказано дважды",
        "stands twice": "— стоит дважды",
        "differs from": "— не то же, что в имени папки или файла",
        "names a level": "— названа подпись, которая не принимается",
        "has nobody sign": "— за ученика никто не подписывает",
        "asks a guardian": "— представителя спрашивают о себе, но не о ребёнке",
        "not TOML": "— это не TOML",
    }
)


def said_ru(what: str) -> str:
    """The words of a `ProgrammeError` in Russian."""
    return next((ru for en, ru in _SLIPS.items() if what.startswith(en)), "— не подходит")
