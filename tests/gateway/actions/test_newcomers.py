"""Another representative names themselves by the link of a known one; the school decides."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from audit.search import last_of_kind
from crypto.errors import OpenError
from gateway.actions.add_staff import add_staff
from gateway.actions.check_newcomer import (
    Declined,
    accept_newcomer,
    decline_newcomer,
    see_newcomer,
    see_newcomers,
)
from gateway.actions.destroy_person import destroy_person
from gateway.actions.name_newcomer import ToldOfSelf, name_newcomer
from gateway.actions.open_collection import move_deadline
from gateway.actions.record_agreement import Authority, read_authority
from gateway.errors import BadInput, NotFound, OwnFamily, RulesBroken, TooLate, TooManyAttempts
from gateway.messages import texts
from gateway.store.newcomers import Newcomer, newcomers
from gateway.store.pupils import Guardianship
from gateway.unit import Actor
from gateway.wiring import Wiring
from gateway.worker.rounds import Rounds
from policies.facts import Field, FormKind, GuardianKind, Items
from policies.findings import Code
from policies.permissions import Role
from policies.standing import StandingKind
from tests.conftest import Clock
from tests.factories import a_snils
from tests.gateway.actions.desk import standing_of
from tests.gateway.actions.post import address, phone, waiting
from tests.town import Child, Town

MOTHER, CHILD, BROTHER, STRANGER, STRANGERS_CHILD = 101, 1, 2, 103, 3
URL = "https://soglasie.example.org"
PAPER = Authority("акт органа опеки", "17-О", date(2025, 3, 1), "Отдел опеки г. Хабаровска")
OF_TOMORROW = Authority("акт органа опеки", "17-О", date(2099, 3, 1), "Отдел опеки")
FATHER = ToldOfSelf(
    GuardianKind.PARENT,
    {
        Field.FAMILY_NAME: "Ёлкин",
        Field.GIVEN_NAME: "Юрий",
        Field.BIRTH_DATE: "1984-02-29",
        Field.EMAIL: "father@example.org",
        Field.PHONE: "+79000000333",
    },
    PAPER,
)
TRUSTEE = replace(FATHER, kind=GuardianKind.GUARDIAN)


@pytest.fixture
def town(wiring: Wiring) -> Town:
    town = Town(wiring)
    town.import_children(
        [
            Child(CHILD, guardians=(MOTHER,)),
            Child(BROTHER, guardians=(MOTHER,), name="Егор"),
            Child(STRANGERS_CHILD, guardians=(STRANGER,), name="Анна"),
        ]
    )
    town.agree_on_signature()
    return town


def with_values(told: ToldOfSelf, **values: str) -> ToldOfSelf:
    return replace(told, values={**told.values, **{Field(f): v for f, v in values.items()}})


def name(town: Town, told: ToldOfSelf = FATHER, link_of: int = MOTHER) -> UUID:
    session = town.session(town.person(link_of))
    with town.family(session.signer_id) as unit:
        return name_newcomer(unit, session, told)


def accept(town: Town, newcomer_id: UUID, *children: int) -> None:
    pupils = [town.person(child) for child in children or (CHILD,)]
    with town.by(Role.REGISTRAR) as unit:
        accept_newcomer(unit, newcomer_id, pupils, URL)


def decline(town: Town, newcomer_id: UUID) -> None:
    with town.by(Role.REGISTRAR) as unit:
        decline_newcomer(unit, newcomer_id, Declined.NO_RIGHTS)


def rows(town: Town) -> list[Newcomer]:
    """All that is kept, decided about or not."""
    query = sa.select(*(newcomers.c[each] for each in Newcomer.__slots__))
    with town.wiring.looking() as look:
        return [Newcomer(**row._mapping) for row in look.connection.execute(query)]


def guardian_of(town: Town, newcomer_id: UUID) -> UUID:
    found = next(row.guardian_id for row in rows(town) if row.id == newcomer_id)
    assert found is not None
    return found


def wards(town: Town, guardian: UUID) -> set[UUID]:
    with town.by(Role.REGISTRAR) as unit:
        links = unit.pupils.list_guardianships(town.school_id, guardian_ids=[guardian])
    return {link.pupil_id for link in links}


def told_since(town: Town, before: int) -> list[tuple[str, str]]:
    return [(sent.to, sent.subject or sent.text) for sent in waiting(town)[before:]]


# naming


def test_what_is_told_waits_sealed_and_the_known_are_warned_by_no_name(town: Town):
    before = len(waiting(town))
    newcomer_id = name(town)
    assert [to for to, _ in told_since(town, before)] == [address(MOTHER), phone(MOTHER)]
    assert not any("Юрий" in sent.text for sent in waiting(town))
    (row,) = rows(town)
    assert row.sealed is not None
    for value in FATHER.values.values():
        assert value.encode() not in row.sealed
    with town.by(Role.REGISTRAR) as unit:
        seen = see_newcomer(unit, newcomer_id)
    assert seen.told == FATHER
    assert {pupil for pupil, _ in seen.pupils} == {town.person(CHILD), town.person(BROTHER)}


def test_told_twice_it_is_kept_and_warned_of_once(town: Town):
    first = name(town)
    before = len(waiting(town))
    assert name(town) == first
    assert told_since(town, before) == []


def test_told_by_two_hands_at_once_it_is_one(town: Town):
    with ThreadPoolExecutor(2) as hands:
        ids = list(hands.map(lambda _: name(town), range(2)))
    assert len({*ids}) == len(rows(town)) == 1


def test_from_one_link_three_are_named_a_day(town: Town):
    for number in range(3):
        name(town, with_values(FATHER, email=f"father{number}@example.org"))
    with pytest.raises(TooManyAttempts):
        name(town, with_values(FATHER, email="father3@example.org"))
    name(town, link_of=STRANGER)
    assert len(rows(town)) == 4


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        pytest.param(with_values(FATHER, birth_date="2012-05-04"), RulesBroken, id="a child"),
        pytest.param(replace(FATHER, authority=OF_TOMORROW), BadInput, id="a paper of tomorrow"),
    ],
)
def test_the_impossible_is_told_at_once(town: Town, told: ToldOfSelf, refusal: type[Exception]):
    with pytest.raises(refusal):
        name(town, told)
    assert rows(town) == []


def test_a_pupil_brings_nobody(town: Town):
    with pytest.raises(NotFound):
        name(town, link_of=CHILD)


def test_after_the_deadline_nobody_is_named(town: Town, clock: Clock):
    clock.forward(days=15)
    with pytest.raises(TooLate):
        name(town)


# accepting


def test_the_accepted_is_on_record_asked_and_sent_a_link(town: Town):
    newcomer_id = name(town)
    before = len(waiting(town))
    accept(town, newcomer_id)
    father = guardian_of(town, newcomer_id)
    assert wards(town, father) == {town.person(CHILD)}
    with town.by(Role.REGISTRAR) as unit:
        assert unit.people.items(town.school_id, [father])[father].values == FATHER.values
    asked = {(ask.form, ask.subject_id) for ask in town.asks() if ask.signer_id == father}
    assert asked == {(FormKind.CHILD, town.person(CHILD)), (FormKind.GUARDIAN_OWN, father)}
    heard = told_since(town, before)
    assert heard[:2] == [
        (address(MOTHER), f"Школа № {town.number}: записан ещё один представитель"),
        (phone(MOTHER), texts.newcomer_accepted_sms(f"Школа № {town.number}")),
    ]
    assert [to for to, _ in heard[2:]] == ["father@example.org"]
    with town.wiring.looking() as look:
        event = last_of_kind(look.connection, "newcomer.accepted")
    assert event is not None
    assert event.data == {"newcomer_id": str(newcomer_id), "person_id": str(father)}


def test_a_silent_newcomer_holds_nobody_back(town: Town):
    mothers = [ask for ask in town.asks() if ask.signer_id != town.person(STRANGER)]
    accept(town, name(town))
    for ask in mothers:
        town.answer(ask)
    town.work()
    assert standing_of(town, CHILD).kind is StandingKind.READY


def test_accepted_twice_it_is_done_once(town: Town):
    newcomer_id = name(town)
    accept(town, newcomer_id)
    before = len(waiting(town))
    accept(town, newcomer_id)
    assert told_since(town, before) == []
    with pytest.raises(NotFound):
        decline(town, newcomer_id)
    with pytest.raises(NotFound), town.by(Role.REGISTRAR) as unit:
        see_newcomer(unit, newcomer_id)


def test_accepted_by_two_hands_at_once_it_is_one_person(town: Town):
    newcomer_id = name(town)
    with ThreadPoolExecutor(2) as hands:
        list(hands.map(lambda _: accept(town, newcomer_id), range(2)))
    child, family = town.person(CHILD), {guardian_of(town, newcomer_id), town.person(MOTHER)}
    with town.by(Role.REGISTRAR) as unit:
        links = unit.pupils.list_guardianships(town.school_id, pupil_ids=[child])
    assert (len(links), {link.guardian_id for link in links}) == (2, family)


def test_nothing_told_is_left_in_the_row_of_the_accepted(town: Town):
    accept(town, name(town))
    (row,) = rows(town)
    assert row.sealed is None


def test_the_act_of_a_guardian_is_kept_with_the_representation(town: Town):
    newcomer_id = name(town, TRUSTEE)
    accept(town, newcomer_id, CHILD, BROTHER)
    guardian = guardian_of(town, newcomer_id)
    with town.by(Role.REGISTRAR) as unit:
        links = unit.pupils.list_guardianships(town.school_id, guardian_ids=[guardian])
        papers = [read_authority(unit, town.school_id, link.id, guardian) for link in links]
    assert [(link.has_authority, link.relation) for link in links] == [(True, "опекун")] * 2
    assert papers == [PAPER, PAPER]


def test_a_person_whom_the_school_knows_stays_one_person(town: Town):
    """The other family's link, other contacts: the record stays as it was."""
    first = name(town)
    accept(town, first)
    father = guardian_of(town, first)
    again = name(town, with_values(FATHER, email="other@example.org"), link_of=STRANGER)
    accept(town, again, STRANGERS_CHILD)
    assert guardian_of(town, again) == father
    assert wards(town, father) == {town.person(CHILD), town.person(STRANGERS_CHILD)}
    with town.by(Role.REGISTRAR) as unit:
        kept = unit.people.items(town.school_id, [father])[father]
    assert kept.values == FATHER.values


