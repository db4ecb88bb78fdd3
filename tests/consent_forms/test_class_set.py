"""A class as one PDF: every document on a sheet of its own, in order, with its own page numbers."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from pypdf import PdfReader

from consent_forms.catalogue import Catalogue
from consent_forms.class_set import MOST_AT_ONCE, class_set
from consent_forms.facts import DocumentFacts, Person
from consent_forms.rendering import blank, render
from consent_forms.specimen import specimen
from policies.facts import FormKind, Items

Facts = Callable[..., DocumentFacts]
SHORT = "<!doctype html><html lang=ru><title>x</title><body><p>{}</p></body></html>"
CONSENTS = (
    ("child", FormKind.CHILD),
    ("child_account", FormKind.CHILD),
    ("guardian_own", FormKind.GUARDIAN_OWN),
    ("guardian_account", FormKind.GUARDIAN_OWN),
    ("pupil_own", FormKind.PUPIL_OWN),
    ("pupil_account", FormKind.PUPIL_OWN),
)
NAMES = ("Ёлкина Алёна", "Ҥургун Өлзий", "О'Нил Ӑтнер")


def pages(document: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(document)).pages]


@pytest.fixture(scope="module")
def documents(catalogue: Catalogue) -> list[bytes]:
    facts, form = specimen(FormKind.CHILD), catalogue.get("child", "1")
    signers = [replace(facts.signer, full_name=name) for name in NAMES]
    return [render(form, replace(facts, signer=signer)) for signer in signers]


@pytest.mark.parametrize("processes", [1, 2])
def test_documents_stand_in_their_order_and_count_their_own_pages(
    documents: list[bytes], processes: int
):
    printed = pages(class_set(documents, processes))
    assert [text.rpartition("Страница ")[2] for text in printed] == ["1 из 2", "2 из 2"] * 3
    for name, text in zip(NAMES, printed[::2], strict=True):
        assert name in text


def test_a_document_of_one_page_leaves_the_back_of_its_sheet_empty():
    documents = [SHORT.format(name).encode() for name in NAMES]
    assert pages(class_set(documents)) == [NAMES[0], "", NAMES[1], "", NAMES[2], ""]


@pytest.mark.parametrize(
    ("slug", "kind", "count"),
    [
        *((slug, kind, 2) for slug, kind in CONSENTS),
        ("refusal", FormKind.CHILD, 1),
        ("refusal_account", FormKind.CHILD, 1),
    ],
)
def test_a_blank_of_long_names_fills_one_sheet_of_paper(
    catalogue: Catalogue, slug: str, kind: FormKind, count: int
):
    form, told = catalogue.get(slug, "1"), specimen(kind)
    assert told.processing is not None
    named = replace(
        told,
        operator=replace(
            told.operator,
            legal_name="Муниципальное автономное общеобразовательное учреждение города Хабаровска"
            " «Средняя общеобразовательная школа № 128 имени Героя Советского Союза»",
            address="680030, Хабаровский край, г. Хабаровск, ул. Гамарника, д. 12, корп. 1, лит. А",
        ),
        processing=replace(told.processing, legal_name="Краевое государственное " + "и" * 60),
        signer=Person("Константинопольская Александра Константиновна"),
        subject=told.subject and Person("Преображенский-Александровский Пантелеймон Олегович"),
        items=Items({name: told.items.values[name] for name in form.items}),
    )
    printed = pages(class_set([blank(form, named)]))
    assert len([text for text in printed if text]) == count
    assert len(printed) == 2
    *_, signed = (text for text in printed if text)
    assert "Константинопольская Александра Константиновна фамилия" in signed


def test_a_set_of_several_parts_keeps_its_order():
    numbers = [str(n) for n in range(MOST_AT_ONCE + 3)]
    printed = pages(class_set([SHORT.format(each).encode() for each in numbers]))
    assert printed[::2] == numbers
    assert set(printed[1::2]) == {""}


def test_no_document_is_no_set():
    with pytest.raises(ValueError, match="nothing to print"):
        class_set([])
