"""A text is read before it may be used: every element of the law is there and says something.

The text is rendered about invented people (`specimen`), section by section, and each section is
searched for what it must show. So a deleted `{{ signer.address }}` is found, not only a deleted
section. What a machine cannot judge, a lawyer does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from jinja2 import TemplateError

from consent_forms import wording
from consent_forms.facts import DocumentFacts, FactsError, Person
from consent_forms.form import ConsentForm, Element
from consent_forms.rendering import blank, render
from consent_forms.sections import Sections, plain
from consent_forms.specimen import specimen
from policies.facts import Decision, FormKind


class LintCode(StrEnum):
    """What is wrong with a text."""

    TEMPLATE_BROKEN = "TEMPLATE_BROKEN"
    ELEMENT_MISSING = "ELEMENT_MISSING"
    ELEMENT_INCOMPLETE = "ELEMENT_INCOMPLETE"  # the section is there, a part of it is not
    BRAND_ONLY = "BRAND_ONLY"  # 9(4) 6: a brand is not a name of a legal person
    PURPOSES_MIXED = "PURPOSES_MIXED"  # one document, one group of purposes (156-FZ)
    OPEN_RECIPIENTS = "OPEN_RECIPIENTS"  # «и иным третьим лицам»
    RULES_MIXED = "RULES_MIXED"  # consent together with acceptance of rules (156-FZ)


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One remark; `element` None: about the text as a whole."""

    code: LintCode
    element: Element | None = None


PURPOSE_GROUPS = frozenset({"electronic_school"})

_STATEMENT = frozenset(Element) - {
    Element.PROCESSOR,
    Element.ACTIONS,
    Element.WITHDRAWAL,
}
REQUIRED = {
    Decision.GIVEN: frozenset(Element),
    Decision.REFUSED: _STATEMENT,
    Decision.WITHDRAWN: _STATEMENT,
}

Marks = Callable[[ConsentForm, DocumentFacts], list[str | None]]

# What a section must show: the elements of 152-FZ art. 9(4), in the words of the specimen.
SHOWS: dict[Element, Marks] = {
    Element.SUBJECT: lambda form, facts: _person(form, facts.about),
    Element.REPRESENTATIVE: lambda form, facts: [
        *_person(form, facts.signer),
        facts.relation,
        _authority(facts) if form.decision is Decision.GIVEN else None,
    ],
    Element.OPERATOR: lambda _, facts: [
        facts.operator.legal_name,
        facts.operator.address,
        facts.operator.inn,
        facts.operator.ogrn,
        facts.operator.phone,
    ],
    Element.PURPOSE: lambda form, facts: [*form.purposes, facts.programme_title],
    Element.ITEMS: lambda form, facts: [
        *wording.labels(form.items),
        *(
            value
            for _, value in wording.rows(form.items, facts.items)
            if form.decision is Decision.GIVEN
        ),
    ],
    Element.PROCESSOR: lambda _, facts: _processor(facts),
    Element.RECIPIENT: lambda _, facts: [facts.recipient.legal_name, facts.recipient.address],
    Element.ACTIONS: lambda *_: [
        *("собира", "записыва", "систематизир", "накаплива", "хранить", "уточн", "извлека"),
        *("использ", "переда", "блокир", "удал", "уничтож", "смешанная", "на бумаге"),
    ],
    Element.TERM: lambda form, facts: [
        {
            Decision.GIVEN: wording.day(facts.valid_until) if facts.valid_until else None,
            Decision.REFUSED: wording.day(facts.answer_by),
            Decision.WITHDRAWN: "30 дней",
        }[form.decision]
    ],
    Element.WITHDRAWAL: lambda _, facts: [
        *("без объяснения причин", "30 дней", facts.operator.address, facts.operator.phone)
    ],
    Element.CONSEQUENCES: lambda *_: ["бумажн"],
    Element.RIGHTS: lambda *_: ["Роскомнадзор"],
    Element.SIGNATURE: lambda form, facts: [
        {
            Decision.GIVEN: "даю согласие",
            Decision.REFUSED: "не даю",
            Decision.WITHDRAWN: "Отзываю согласие",
        }[form.decision],
        facts.signer.full_name,
        wording.day(facts.decided_on) if facts.decided_on else None,
        wording.signed_by(facts.signing),
    ],
}

