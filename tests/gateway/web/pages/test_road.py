"""The family's road from the letter to the receipt and back, without a script, on both engines."""

from __future__ import annotations

import pytest

from tests.gateway.web.conftest import CLASS, Door
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


def test_the_choice_says_what_goes_and_for_how_long_it_is_kept_after_a_no(family: Family):
    browser = family.come_in().follow("Ответить").follow("Всё верно")
    browser.send("/details", {**PAPER, **CHILD_PAPER})
    items = "фамилия, имя, отчество, дата рождения, СНИЛС, электронная почта, телефон"
    assert f"Что передаётся {items} Куда" in browser.text
    assert "не позже чем через 30 дней" in browser.text


def test_without_an_agreement_the_mother_reads_what_she_can_do(door: Door):
    door.town.import_children(CLASS)
    browser = Family(door, Browser(door.http)).come_in().follow("Ответить")
    assert "У школы нет с вами соглашения об электронной подписи" in browser.text
    assert "Отказаться можно здесь или на бумаге" in browser.text
    assert browser.follow("перейти к отказу").heading == "Отказ: не передавать данные"


@pytest.mark.parametrize("why", ["done", "stranger"])
def test_whoever_leaves_sees_the_telephone_of_the_school(family: Family, why: str):
    browser = family.come_in()
    if why == "done":
        browser.send("/me/leave")
    else:
        browser.open("/me/who").send("/me/who", {"who": "nobody"})
    assert 'href="tel:' in browser.page.text
    assert browser.open(f"/me/left/{why}?school=nobody").page.status_code == 200


def test_a_session_that_is_over_still_knows_whom_to_call(family: Family):
    browser = family.come_in().follow("Ответить")
    family.door.clock.forward(days=1)
    browser.open(browser.page.request.path)
    assert browser.heading == "Сеанс закончился"
    assert 'href="tel:' in browser.page.text
    browser.send("/me/renew")
    assert browser.heading == "Новая ссылка отправлена"
    assert 'href="tel:' in browser.page.text
