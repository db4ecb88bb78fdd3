"""A tutor works in own classes; a class of another tutor is closed, whatever the verb."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from gateway.actions.import_roster import import_roster
from gateway.actions.invite import invite
from gateway.actions.leave_out import record_attempt
from gateway.actions.personal_document import SigningDetails
from gateway.actions.read_class import read_class
from gateway.actions.record_agreement import record_agreements
from gateway.actions.record_paper import record_paper
from gateway.actions.review_import import review_import
from gateway.errors import NotAllowed
from gateway.unit import Unit
from gateway.wiring import Wiring
from policies.facts import Decision, FormKind
from policies.permissions import Role
from tests.town import Child, Town, class_list

OWN = Child(1, guardians=(101,))
ANOTHERS = Child(2, class_name="7Б", guardians=(102,))


@pytest.fixture
def town(wiring: Wiring) -> Town:
    built = Town(wiring)
    built.import_children([OWN, ANOTHERS])
    return built


def class_id(town: Town, name: str) -> UUID:
    with town.by(Role.REGISTRAR) as unit:
        names = unit.schools.class_names(town.school_id)
    return next(key for key, known in names.items() if known == name)


@pytest.mark.parametrize(("child", "is_open"), [(OWN, True), (ANOTHERS, False)], ids=str)
@pytest.mark.parametrize("verb", ["read", "invite", "attempt", "paper", "agreement"])
def test_a_tutor_reaches_own_pupils_only(town: Town, verb: str, child: Child, is_open: bool):
    place, pupil = class_id(town, child.class_name), town.person(child.number)
    guardian = town.person(child.guardians[0])
    ask = town.ask_of(guardian, FormKind.CHILD)
    today, host, keys = town.today(), town.wiring.host, town.wiring.signing_keys
    verbs: dict[str, Callable[[Unit], object]] = {
        "read": lambda unit: read_class(unit, town.collection_id, place),
        "invite": lambda unit: invite(unit, town.collection_id, host.public_url, place),
        "attempt": lambda unit: record_attempt(unit, pupil, today, "phone"),
        "paper": lambda unit: record_paper(
            unit, ask.id, Decision.REFUSED, today, SigningDetails(), host, keys
        ),
        "agreement": lambda unit: record_agreements(unit, [guardian], "7", today),
    }
    if is_open:
        with town.by(Role.TUTOR) as unit:
            assert verbs[verb](unit)
    else:
        with pytest.raises(NotAllowed), town.by(Role.TUTOR) as unit:
            verbs[verb](unit)


def test_a_tutor_invites_a_class_and_not_the_school(town: Town):
    with pytest.raises(NotAllowed), town.by(Role.TUTOR) as unit:
        invite(unit, town.collection_id, town.wiring.host.public_url)


@pytest.mark.parametrize(
    "child",
    [
        pytest.param(Child(3, class_name="7Б"), id="a new pupil of another class"),
        pytest.param(Child(2, guardians=(102,)), id="a pupil taken out of another class"),
    ],
)
def test_a_tutors_list_shows_nothing_of_another_class(town: Town, child: Child):
    with town.by(Role.TUTOR) as unit:
        import_id = import_roster(unit, town.collection_id, class_list([child]), "list.csv")
    with pytest.raises(NotAllowed), town.by(Role.TUTOR) as unit:
        review_import(unit, import_id)
