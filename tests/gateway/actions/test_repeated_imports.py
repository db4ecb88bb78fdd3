"""A list that comes again: what is new, changed and missing, and who is asked again for it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest
import sqlalchemy as sa

from audit.store import audit_event
from gateway.actions.answer import list_own_asks
from gateway.actions.approve_release import approve_release
from gateway.actions.correct_items import correct_items
from gateway.actions.hand_over import hand_over
from gateway.actions.leave_school import leave_school
from gateway.actions.prepare_release import prepare_release
from gateway.errors import ReviewStale, RulesBroken
from gateway.unit import Actor
from gateway.wiring import Wiring
from policies.facts import Decision, Field, FormKind, GuardianKind
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
from tests.gateway.actions.post import waiting
from tests.town import HEADER, Child, Town

EVA, OLGA = Person.child(1), Person.adult(101)
NAMES = ("Алина", "Борис", "Вера", "Глеб", "Дина", "Егор", "Жанна", "Зоя", "Илья", "Кира")
FIRST_FOURTEEN = 14  # a pupil and the first representative
TITLES = HEADER.split(";")
AGREED = ";".join(
    [*TITLES[:FIRST_FOURTEEN], "Соглашение на ПЭП (№, дата)", *TITLES[FIRST_FOURTEEN:]]
)


@pytest.fixture
def town(wiring: Wiring) -> Town:
    return Town(wiring)


def kinds(town: Town, since: str = "import.committed") -> list[str]:
    """Kinds of the events from the last `since` on."""
    with town.wiring.looking() as look:
        found = list(look.connection.scalars(sa.select(audit_event.c.kind).order_by("id")))
    return found[len(found) - found[::-1].index(since) - 1 :]


def classmates(count: int, place: str = "7А") -> list[str]:
    """Lines of pupils 1 ... `count`, with one mother."""
    return [
        line(
            Person.child(number, f"Ёлкин{'а' * (number % 2)} {NAMES[number % 10]} Юрьевич"),
            OLGA,
            place=place,
        )
        for number in range(1, count + 1)
    ]


# new, changed, missing


def test_the_review_tells_every_class_in_numbers(town: Town):
    take_in(town, *classmates(3), line(Person.child(9), OLGA, place="7Б"))
    import_id = upload(
        town,
        classmates(1)[0],
        line(Person.child(2, "Ёлкин Вера Юрьевич").but(email="v@example.org"), OLGA, place="7Б"),
        line(Person.child(8, "Сосновый Пётр Ильич"), Person.adult(108, "А Б В"), place="7Б"),
    )
    seen = review(town, import_id).plan
    told = {
        each.class_name: (each.pupils, each.added, each.changed, each.moved, each.missing)
        for each in seen.classes
    }
    assert told == {"7А": (1, 0, 0, 0, 1), "7Б": (2, 2, 1, 1, 1)}
    assert [(p.class_name, p.came_from) for p in seen.pupils if p.moves] == [
        ("7Б", "7А"),
        ("7Б", None),
    ]
    assert {m.person_id for m in seen.missing} == {town.person(3), town.person(9)}
    assert all(each.shrinks for each in seen.classes)


def test_whoever_is_missing_stays_until_an_order(town: Town):
    take_in(town, *classmates(2))
    gone = town.person(2)
    import_id = upload(town, *classmates(1))
    seen = review(town, import_id)
    assert [f.about for f in seen.findings if f.code is Code.PUPIL_NOT_LISTED] == [gone]
    assert commit(town, import_id, seen.digest, confirmed=True).missing == (gone,)
    assert gone in places(town)
    with town.by(Role.REGISTRAR) as unit:
        leave_school(unit, gone, "12-у", town.today())
    assert gone not in places(town)
    assert take_in(town, *classmates(1)).missing == ()


@pytest.mark.parametrize(
    ("known", "listed", "held"),
    [
        pytest.param(10, 9, False, id="a tenth"),
        pytest.param(9, 8, True, id="a ninth"),
        pytest.param(10, 8, True, id="a fifth"),
        pytest.param(9, 9, False, id="nobody"),
    ],
)
def test_a_list_that_lacks_more_than_a_tenth_of_a_class_is_held(
    town: Town, known: int, listed: int, held: bool
):
    take_in(town, *classmates(known))
    import_id = upload(town, *classmates(listed))
    seen = review(town, import_id)
    assert seen.needs_confirmation is held
    assert seen.is_committable
    if held:
        with pytest.raises(RulesBroken) as refused:
            commit(town, import_id, seen.digest)
        assert [f.code for f in refused.value.findings] == [Code.ROSTER_SHRINKS]
        assert refused.value.findings[0].about is not None
    commit(town, import_id, seen.digest, confirmed=held)
    assert len(places(town)) == known


def test_every_class_is_counted_by_itself(town: Town):
    take_in(town, *classmates(10), line(Person.child(30), OLGA, place="9В"))
    whole = [*classmates(10), line(Person.child(31, "Сосновый Пётр Ильич"), OLGA, place="9В")]
    seen = review(town, upload(town, *whole))
    assert [each.class_name for each in seen.plan.classes if each.shrinks] == ["9В"]


def test_a_confirmation_is_of_what_was_reviewed(town: Town):
    take_in(town, *classmates(3))
    import_id = upload(town, *classmates(1))
    digest = review(town, import_id).digest
    gone = town.person(3)
    with town.by(Role.REGISTRAR) as unit:
        leave_school(unit, gone, "12-у", town.today())
    with pytest.raises(ReviewStale):
        commit(town, import_id, digest, confirmed=True)


# asked again


@pytest.fixture
def answered(town: Town) -> Town:
    """Eva and a boy, their mothers have agreed to everything."""
    town.import_children(
        [Child(1, guardians=(101,)), Child(2, guardians=(102,), name="Ия", class_name="7Б")]
    )
    town.agree_on_signature()
    town.answer_everything()
    assert standing_of(town, 1).kind is StandingKind.READY
    return town


RENAMED = [
    pytest.param(EVA.but(name="Ёлкина Евгения Юрьевна"), OLGA, id="given name"),
    pytest.param(EVA.but(born="09.03.2015"), OLGA, id="birth date"),
    pytest.param(EVA, OLGA.but(name="Дубова Ольга Петровна"), id="the mother's name"),
]


@pytest.mark.parametrize(("pupil", "mother"), RENAMED)
def test_a_consent_to_another_name_is_asked_again(answered: Town, pupil: Person, mother: Person):
    done = take_in(answered, line(pupil, mother))
    own = 0 if mother == OLGA else 1
    assert (done.changed, done.asks, done.asked_again) == (1, 0, 1 + own)
    assert standing_of(answered, 1).kind is StandingKind.WAITING
    assert reasons_of(answered, 1) == {Code.ITEMS_CHANGED}
    assert standing_of(answered, 2).kind is StandingKind.READY
    assert kinds(answered).count("ask.reopened") == 1 + own
    answer_again(answered, 101)
    assert standing_of(answered, 1).kind is StandingKind.READY


def answer_again(town: Town, signer: int) -> None:
    """The family sees what is asked again, and says yes to it."""
    person = town.person(signer)
    session = town.session(person)
    with town.family(person) as unit:
        again = [view.ask for view in list_own_asks(unit, session) if view.asked_again]
    assert again
    for ask in again:
        town.answer(ask)
    town.work()


def test_a_changed_contact_asks_nobody(answered: Town):
    done = take_in(answered, line(EVA.but(email="eva@example.org"), OLGA))
    assert (done.changed, done.asked_again) == (1, 0)
    answered.work()
    assert standing_of(answered, 1).kind is StandingKind.READY


def test_a_mistake_that_is_taken_back_needs_no_second_signature(answered: Town):
    take_in(answered, line(EVA.but(name="Ёлкина Евгения Юрьевна"), OLGA))
    done = take_in(answered, line(EVA, OLGA))
    assert (done.changed, done.asked_again) == (1, 0)
    assert standing_of(answered, 1).kind is StandingKind.READY


def test_a_no_stands_whatever_the_name(town: Town):
    town.import_children([Child(1, guardians=(101,))])
    town.agree_on_signature()
    town.answer_everything(Decision.REFUSED)
    done = take_in(town, line(EVA.but(name="Ёлкина Евгения Юрьевна"), OLGA))
    assert done.asked_again == 0
    assert standing_of(town, 1).kind is StandingKind.REFUSED


def test_who_is_asked_again_is_invited_again(answered: Town, clock: Clock):
    answered.invite()
    answered.work()
    take_in(answered, line(EVA.but(name="Ёлкина Евгения Юрьевна"), OLGA))
    clock.forward(days=2)
    answered.invite()
    assert [letter.to for letter in waiting(answered)] == [OLGA.email]


def test_a_name_that_the_family_corrects_itself_is_signed_for_again(answered: Town):
    ask = answered.ask_of(answered.person(101), FormKind.CHILD)
    session = answered.session(ask.signer_id)
    with answered.family(ask.signer_id) as unit:
        correct_items(unit, session, ask.id, {Field.GIVEN_NAME: "Евгения"})
    assert reasons_of(answered, 1) == {Code.ITEMS_CHANGED}
    answer_again(answered, 101)
    assert standing_of(answered, 1).kind is StandingKind.READY


def test_old_contacts_are_warned_when_staff_replace_them(answered: Town):
    take_in(answered, line(EVA, OLGA.but(email="new@example.org", phone="+79000000999")))
    letters = waiting(answered)
    assert [letter.to for letter in letters] == [OLGA.email, OLGA.phone]
    assert not any("new@example.org" in letter.text for letter in letters)


def test_before_anybody_has_answered_a_corrected_contact_warns_nobody(town: Town):
    take_in(town, line(EVA, OLGA))
    take_in(town, line(EVA, OLGA.but(email="new@example.org")))
    assert waiting(town) == []


# the bundle


def release(town: Town) -> None:
    town.hand_in()
    with town.by(Role.REGISTRAR) as unit:
        prepared = prepare_release(unit, town.collection_id)
    with town.by(Role.DIRECTOR) as unit:
        approve_release(unit, prepared.id, prepared.set_digest, town.wiring.signing_keys)
    town.work()


def sent(town: Town) -> set[UUID]:
    """People of the newest bundle."""
    with town.by(Role.REGISTRAR) as unit:
        bundle = unit.bundles.last_bundle(town.school_id, town.collection_id)
        assert bundle is not None
        return {person for _, person in unit.bundles.members(town.school_id, bundle.id)}


def test_no_release_while_somebody_is_asked_again(answered: Town):
    answered.hand_in()
    with answered.by(Role.REGISTRAR) as unit:
        prepared = prepare_release(unit, answered.collection_id)
    take_in(answered, line(EVA.but(name="Ёлкина Евгения Юрьевна"), OLGA))
    with pytest.raises(RulesBroken) as refused, answered.by(Role.DIRECTOR) as unit:
        approve_release(unit, prepared.id, prepared.set_digest, answered.wiring.signing_keys)
    assert {f.code for f in refused.value.findings} == {Code.ITEMS_CHANGED}


def test_a_name_changed_after_the_approval_is_in_no_narrower_bundle(answered: Town):
    """The sealed bundle carries what was signed. The next one would carry what was not."""
    release(answered)
    everybody = sent(answered)
    take_in(answered, line(EVA.but(name="Ёлкина Евгения Юрьевна"), OLGA))
    answered.work()
    assert sent(answered) == everybody
    answered.withdraw(answered.ask_of(answered.person(102), FormKind.CHILD))
    answered.work()
    assert sent(answered) == set()


def test_a_name_changed_after_the_pull_recalls_nobody(answered: Town):
    release(answered)
    with answered.by(Role.REGISTRAR) as unit:
        client = unit.clients.find(name="platform")
        bundle = unit.bundles.last_bundle(answered.school_id, answered.collection_id)
    assert client is not None
    assert bundle is not None
    with answered.wiring.units.open(Actor(Role.PLATFORM, client.id)) as unit:
        hand_over(unit, client, bundle.id)
    take_in(answered, line(EVA.but(name="Ёлкина Евгения Юрьевна"), OLGA))
    answered.withdraw(answered.ask_of(answered.person(102), FormKind.CHILD))
    with answered.by(Role.REGISTRAR) as unit:
        recalled = unit.bundles.recalled(answered.school_id, bundle.id)
    assert recalled == {answered.person(2), answered.person(102)}


# kinds of representatives


def kinds_of(town: Town) -> list[tuple[GuardianKind, str]]:
    with town.by(Role.REGISTRAR) as unit:
        return [(g.kind, g.relation) for g in unit.pupils.list_guardianships(town.school_id)]


def test_a_kind_that_a_later_list_corrects_is_corrected(town: Town):
    assert take_in(town, line(EVA, OLGA, relation="опекун")).asks == 0
    import_id = upload(town, line(EVA, OLGA, relation="мать"))
    seen = review(town, import_id)
    ((guardian,),) = (pupil.guardians for pupil in seen.plan.pupils)
    assert (guardian.before, guardian.kind) == (GuardianKind.GUARDIAN, GuardianKind.PARENT)
    done = commit(town, import_id, seen.digest)
    assert (done.added, done.changed, done.asks) == (0, 0, 2)
    assert kinds_of(town) == [(GuardianKind.PARENT, "мать")]
    assert kinds(town).count("guardianship.changed") == 1
    take_in(town, line(EVA, OLGA, relation="мать"))
    assert "guardianship.changed" not in kinds(town)


def test_a_mother_who_is_a_guardian_after_all_needs_her_document(answered: Town):
    release(answered)
    take_in(answered, line(EVA, OLGA, relation="опекун"))
    assert reasons_of(answered, 1) == {Code.AUTHORITY_MISSING}
    answered.work()
    assert sent(answered) == {answered.person(2), answered.person(102)}


@pytest.mark.parametrize("said", ["", "бабушка", "мама"])
def test_a_relation_that_says_no_other_kind_corrects_nothing(town: Town, said: str):
    take_in(town, line(EVA, OLGA, relation="мать"))
    take_in(town, line(EVA, OLGA, relation=said))
    assert kinds_of(town) == [(GuardianKind.PARENT, "мать")]


# agreements


def agreed(town: Town, number: int) -> list[tuple[str, str]]:
    person = town.person(number)
    with town.by(Role.REGISTRAR) as unit:
        found = unit.agreements.of_person(town.school_id, person)
    return [(each.number, each.signed_on.isoformat()) for each in found]


def with_agreement(*said: str) -> Sequence[str]:
    """Lines of Eva's class; the representative of each has that agreement."""
    return [f"{row};{text}" for row, text in zip(classmates(len(said)), said, strict=True)]


def test_agreements_of_the_list_are_recorded_at_the_commit(town: Town):
    rows = with_agreement("№ 12 от 30.08.2026")
    import_id = upload(town, *rows, header=AGREED)
    seen = review(town, import_id)
    assert [(a.row, a.number) for a in seen.plan.agreements] == [(2, "12")]
    assert commit(town, import_id, seen.digest).agreements == 1
    assert agreed(town, 101) == [("12", "2026-08-30")]
    assert kinds(town).count("agreement.recorded") == 1
    assert take_in(town, *rows, header=AGREED).agreements == 0
    town.answer(town.ask_of(town.person(101), FormKind.CHILD))


def test_one_agreement_in_two_rows_is_one(town: Town):
    rows = with_agreement("№ 12 от 30.08.2026", "№ 12 от 30.08.2026")
    assert take_in(town, *rows, header=AGREED).agreements == 1


@pytest.mark.parametrize("said", ["", "нет", "12", "№ 12 от 31.02.2026", "№ 12 от 02.09.2027"])
def test_an_agreement_without_a_day_is_not_recorded(town: Town, said: str):
    assert take_in(town, *with_agreement(said), header=AGREED).agreements == 0
    assert agreed(town, 101) == []