def test_whose_record_was_destroyed_comes_back_as_the_same_person(town: Town):
    first = name(town)
    accept(town, first)
    father = guardian_of(town, first)
    with town.by(Role.REGISTRAR) as unit:
        destroy_person(unit, unit.lock_school(), father, "retention")
    again = name(town, link_of=STRANGER)
    accept(town, again, STRANGERS_CHILD)
    assert guardian_of(town, again) == father
    with town.by(Role.REGISTRAR) as unit:
        assert unit.people.items(town.school_id, [father])[father].values == FATHER.values


@pytest.mark.parametrize(
    ("values", "code"),
    [
        pytest.param({"email": address(STRANGER)}, Code.DUPLICATE_EMAIL, id="another's e-mail"),
        pytest.param({"phone": phone(MOTHER)}, Code.DUPLICATE_PHONE, id="another's phone"),
    ],
)
def test_with_a_contact_of_another_nobody_is_put_on_record(
    town: Town, values: dict[str, str], code: Code
):
    """The newcomer is not told that the school knows it; the registrar is."""
    newcomer_id = name(town, with_values(FATHER, **values))
    with pytest.raises(RulesBroken) as refused:
        accept(town, newcomer_id)
    assert [finding.code for finding in refused.value.findings] == [code]
    assert [row.guardian_id for row in rows(town)] == [None]


