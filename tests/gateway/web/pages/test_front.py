"""The school's page with the QR code: known or not, everybody is answered alike."""

from __future__ import annotations

from io import BytesIO

import pytest
import segno
import sqlalchemy as sa

from gateway.actions.request_link import REQUESTS
from gateway.store.link_requests import link_requests
from policies.permissions import Role
from tests.conftest import Clock
from tests.gateway.web.conftest import MOTHER, Door
from tests.gateway.web.pages.conftest import Browser
from tests.gateway.web.pages.school.conftest import Desks, desks

__all__ = ["desks"]
KNOWN = f"person{MOTHER}@example.org"
PHONE = f"8 900 {MOTHER:07d}"


def address(door: Door) -> str:
    with door.town.by(Role.REGISTRAR) as unit:
        return f"/s/{unit.schools.get(door.town.school_id).public_code}"


def ask(door: Door, contact: str) -> Browser:
    return Browser(door.http).open(address(door)).send(address(door), {"contact": contact})


def letters(door: Door) -> int:
    door.town.work()
    return door.outbox().count_letters()


@pytest.mark.parametrize("contact", [KNOWN.upper(), PHONE], ids=["address", "telephone"])
def test_a_known_contact_gets_the_link_at_the_known_address(full_door: Door, contact: str):
    assert "Проверьте почту" in ask(full_door, contact).text
    assert letters(full_door) == 1
    link = full_door.outbox().link(KNOWN)
    assert "Школа № 28" in Browser(full_door.http).open(f"/p/{link}").text


@pytest.mark.parametrize(
    "contact", ["nobody@example.org", "8 900 999-99-99"], ids=["address", "telephone"]
)
def test_an_unknown_contact_is_answered_in_the_same_words(full_door: Door, contact: str):
    unknown, known = ask(full_door, contact), ask(full_door, KNOWN)
    assert unknown.text == known.text
    assert unknown.page.status_code == known.page.status_code
    assert letters(full_door) == 1


def test_the_door_only_queues_a_token(full_door: Door):
    """Whether it is known is looked into by the worker, so the answer's time tells nothing."""
    ask(full_door, KNOWN)
    ask(full_door, "nobody@example.org")
    with full_door.wiring.reading.connect() as connection:
        rows = connection.execute(sa.select(link_requests)).all()
    assert [(row.field, len(row.token)) for row in rows] == [("email", 16)] * 2
    assert KNOWN not in str(rows)
    full_door.town.work()
    with full_door.wiring.reading.connect() as connection:
        assert connection.execute(sa.select(link_requests)).all() == []


@pytest.mark.parametrize("contact", ["", "мама", "12", "a@", "x" * 5000, "8 900 000 00 00 00 00"])
def test_what_is_no_contact_is_said_beside_the_field(full_door: Door, contact: str):
    browser = ask(full_door, contact)
    assert browser.page.status_code == 422
    assert browser.faults == ["contact"]


def test_asking_again_at_once_sends_one_letter(full_door: Door):
    ask(full_door, KNOWN)
    ask(full_door, PHONE)
    assert letters(full_door) == 1


@pytest.mark.parametrize("contact", [KNOWN, "nobody@example.org"], ids=["known", "unknown"])
def test_one_contact_is_asked_about_so_many_times_an_hour(
    full_door: Door, clock: Clock, contact: str
):
    for _ in range(REQUESTS.most):
        assert ask(full_door, contact).page.status_code == 200
    refused = ask(full_door, contact)
    assert refused.page.status_code == 429
    clock.forward(hours=1)
    assert ask(full_door, contact).page.status_code == 200


def test_a_person_who_is_asked_nothing_is_not_written_to(door: Door):
    ask(door, KNOWN)
    assert letters(door) == 0


def test_another_schools_contact_is_unknown_here(full_door: Door):
    from tests.town import Town

    other = Town(full_door.wiring, 29)
    with other.by(Role.REGISTRAR) as unit:
        code = unit.schools.get(other.school_id).public_code
    Browser(full_door.http).open(f"/s/{code}").send(f"/s/{code}", {"contact": KNOWN})
    assert letters(full_door) == 0


@pytest.mark.parametrize("code", ["00000000", "%2e%2e", "x" * 300])
def test_a_code_of_no_school_is_not_there(full_door: Door, code: str):
    assert Browser(full_door.http).open(f"/s/{code}").page.status_code == 404


def test_the_poster_of_a_school_leads_to_its_page(desks: Desks):
    tutor = desks.of(Role.TUTOR)
    with desks.town.by(Role.REGISTRAR) as unit:
        code = unit.schools.get(desks.town.school_id).public_code
    told = f"{desks.wiring.host.public_url}/s/{code}"
    assert told in tutor.open("/school/poster")
    picture = tutor.http.get("/school/poster.png")
    assert picture.mimetype == "image/png"
    drawn = BytesIO()
    segno.make_qr(told, error="m").save(drawn, kind="png", scale=12, border=4)
    assert picture.data == drawn.getvalue()
