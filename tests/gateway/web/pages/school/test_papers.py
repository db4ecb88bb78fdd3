"""Blanks to print, from the class desk and from the page of a pupil; receipts to hand out."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from policies.facts import FormKind
from policies.permissions import Role
from tests.gateway.web.pages.school.conftest import Browser, Desks
from tests.gateway.web.pages.school.test_pupils import CLASS, pupil_path, record
from tests.town import Child


@pytest.fixture
def listed(desks: Desks) -> Desks:
    """Two pupils in 7А and one in 8Б; nobody has answered."""
    desks.town.import_children([*CLASS, Child(3, class_name="8Б", guardians=(103,), name="Ян")])
    return desks


def texts(worker: Browser, path: str) -> list[str]:
    """Pages of the PDF at that address."""
    answer = worker.http.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="forms.pdf"'
    return printed(answer)


def printed(answer: TestResponse) -> list[str]:
    """Pages of a PDF."""
    read = PdfReader(io.BytesIO(answer.data))
    return [" ".join(page.extract_text().split()) for page in read.pages]


def test_the_desk_leads_to_the_blanks_of_the_class(listed: Desks):
    tutor = listed.of(Role.TUTOR)
    assert "Напечатать бланки" in tutor.open(listed.desk())
    assert "для 2 учеников" in tutor.text
    assert f'href="{listed.desk()}/forms"' in tutor.page.text
    assert "ученики 1–2 PDF для 2 учеников" in tutor.open(f"{listed.desk()}/forms")
    assert f"{listed.desk()}/forms.pdf?part=1" in tutor.page.text
    pages = texts(tutor, f"{listed.desk()}/forms.pdf?part=1")
    assert len(pages) % 2 == 0
    for name in ("Ёлкина Ева Юрьевна", "Ёлкина Ёся Юрьевна"):
        fronts = [text for text in pages[::2] if name in text]
        assert len(fronts) == 2, "consent and refusal begin on sheets of their own"


def test_blanks_of_one_pupil(listed: Desks):
    for role in (Role.TUTOR, Role.REGISTRAR, Role.DIRECTOR):
        worker = listed.of(role)
        worker.open(pupil_path(listed))
        assert f"{pupil_path(listed)}/forms.pdf" in worker.page.text
    pages = texts(worker, f"{pupil_path(listed)}/forms.pdf")
    assert not any("Ёся" in text for text in pages)


def test_blanks_of_a_foreign_class_are_not_there(listed: Desks):
    tutor = listed.of(Role.TUTOR)
    tutor.open(f"{listed.desk('8Б')}/forms", 404)
    tutor.open(f"{listed.desk('8Б')}/forms.pdf", 404)
    tutor.open(f"{pupil_path(listed, 3)}/forms.pdf", 404)


def test_a_receipt_is_printed_by_who_wrote_the_answer_down_or_may_know_it(listed: Desks):
    record(listed.of(Role.REGISTRAR), listed)
    answer = listed.town.ask_of(listed.town.person(101), FormKind.CHILD)
    with listed.town.by(Role.REGISTRAR) as unit:
        (kept,) = unit.consents.list_answers(listed.town.school_id, [answer.id])
    path = f"/school/receipts/{kept.facts.id}.pdf"
    listed.of(Role.TUTOR).open(path, 404)
    for role in (Role.REGISTRAR, Role.DIRECTOR):
        (text,) = printed(listed.of(role).http.get(path))
        assert kept.receipt_no in text


def test_an_answer_by_the_familys_own_hand_has_no_receipt_here(listed: Desks):
    listed.town.agree_on_signature()
    kept = listed.town.answer(listed.town.ask_of(listed.town.person(101), FormKind.CHILD))
    listed.of(Role.REGISTRAR).open(f"/school/receipts/{kept.facts.id}.pdf", 404)
    told = listed.of(Role.TUTOR).open(f"{pupil_path(listed)}?recorded=nonsense")
    assert "Напечатать квитанцию" not in told


def test_when_everybody_has_answered_there_is_nothing_to_print(listed: Desks):
    listed.town.agree_on_signature()
    listed.town.answer_everything()
    tutor = listed.of(Role.TUTOR)
    tutor.open(listed.desk())
    assert "forms" not in tutor.page.text
    for path in ("forms", "forms.pdf?part=1"):
        assert "Печатать нечего" in tutor.open(f"{listed.desk()}/{path}", 422)
    tutor.open(pupil_path(listed))
    assert "forms.pdf" not in tutor.page.text