def test_a_pupil_of_another_family_is_not_to_be_had(town: Town):
    newcomer_id = name(town)
    with pytest.raises(NotFound):
        accept(town, newcomer_id, CHILD, STRANGERS_CHILD)
    with pytest.raises(BadInput), town.by(Role.REGISTRAR) as unit:
        accept_newcomer(unit, newcomer_id, [], URL)


def rewrite(town: Town, person: UUID, values: dict[Field, str]) -> None:
    """Another record in the place of the person's own."""
    with town.by(Role.REGISTRAR) as unit:
        unit.lock_school()
        event = unit.record("person.changed", person_id=person, fields=["email"])
        unit.people.change_many(town.school_id, [(person, Items(values), event)], None)


def stand_for(town: Town, guardian: UUID, kind: GuardianKind, ends_on: date | None = None) -> None:
    """One more representation of the child, without a document."""
    child = town.person(CHILD)
    with town.by(Role.REGISTRAR) as unit:
        unit.lock_school()
        link = Guardianship(unit.new_id(), child, guardian, kind, "опекун", False, ends_on)
        event = unit.record("guardianship.added", guardianship_id=link.id, person_id=child)
        unit.pupils.add_guardianships(town.school_id, [(link, event)])


def test_what_a_known_record_lacks_is_filled_in(town: Town):
    stranger = town.person(STRANGER)
    named = (Field.FAMILY_NAME, Field.GIVEN_NAME, Field.BIRTH_DATE)
    rewrite(town, stranger, {field: FATHER.values[field] for field in named})
    newcomer_id, child = name(town), town.person(CHILD)
    with town.by(Role.REGISTRAR) as unit:
        assert see_newcomer(unit, newcomer_id).is_known
    with town.by(Role.REGISTRAR) as unit:
        done = accept_newcomer(unit, newcomer_id, [child], URL)
    assert done.is_invited
    assert guardian_of(town, newcomer_id) == stranger
    with town.by(Role.REGISTRAR) as unit:
        assert unit.people.items(town.school_id, [stranger])[stranger].values == FATHER.values


