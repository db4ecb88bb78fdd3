"""The bytes that are signed: the same for the same facts, complete, and never more than said."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from consent_forms.catalogue import Catalogue
from consent_forms.facts import (
    DocumentFacts,
    FactsError,
    IdDocument,
    IdKind,
    Person,
    Recipient,
    Signing,
)
from consent_forms.rendering import blank, document_digest, render
from policies.facts import Absence, Decision, EvidenceLevel, Field, FormKind, GuardianKind, Items

Facts = Callable[..., DocumentFacts]

HOSTILE = [
    pytest.param("{{ 7*7 }}", id="template"),
    pytest.param("{% include 'receipt.css' %}", id="template statement"),
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param("</style></main><h1>Отказ", id="closing tags"),
    pytest.param('"onmouseover="x', id="double quote"),
    pytest.param("О'Нил", id="apostrophe"),
    pytest.param("Ко & Ко", id="ampersand"),
    pytest.param("&lt;b&gt;", id="entity"),
    pytest.param("<!-- ", id="comment"),
    pytest.param("](javascript:alert(1))", id="link"),
]


def words(html: bytes) -> str:
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html.decode(), flags=re.DOTALL)
    return " ".join(unescape(text).split())


@pytest.mark.parametrize("slug", ["child", "guardian_own", "pupil_own", "refusal", "withdrawal"])
def test_every_text_renders_to_one_complete_document(catalogue: Catalogue, facts: Facts, slug: str):
    form = catalogue.get(slug, "1")
    for kind in form.kinds:
        html = render(form, facts(kind)).decode("utf-8")
        assert html.startswith("<!doctype html>\n")
        assert html.endswith("</html>\n")
        assert '<html lang="ru">' in html
        assert form.title in html
        assert form.edition in html


@pytest.mark.parametrize("slug", ["child", "refusal", "withdrawal"])
def test_document_refers_to_nothing_outside_itself(catalogue: Catalogue, facts: Facts, slug: str):
    html = render(catalogue.get(slug, "1"), facts()).decode()
    assert not re.search(r"https?:|//|src=|href=|url\(|@import|<link|<script|<img", html)


def test_the_same_facts_give_the_same_bytes_in_another_process(catalogue: Catalogue, facts: Facts):
    here = document_digest(render(catalogue.get("child", "1"), facts()))
    code = (
        "from consent_forms.catalogue import Catalogue\n"
        "from consent_forms.rendering import document_digest, render\n"
        "from consent_forms.specimen import specimen\n"
        "from policies.facts import FormKind\n"
        "form = Catalogue.load().get('child', '1')\n"
        "print(document_digest(render(form, specimen(FormKind.CHILD))))\n"
    )
    root = Path(__file__).parents[2]
    for seed, locale in (("1", "C"), ("2", "ru_RU.UTF-8")):
        env = os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": "Asia/Tokyo"}
        there = subprocess.run(
            [sys.executable, "-c", code], cwd=root, env=env, check=True, capture_output=True
        )
        assert there.stdout.decode().strip() == here


def test_document_digest_is_of_the_exact_bytes():
    assert document_digest(b"<p>") == hashlib.sha256(b"<p>").hexdigest()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"decided_on": date(2026, 9, 15)}, id="day"),
        pytest.param({"relation": "мать"}, id="relation"),
        pytest.param({"processing": None}, id="processor"),
        pytest.param({"valid_until": None}, id="term"),
        pytest.param({"recipient": Recipient("Другой департамент", "г. Москва")}, id="recipient"),
        pytest.param({"items": Items({Field.FAMILY_NAME: "Образцов"})}, id="items"),
    ],
)
def test_any_other_fact_gives_another_digest(
    catalogue: Catalogue, facts: Facts, changes: Mapping[str, object]
):
    form = catalogue.get("child", "1")
    assert render(form, facts()) != render(form, facts(**changes))


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_shown_as_it_is_and_never_as_markup(
    catalogue: Catalogue, facts: Facts, value: str
):
    form = catalogue.get("child", "1")
    usual = facts()
    told = replace(
        usual,
        signer=replace(usual.signer, full_name=value, address=value),
        subject=replace(usual.about, full_name=value),
        relation=value,
        items=Items({**usual.items.values, Field.FAMILY_NAME: value}),
    )
    html = render(form, told)
    assert words(html).count(" ".join(value.split())) >= 5
    assert html.decode().count("<") == render(form, usual).decode().count("<")


@pytest.mark.parametrize("char", ["\u202e", "\u2066", "\u200b", "\x00", "\n", "\u2028", "\u00ad"])
def test_a_character_that_shows_one_thing_and_signs_another_is_refused(
    catalogue: Catalogue, facts: Facts, char: str
):
    told = facts(signer=replace(facts().signer, address=f"г. Образцовск{char}, д. 7"))
    with pytest.raises(FactsError) as refused:
        render(catalogue.get("child", "1"), told)
    assert (refused.value.code, refused.value.path) == ("CHARACTER", "signer.address")
    assert "Образцовск" not in str(refused.value)


def test_a_refused_item_is_named_without_its_value(catalogue: Catalogue, facts: Facts):
    told = facts(items=Items({Field.EMAIL: "lev@example.org\u202e"}))
    with pytest.raises(FactsError, match=r"^CHARACTER: items\.email$"):
        render(catalogue.get("child", "1"), told)


@pytest.mark.parametrize(
    ("kind", "changes", "path"),
    [
        pytest.param("child", {"subject": None}, "subject", id="no child"),
        pytest.param("child", {"guardian": None}, "guardian", id="no kind of guardian"),
        pytest.param("child", {"authority": None}, "authority", id="guardian without a paper"),
        pytest.param("child", {"decided_on": None}, "decided_on", id="no day"),
        pytest.param("child", {"items": Items({})}, "items.values", id="no data"),
        pytest.param("child", {"programme_title": " "}, "programme_title", id="no programme"),
        pytest.param(
            "child", {"recipient": Recipient("", "г. Москва")}, "recipient.legal_name", id="to none"
        ),
        pytest.param("child", {"signer": Person("Е. П.")}, "signer.address", id="no address"),
        pytest.param(
            "child", {"signer": Person("Е. П.", "дом 1")}, "signer.id_document", id="no passport"
        ),
        pytest.param(
            "child", {"subject": Person("Л. П.")}, "subject.address", id="no address of the child"
        ),
        pytest.param(
            "pupil_own", {"signer": Person("Л. П.")}, "signer.address", id="own: no address"
        ),
        pytest.param("pupil_own", {"signer": Person()}, "signer.full_name", id="own: nobody"),
        pytest.param(
            "child",
            {"signing": Signing(EvidenceLevel.LOCAL_PEP)},
            "signing.agreement_no",
            id="a code without an agreement",
        ),
    ],
)
def test_a_consent_lacks_no_element_of_the_law(
    catalogue: Catalogue, facts: Facts, kind: str, changes: Mapping[str, object], path: str
):
    with pytest.raises(FactsError) as refused:
        render(catalogue.get(kind, "1"), facts(FormKind(kind), **changes))
    assert (refused.value.code, refused.value.path) == ("MISSING", path)


def test_a_text_serves_only_the_document_it_was_written_for(catalogue: Catalogue, facts: Facts):
    with pytest.raises(FactsError, match="KIND"):
        render(catalogue.get("child", "1"), facts(FormKind.PUPIL_OWN))


def test_data_that_the_text_does_not_list_cannot_slip_in(catalogue: Catalogue, facts: Facts):
    form = replace(catalogue.get("child", "1"), items=(Field.FAMILY_NAME,))
    with pytest.raises(FactsError, match=r"ITEM: items\.given_name"):
        render(form, facts())


def test_a_parent_needs_no_paper_and_the_text_says_why(catalogue: Catalogue, facts: Facts):
    told = facts(guardian=GuardianKind.PARENT, relation="", authority=None)
    text = words(render(catalogue.get("child", "1"), told))
    assert "Кем приходится ребёнку родитель" in text
    assert "статья 64 Семейного кодекса" in text


@pytest.mark.parametrize("slug", ["refusal", "withdrawal"])
@pytest.mark.parametrize("kind", list(FormKind))
def test_a_refusal_and_a_withdrawal_tell_no_more_than_they_must(
    catalogue: Catalogue, facts: Facts, slug: str, kind: FormKind
):
    form = catalogue.get(slug, "1")
    told = facts(kind)
    html = render(form, told).decode()
    for item in (Field.SNILS, Field.EMAIL, Field.PHONE, Field.BIRTH_DATE):
        assert told.items.values[item] not in html
    assert "000008" not in html
    assert "ул. Взрослая" not in html
    bare = replace(
        told,
        signer=Person(told.signer.full_name),
        subject=told.subject and Person(told.subject.full_name),
        authority=None,
        items=Items({}),
        signing=Signing(EvidenceLevel.LOCAL_PEP),
    )
    assert form.decision is not Decision.GIVEN
    assert "бумажн" in words(render(form, bare))


def test_a_withdrawal_without_a_known_consent_takes_back_any(catalogue: Catalogue, facts: Facts):
    text = words(render(catalogue.get("withdrawal", "1"), facts(earlier=None)))
    assert "Любое, данное раньше" in text


def test_an_absent_item_is_shown_with_its_reason(catalogue: Catalogue, facts: Facts):
    values = {k: v for k, v in facts().items.values.items() if k is not Field.PHONE}
    told = facts(items=Items(values, {Field.PHONE: Absence.NO_DEVICE}))
    assert "Телефон нет телефона" in words(render(catalogue.get("child", "1"), told))


def test_an_ogrn_that_is_not_known_leaves_no_trace(catalogue: Catalogue, facts: Facts):
    told = facts(operator=replace(facts().operator, ogrn=""))
    assert "ОГРН" not in words(render(catalogue.get("child", "1"), told))


def test_electronic_document_names_the_agreement_it_rests_on(catalogue: Catalogue, facts: Facts):
    text = words(render(catalogue.get("child", "1"), facts()))
    assert "соглашение об использовании простой электронной подписи № СЭП-019" in text
    assert "от 20 января 2026 г." in text


@pytest.mark.parametrize("level", list(EvidenceLevel))
def test_every_way_of_signing_has_its_words(
    catalogue: Catalogue, facts: Facts, level: EvidenceLevel
):
    told = facts(signing=Signing(level, "СЭП-019", date(2026, 1, 20)))
    html = render(catalogue.get("pupil_own", "1"), replace(told, kind=FormKind.PUPIL_OWN))
    assert "одпис" in words(html)


def test_a_blank_is_the_same_document_with_lines_for_a_pen(catalogue: Catalogue, facts: Facts):
    form = catalogue.get("child", "1")
    empty = facts(
        signer=Person(), subject=Person(), items=Items({}), decided_on=None, authority=None
    )
    html = blank(form, empty).decode()
    assert html.count('<span class="line"></span>') >= 14
    assert "от руки" in html
    assert "одноразовый код" not in html
    for element in form.elements:
        assert f'data-element="{element.value}"' in html


def test_a_blank_never_carries_the_day_or_the_agreement(catalogue: Catalogue, facts: Facts):
    text = words(blank(catalogue.get("child", "1"), facts()))
    assert "14 сентября 2026" not in text
    assert "СЭП-019" not in text


def test_a_paper_document_leaves_room_for_the_signature(catalogue: Catalogue, facts: Facts):
    told = facts(signing=Signing(EvidenceLevel.PAPER_ORIGINAL))
    html = render(catalogue.get("child", "1"), told).decode()
    assert '<span class="line"></span><small>подпись</small>' in html
    assert "14\u00a0сентября\u00a02026\u00a0г." in html


def test_no_repr_shows_a_person(facts: Facts):
    shown = repr(facts())
    shown += repr(facts().signer) + repr(facts().signer.id_document) + repr(facts().operator)
    shown += repr(IdDocument(IdKind.PASSPORT, "000008", date(2011, 4, 9), "УМВД"))
    assert not re.search(r"Образцов|000008|Взрослая|УМВД", shown)
