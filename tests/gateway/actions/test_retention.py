"""What is not handed over is destroyed in time: the registry class goes, fact and evidence stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from audit.store import audit_event
from crypto.envelope import KeyClass, RecordKind
from crypto.errors import OpenError
from gateway.actions.approve_release import approve_release
from gateway.actions.destroy_evidence import destroy_evidence_due
from gateway.actions.destroy_person import destroy_due
from gateway.actions.hand_over import hand_over
from gateway.actions.leave_out import confirm_leaving_out, propose_leaving_out, record_attempt
from gateway.actions.open_collection import move_deadline, open_collection
from gateway.actions.prepare_release import prepare_release
from gateway.actions.release_set import look_at_school
from gateway.store.changes import Mark
from gateway.store.session import sqlite_file
from gateway.store.vault import person_keys
from gateway.unit import SYSTEM, Actor
from gateway.wiring import Wiring
from gateway.worker.rounds import Rounds
from policies.facts import Decision, FormKind
from policies.findings import Code
from policies.permissions import Role
from policies.standing import StandingKind
from tests.conftest import Clock
from tests.gateway.actions.desk import reasons_of, standing_of
from tests.gateway.actions.listing import (
    Person,
    commit,
    line,
    places,
    review,
    take_in,
    upload,
)
from tests.town import PROGRAMME, Child, Town


@pytest.fixture
def town(wiring: Wiring) -> Town:
    return Town(wiring)


def import_all(town: Town, *children: Child) -> None:
    town.import_children(children)
    town.agree_on_signature()


def answer_for(town: Town, child: int, decision: Decision) -> None:
    """Everything that is asked about that child, the guardians' own data aside."""
    about = town.person(child)
    for ask in town.asks():
        if ask.subject_id == about:
            town.answer(ask, decision)


def destroy(town: Town) -> int:
    with town.wiring.units.open(SYSTEM) as unit:
        return destroy_due(unit, town.school_id, town.collection_id)


def alive(town: Town) -> int:
    """How many records can still be opened."""
    with town.by(Role.REGISTRAR) as unit:
        return len(unit.people.items(town.school_id))


def destroyed_events(town: Town) -> int:
    with town.wiring.looking() as look:
        kinds = list(look.connection.scalars(sa.select(audit_event.c.kind)))
    return kinds.count("person.destroyed")


def release(town: Town) -> None:
    town.hand_in()
    with town.by(Role.REGISTRAR) as unit:
        prepared = prepare_release(unit, town.collection_id)
    with town.by(Role.DIRECTOR) as unit:
        approve_release(unit, prepared.id, prepared.set_digest, town.wiring.signing_keys)
    town.work()


def pull(town: Town) -> bytes:
    with town.by(Role.REGISTRAR) as unit:
        client = unit.clients.find(name="platform")
        bundle = unit.bundles.last_bundle(town.school_id, town.collection_id)
    assert client is not None
    assert bundle is not None
    with town.wiring.units.open(Actor(Role.PLATFORM, client.id)) as unit:
        return hand_over(unit, client, bundle.id)[1]


# when


def test_a_refusing_family_is_destroyed_on_the_thirtieth_day(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101, 102)))
    answer_for(town, 1, Decision.REFUSED)
    clock.forward(days=29)
    assert destroy(town) == 0
    clock.forward(days=1)
    assert destroy(town) == 3
    assert alive(town) == 0


def test_destruction_is_done_once(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)))
    answer_for(town, 1, Decision.REFUSED)
    clock.forward(days=30)
    assert [destroy(town), destroy(town)] == [2, 0]
    clock.forward(days=1)
    assert destroy(town) == 0
    assert destroyed_events(town) == 2


def test_the_other_parents_word_does_not_put_it_off(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101, 102)))
    town.answer(town.ask_of(town.person(101), FormKind.CHILD), Decision.REFUSED)
    clock.forward(days=14)
    town.answer(town.ask_of(town.person(102), FormKind.CHILD))
    assert standing_of(town, 1).kind is StandingKind.DISPUTED
    clock.forward(days=16)
    assert destroy(town) == 3


def test_the_same_no_again_does_not_put_it_off(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)))
    for _ in range(2):
        answer_for(town, 1, Decision.REFUSED)
        clock.forward(days=15)
    assert destroy(town) == 2


def test_a_family_that_changed_its_mind_stays(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)))
    town.answer_everything(Decision.REFUSED)
    clock.forward(days=10)
    town.answer_everything()
    clock.forward(days=100)
    assert destroy(town) == 0


def test_a_later_no_counts_from_its_own_day(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)))
    for decision in (Decision.REFUSED, Decision.GIVEN, Decision.REFUSED):
        town.answer_everything(decision)
        clock.forward(days=7)
    clock.forward(days=22)
    assert destroy(town) == 0
    clock.forward(days=1)
    assert destroy(town) == 2


