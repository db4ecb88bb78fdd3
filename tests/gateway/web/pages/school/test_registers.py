"""Registers and the proof of one answer, on pages and as PDF."""

from __future__ import annotations

import io
from uuid import UUID

import pytest

from policies.permissions import Role
from tests.gateway.intake.test_scans import A_PDF
from tests.gateway.web.pages.school.conftest import Desks
from tests.gateway.web.pages.school.test_pupils import (
    BOTH,
    CLASS,
    ask_path,
    day,
    pupil_path,
)


@pytest.fixture
def listed(desks: Desks) -> Desks:
    desks.town.import_children(CLASS)
    return desks


def on_paper(on: Desks, role: Role = Role.TUTOR, **more: object) -> str:
    worker = on.of(role)
    worker.open(ask_path(on))
    fields = {"decision": "given", "identity": "document", **BOTH, **day("signed_on", on), **more}
    return worker.post(ask_path(on), fields)


def proof_path(on: Desks) -> str:
    with on.town.by(Role.REGISTRAR) as unit:
        answers = unit.consents.answers_by_ask(on.town.school_id)
    (answer,) = next(iter(answers.values()))
    return f"{pupil_path(on)}/proofs/{answer.id}"


def test_the_register_names_every_answer_and_its_sums_are_those_of_readiness(listed: Desks):
    on_paper(listed)
    registrar = listed.of(Role.REGISTRAR)
    told = registrar.open(f"{listed.collection}/registers/consents")
    assert "Всего учеников 2 = передаём 0 + бумажный дневник 0 + не решили 2." in told
    assert "Записей 1: согласие — 1" in told
    assert "Ёлкина Ольга Петровна" in told
    assert "записал(а) tutor-28" in told
    ready = registrar.open(f"{listed.collection}/readiness")
    assert "Всего 2 = передаём 0 + бумажный дневник 0 + не решили 2" in ready


def test_registers_are_not_a_tutors(listed: Desks):
    for name in ("", "/consents", "/consents.pdf", "/access", "/access.pdf", "/staff.pdf"):
        listed.of(Role.TUTOR).open(f"{listed.collection}/registers{name}", 403)


@pytest.mark.parametrize("name", ["consents", "access", "staff"])
def test_a_register_is_printed(listed: Desks, name: str):
    on_paper(listed)
    registrar = listed.of(Role.REGISTRAR)
    page = registrar.http.get(f"{listed.collection}/registers/{name}.pdf")
    assert page.data.startswith(b"%PDF-")
    assert page.headers["Cache-Control"] == "no-store"


def test_the_access_list_says_who_looked_and_at_whom(listed: Desks):
    listed.of(Role.TUTOR).open(pupil_path(listed))
    told = listed.of(Role.DIRECTOR).open(f"{listed.collection}/registers/access")
    assert "tutor-28" in told
    assert "Прочитаны сведения о человеке" in told
    assert "страница ученика" in told


def test_a_register_of_one_class_and_of_none(listed: Desks):
    on_paper(listed)
    registrar = listed.of(Role.REGISTRAR)
    path = f"{listed.collection}/registers/consents"
    assert "класс 7А" in registrar.open(f"{path}?class={listed.class_id()}")
    registrar.open(f"{path}?class=nothing", 404)


def test_the_proof_of_an_answer_says_who_when_and_how(listed: Desks):
    on_paper(listed, assisted_by="Ёлкина Мария, сестра", scan=(io.BytesIO(A_PDF), "a.pdf"))
    registrar = listed.of(Role.REGISTRAR)
    told = registrar.open(proof_path(listed))
    for words in ("по документу", "tutor-28", "Ёлкина Мария, сестра", "редакция 1", "Скан 1"):
        assert words in told
    assert registrar.http.get(f"{proof_path(listed)}/evidence.pdf").data.startswith(b"%PDF-")
    assert "Доказательства" not in listed.of(Role.TUTOR).open(proof_path(listed), 403)


def test_a_scan_comes_back_as_a_file(listed: Desks):
    on_paper(listed, scan=(io.BytesIO(A_PDF), "a.pdf"))
    answer_id = UUID(proof_path(listed).rpartition("/")[2])
    with listed.town.by(Role.REGISTRAR) as unit:
        (scan,) = unit.witnesses.scans(listed.town.school_id, answer_id)
    tutor = listed.of(Role.TUTOR)
    page = tutor.http.get(f"/school/scans/{scan.id}")
    assert page.data == A_PDF
    assert page.headers["Content-Disposition"].startswith("attachment")


def test_a_withdrawal_said_aloud_is_checked_afterwards(listed: Desks):
    on_paper(listed, role=Role.REGISTRAR, decision="refused", way="oral", identity="later")
    registrar = listed.of(Role.REGISTRAR)
    told = registrar.open(proof_path(listed))
    assert "сказано устно" in told.lower()
    assert "ещё не проверена" in told
    told = registrar.post(f"{proof_path(listed)}/checks", {"identity": "known"})
    assert "знаю в лицо" in told
    told = registrar.post(f"{proof_path(listed)}/scans", {"scan": (io.BytesIO(b"MZ"), "a")}, 422)
    assert "Это не PDF" in told


def test_a_consent_said_aloud_is_not_taken(listed: Desks):
    tutor = listed.of(Role.TUTOR)
    tutor.open(ask_path(listed))
    fields = {"decision": "given", "way": "oral", "identity": "later", **BOTH}
    told = tutor.post(ask_path(listed), {**fields, **day("signed_on", listed)}, 422)
    assert "Согласие подписывают" in told
