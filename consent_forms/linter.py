"""A text is read before it may be used: every element of the law is there and says something.

The text is rendered about invented people (`specimen`), section by section, and each section is
searched for what it must show. So a deleted `{{ signer.address }}` is found, not only a deleted
section. What a machine cannot judge, a lawyer does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from jinja2 import TemplateError

from consent_forms import wording
from consent_forms.facts import DocumentFacts, FactsError, Person
from consent_forms.form import ConsentForm, Element
from consent_forms.markup import strange_words, template_findings
from consent_forms.remarks import LintCode, LintFinding
from consent_forms.rendering import blank, context, render
from consent_forms.sections import Sections, plain
from consent_forms.specimen import specimen
from policies.facts import Decision, FormKind

# One word for what a document may be about; a new group is a decision of a lawyer.
PURPOSE_GROUPS = frozenset({"electronic_school", "school_account"})

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


# Brands by themselves: in the place of an organisation they name nobody.
_BRAND_NAMES = re.compile(
    r"мэш|московск\w+ электронн\w+ школ|мо[яйею]\w* школ|дневник\.?ру|сферум|госуслуг",
    re.IGNORECASE,
)
_NAMED = {
    Element.OPERATOR: lambda facts: facts.operator.legal_name,
    Element.PROCESSOR: lambda facts: facts.processing.legal_name,
    Element.RECIPIENT: lambda facts: facts.recipient.legal_name,
}


def lint(form: ConsentForm, facts: DocumentFacts | None = None) -> list[LintFinding]:
    """Everything that keeps the text from use; empty means that it is clean.

    With `facts`, the legal names in them are looked at as well: a text is only as good as the
    recipient that a programme puts into it.
    """
    found = list(template_findings(form, context(form, specimen(FormKind.CHILD, form.items), True)))
    # A template that does what a text must not cannot be filled and read.
    if not any(each.code in UNFIT for each in found):
        found += [finding for kind in form.kinds for finding in _read_as(form, kind)]
    found += _stated(form)
    if facts is not None:
        found.extend(_names(facts))
    return list(dict.fromkeys(found))


UNFIT = (
    LintCode.TEMPLATE_BROKEN,
    LintCode.PLACEHOLDER_UNKNOWN,
    LintCode.MARKUP_NOT_PLAIN,
)


def _stated(form: ConsentForm) -> Iterator[LintFinding]:
    """What form.toml says about the text."""
    if form.purpose_group not in PURPOSE_GROUPS:
        yield _in_toml(LintCode.PURPOSES_MIXED, "purpose_group", form.purpose_group)
    if not form.purposes:
        yield _in_toml(LintCode.PURPOSES_MIXED, "purposes", "целей нет")
    for place, texts in (("title", (form.title,)), ("purposes", form.purposes)):
        for word in (word for text in texts for word in strange_words(text)):
            yield _in_toml(LintCode.LETTERS_LOOK_ALIKE, place, word)


def _in_toml(code: LintCode, place: str, detail: str) -> LintFinding:
    element = Element.PURPOSE if code is LintCode.PURPOSES_MIXED else None
    return LintFinding(code, element, detail=detail, file="form.toml", place=place)


def is_brand(name: str) -> bool:
    """True if nothing but a brand stands there: «платформа МЭШ» names no legal person."""
    return not re.search(r"\w", _BRANDS.sub("", name))


def _names(facts: DocumentFacts) -> Iterator[LintFinding]:
    if is_brand(facts.recipient.legal_name):
        yield LintFinding(LintCode.BRAND_ONLY, Element.RECIPIENT, detail=facts.recipient.legal_name)
    if facts.processing and is_brand(facts.processing.legal_name):
        yield LintFinding(
            LintCode.BRAND_ONLY, Element.PROCESSOR, detail=facts.processing.legal_name
        )


def _read_as(form: ConsentForm, kind: FormKind) -> Iterator[LintFinding]:
    facts = specimen(kind, form.items)
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
    yield from _phrases(form, sections)


def _element(
    form: ConsentForm, facts: DocumentFacts, element: Element, sections: Sections
) -> Iterator[LintFinding]:
    text = sections.text(element)
    anchor = form.elements.get(element)
    at = LintFinding(LintCode.ELEMENT_INCOMPLETE, element, line=line_of(form, element))
    if not text or anchor is None or anchor != sections.anchor(element):
        yield replace(at, code=LintCode.ELEMENT_MISSING)
        return
    said = text.lower()
    marks = [plain(mark).lower() for mark in SHOWS[element](form, facts) if mark]
    if all(mark in said for mark in marks):
        return
    name = _NAMED[element](facts) if element in _NAMED else None
    brand = _BRAND_NAMES.search(said)
    if name and brand and plain(name).lower() not in said:
        yield replace(at, code=LintCode.BRAND_ONLY, detail=brand[0])
    else:
        yield at


def line_of(form: ConsentForm, element: Element) -> int | None:
    """Where the section of an element begins in ru.html; None: there is none."""
    before, section, _ = form.template.partition(f'data-element="{element.value}"')
    return before.count("\n") + 1 if section else None


def _phrases(form: ConsentForm, sections: Sections) -> Iterator[LintFinding]:
    if alien := _ALIEN_PURPOSE.search(sections.text(Element.PURPOSE)):
        where = line_of(form, Element.PURPOSE)
        yield LintFinding(LintCode.PURPOSES_MIXED, Element.PURPOSE, detail=alien[0], line=where)
    for code, pattern in (
        (LintCode.OPEN_RECIPIENTS, _OPEN_RECIPIENTS),
        (LintCode.RULES_MIXED, _RULES),
    ):
        if phrase := pattern.search(sections.whole):
            before, words, _ = form.template.partition(phrase[0])
            line = before.count("\n") + 1 if words else None
            yield LintFinding(code, detail=phrase[0], line=line)


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
