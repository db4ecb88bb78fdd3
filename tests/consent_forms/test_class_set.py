"""A class as one PDF: every document on a sheet of its own, in order, with its own page numbers."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from pypdf import PdfReader

from consent_forms.catalogue import Catalogue
from consent_forms.class_set import MOST_AT_ONCE, class_set
from consent_forms.facts import DocumentFacts
from consent_forms.rendering import render

Facts = Callable[..., DocumentFacts]
SHORT = "<!doctype html><html lang=ru><title>x</title><body><p>{}</p></body></html>"
NAMES = ("Ёлкина Алёна", "Ҥургун Өлзий", "О'Нил Ӑтнер")


def pages(document: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(document)).pages]


@pytest.fixture(scope="module")
def documents(catalogue: Catalogue) -> list[bytes]:
    from consent_forms.specimen import specimen
    from policies.facts import FormKind

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


def test_a_set_of_several_parts_keeps_its_order():
    numbers = [str(n) for n in range(MOST_AT_ONCE + 3)]
    printed = pages(class_set([SHORT.format(each).encode() for each in numbers]))
    assert printed[::2] == numbers
    assert set(printed[1::2]) == {""}


def test_no_document_is_no_set():
    with pytest.raises(ValueError, match="nothing to print"):
        class_set([])
