"""Find a person's events by a value that is written nowhere."""

from __future__ import annotations

from io import StringIO

import pytest

from gateway.actions.destroy_person import destroy_person
from policies.permissions import Role
from tests.factories import a_snils
from tests.gateway.web.conftest import CLASS, MOTHER
from tests.gateway.web.pages.audit.conftest import Audit
from tests.town import Town

PHONE = f"8 900 {MOTHER:07d}"
VALUES = [
    pytest.param("snils", a_snils(MOTHER), id="snils"),
    pytest.param("phone", PHONE, id="phone as people write it"),
    pytest.param("email", f"  PERSON{MOTHER}@example.org", id="e-mail"),
]


def found(audit: Audit, field: str, value: str, status: int = 200) -> str:
    audit.journal()
    audit.browser.open("/audit/find")
    return audit.browser.send("/audit/find", status, field=field, value=value)


@pytest.mark.parametrize(("field", "value"), VALUES)
def test_a_value_leads_to_the_events_of_its_person(audit: Audit, field: str, value: str):
    text = found(audit, field, value)
    assert "Школа № 28" in text
    assert value.strip() not in audit.browser.page.text
    assert audit.newest("journal.searched") == {"field": field, "found": 1}
    mother = audit.desks.town.person(MOTHER)
    path = f"/audit/events?school_id={audit.desks.town.school_id}&person_id={mother}"
    assert path.replace("&", "&amp;") in audit.browser.page.text
    text = audit.browser.open(path)
    assert "Добавлен человек" in text
    assert "Семье задан вопрос" in text


def test_what_is_told_by_the_ask_alone_is_of_the_person_too(audit: Audit):
    town = audit.desks.town
    town.agree_on_signature()
    town.answer_everything()
    audit.journal()
    path = f"/audit/events?school_id={town.school_id}&person_id={town.person(MOTHER)}"
    assert "Подписанту показан документ" in audit.browser.open(path)


def test_a_person_of_two_schools_is_found_in_both(audit: Audit):
    Town(audit.desks.wiring, 29).import_children(CLASS)
    text = found(audit, "phone", PHONE)
    assert "Школа № 28" in text
    assert "Школа № 29" in text


def test_the_destroyed_are_found_by_snils_alone(audit: Audit):
    town = audit.desks.town
    mother = town.person(MOTHER)
    with town.by(Role.REGISTRAR) as unit:
        destroy_person(unit, unit.lock_school(), mother, "withdrawal")
    assert "сведения уничтожены" in found(audit, "snils", a_snils(MOTHER))
    assert "нет ни у кого" in found(audit, "phone", PHONE)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        pytest.param("snils", "112-233-445 96", "контрольное число", id="a slip in the SNILS"),
        pytest.param("phone", "12", "", id="no telephone"),
        pytest.param("email", "a" * 5000, "", id="very long"),
        pytest.param("", PHONE, "Выберите", id="nothing chosen"),
        pytest.param("family_name", "Ёлкина", "Выберите", id="not by name"),
    ],
)
def test_what_cannot_be_looked_for_is_said(audit: Audit, field: str, value: str, words: str):
    assert words in found(audit, field, value, 422)


def test_the_value_is_in_no_log_and_in_no_event(audit: Audit, log_lines: StringIO):
    found(audit, "phone", PHONE)
    audit.journal()
    written = log_lines.getvalue()
    for part in (PHONE, f"+7900{MOTHER:07d}", f"900{MOTHER:07d}"):
        assert part not in written
    assert "телефон" in audit.browser.open("/audit/events?kind=journal.searched").lower()