def test_a_guardian_who_kept_own_data_back_does_not_speed_it_up(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101, 102)))
    mother = town.person(101)
    for ask in town.asks():
        own = ask.form is FormKind.GUARDIAN_OWN and ask.signer_id == mother
        town.answer(ask, Decision.REFUSED if own else Decision.GIVEN)
    town.work()
    assert standing_of(town, 1).kind is StandingKind.READY
    clock.forward(days=40)
    town.withdraw(town.ask_of(town.person(102), FormKind.CHILD))
    assert destroy(town) == 0
    clock.forward(days=30)
    assert destroy(town) == 3


def test_a_family_left_out_is_destroyed_too(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)))
    pupil = town.person(1)
    for days in (0, 1):
        clock.forward(days=days)
        with town.by(Role.TUTOR) as unit:
            record_attempt(unit, pupil, town.today(), "phone")
    with town.by(Role.REGISTRAR) as unit:
        propose_leaving_out(unit, town.collection_id, pupil, "not_reached")
    with town.by(Role.DIRECTOR) as unit:
        confirm_leaving_out(unit, town.collection_id, pupil, "https://example.org")
    clock.forward(days=29)
    assert destroy(town) == 0
    clock.forward(days=1)
    assert destroy(town) == 2


def test_silence_alone_destroys_nothing(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)))
    clock.forward(days=365)
    assert destroy(town) == 0


# whom


def test_a_mother_stays_for_the_child_who_is_handed_over(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)), Child(2, guardians=(101,), name="Ия"))
    answer_for(town, 1, Decision.REFUSED)
    answer_for(town, 2, Decision.GIVEN)
    answer_for(town, 101, Decision.GIVEN)
    town.work()
    clock.forward(days=30)
    assert destroy(town) == 1
    assert standing_of(town, 2).kind is StandingKind.READY


def test_a_mother_goes_with_her_last_child(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)), Child(2, guardians=(101,), name="Ия"))
    answer_for(town, 1, Decision.REFUSED)
    clock.forward(days=10)
    answer_for(town, 2, Decision.REFUSED)
    clock.forward(days=20)
    assert destroy(town) == 1
    clock.forward(days=10)
    assert destroy(town) == 2
    assert alive(town) == 0