def test_whose_birth_day_the_register_lacks_is_known_by_name_among_the_family(town: Town):
    mother = town.person(MOTHER)
    rewrite(
        town,
        mother,
        {Field.FAMILY_NAME: "Елкин", Field.GIVEN_NAME: "Юрий", Field.SNILS: a_snils(MOTHER)},
    )
    stand_in = town.session(town.person(STRANGER))
    stand_for(town, stand_in.signer_id, GuardianKind.PARENT)
    with town.family(stand_in.signer_id) as unit:
        newcomer_id = name_newcomer(unit, stand_in, FATHER)
    with pytest.raises(BadInput) as refused:
        accept(town, newcomer_id)
    assert refused.value.fields == {"/pupil_ids": "represented"}
    assert [row.guardian_id for row in rows(town)] == [None]


def test_a_lapsed_representation_is_given_the_new_document(town: Town):
    first = name(town)
    accept(town, first, BROTHER)
    father = guardian_of(town, first)
    stand_for(town, father, GuardianKind.GUARDIAN, town.today() - timedelta(days=1))
    accept(town, name(town, TRUSTEE))
    child = town.person(CHILD)
    with town.by(Role.REGISTRAR) as unit:
        links = unit.pupils.list_guardianships(town.school_id, guardian_ids=[father])
        (link,) = (each for each in links if each.pupil_id == child)
        assert read_authority(unit, town.school_id, link.id, father) == PAPER
    assert (link.has_authority, link.ends_on) == (True, None)


def test_whose_right_has_ended_is_neither_warned_nor_names_anybody(town: Town):
    stranger = town.person(STRANGER)
    stand_for(town, stranger, GuardianKind.GUARDIAN, town.today() - timedelta(days=1))
    before = len(waiting(town))
    accept(town, name(town))
    assert address(STRANGER) not in {to for to, _ in told_since(town, before)}
    newcomer_id = name(town, link_of=STRANGER)
    with town.by(Role.REGISTRAR) as unit:
        seen = see_newcomer(unit, newcomer_id)
    assert [pupil for pupil, _ in seen.pupils] == [town.person(STRANGERS_CHILD)]


def test_the_accepted_who_comes_again_waits_again(town: Town):
    first = name(town)
    accept(town, first)
    second = name(town)
    assert second != first
    with town.by(Role.REGISTRAR) as unit:
        candidates, others = see_newcomers(unit)
    assert ([each.newcomer.id for each in candidates], others) == ([second], 0)


def test_whose_pupils_were_shown_stands_in_the_journal(town: Town):
    newcomer_id = name(town)
    with town.by(Role.REGISTRAR) as unit:
        see_newcomer(unit, newcomer_id)
    with town.wiring.looking() as look:
        event = last_of_kind(look.connection, "person.read")
    assert event is not None
    assert event.data["purpose"] == "newcomer"
    assert UUID(str(event.data["person_id"])) in {town.person(CHILD), town.person(BROTHER)}


