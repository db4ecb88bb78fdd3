"""The family's road from the letter to the receipt and back, without a script, on both engines."""

from __future__ import annotations

from tests.gateway.web.pages.conftest import Browser, Family

PAPER = {
    "signer-address": "680000, г. Хабаровск, ул. Тихая, д. 7, кв. 5",
    "signer-id_document-series": "0812",
    "signer-id_document-number": "000000",
    "signer-id_document-issued_on-day": "4",
    "signer-id_document-issued_on-month": "5",
    "signer-id_document-issued_on-year": "2012",
    "signer-id_document-issued_by": "ОВД г. Хабаровска",
}
CHILD_PAPER = {
    **{name.replace("signer", "child"): value for name, value in PAPER.items()},
    "child-id_document-series": "II-ДВ",
    "child-id_document-issued_on-year": "2016",
    "same_address": "yes",
    "child-address": "",
}


def answer(family: Family, decision: str) -> Browser:
    """From the own page to the receipt of the first document without an answer."""
    browser = family.browser.follow("Ответить").follow("Всё верно")
    browser.send("/details", {**PAPER, **CHILD_PAPER})
    browser.send("/decision", {"decision": decision})
    return browser.send(f"/{decision}", {"code": family.newest_code()})


def test_papers_that_contradict_the_register_are_mended_where_they_were_typed(family: Family):
    family.come_in()
    browser = family.browser.follow("Ответить").follow("Всё верно")
    early = {"child-id_document-issued_on-year": "1990"}
    browser.send("/details", {**PAPER, **CHILD_PAPER, **early})
    assert browser.page.status_code == 422
    assert "раньше" in browser.text
    browser.send("/details", {**PAPER, **CHILD_PAPER})
    assert browser.form("/decision")


def test_from_the_letter_to_the_receipt_and_the_withdrawal(family: Family):
    browser = family.come_in()
    assert browser.heading == "Ваши ответы"
    assert answer(family, "given").heading == "Согласие принято"
    assert "Следующий документ" in browser.text
    answer_next = browser.follow("Ответить").follow("Всё верно")
    answer_next.send("/details", PAPER).send("/decision", {"decision": "given"})
    answer_next.send("/given", {"code": family.newest_code()})
    assert "Следующий документ" not in browser.text
    browser.follow("Все ваши ответы").follow("Отозвать согласие")
    browser.send("/withdraw")
    assert browser.heading == "Согласие отозвано"
    assert "переданы не будут" in browser.text