# Purposes of another document, seen in real forms of schools.
_ALIEN_PURPOSE = re.compile(
    r"реклам|маркетинг|рассыл|опрос|исследован|питани|медицин|фото|публик|(ин|друг)(ых|ие) цел",
    re.IGNORECASE,
)
_OPEN_RECIPIENTS = re.compile(
    r"(ин|друг)(ые|ых|ым|ыми|ие|их|им|ими) (третьи\w* )?(лиц|организаци|получател)"
    r"|третьи\w* лиц|неограниченн\w+ круг|и т\. ?[дп]\.|и тому подобн|и др\.",
    re.IGNORECASE,
)
_RULES = re.compile(
    r"(принима|соглаша|ознакомлен)\w* (с |со )?(\w+ )?(услови|правил|политик|устав)"
    r"|пользовательск\w+ соглашени|оферт",
    re.IGNORECASE,
)

# Brands, and the words that make no name together with one.
_BRANDS = re.compile(
    r"мэш|московская электронная школа|моя школа|дневник\.?ру|электронный дневник"
    r"|электронная школа|сферум|госуслуги|платформа|портал|сервис|систем[аы]|журнал"
    r"|фгис|гис|аис",
    re.IGNORECASE,
)


def lint(form: ConsentForm, facts: DocumentFacts | None = None) -> list[LintFinding]:
    """Everything that keeps the text from use; empty means that it is clean.

    With `facts`, the legal names in them are looked at as well: a text is only as good as the
    recipient that a programme puts into it.
    """
    found = [finding for kind in form.kinds for finding in _read_as(form, kind)]
    if form.purpose_group not in PURPOSE_GROUPS or not form.purposes:
        found.append(LintFinding(LintCode.PURPOSES_MIXED, Element.PURPOSE))
    if facts is not None:
        found.extend(_names(facts))
    return list(dict.fromkeys(found))


def is_brand(name: str) -> bool:
    """True if nothing but a brand stands there: «платформа МЭШ» names no legal person."""
    return not re.search(r"\w", _BRANDS.sub("", name))


def _names(facts: DocumentFacts) -> Iterator[LintFinding]:
    if is_brand(facts.recipient.legal_name):
        yield LintFinding(LintCode.BRAND_ONLY, Element.RECIPIENT)
    if facts.processing and is_brand(facts.processing.legal_name):
        yield LintFinding(LintCode.BRAND_ONLY, Element.PROCESSOR)


def _read_as(form: ConsentForm, kind: FormKind) -> Iterator[LintFinding]:
    facts = specimen(kind)
    by_hand = replace(facts, signer=Person(), processing=None, valid_until=None, earlier=None)
    try:
        html = render(form, facts).decode()
        blank(form, by_hand)
    except (TemplateError, FactsError):
        yield LintFinding(LintCode.TEMPLATE_BROKEN)
        return
    sections = Sections(html)
    required = REQUIRED[form.decision]
    if kind is not FormKind.CHILD:
        required -= {Element.REPRESENTATIVE}
    for element in Element:
        if element in required:
            yield from _element(form, facts, element, sections)
    yield from _phrases(sections)


def _element(
    form: ConsentForm, facts: DocumentFacts, element: Element, sections: Sections
) -> Iterator[LintFinding]:
    text = sections.text(element)
    anchor = form.elements.get(element)
    if not text or anchor is None or anchor != sections.anchor(element):
        yield LintFinding(LintCode.ELEMENT_MISSING, element)
        return
    marks = [plain(mark).lower() for mark in SHOWS[element](form, facts) if mark]
    if any(mark not in text.lower() for mark in marks):
        yield LintFinding(LintCode.ELEMENT_INCOMPLETE, element)


def _phrases(sections: Sections) -> Iterator[LintFinding]:
    if _ALIEN_PURPOSE.search(sections.text(Element.PURPOSE)):
        yield LintFinding(LintCode.PURPOSES_MIXED, Element.PURPOSE)
    if _OPEN_RECIPIENTS.search(sections.whole):
        yield LintFinding(LintCode.OPEN_RECIPIENTS)
    if _RULES.search(sections.whole):
        yield LintFinding(LintCode.RULES_MIXED)


def _person(form: ConsentForm, person: Person) -> list[str | None]:
    if form.decision is not Decision.GIVEN:
        return [person.full_name]
    paper = person.id_document
    return [person.full_name, person.address, wording.id_document(paper) if paper else None]


def _authority(facts: DocumentFacts) -> str | None:
    return wording.authority(facts.authority) if facts.authority else None


def _processor(facts: DocumentFacts) -> list[str | None]:
    named = facts.processing
    if named is None:
        return []
    on = wording.day(named.instruction_on)
    return [named.legal_name, named.address, named.instruction_no, on]
