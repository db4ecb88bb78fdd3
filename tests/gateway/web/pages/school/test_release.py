"""From a settled class to a sealed bundle, by two people, on pages."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from gateway.actions.hand_over import hand_over
from gateway.store.clients import clients
from gateway.unit import Actor
from policies.facts import Decision, FormKind
from policies.permissions import Role
from tests.conftest import Clock
from tests.gateway.web.pages.school.conftest import Browser, Desks, set_up_phone
from tests.gateway.web.pages.school.test_pupils import day
from tests.town import Child

CLASS = (Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ёся"))


@pytest.fixture
def settled(desks: Desks) -> Desks:
    """One family has agreed, the other refused; the class is not handed in."""
    town = desks.town
    town.import_children(CLASS)
    town.agree_on_signature()
    for ask in town.asks():
        said = Decision.REFUSED if ask.signer_id == town.person(102) else Decision.GIVEN
        town.answer(ask, said)
    town.work()
    return desks


def hidden(browser: Browser, name: str) -> str:
    assert browser.page is not None
    found = re.search(rf'name="{name}" value="([^"]+)"', browser.page.text)
    assert found
    return found[1]


def handed_in(desks: Desks) -> None:
    tutor = desks.of(Role.TUTOR)
    tutor.open(f"{desks.desk()}/hand-in")
    assert "Класс сдан" in tutor.send(f"{desks.desk()}/hand-in")


def approved(desks: Desks) -> Browser:
    registrar = desks.of(Role.REGISTRAR)
    registrar.open(f"{desks.collection}/readiness")
    registrar.send(f"{desks.collection}/release/prepare")
    director = desks.of(Role.DIRECTOR)
    director.open(f"{desks.collection}/release")
    director.send(
        f"{desks.collection}/release/approve",
        release_id=hidden(director, "release_id"),
        digest=hidden(director, "digest"),
        sure="yes",
    )
    return director


def test_sums_add_up_and_reasons_lead_to_their_class(settled: Desks):
    told = settled.of(Role.DIRECTOR).open(f"{settled.collection}/readiness")
    assert "Всего 2 = передаём 1 + бумажный дневник 1 + не решили 0" in told
    assert "Классный руководитель ещё не сдал класс" in told


def test_a_class_in_which_somebody_waits_is_not_handed_in(desks: Desks):
    desks.town.import_children(CLASS)
    tutor = desks.of(Role.TUTOR)
    told = tutor.open(f"{desks.desk()}/hand-in")
    assert "Сдать можно, когда решат все" in told
    assert "Попросите его" not in told
    assert "Семья ещё не ответила" in tutor.send(f"{desks.desk()}/hand-in", 422)


def test_a_school_is_released_by_two_people(settled: Desks):
    handed_in(settled)
    registrar = settled.of(Role.REGISTRAR)
    assert "можно передать целиком" in registrar.open(f"{settled.collection}/readiness")
    director = approved(settled)
    assert "Запечатано. Платформа заберёт данные сама" in director.text
    assert "1 ученик, 1 представитель" in director.text
    assert "Передача утверждена" in director.open(f"{settled.collection}/readiness")


def test_nobody_approves_what_was_not_shown(settled: Desks):
    handed_in(settled)
    registrar = settled.of(Role.REGISTRAR)
    registrar.open(f"{settled.collection}/readiness")
    registrar.send(f"{settled.collection}/release/prepare")
    path = f"{settled.collection}/release/approve"
    director = settled.of(Role.DIRECTOR)
    director.open(f"{settled.collection}/release")
    shown = {n: hidden(director, n) for n in ("release_id", "digest")}
    assert "Отметьте, что проверили числа" in director.post(path, {**shown}, 422)
    director.open(f"{settled.collection}/release")
    director.post(path, {**shown, "digest": "0" * 64, "sure": "yes"}, 409)
    registrar.open(f"{settled.collection}/release")
    assert "Ждёт утверждения директором" in registrar.text
    registrar.post(path, {**shown, "sure": "yes"}, 403)


def test_a_platform_that_is_missing_is_told_before_the_approval(desks: Desks):
    path, words = f"{desks.collection}/release", "Платформа ещё не подключена"
    assert words not in desks.of(Role.DIRECTOR).open(path)
    with desks.wiring.writing.begin() as connection:
        connection.execute(sa.delete(clients))
    assert words in desks.of(Role.DIRECTOR).open(path)


def test_an_approval_asks_for_a_fresh_code_on_its_page(settled: Desks, clock: Clock):
    handed_in(settled)
    registrar, director = settled.of(Role.REGISTRAR), settled.of(Role.DIRECTOR)
    registrar.open(f"{settled.collection}/readiness")
    registrar.send(f"{settled.collection}/release/prepare")
    phone = set_up_phone(director, clock)
    clock.forward(minutes=6)
    assert "Код из приложения" in director.open(f"{settled.collection}/release")
    path = f"{settled.collection}/release/approve"
    shown = {n: hidden(director, n) for n in ("release_id", "digest")} | {"sure": "yes"}
    assert "с прошлого прошло больше пяти минут" in director.post(path, shown, 422)
    assert "Дождитесь следующего кода" in director.post(path, {**shown, "code": "1"}, 422)
    assert "Запечатано" in director.post(path, {**shown, "code": phone.code()})


def test_a_withdrawal_after_the_pull_shows_its_days(settled: Desks):
    handed_in(settled)
    approved(settled)
    town = settled.town
    town.work()
    with town.by(Role.DIRECTOR) as unit:
        bundle = unit.bundles.list_bundles(town.school_id)[0]
        client = unit.clients.find(name="platform")
    assert client is not None
    with town.wiring.units.open(Actor(Role.PLATFORM, client.id)) as unit:
        hand_over(unit, client, bundle.id)
    town.withdraw(town.ask_of(town.person(101), FormKind.CHILD))
    told = settled.of(Role.DIRECTOR).open(f"{settled.collection}/release")
    assert "Платформа забрала" in told
    assert "осталось" in told
    assert "Отзывы после передачи" in told


def test_the_headcount_is_stated_and_a_slip_comes_back(settled: Desks):
    registrar = settled.of(Role.REGISTRAR)
    path = f"{settled.desk()}/headcount"
    registrar.open(path)
    fields = {"headcount": "3", "order_no": "6-у", **day("order_on", settled)}
    assert "По приказу 3" in registrar.post(path, fields)
    registrar.open(path)
    assert "Число вне допустимых пределов" in registrar.post(
        path, {**fields, "headcount": "400"}, 422
    )
    settled.of(Role.TUTOR).open(path, 403)


def test_a_deadline_is_moved(settled: Desks):
    registrar = settled.of(Role.REGISTRAR)
    path = f"{settled.collection}/deadline"
    registrar.open(path)
    assert "осталось 20 дней" in registrar.post(path, day("deadline_on", settled, -20))