# declining, forgetting


def test_what_the_declined_told_is_destroyed_and_they_hear_why(town: Town):
    newcomer_id = name(town)
    before = len(waiting(town))
    decline(town, newcomer_id)
    decline(town, newcomer_id)
    assert [to for to, _ in told_since(town, before)] == ["father@example.org"]
    letter = waiting(town)[-1].text
    assert texts.DECLINED_BECAUSE["no_rights"] in letter
    assert "Юрий" not in letter
    (row,) = rows(town)
    assert (row.sealed, row.tag, row.guardian_id) == (None, None, None)
    with town.wiring.looking() as look:
        event = last_of_kind(look.connection, "newcomer.declined")
    assert event is not None
    assert event.data == {"newcomer_id": str(newcomer_id), "reason": "no_rights"}
    with pytest.raises(NotFound):
        accept(town, newcomer_id)


def test_the_declined_may_name_themselves_again(town: Town):
    decline(town, name(town))
    accept(town, name(town))
    assert len(rows(town)) == 2


def test_every_reason_has_its_words():
    assert {*texts.DECLINED_BECAUSE} == {each.value for each in Declined}


@pytest.mark.parametrize(
    ("deadline", "days"),
    [pytest.param(60, 30, id="after 30 days"), pytest.param(14, 15, id="with the collection")],
)
def test_the_worker_destroys_what_was_told(town: Town, clock: Clock, deadline: int, days: int):
    with town.by(Role.REGISTRAR) as unit:
        move_deadline(unit, town.collection_id, town.today() + timedelta(days=deadline))
    name(town)
    clock.forward(days=days - 1)
    Rounds(town.wiring).keep_days()
    assert len(rows(town)) == 1
    clock.forward(days=1)
    Rounds(town.wiring).keep_days()
    assert rows(town) == []


def test_it_goes_with_the_record_of_whose_link_it_was(town: Town):
    name(town)
    mother = town.person(MOTHER)
    with town.by(Role.REGISTRAR) as unit:
        destroy_person(unit, unit.lock_school(), mother, "retention")
    assert rows(town) == []


# who


def test_another_school_sees_and_judges_nobody(town: Town):
    newcomer_id, child = name(town), town.person(CHILD)
    other = Town(town.wiring, 29)
    with other.by(Role.REGISTRAR) as unit:
        assert see_newcomers(unit) == ([], 0)
    with pytest.raises(NotFound):
        decline(other, newcomer_id)
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        accept_newcomer(unit, newcomer_id, [child], URL)


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"snils": a_snils(MOTHER)}, id="the mother"),
        pytest.param({"phone": FATHER.values[Field.PHONE]}, id="the newcomer"),
    ],
)
def test_a_worker_judges_nobody_of_the_own_family(town: Town, known: dict[str, str]):
    newcomer_id, child = name(town), town.person(CHILD)
    with town.by(Role.REGISTRAR) as unit:
        worker = add_staff(unit, "kin", "no hash", Role.REGISTRAR, town.school_id, **known)
    with (
        pytest.raises(OwnFamily),
        town.wiring.units.open(Actor(Role.REGISTRAR, worker, town.school_id)) as unit,
    ):
        accept_newcomer(unit, newcomer_id, [child], URL)
    assert [row.guardian_id for row in rows(town)] == [None]
    with town.wiring.units.open(Actor(Role.REGISTRAR, worker, town.school_id)) as unit:
        assert see_newcomers(unit) == ([], 1)


def test_what_was_put_into_another_row_does_not_open(
    town: Town, open_engine: Callable[[bool], sa.Engine]
):
    first, second = name(town), name(town, TRUSTEE)
    sealed = next(row.sealed for row in rows(town) if row.id == second)
    with open_engine(True).begin() as connection:
        connection.execute(newcomers.update().where(newcomers.c.id == first).values(sealed=sealed))
    with pytest.raises(OpenError), town.by(Role.REGISTRAR) as unit:
        see_newcomer(unit, first)
