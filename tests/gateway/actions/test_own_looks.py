"""A family is told who has seen its data: on a page, in a document, in a register."""

from __future__ import annotations

import pytest

from gateway.actions.look_at_own import Looks, who_looked
from gateway.actions.read_evidence import read_evidence
from gateway.actions.read_pupil import read_pupil
from gateway.actions.read_registers import read_accesses, read_consents
from gateway.errors import NotFound
from gateway.wiring import Wiring
from policies.facts import FormKind
from policies.permissions import Role
from tests.audit.journals import damage
from tests.town import Child, Town

MOTHER, CHILD, STRANGER, STRANGERS_CHILD = 101, 1, 102, 2


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children(
        [
            Child(CHILD, guardians=(MOTHER,)),
            Child(STRANGERS_CHILD, guardians=(STRANGER,), class_name="8Б", name="Анна"),
        ]
    )
    town.agree_on_signature()
    return town


def looks(town: Town, signer: int = MOTHER, person: int = CHILD) -> Looks:
    session = town.session(town.person(signer))
    about = town.person(person)
    with town.family(session.signer_id) as unit:
        return who_looked(unit, session, about)


def roles(found: Looks) -> list[Role | None]:
    """Of those who are not the family."""
    return [look.role for look in found.shown if not look.is_own]


def test_page_document_and_register_are_looks(town: Town):
    answer = town.answer(town.ask_of(town.person(MOTHER), FormKind.CHILD))
    child = town.person(CHILD)
    with town.by(Role.TUTOR) as unit:
        read_pupil(unit, town.collection_id, child)
    with town.by(Role.DIRECTOR) as unit:
        read_evidence(unit, answer.facts.id)
    with town.by(Role.REGISTRAR) as unit:
        read_consents(unit, town.collection_id)
    assert roles(looks(town))[:3] == [Role.REGISTRAR, Role.DIRECTOR, Role.TUTOR]
    assert looks(town).shown[0].is_own


def test_what_was_seen_of_another_family_is_not_told(town: Town):
    answer = town.answer(town.ask_of(town.person(STRANGER), FormKind.CHILD))
    before = len(roles(looks(town)))
    with town.by(Role.DIRECTOR) as unit:
        read_evidence(unit, answer.facts.id)
    assert len(roles(looks(town))) == before
    with pytest.raises(NotFound):
        looks(town, MOTHER, STRANGERS_CHILD)


def test_a_damaged_record_is_counted_and_hides_no_other(town: Town):
    child = town.person(CHILD)
    looks(town)
    with town.by(Role.TUTOR) as unit:
        read_pupil(unit, town.collection_id, child)
    town.work()
    damage(town.wiring.writing, "person.read")
    found = looks(town)
    assert found.damaged == 1
    assert Role.TUTOR in roles(found)
    with town.by(Role.REGISTRAR) as unit:
        assert read_accesses(unit, town.collection_id).damaged == 1