def test_whoever_was_handed_over_stays_and_the_bundle_too(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ия"))
    answer_for(town, 1, Decision.REFUSED)
    answer_for(town, 2, Decision.GIVEN)
    answer_for(town, 102, Decision.GIVEN)
    town.work()
    release(town)
    before = pull(town)
    clock.forward(days=40)
    assert destroy(town) == 2
    assert pull(town) == before
    assert standing_of(town, 2).kind is StandingKind.READY


def test_a_family_that_withdrew_after_the_pull_goes_thirty_days_later(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ия"))
    town.answer_everything()
    release(town)
    pull(town)
    clock.forward(days=20)
    town.withdraw(town.ask_of(town.person(101), FormKind.CHILD))
    clock.forward(days=29)
    assert destroy(town) == 0
    clock.forward(days=1)
    assert destroy(town) == 2


def test_a_consent_in_a_new_collection_keeps_who_refused_in_the_old_one(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ия"))
    answer_for(town, 1, Decision.REFUSED)
    answer_for(town, 2, Decision.GIVEN)
    answer_for(town, 102, Decision.GIVEN)
    town.work()
    release(town)
    old = town.collection_id
    clock.forward(days=20)
    today = town.today()
    with town.by(Role.REGISTRAR) as unit:
        town.collection_id = open_collection(unit, PROGRAMME, today, today + timedelta(days=14))
    town.work()
    town.answer_everything()
    clock.forward(days=10)
    with town.wiring.units.open(SYSTEM) as unit:
        assert destroy_due(unit, town.school_id, old) == 0
    assert standing_of(town, 1).kind is StandingKind.READY


def test_the_destroyed_are_not_on_the_list_of_a_new_collection(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ия"))
    answer_for(town, 1, Decision.REFUSED)
    answer_for(town, 2, Decision.GIVEN)
    answer_for(town, 102, Decision.GIVEN)
    town.work()
    release(town)
    clock.forward(days=30)
    gone = town.person(1)
    assert destroy(town) == 2
    today = town.today()
    with town.by(Role.REGISTRAR) as unit:
        assert gone in {
            p.person_id for p in unit.dossier.pupils(town.school_id, town.collection_id)
        }
        fresh = open_collection(unit, PROGRAMME, today, today + timedelta(days=14))
        assert gone not in {p.person_id for p in unit.dossier.pupils(town.school_id, fresh)}


def other_programme(town: Town) -> None:
    """Go on with a collection of another platform."""
    today = town.today()
    with town.by(Role.REGISTRAR) as unit:
        town.collection_id = open_collection(
            unit, "moya-shkola-2023", today, today + timedelta(days=14)
        )
    town.work()


def marks(town: Town) -> set[tuple[Mark, UUID]]:
    with town.by(Role.REGISTRAR) as unit:
        marked = unit.people.changes.marked(town.school_id)
    return {(mark, person) for (mark, _), person in marked.items()}


EVA, OLGA = Person.child(1), Person.adult(101)


@pytest.mark.parametrize(
    "pupil",
    [
        pytest.param(EVA, id="whole"),
        pytest.param(EVA.but(snils=""), id="without SNILS"),
        pytest.param(EVA.but(born=""), id="without birth date"),
        pytest.param(EVA.but(name="Елкина Ева Юрьевна"), id="е for ё"),
    ],
)
def test_the_row_of_a_destroyed_family_is_passed_over(town: Town, clock: Clock, pupil: Person):
    import_all(town, Child(1, guardians=(101,)))
    answer_for(town, 1, Decision.REFUSED)
    gone = town.person(1)
    clock.forward(days=30)
    destroy(town)
    import_id = upload(town, line(pupil, OLGA, place="7Б"))
    seen = review(town, import_id)
    assert [(f.code, f.row) for f in seen.findings if f.code is Code.FAMILY_ON_PAPER] == [
        (Code.FAMILY_ON_PAPER, 2)
    ]
    done = commit(town, import_id, seen.digest)
    assert (done.added, done.changed, done.unchanged, done.asks) == (0, 0, 0, 0)
    assert alive(town) == 0
    assert places(town) == {gone: "7Б"}
    assert standing_of_id(town, gone) is StandingKind.REFUSED


def standing_of_id(town: Town, person: UUID) -> StandingKind:
    with town.by(Role.REGISTRAR) as unit:
        state = look_at_school(unit, town.school_id, town.collection_id)
    return state.readiness.standings[person].kind


def test_another_child_with_the_number_of_a_destroyed_one_is_asked(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)))
    answer_for(town, 1, Decision.REFUSED)
    clock.forward(days=30)
    destroy(town)
    stranger = Person.child(1, "Сосновый Пётр Ильич", "09.04.2015")
    import_id = upload(town, line(stranger, Person.adult(102)))
    seen = review(town, import_id)
    assert Code.SNILS_OF_ANOTHER in {f.code for f in seen.findings}
    assert commit(town, import_id, seen.digest).added == 2
    assert len(places(town)) == 2


def test_the_destroyed_come_back_in_a_new_collection_as_the_same_people(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ия"))
    old = town.collection_id
    town.answer(town.ask_of(town.person(101), FormKind.GUARDIAN_OWN))
    answer_for(town, 1, Decision.REFUSED)
    people = {town.person(1), town.person(101)}
    clock.forward(days=30)
    assert destroy(town) == 2
    other_programme(town)
    done = take_in(town, line(EVA, OLGA))
    assert done.added == 2
    assert {town.person(1), town.person(101)} == people
    assert marks(town) == set()
    asked = {(ask.form, ask.signer_id) for ask in town.asks()}
    assert (FormKind.CHILD, town.person(101)) in asked
    with town.wiring.units.open(SYSTEM) as unit:
        assert destroy_due(unit, town.school_id, old) == 0
    assert take_in(town, line(EVA, OLGA)).unchanged == 2


def test_whoever_comes_back_is_asked_about_own_data_again(town: Town, clock: Clock):
    """What the old consent was given for is not known any more."""
    with town.by(Role.REGISTRAR) as unit:
        move_deadline(unit, town.collection_id, town.today() + timedelta(days=60))
    import_all(town, Child(1, guardians=(101,)))
    town.answer(town.ask_of(town.person(101), FormKind.GUARDIAN_OWN))
    answer_for(town, 1, Decision.REFUSED)
    clock.forward(days=30)
    destroy(town)
    done = take_in(town, line(Person.child(3, "Сосновый Пётр Ильич", "09.04.2015"), OLGA))
    assert (done.added, done.asks) == (2, 1)
    town.agree_on_signature()
    town.answer(town.ask_of(town.person(101), FormKind.CHILD, town.person(3)))
    town.work()
    assert reasons_of(town, 3) == {Code.ITEMS_CHANGED}
    town.answer(town.ask_of(town.person(101), FormKind.GUARDIAN_OWN))
    town.work()
    assert standing_of(town, 3).kind is StandingKind.READY


# what


def test_what_goes_and_what_stays(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)))
    kept = town.answer(town.ask_of(town.person(101), FormKind.CHILD), Decision.REFUSED)
    people = {town.person(1), town.person(101)}
    clock.forward(days=30)
    destroy(town)
    school = town.school_id
    with town.by(Role.REGISTRAR) as unit:
        for person in people:
            with pytest.raises(OpenError):
                unit.vault.key(school, person, KeyClass.REGISTRY)
            assert unit.claims.of_person(school, person) == []
        assert unit.people.holders(school) == {}
        assert unit.people.by_identity(school) == {}
        assert unit.people.versions(school).keys() == people
        found = unit.consents.sealed_evidence(school, kept.facts.id)
        assert found is not None
        owner, sealed = found
        assert unit.vault.open(school, owner, KeyClass.EVIDENCE, RecordKind.EVIDENCE, sealed)
        assert unit.consents.find_answer(school, kept.facts.id) is not None


def test_a_destroyed_family_stays_on_paper_and_holds_nobody_back(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)))
    pupil = town.person(1)
    answer_for(town, 1, Decision.REFUSED)
    clock.forward(days=30)
    destroy(town)
    with town.by(Role.REGISTRAR) as unit:
        (found,) = unit.dossier.pupils(town.school_id, town.collection_id)
    assert found.person_id == pupil
    assert found.items.values == {}


