"""A programme read as a lawyer reads it: alone, then together with the texts that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from consent_forms.form import ConsentForm, Element
from consent_forms.linter import PURPOSE_GROUPS, is_brand
from consent_forms.linter import line_of as section_line
from consent_forms.markup import strange_words
from consent_forms.remarks import LintCode, LintFinding
from consent_forms.rendering import render
from consent_forms.sections import Sections
from consent_forms.specimen import specimen
from policies.facts import Decision, EvidenceLevel, FormKind
from policies.fields import PERSONAL
from policies.programme import FormRef, Programme, Subject

# Least and most of each number. 152-FZ art. 21(4), 21(5): 30 days; 21(5.1): 10 working days;
# Rosarkhiv list 236 item 441 and RKN order 179 item 8: 3 years; the rest is common sense.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "asked_ahead_days": (1, 366),
    "attempts_needed": (2, 10),
    "registry_days": (1, 30),
    "evidence_years": (3, 75),
    "recall_days": (1, 30),
    "stop_working_days": (1, 10),
    "link_days": (1, 60),
    "session_minutes": (5, 120),
    "code_minutes": (1, 15),
    "code_guesses": (1, 10),
}
SUBJECTS: Mapping[FormKind, Subject] = {
    FormKind.CHILD: Subject.PUPIL,
    FormKind.GUARDIAN_OWN: Subject.GUARDIAN,
    FormKind.PUPIL_OWN: Subject.PUPIL,
}
# 152-FZ art. 9(4) 3: what a document cannot be without.
OPERATOR = ("legal_name", "address")
BELOW, OF_AGE = 13, 18

_ADDRESS = re.compile(r"(?<!\d)\d{6}(?!\d).*,.*\d")
_YEARS = {"три": 3, "четыре": 4, "пять": 5, "семь": 7, "десять": 10}
_DAYS_SAID = re.compile(r"(?<!\d)(\d+) дней")
_YEARS_SAID = re.compile(r"хран\w+ (?:ещё )?(\w+) (?:года|лет)")
_STOP_SAID = re.compile(r"прекратить обработку \((\d+) рабочих")


def alone(programme: Programme) -> Iterator[LintFinding]:
    """What is wrong with a programme whatever its texts say."""
    recipient = programme.recipient
    if is_brand(recipient.name):
        yield _at(LintCode.BRAND_ONLY, "recipient.name", recipient.name)
    if not _ADDRESS.search(recipient.address):
        yield _at(LintCode.ADDRESS_INCOMPLETE, "recipient.address", "")
    if lost := [name for name in OPERATOR if name not in programme.operator_needed]:
        yield _at(LintCode.OPERATOR_INCOMPLETE, "operator.needed", ", ".join(lost))
    for place, texts in {
        "title": (programme.title,),
        "purposes": programme.purposes,
        "recipient.name": (recipient.name,),
        "recipient.address": (recipient.address,),
    }.items():
        for word in (word for text in texts for word in strange_words(text)):
            yield _at(LintCode.LETTERS_LOOK_ALIKE, place, word)
    yield from _ages(programme)
    yield from _evidence(programme)
    for name, number in asdict(programme.terms).items():
        least, most = BOUNDS[name]
        if not least <= number <= most:
            told = f"{number} вместо {least}–{most}"
            yield _at(LintCode.TERMS_ODD, f"terms.{name}", told)


def _ages(programme: Programme) -> Iterator[LintFinding]:
    """Civil Code art. 21, 28: a child does not decide alone, an adult does."""
    if FormKind.CHILD not in programme.required_forms(BELOW):
        yield _at(LintCode.AGES_ODD, "ages[1].forms", "младше 14 лет решает представитель")
    if programme.required_forms(OF_AGE) != {FormKind.PUPIL_OWN}:
        place = f"ages[{len(programme.ages)}].forms"
        yield _at(LintCode.AGES_ODD, place, "с 18 лет ученик решает один")


def _evidence(programme: Programme) -> Iterator[LintFinding]:
    """63-FZ art. 5, 6, 9: a tick is no signature, a code only by an agreement."""
    if EvidenceLevel.CHECKBOX in programme.evidence:
        yield _at(LintCode.EVIDENCE_WEAK, "evidence.accepted", EvidenceLevel.CHECKBOX.value)
    code = EvidenceLevel.LOCAL_PEP
    if code in programme.evidence - programme.needs_agreement:
        yield _at(LintCode.EVIDENCE_WEAK, "evidence.needs_agreement", f"{code} без соглашения")


def refs(programme: Programme) -> Iterator[tuple[str, FormRef, Decision, tuple[FormKind, ...]]]:
    """Every text that a programme names: its place, what it must decide and serve as."""
    for kind, ref in programme.forms.items():
        yield f"forms.{kind.value}", ref, Decision.GIVEN, (kind,)
    for decision, ref in programme.statements.items():
        yield f"statements.{decision.value}", ref, decision, tuple(FormKind)


def with_texts(
    programme: Programme, texts: Mapping[tuple[str, str], ConsentForm | None]
) -> Iterator[LintFinding]:
    """What does not fit together. `texts`: None for one that is there and cannot be read."""
    groups: dict[str, str] = {}
    for place, ref, decision, kinds in refs(programme):
        name = (ref.slug, ref.version)
        if name not in texts:
            yield _at(LintCode.FORM_MISSING, place, "/".join(name))
            continue
        form = texts[name]
        if form is None:
            continue
        if form.decision is not decision or not set(kinds) <= set(form.kinds):
            yield _at(LintCode.FORM_MISFIT, place, "/".join(name))
            continue
        if form.purpose_group in PURPOSE_GROUPS:
            groups.setdefault(form.purpose_group, place)
        yield from _items(programme, form, place, kinds)
    for group, place in list(groups.items())[1:]:
        yield _at(LintCode.PURPOSES_MIXED, place, f"{next(iter(groups))} и {group}")


def _items(
    programme: Programme, form: ConsentForm, place: str, kinds: tuple[FormKind, ...]
) -> Iterator[LintFinding]:
    for subject in dict.fromkeys(SUBJECTS[kind] for kind in kinds):
        asked = {rule.field for rule in programme.items[subject]}
        if odd := [item for item in PERSONAL if (item in asked) != (item in form.items)]:
            named = ", ".join(PERSONAL[item].label_ru.lower() for item in odd)
            yield _at(LintCode.ITEMS_DIFFER, place, f"{form.slug}/{form.version}: {named}")


def terms_told(programme: Programme, form: ConsentForm) -> Iterator[LintFinding]:
    """Numbers of days and years in a readable text that are not those of the programme."""
    terms = programme.terms
    for kind in form.kinds:
        sections = Sections(render(form, specimen(kind, form.items)).decode())
        for element in Element:
            said = sections.text(element)
            told = [
                *((each, int(each[1]), terms.registry_days) for each in _DAYS_SAID.finditer(said)),
                *((e, _YEARS.get(e[1]), terms.evidence_years) for e in _YEARS_SAID.finditer(said)),
                *((e, int(e[1]), terms.stop_working_days) for e in _STOP_SAID.finditer(said)),
            ]
            for words, number, right in told:
                if number != right:
                    yield LintFinding(
                        LintCode.TERMS_DIFFER,
                        element,
                        detail=f"«{words[0]}», а в программе {right}",
                        line=section_line(form, element),
                    )


def _at(code: LintCode, place: str, detail: str) -> LintFinding:
    return LintFinding(code, detail=detail, place=place)
