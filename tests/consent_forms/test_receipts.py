"""Every answer gets a receipt of the same worth, and none tells who answered."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from consent_forms.receipts import (
    ANSWERS,
    LEVELS,
    SUBJECTS,
    ReceiptFacts,
    receipt_html,
    receipt_in,
    receipt_pdf,
    short_digest,
)
from consent_forms.specimen import specimen
from policies.facts import Decision, EvidenceLevel, FormKind

DECISIONS = [Decision.GIVEN, Decision.REFUSED, Decision.WITHDRAWN]


def text_of(document: bytes) -> str:
    pages = PdfReader(io.BytesIO(document)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def words(facts: ReceiptFacts) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", receipt_html(facts).decode()).split())


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize("kind", list(FormKind))
def test_every_answer_gets_one_page_with_the_same_parts(
    receipt: ReceiptFacts, decision: Decision, kind: FormKind
):
    document = receipt_pdf(replace(receipt, decision=decision, kind=kind))
    reader = PdfReader(io.BytesIO(document))
    text = text_of(document)
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert ANSWERS[decision] in text
    for part in (
        "Квитанция № 7K4M-92QF-XW3T-A8ND",
        "14 сентября 2026 г., 15:20 (Владивосток, UTC+10)",
        "Муниципальное бюджетное учреждение «Школа-образец»",
        "Департамент образцовых технологий",
        "0123 4567 89ab cdef",
        "journal.example.org, записей 1284, корень fedc ba98 7654 3210",
        "личная ссылка и одноразовый код",
        "Что дальше",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("decision", "kind", "says"),
    [
        pytest.param(
            Decision.GIVEN, FormKind.CHILD, "Отозвать согласие можно в любой день", id="yes"
        ),
        pytest.param(Decision.REFUSED, FormKind.CHILD, "с бумажным дневником", id="no: child"),
        pytest.param(Decision.REFUSED, FormKind.PUPIL_OWN, "Вы учитесь как прежде", id="no: pupil"),
        pytest.param(
            Decision.REFUSED, FormKind.GUARDIAN_OWN, "Если ни один законный", id="no: guardian"
        ),
        pytest.param(Decision.REFUSED, FormKind.CHILD, "14 октября 2026 г.", id="no: destroyed by"),
        pytest.param(Decision.WITHDRAWN, FormKind.CHILD, "Передача прекращена сразу", id="back"),
        pytest.param(
            Decision.WITHDRAWN, FormKind.GUARDIAN_OWN, "не останется представителя", id="back: own"
        ),
    ],
)
def test_a_receipt_says_what_happens_next(
    receipt: ReceiptFacts, decision: Decision, kind: FormKind, says: str
):
    text = words(replace(receipt, decision=decision, kind=kind)).replace("\u00a0", " ")
    assert says in text


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_receipt_holds_no_personal_value(receipt: ReceiptFacts, decision: Decision):
    person = specimen(FormKind.CHILD)
    html = receipt_html(replace(receipt, decision=decision)).decode()
    assert person.signer.full_name is not None
    values = [*person.items.values.values(), *person.signer.full_name.split(), "000008"]
    assert [value for value in values if re.search(rf"\b{re.escape(value)}\b", html)] == []


def test_the_signed_receipt_goes_with_the_page_and_hurts_no_reader(receipt: ReceiptFacts):
    bare = receipt_pdf(receipt)
    document = receipt_pdf(replace(receipt, jws="head.body.signature"))
    assert receipt_in(bare) is None
    assert receipt_in(document) == "head.body.signature"
    assert document.rstrip().endswith(b"%%EOF")
    assert text_of(document) == text_of(bare)


def test_metadata_of_a_receipt_says_what_it_is_and_no_more(receipt: ReceiptFacts):
    reader = PdfReader(io.BytesIO(receipt_pdf(receipt)))
    assert dict(reader.metadata or {}).keys() == {"/Title", "/Producer"}
    assert reader.metadata is not None
    assert reader.metadata.title == "Квитанция: согласие дано"


def test_the_same_receipt_is_the_same_bytes(receipt: ReceiptFacts):
    assert receipt_pdf(receipt) == receipt_pdf(receipt)


def test_the_picture_is_the_receipt_number_and_speaks_to_those_who_do_not_see(
    receipt: ReceiptFacts,
):
    html = receipt_html(receipt).decode()
    assert f'alt="QR-код с номером квитанции {receipt.number}"' in html
    other = receipt_html(replace(receipt, number="7K4M-92QF-XW3T-A8NE")).decode()
    pictures = [re.findall(r'src="data:image/svg\+xml[^"]+"', page) for page in (html, other)]
    assert [len(found) for found in pictures] == [1, 1]
    assert pictures[0] != pictures[1]


def test_before_the_first_checkpoint_the_receipt_says_so(receipt: ReceiptFacts):
    assert "первую же контрольную отметку" in words(replace(receipt, journal=None))


def test_a_receipt_without_a_class_names_none(receipt: ReceiptFacts):
    assert "Класс" not in words(replace(receipt, class_name=None))


def test_names_of_schools_are_escaped(receipt: ReceiptFacts):
    html = receipt_html(replace(receipt, school_name="<script>Школа</script>")).decode()
    assert "<script>" not in html
    assert "&lt;script&gt;Школа" in html


@pytest.mark.parametrize("decision", sorted(set(Decision) - set(DECISIONS)))
def test_what_no_family_decides_gets_no_receipt(receipt: ReceiptFacts, decision: Decision):
    with pytest.raises(KeyError):
        receipt_html(replace(receipt, decision=decision))


def test_every_level_and_kind_has_its_words():
    assert set(LEVELS) == set(EvidenceLevel)
    assert set(SUBJECTS) == set(FormKind)


def test_a_short_digest_can_be_compared_by_eye():
    assert short_digest("0123456789abcdef" * 4) == "0123 4567 89ab cdef"
