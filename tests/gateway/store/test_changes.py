"""Changes of a record are numbered, and say of values only whether they are equal."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from gateway.store.changes import Mark
from gateway.wiring import Wiring
from policies.facts import Field, ItemChange
from policies.permissions import Role
from tests.gateway.actions.post import phone
from tests.town import Child, Town


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ия")])
    return town


def change(town: Town, person: UUID, **values: str) -> tuple[ItemChange, ...]:
    with town.by(Role.REGISTRAR) as unit:
        items = unit.people.items(town.school_id, [person])[person]
        changed = {Field(name): value for name, value in values.items()}
        event = unit.record("person.changed", person_id=person, fields=sorted(values))
        new = replace(items, values={**items.values, **changed})
        unit.people.change_many(town.school_id, [(person, new, event)], None)
        return unit.people.changes.of_people(town.school_id, [person]).get(person, ())


def test_every_change_has_the_next_number_and_names_its_items(town: Town):
    one = town.person(1)
    change(town, one, phone=phone(900))
    found = change(town, one, given_name="Инна", birth_date="2015-03-09")
    assert [(each.number, each.item) for each in found] == [
        (1, Field.PHONE),
        (2, Field.BIRTH_DATE),
        (2, Field.GIVEN_NAME),
    ]


def test_a_value_that_comes_back_has_the_mark_that_it_had(town: Town):
    one = town.person(1)
    change(town, one, given_name="Инна")
    there, back = change(town, one, given_name="Ева")
    assert (there.before, there.after) == (back.after, back.before)
    assert there.before != there.after


def test_marks_of_two_people_do_not_compare(town: Town):
    (one,) = change(town, town.person(1), given_name="Инна")
    (other,) = change(town, town.person(2), given_name="Инна")
    assert one.after != other.after
    assert str(one.after) not in repr(one)


def test_the_same_record_again_is_no_change(town: Town):
    assert change(town, town.person(1), given_name="Ева") == ()
    with town.by(Role.REGISTRAR) as unit:
        assert unit.people.changes.of_people(town.school_id) == {}
        assert unit.people.changes.numbers(town.school_id, [unit.new_id()]) == {}


def test_of_a_destroyed_record_two_marks_stay_and_no_value(town: Town):
    one, other = town.person(1), town.person(2)
    change(town, one, given_name="Инна")
    with town.by(Role.REGISTRAR) as unit:
        event = unit.record(
            "person.destroyed", person_id=one, key_class="registry", reason="retention"
        )
        unit.people.destroy_registry(town.school_id, one, event)
        marked = unit.people.changes.marked(town.school_id)
        (known,) = unit.people.changes.of_people(town.school_id)[one]
    assert {mark: person for (mark, _), person in marked.items()} == dict.fromkeys(Mark, one)
    assert (known.number, known.before, known.after) == (1, None, None)
    with town.by(Role.REGISTRAR) as unit:
        unit.people.changes.forget_marks(town.school_id, [other])
        assert unit.people.changes.marked(town.school_id)
        unit.people.changes.forget_marks(town.school_id, [one])
        assert unit.people.changes.marked(town.school_id) == {}


def test_a_mark_of_two_destroyed_people_is_nobodys(wiring: Wiring):
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,)), Child(2, guardians=(102,))])
    people = [town.person(1), town.person(2)]
    with town.by(Role.REGISTRAR) as unit:
        for person in people:
            event = unit.record(
                "person.destroyed", person_id=person, key_class="registry", reason="retention"
            )
            unit.people.destroy_registry(town.school_id, person, event)
        marked = unit.people.changes.marked(town.school_id)
    assert {mark for mark, _ in marked} == {Mark.SNILS}
