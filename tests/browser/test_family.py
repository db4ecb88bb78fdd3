"""The family's road in a browser, on both engines: by touch without JavaScript, and by keyboard."""

from __future__ import annotations

import pytest

from tests.browser.family_road import FamilyRoad
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]
CODE = "Введите код из сообщения"
SIGN = "Подпишите кодом"
DECIDE = "Передать данные в электронную школу?"
ROAD = [
    CODE, CODE, "Это вы?", "Это вы?", "Ваши ответы",
    "Исправить данные",
    "Адрес и документ", DECIDE, SIGN, SIGN, "Согласие принято",
    "Отказ: не передавать данные", SIGN, SIGN, "Отказ принят",
    DECIDE, SIGN, SIGN, "Согласие принято",
    "Согласие отозвано",
    "Вы вышли",
]  # fmt: skip

PUPILS_ROAD = [
    CODE, "Это вы?", "Ваши ответы", "Адрес и документ", DECIDE, SIGN, SIGN, "Согласие принято",
    "Вы вышли", "Ссылка уже использована", "Новая ссылка отправлена",
]  # fmt: skip


@pytest.fixture(params=["family", "typing_family"])
def road(request: pytest.FixtureRequest) -> FamilyRoad:
    gone: FamilyRoad = request.getfixturevalue(request.param)
    return gone


def test_road_leads_from_the_letter_to_receipts_a_withdrawal_and_out(road: FamilyRoad):
    assert [heading.partition(" «")[0] for heading in road.headings] == ROAD


def test_pupil_of_fifteen_answers_alone_and_comes_back_for_a_new_link(pupil: FamilyRoad):
    assert [heading.partition(" «")[0] for heading in pupil.headings] == PUPILS_ROAD
    assert pupil.number


def test_mother_keeps_receipt_and_document(road: FamilyRoad):
    receipt, text, document = road.files.values()
    assert receipt.startswith(b"%PDF")
    assert document.startswith(b"%PDF")
    assert text.count(b".") == 2


def test_keyboard_shows_where_it_is(typing_family: FamilyRoad):
    assert getattr(typing_family.visitor, "unseen", None) == []


def test_after_leaving_back_shows_nothing(road: FamilyRoad):
    visitor: Visitor = road.visitor
    visitor.back()
    assert "О'Нил" not in visitor.text
    assert visitor.heading in {"Сеанс закончился", "Вы вышли"}
