"""A sealed value opens in its own row and nowhere else, and not at all without its key."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from crypto.envelope import KeyClass, RecordKind
from crypto.errors import OpenError
from gateway.actions.import_draft import open_draft
from gateway.store.consents import evidence
from gateway.store.imports import imports
from gateway.store.people import persons
from gateway.store.vault import items_of, person_keys, plain_items, read_canaries
from gateway.unit import SYSTEM, Unit
from gateway.wiring import CANARY, ROLL, Wiring
from policies.facts import Absence, Decision, Field, FormKind, Items
from policies.permissions import Role
from tests.factories import a_snils
from tests.gateway.actions.listing import Person, line, upload
from tests.town import Child, Town


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children([Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ия")])
    return town


def put(unit: Unit, person: UUID, sealed: bytes) -> None:
    """Write a sealed record into somebody's row, past every store."""
    unit.connection.execute(persons.update().where(persons.c.id == person).values(registry=sealed))


def sealed_of(unit: Unit, person: UUID) -> bytes:
    sealed = unit.connection.scalar(sa.select(persons.c.registry).where(persons.c.id == person))
    assert isinstance(sealed, bytes)
    return sealed


def test_the_record_of_one_person_does_not_open_in_anothers_row(town: Town):
    one, other = town.person(1), town.person(2)
    with town.by(Role.REGISTRAR) as unit:
        put(unit, other, sealed_of(unit, one))
    with pytest.raises(OpenError), town.by(Role.REGISTRAR) as unit:
        unit.people.items(town.school_id, [other])
    with town.by(Role.REGISTRAR) as unit:
        assert unit.people.items(town.school_id, [one])


def test_the_key_of_one_person_does_not_unwrap_in_anothers_row(town: Town):
    one, other = town.person(1), town.person(2)
    with town.by(Role.REGISTRAR) as unit:
        keys = {
            row.person_id: row.wrapped
            for row in unit.connection.execute(
                sa.select(person_keys).where(person_keys.c.key_class == int(KeyClass.REGISTRY))
            )
        }
        put(unit, other, sealed_of(unit, one))
        unit.connection.execute(
            person_keys.update()
            .where(
                person_keys.c.person_id == other,
                person_keys.c.key_class == int(KeyClass.REGISTRY),
            )
            .values(wrapped=keys[one])
        )
    with pytest.raises(OpenError), town.by(Role.REGISTRAR) as unit:
        unit.people.items(town.school_id, [other])


def test_the_evidence_key_does_not_serve_the_registry(town: Town):
    person = town.person(1)

    def of_class(key_class: KeyClass) -> tuple[sa.ColumnElement[bool], ...]:
        return person_keys.c.person_id == person, person_keys.c.key_class == int(key_class)

    with town.by(Role.REGISTRAR) as unit:
        wrapped = unit.connection.scalar(
            sa.select(person_keys.c.wrapped).where(*of_class(KeyClass.EVIDENCE))
        )
        unit.connection.execute(
            person_keys.update().where(*of_class(KeyClass.REGISTRY)).values(wrapped=wrapped)
        )
    with pytest.raises(OpenError), town.by(Role.REGISTRAR) as unit:
        unit.people.items(town.school_id, [person])


def test_a_person_of_another_school_with_the_same_data_is_sealed_apart(town: Town, wiring: Wiring):
    other = Town(wiring, 29)
    other.import_children([Child(1, guardians=(101,))])
    here, there = town.person(1), other.person(1)
    with town.by(Role.REGISTRAR) as unit:
        put(unit, there, sealed_of(unit, here))
    with pytest.raises(OpenError), other.by(Role.REGISTRAR) as unit:
        unit.people.items(other.school_id, [there])


def test_a_kind_of_record_does_not_open_as_another(town: Town):
    school = town.school_id
    with town.by(Role.REGISTRAR) as unit:
        sealed = unit.vault.seal(school, school, KeyClass.SCHOOL, RecordKind.MESSAGE, b"{}")
        assert unit.vault.open(school, school, KeyClass.SCHOOL, RecordKind.MESSAGE, sealed) == b"{}"
        with pytest.raises(OpenError):
            unit.vault.open(school, school, KeyClass.SCHOOL, RecordKind.IMPORT_DRAFT, sealed)