def test_evidence_stays_three_years_and_goes_on_their_last_day(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ия"))
    kept = town.answer(town.ask_of(town.person(101), FormKind.CHILD), Decision.REFUSED)
    staying = town.answer(town.ask_of(town.person(102), FormKind.CHILD))
    mother, pupil = kept.decided_by, town.person(1)
    clock.forward(days=30)
    assert destroy(town) == 2
    school = town.school_id

    def keep(day: date) -> int:
        clock.set(datetime.combine(day, time(3), UTC))
        with town.wiring.units.open(SYSTEM) as unit:
            return destroy_evidence_due(unit, school)

    assert keep(date(2029, 8, 31)) == 0
    with town.by(Role.REGISTRAR) as unit:
        assert unit.consents.sealed_evidence(school, kept.facts.id)
    assert marks(town) == {(mark, who) for mark in Mark for who in (mother, pupil)}
    assert keep(date(2029, 9, 1)) == 2
    assert marks(town) == set()
    assert keep(date(2029, 9, 2)) == 0
    with town.by(Role.REGISTRAR) as unit:
        assert unit.consents.sealed_evidence(school, kept.facts.id) is None
        assert unit.consents.find_answer(school, kept.facts.id) == kept
        assert unit.consents.sealed_evidence(school, staying.facts.id)
        for person in (mother, pupil):
            with pytest.raises(OpenError):
                unit.vault.key(school, person, KeyClass.EVIDENCE)


def test_evidence_of_whoever_never_answered_counts_from_the_destruction(town: Town, clock: Clock):
    import_all(town, Child(1, guardians=(101,)))
    pupil = town.person(1)
    for days in (0, 1):
        clock.forward(days=days)
        with town.by(Role.TUTOR) as unit:
            record_attempt(unit, pupil, town.today(), "phone")
    with town.by(Role.REGISTRAR) as unit:
        propose_leaving_out(unit, town.collection_id, pupil, "not_reached")
    with town.by(Role.DIRECTOR) as unit:
        confirm_leaving_out(unit, town.collection_id, pupil, "https://example.org")
    clock.forward(days=30)
    assert destroy(town) == 2
    rounds = Rounds(town.wiring)
    for days, expected in ((1095, 2), (1, 4)):  # three years with a leap day
        clock.forward(days=days)
        rounds.keep_days()
        assert destroyed_events(town) == expected


def test_the_wrapped_key_is_in_no_file_afterwards(town: Town, clock: Clock, engine_name: str):
    if engine_name != "sqlite":
        pytest.skip("PostgreSQL's files are the business of its own vacuum and archive")
    import_all(town, Child(1, guardians=(101,)))
    pupil = town.person(1)
    answer_for(town, 1, Decision.REFUSED)
    with town.by(Role.REGISTRAR) as unit:
        wrapped = unit.connection.scalar(
            sa.select(person_keys.c.wrapped).where(
                person_keys.c.person_id == pupil,
                person_keys.c.key_class == int(KeyClass.REGISTRY),
            )
        )
    assert isinstance(wrapped, bytes)
    database = sqlite_file(town.wiring.settings.database)
    assert database is not None
    assert wrapped in everything(database)
    clock.forward(days=30)
    Rounds(town.wiring).keep_days()
    assert alive(town) == 0
    assert wrapped not in everything(database)


def everything(database: Path) -> bytes:
    """The database with its write-ahead log."""
    return b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
