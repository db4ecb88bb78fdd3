"""People of a school: what is unique stays unique, and two may still swap."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa

from gateway.store.pupils import Guardianship
from gateway.unit import Unit
from gateway.wiring import Wiring
from policies.facts import Field, GuardianKind, Items
from policies.permissions import Role
from tests.conftest import Clock
from tests.gateway.actions.post import phone
from tests.town import Child, Town


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ия")])
    return town


def with_phone(unit: Unit, town: Town, person: UUID, number: str) -> tuple[UUID, Items, UUID]:
    """A change of the phone alone, with its event."""
    items = unit.people.items(town.school_id, [person])[person]
    event = unit.record("person.changed", person_id=person, fields=["phone"])
    return person, replace(items, values={**items.values, Field.PHONE: number}), event


def test_a_value_has_one_holder_in_a_school(town: Town):
    one = town.person(1)
    with pytest.raises(sa.exc.IntegrityError), town.by(Role.REGISTRAR) as unit:
        unit.people.change_many(town.school_id, [with_phone(unit, town, one, phone(2))], None)


def test_two_people_swap_a_value_in_one_step(town: Town):
    one, other = town.person(1), town.person(2)
    with town.by(Role.REGISTRAR) as unit:
        unit.people.change_many(
            town.school_id,
            [with_phone(unit, town, one, phone(2)), with_phone(unit, town, other, phone(1))],
            None,
        )
    with town.by(Role.REGISTRAR) as unit:
        for person, number in ((one, phone(2)), (other, phone(1))):
            token = unit.vault.token(Field.PHONE, number, town.school_id)
            assert unit.people.find_by_token(town.school_id, Field.PHONE, token) == person


def test_staffs_hand_is_remembered_on_what_they_changed_until_the_person_changes_it(
    town: Town, clock: Clock
):
    one = town.person(1)

    def change(number: str, *, by_staff: bool) -> object:
        with town.by(Role.REGISTRAR) as unit:
            at = unit.now if by_staff else None
            unit.people.change_many(town.school_id, [with_phone(unit, town, one, number)], at)
            return unit.people.staff_changed_at(town.school_id, one)

    never = dict.fromkeys((Field.SNILS, Field.EMAIL, Field.PHONE))
    assert change(phone(1), by_staff=True) == never  # the same value is no change
    assert change(phone(998), by_staff=True) == {**never, Field.PHONE: clock.now}
    before = clock.now
    clock.forward(hours=1)
    assert change(phone(998), by_staff=True) == {**never, Field.PHONE: before}
    assert change(phone(998), by_staff=False) == {**never, Field.PHONE: before}
    assert change(phone(999), by_staff=False) == never


def test_nothing_to_change_changes_nothing(town: Town):
    with town.by(Role.REGISTRAR) as unit:
        before = unit.people.versions(town.school_id)
        unit.people.change_many(town.school_id, [], unit.now)
        unit.people.add_many(town.school_id, [])
        unit.pupils.enrol(town.school_id, [])
        unit.pupils.add_guardianships(town.school_id, [])
        unit.agreements.add_many(town.school_id, [])
        assert unit.people.versions(town.school_id) == before


def test_a_record_that_changes_has_another_version(town: Town):
    one, other = town.person(1), town.person(2)
    with town.by(Role.REGISTRAR) as unit:
        before = unit.people.versions(town.school_id)
        unit.people.change_many(town.school_id, [with_phone(unit, town, one, phone(999))], None)
        after = unit.people.versions(town.school_id)
    assert before[one] != after[one]
    assert before[other] == after[other]


def test_schools_know_nothing_of_each_others_people(town: Town, wiring: Wiring):
    there = Town(wiring, 29)
    with there.by(Role.REGISTRAR) as unit:
        assert unit.people.items(there.school_id) == {}
        assert unit.people.holders(there.school_id) == {}
        assert unit.pupils.classes(there.school_id) == {}
        assert unit.pupils.list_guardianships(there.school_id) == []


def test_a_link_between_schools_cannot_be_written(town: Town, wiring: Wiring):
    there = Town(wiring, 29)
    there.import_children([Child(3, guardians=(103,), name="Яна")])
    pupil, stranger = town.person(1), there.person(103)
    link = Guardianship(stranger, pupil, stranger, GuardianKind.PARENT, "мать", False, None)
    with town.by(Role.REGISTRAR) as unit:
        event = unit.record("guardianship.added", guardianship_id=link.id, person_id=pupil)
    with pytest.raises(sa.exc.IntegrityError), town.by(Role.REGISTRAR) as unit:
        unit.pupils.add_guardianships(town.school_id, [(link, event)])


def test_guardianships_are_found_from_both_sides(town: Town):
    pupil, mother = town.person(1), town.person(101)
    with town.by(Role.REGISTRAR) as unit:
        (by_pupil,) = unit.pupils.list_guardianships(town.school_id, pupil_ids=[pupil])
        (by_mother,) = unit.pupils.list_guardianships(town.school_id, guardian_ids=[mother])
        assert by_pupil == by_mother
        assert unit.pupils.list_guardianships(town.school_id, pupil_ids=[]) == []


def test_a_change_without_an_event_is_refused_by_the_database(town: Town):
    one = town.person(1)
    with town.by(Role.REGISTRAR) as unit:
        items = unit.people.items(town.school_id, [one])[one]
    with pytest.raises(sa.exc.IntegrityError), town.by(Role.REGISTRAR) as unit:
        unit.people.change_many(town.school_id, [(one, items, unit.new_id())], None)