def test_the_draft_of_one_school_does_not_open_in_anothers(town: Town, wiring: Wiring):
    other = Town(wiring, 29)
    row = line(Person.child(3, "Сосновый Пётр Ильич"))
    mine, theirs = upload(town, row), upload(other, row)
    with town.by(Role.REGISTRAR) as unit:
        draft = unit.connection.scalar(sa.select(imports.c.draft).where(imports.c.id == mine))
        unit.connection.execute(imports.update().where(imports.c.id == theirs).values(draft=draft))
    with pytest.raises(OpenError), other.by(Role.REGISTRAR) as unit:
        open_draft(unit, theirs)


def test_evidence_opens_with_the_signers_key_alone(town: Town):
    town.agree_on_signature()
    kept = town.answer(town.ask_of(town.person(101), FormKind.CHILD), Decision.REFUSED)
    stranger = town.person(102)
    with town.by(Role.REGISTRAR) as unit:
        found = unit.consents.sealed_evidence(town.school_id, kept.facts.id)
        assert found is not None
        with pytest.raises(OpenError):
            unit.vault.open(
                town.school_id, stranger, KeyClass.EVIDENCE, RecordKind.EVIDENCE, found[1]
            )


def test_a_destroyed_key_opens_nothing_in_its_own_unit_either(town: Town):
    person = town.person(1)
    with town.by(Role.REGISTRAR) as unit:
        assert unit.people.items(town.school_id, [person])
        unit.vault.destroy_key(town.school_id, person, KeyClass.REGISTRY)
        assert unit.people.items(town.school_id, [person]) == {}
        with pytest.raises(OpenError):
            unit.vault.key(town.school_id, person, KeyClass.REGISTRY)
        assert unit.vault.key(town.school_id, person, KeyClass.EVIDENCE)


def test_no_table_holds_a_value_in_the_clear(town: Town):
    town.agree_on_signature()
    town.answer_everything()
    values = [
        "Ёлкина",
        "Юрьевна",
        a_snils(1),
        a_snils(101),
        "@example.org",
        "+79000000001",
        "Тихая",
    ]
    with town.wiring.looking() as look:
        for table in evidence.metadata.sorted_tables:
            for row in look.connection.execute(sa.select(table)):
                for cell in row:
                    kept = cell if isinstance(cell, bytes) else str(cell).encode()
                    assert [v for v in values if v.encode() in kept] == [], table.name


def test_the_same_value_has_other_tokens_in_another_school(town: Town, wiring: Wiring):
    other = Town(wiring, 29)
    with wiring.units.open(SYSTEM) as unit:
        tokens = {
            unit.vault.token(Field.PHONE, "+79000000101", scope)
            for scope in (town.school_id, other.school_id, None)
        }
        assert len(tokens) == 3
        assert unit.vault.token(Field.EMAIL, "+79000000101", None) not in tokens


def test_names_are_compared_without_the_dots_of_yo(town: Town):
    def items(family_name: str, **more: str) -> Items:
        return Items(
            {Field.FAMILY_NAME: family_name, Field.GIVEN_NAME: "Ева"}
            | {Field(name): value for name, value in more.items()}
        )

    with town.by(Role.REGISTRAR) as unit:
        identity = unit.vault.identity_token
        born = {"birth_date": "2015-03-08"}
        same = {identity(town.school_id, items(n, **born)) for n in ("Ёлкина", "Елкина", "ЕЛКИНА")}
        assert len(same) == 1
        assert identity(town.school_id, items("Ёлкин", **born)) not in same
        assert identity(town.school_id, items("Ёлкина")) is None


def test_a_record_reads_back_as_it_was_sealed():
    items = Items(
        {Field.FAMILY_NAME: "Ёлкина", Field.BIRTH_DATE: "2015-03-08"},
        {Field.SNILS: Absence.NOT_ISSUED},
    )
    assert items_of(plain_items(items)) == items


def test_a_record_that_is_no_object_is_refused():
    with pytest.raises(OpenError):
        items_of(b"[]")


def test_the_canary_is_there_once(town: Town):
    with town.wiring.looking() as look:
        assert set(read_canaries(look.connection)) == {CANARY, ROLL}
