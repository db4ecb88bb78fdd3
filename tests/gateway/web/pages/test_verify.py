"""Anybody may ask whether a receipt is genuine; nobody learns whose it is."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from gateway.store.consents import Answer
from gateway.web.pages.public import MOST_FILE_BYTES
from policies.facts import FormKind
from tests.gateway.web.conftest import MOTHER, Door
from tests.gateway.web.pages.conftest import Browser, Family

GENUINE, NOT = "Квитанция настоящая", "Квитанция не подтверждена"


@pytest.fixture
def answer(full_door: Door) -> Answer:
    town = full_door.town
    return town.answer(town.ask_of(town.person(MOTHER), FormKind.CHILD))


def asked(door: Door, number: str = "", content: bytes = b"", status: int = 200) -> str:
    """The page after a number, or a file, was sent."""
    browser = Browser(door.http).open("/verify")
    fields = {**browser.form("/verify").fields, "number": number}
    sent = {**fields, "file": (BytesIO(content), "receipt.pdf")}
    browser.page = door.http.post("/verify", data=sent, headers={"Accept": "text/html"})
    assert browser.page.status_code == status, browser.text
    return browser.text


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(str, id="as it stands"),
        pytest.param(str.lower, id="small letters"),
        pytest.param(lambda n: n.replace("-", " "), id="spaces"),
        pytest.param(lambda n: n.replace("-", "").replace("0", "О"), id="in one piece, О for 0"),
    ],
)
def test_a_number_as_people_write_it_is_found(full_door: Door, answer: Answer, write):
    text = asked(full_door, write(answer.receipt_no))
    assert GENUINE in text
    assert answer.receipt_no in text
    assert "согласие: согласие за ребёнка" in text
    assert answer.facts.document_digest in text
    for word in ("Ёлкин", "Ева", "Ольга", "person", "7А", "7900"):
        assert word not in text


def test_a_number_that_nobody_has_is_not_genuine(full_door: Door, answer: Answer):
    assert NOT in asked(full_door, "0000-0000-0000-0000")


@pytest.mark.parametrize("number", ["7K4M", "7K4M-92QF-XW3T-A8N!", "x" * 3000, "%_%_-%%%%"])
def test_what_is_no_number_is_said_beside_the_field(full_door: Door, number: str):
    assert "В номере квитанции 16 знаков" in asked(full_door, number, status=422)


def test_an_empty_form_is_sent_back(full_door: Door):
    assert "Впишите номер или выберите файл" in asked(full_door, status=422)


def test_the_files_of_a_family_are_genuine(family: Family, answer: Answer):
    family.come_in()
    for kind in ("pdf", "txt"):
        path = f"/me/answers/{answer.facts.id}/receipt.{kind}"
        content = family.door.http.get(path).data
        assert GENUINE in asked(family.door, content=content)


def test_an_altered_file_is_not_genuine(full_door: Door, answer: Answer):
    head, body, signature = answer.receipt.split(".")
    swapped = re.sub("^.", lambda m: "A" if m[0] != "A" else "B", signature)
    for content in (
        f"{head}.{body}.{swapped}".encode(),
        b"%PDF-1.7\n%sg-receipt a.b.c\n%%EOF\n",
        b"%PDF-1.7 nothing of ours",
        b"\xff\xfe\x00",
    ):
        assert NOT in asked(full_door, content=content)


def test_a_big_file_is_refused_unread(full_door: Door):
    asked(full_door, content=b"x" * MOST_FILE_BYTES, status=413)


def test_guessing_is_limited_by_address(full_door: Door, answer: Answer):
    for _ in range(30):
        asked(full_door, "0000-0000-0000-0000")
    asked(full_door, answer.receipt_no, status=429)


def test_the_site_leads_there(full_door: Door):
    assert 'href="/verify"' in Browser(full_door.http).open("/help").page.text
