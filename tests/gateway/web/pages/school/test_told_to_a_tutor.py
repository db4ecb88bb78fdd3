"""What a tutor is told of families on paper and of other classes: the fact, and nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from policies.facts import Decision, FormKind
from policies.permissions import Role
from tests.gateway.web.conftest import bearer, told
from tests.gateway.web.pages.school.conftest import Browser, Desks
from tests.town import Child, Town

MOTHER_OF, FATHER_OF = 100, 200
Says = Callable[[Town, int], None]


def say(town: Town, signer: int, decision: Decision, form: FormKind = FormKind.CHILD) -> None:
    town.answer(town.ask_of(town.person(signer), form), decision)


def refused(town: Town, number: int) -> None:
    say(town, MOTHER_OF + number, Decision.REFUSED)
    say(town, FATHER_OF + number, Decision.REFUSED)


def disputed(town: Town, number: int) -> None:
    say(town, MOTHER_OF + number, Decision.GIVEN)
    say(town, FATHER_OF + number, Decision.REFUSED)


def withdrawn(town: Town, number: int) -> None:
    say(town, MOTHER_OF + number, Decision.GIVEN)
    town.withdraw(town.ask_of(town.person(MOTHER_OF + number), FormKind.CHILD))
    say(town, FATHER_OF + number, Decision.REFUSED)


WHYS: dict[str, Says] = {"refusal": refused, "dispute": disputed, "withdrawal": withdrawn}


@pytest.fixture
def on_paper(desks: Desks) -> Desks:
    """Three families of two parents each, on paper each for a reason of its own."""
    desks.town.import_children(
        [
            Child(number, guardians=(MOTHER_OF + number, FATHER_OF + number))
            for number in range(1, len(WHYS) + 1)
        ]
    )
    desks.town.agree_on_signature()
    for number, says in enumerate(WHYS.values(), 1):
        says(desks.town, number)
    return desks


def alike(text: str) -> str:
    """Without what tells one invented family from another: ids, figures, the field of forms."""
    text = re.sub(r'name="form_token" value="[^"]+"', "", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "#", text)


def page(browser: Browser, path: str) -> str:
    browser.open(path)
    assert browser.page is not None
    return browser.page.text


def called(browser: Browser, path: str) -> Any:
    """The same worker's call of the API."""
    cookie = browser.http.get_cookie("soglasie-staff")
    assert cookie is not None
    return told(browser.http.get(path, headers=bearer(cookie.value)))


def test_on_pages_a_refusal_a_dispute_and_a_withdrawal_look_alike_to_a_tutor(on_paper: Desks):
    tutor, registrar = on_paper.of(Role.TUTOR), on_paper.of(Role.REGISTRAR)
    seen, known = set(), set()
    for number in range(1, len(WHYS) + 1):
        path = f"{on_paper.collection}/pupils/{on_paper.town.person(number)}"
        seen.add(alike(page(tutor, path)))
        assert "не передаётся" in tutor.text
        known.add(alike(page(registrar, path)))
    assert len(seen) == 1
    assert len(known) == len(WHYS)
    tracker = tutor.open(f"{on_paper.desk()}/pupils")
    assert tracker.count("не передаётся") == len(WHYS) + 1  # once more as a filter
    for path in ("/school", f"{on_paper.collection}/readiness", f"{on_paper.desk()}/hand-in"):
        tracker += tutor.open(path)
    for word in ("отказ", "спор", "отозв"):
        assert word not in tracker.lower()


def test_and_so_they_do_in_the_api(on_paper: Desks):
    collection = f"/v1/school/collections/{on_paper.town.collection_id}"
    tutor, registrar = on_paper.of(Role.TUTOR), on_paper.of(Role.REGISTRAR)
    desk = called(tutor, f"{collection}/classes/{on_paper.class_id()}")["pupils"]
    assert [one["standing"] for one in desk] == [{"kind": "on_paper", "reasons": []}] * len(WHYS)
    readiness = called(tutor, f"{collection}/readiness")
    (of_class,) = called(tutor, f"{collection}/classes")["classes"]
    for counts in (readiness["totals"], readiness["classes"][0]["counts"], of_class["counts"]):
        assert counts["paper"] == len(WHYS)
        assert {counts[why] for why in ("refused", "disputed", "left_out")} == {None}
    totals = called(registrar, f"{collection}/readiness")["totals"]
    assert (totals["refused"], totals["disputed"], totals["left_out"]) == (2, 1, 0)


@pytest.fixture
def school(desks: Desks) -> Desks:
    """Three classes: of 8Б everybody has agreed, of 7А one of two, of 7В nobody."""
    town = desks.town
    town.import_children(
        [
            Child(number, class_name, guardians=(MOTHER_OF + number,), born=date(2014, 5, number))
            for number, class_name in enumerate(("8Б", "7В", "7А", "7А"), 1)
        ]
    )
    town.agree_on_signature()
    for number in (1, 3):
        say(town, MOTHER_OF + number, Decision.GIVEN)
        say(town, MOTHER_OF + number, Decision.GIVEN, FormKind.GUARDIAN_OWN)
    town.work()
    return desks


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.DIRECTOR], ids=str)
def test_classes_stand_by_name_whatever_their_numbers(school: Desks, role: Role):
    worker, in_order = school.of(role), ["7А", "7В", "8Б"]
    for path in (school.collection, f"{school.collection}/readiness"):
        links = re.findall(r'classes/[0-9a-f-]{36}">([^<]+)<', page(worker, path))
        assert links == in_order, path
    collection = f"/v1/school/collections/{school.town.collection_id}"
    for path in (f"{collection}/classes", f"{collection}/readiness"):
        assert [one["name"] for one in called(worker, path)["classes"]] == in_order


def test_a_tutor_is_shown_no_other_class(school: Desks):
    tutor = school.of(Role.TUTOR)
    for path in (
        "/school",
        f"{school.collection}/readiness",
        f"{school.collection}/release",
        f"{school.collection}/lists",
        school.desk(),
        f"{school.desk()}/pupils",
        f"{school.desk()}/hand-in",
        f"{school.desk()}/invitations",
        f"{school.desk()}/forms",
    ):
        shown = page(tutor, path)
        assert "8Б" not in shown, path
        assert "7В" not in shown, path
        assert str(school.class_id("8Б")) not in shown, path
    collection = f"/v1/school/collections/{school.town.collection_id}"
    pupils = {str(school.town.person(number)) for number in (1, 2)}
    for path in (f"{collection}/classes", f"{collection}/readiness"):
        seen = called(tutor, path)
        assert [one["name"] for one in seen["classes"]] == ["7А"]
        about = {finding.get("about") for finding in seen.get("findings", ())}
        assert not about & pupils
    assert not seen["may_leave"]
    assert seen["totals"]["listed"] == 4
