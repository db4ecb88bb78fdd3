"""Every element of the law is in every text, and a text that loses one is found."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from consent_forms.catalogue import Catalogue
from consent_forms.facts import DocumentFacts, Processing, Recipient
from consent_forms.form import ConsentForm, Element
from consent_forms.linter import REQUIRED, is_brand, lint
from consent_forms.remarks import LintCode, LintFinding
from consent_forms.specimen import specimen
from policies.facts import Decision, FormKind

OF_MESH = ["child", "guardian_own", "pupil_own", "refusal", "withdrawal"]
ACCOUNT = ["child_account", "guardian_account", "pupil_account"]
TEXTS = [*OF_MESH, *ACCOUNT, "refusal_account", "withdrawal_account"]


def elements_of(slug: str) -> list[Element]:
    decision = {"refusal": Decision.REFUSED, "withdrawal": Decision.WITHDRAWN}.get(
        slug.partition("_account")[0], Decision.GIVEN
    )
    own = {Element.REPRESENTATIVE} if slug.startswith(("guardian", "pupil")) else set()
    return sorted(REQUIRED[decision] - own)


EVERY_ELEMENT = [
    pytest.param(slug, element, id=f"{slug} {element.value}")
    for slug in TEXTS
    for element in elements_of(slug)
]


def with_section(form: ConsentForm, element: Element, new: str) -> ConsentForm:
    pattern = rf'(<section id="[^"]*" data-element="{element.value}"[^>]*>)(.*?)(</section>)'
    changed, count = re.subn(pattern, new, form.template, flags=re.DOTALL)
    assert count
    return replace(form, template=changed)


@pytest.mark.parametrize("slug", TEXTS)
def test_published_text_is_clean(catalogue: Catalogue, slug: str):
    assert lint(catalogue.get(slug, "1")) == []


@pytest.mark.parametrize(("slug", "element"), EVERY_ELEMENT)
def test_a_removed_element_is_found(catalogue: Catalogue, slug: str, element: Element):
    form = with_section(catalogue.get(slug, "1"), element, "")
    assert lint(form) == [LintFinding(LintCode.ELEMENT_MISSING, element)]


@pytest.mark.parametrize(("slug", "element"), EVERY_ELEMENT)
def test_a_heading_without_words_is_found(catalogue: Catalogue, slug: str, element: Element):
    form = with_section(catalogue.get(slug, "1"), element, r"\1<h2>Есть</h2>\3")
    assert lint(form) == [LintFinding(LintCode.ELEMENT_MISSING, element)]


@pytest.mark.parametrize(("slug", "element"), EVERY_ELEMENT)
def test_words_that_do_not_say_it_are_found(catalogue: Catalogue, slug: str, element: Element):
    form = with_section(catalogue.get(slug, "1"), element, r"\1<p>Как указано в законе.</p>\3")
    assert lint(form) == [LintFinding(LintCode.ELEMENT_INCOMPLETE, element)]


@pytest.mark.parametrize(("slug", "element"), EVERY_ELEMENT)
def test_an_element_without_its_anchor_is_found(catalogue: Catalogue, slug: str, element: Element):
    form = catalogue.get(slug, "1")
    moved = replace(form, elements={**form.elements, element: "elsewhere"})
    assert lint(moved) == [LintFinding(LintCode.ELEMENT_MISSING, element)]


@pytest.mark.parametrize(
    ("slug", "lost", "element"),
    [
        pytest.param("child", "{{ subject.address | line }}", Element.SUBJECT, id="child address"),
        pytest.param(
            "child", "{{ subject.id_document | line(2) }}", Element.SUBJECT, id="child document"
        ),
        pytest.param(
            "child", "{{ authority }}", Element.REPRESENTATIVE, id="document of the guardian"
        ),
        pytest.param(
            "child", "{{ signer.id_document | line(2) }}", Element.REPRESENTATIVE, id="passport"
        ),
        pytest.param("pupil_own", "{{ operator.legal_name }}", Element.OPERATOR, id="school"),
        pytest.param("child", "{{ processing.address }}", Element.PROCESSOR, id="processor"),
        pytest.param("child", "{{ recipient.legal_name }}", Element.RECIPIENT, id="recipient"),
        pytest.param("child", "{{ value | line }}", Element.ITEMS, id="values"),
        pytest.param("child", "уничтожать", Element.ACTIONS, id="an action"),
        pytest.param("child", "смешанная", Element.ACTIONS, id="the method"),
        pytest.param("guardian_own", "{{ signed_by }}", Element.SIGNATURE, id="way of signing"),
        pytest.param("refusal", "{{ answer_by }}", Element.TERM, id="until when"),
    ],
)
def test_a_lost_part_of_an_element_is_found(
    catalogue: Catalogue, slug: str, lost: str, element: Element
):
    form = catalogue.get(slug, "1")
    assert lost in form.template
    found = lint(replace(form, template=form.template.replace(lost, "")))
    assert found == [LintFinding(LintCode.ELEMENT_INCOMPLETE, element)]


@pytest.mark.parametrize(
    ("words", "finding"),
    [
        pytest.param(
            "Передаётся организации и иным третьим лицам.",
            LintFinding(LintCode.OPEN_RECIPIENTS),
            id="other third parties",
        ),
        pytest.param(
            "Передаётся другим организациям.",
            LintFinding(LintCode.OPEN_RECIPIENTS),
            id="other organisations",
        ),
        pytest.param("Имя, телефон и т. д.", LintFinding(LintCode.OPEN_RECIPIENTS), id="and so on"),
        pytest.param(
            "Принимаю правила пользования сайтом.",
            LintFinding(LintCode.RULES_MIXED),
            id="rules accepted",
        ),
        pytest.param(
            "Ознакомлен с уставом школы.", LintFinding(LintCode.RULES_MIXED), id="charter read"
        ),
        pytest.param(
            "Это часть пользовательского соглашения.",
            LintFinding(LintCode.RULES_MIXED),
            id="user agreement",
        ),
    ],
)
def test_words_that_do_not_belong_are_found(catalogue: Catalogue, words: str, finding: LintFinding):
    form = catalogue.get("child", "1")
    spoiled = form.template.replace("</main>", f"<p>{words}</p></main>")
    assert lint(replace(form, template=spoiled)) == [finding]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"purpose_group": "electronic_school, photos"}, id="two groups"),
        pytest.param({"purposes": ()}, id="none"),
        pytest.param({"purposes": ("публикация на сайте школы",)}, id="publication"),
        pytest.param({"purposes": ("для иных целей",)}, id="any"),
    ],
)
def test_one_document_has_one_group_of_purposes(catalogue: Catalogue, changes: dict[str, object]):
    found = lint(replace(catalogue.get("child", "1"), **changes))
    assert found == [LintFinding(LintCode.PURPOSES_MIXED, Element.PURPOSE)]


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        pytest.param("МЭШ", True, id="МЭШ"),
        pytest.param("ФГИС «Моя школа»", True, id="Моя школа"),
        pytest.param("Дневник.ру", True, id="Дневник.ру"),
        pytest.param("Платформа «МЭШ»", True, id="platform"),
        pytest.param("", True, id="nothing"),
        pytest.param("Департамент информационных технологий города Москвы", False, id="ДИТ"),
        pytest.param("ООО «Дневник.ру»", False, id="company named after its brand"),
    ],
)
def test_a_brand_is_no_legal_name(name: str, brand: bool):
    assert is_brand(name) is brand


def named(**changes: object) -> DocumentFacts:
    return replace(specimen(FormKind.CHILD), **changes)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        pytest.param(named(), [], id="legal names"),
        pytest.param(named(processing=None), [], id="nobody processes for the school"),
        pytest.param(
            named(recipient=Recipient("МЭШ", "г. Москва")),
            [LintFinding(LintCode.BRAND_ONLY, Element.RECIPIENT)],
            id="recipient",
        ),
        pytest.param(
            named(processing=Processing("Дневник.ру", "г. Москва", "1", date(2025, 2, 6))),
            [LintFinding(LintCode.BRAND_ONLY, Element.PROCESSOR)],
            id="processor",
        ),
    ],
)
def test_names_that_a_programme_brings_are_read_too(
    catalogue: Catalogue, facts: DocumentFacts, found: list[LintFinding]
):
    assert lint(catalogue.get("child", "1"), facts) == found
