"""A class list becomes the register: exactly what was reviewed, one person however many rows."""

from __future__ import annotations

import json

import pytest

from gateway.actions.commit_import import commit_import
from gateway.actions.import_roster import cancel_import, forget_drafts, import_roster
from gateway.actions.leave_school import leave_school
from gateway.actions.readiness import see_readiness
from gateway.actions.review_import import review_import
from gateway.errors import ImportClosed, NotFound, ReviewStale, RulesBroken, UnreadableList
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from policies.facts import Absence, Decision, Field, FormKind, Items
from policies.findings import Code
from policies.permissions import Role
from tests.conftest import Clock
from tests.gateway.actions.listing import (
    ROSTERS,
    Person,
    commit,
    items_of,
    line,
    people_count,
    places,
    review,
    take_in,
    upload,
)
from tests.town import Child, Town

EVA, OLGA = Person.child(1), Person.adult(101)
OTHER = Person.child(2, "Сосновый Пётр Ильич", "09.04.2015")
OTHER_MOTHER = Person.adult(102, "Сосновая Анна Ивановна")


@pytest.fixture
def town(wiring: Wiring) -> Town:
    return Town(wiring)


# what was reviewed is what is committed


def test_an_upload_and_a_review_leave_the_register_untouched(town: Town):
    import_id = upload(town, line(EVA, OLGA))
    seen = review(town, import_id)
    assert len(seen.plan.added) == 2
    assert people_count(town) == 0
    assert town.asks() == []


def test_a_commit_writes_what_the_review_showed(town: Town):
    import_id = upload(town, line(EVA, OLGA))
    done = commit(town, import_id, review(town, import_id).digest)
    assert (done.added, done.changed, done.unchanged, done.asks) == (2, 0, 0, 2)
    assert items_of(town, 1).values == {
        Field.FAMILY_NAME: "Ёлкина",
        Field.GIVEN_NAME: "Ева",
        Field.PATRONYMIC: "Юрьевна",
        Field.BIRTH_DATE: "2015-03-08",
        Field.SNILS: EVA.snils,
        Field.EMAIL: EVA.email,
        Field.PHONE: EVA.phone,
    }
    assert places(town) == {town.person(1): "7А"}


def test_another_digest_than_the_reviewed_one_is_refused(town: Town):
    import_id = upload(town, line(EVA, OLGA))
    with pytest.raises(ReviewStale):
        commit(town, import_id, "0" * 64)
    assert people_count(town) == 0


def test_a_review_is_stale_after_another_commit(town: Town):
    first = upload(town, line(EVA, OLGA))
    second = upload(town, line(EVA.but(phone="+79000000009"), OLGA))
    digest = review(town, first).digest
    commit(town, second, review(town, second).digest)
    with pytest.raises(ReviewStale):
        commit(town, first, digest)
    assert items_of(town, 1).values[Field.PHONE] == "+79000000009"


def test_a_review_is_not_stale_when_it_is_looked_at_again(town: Town):
    import_id = upload(town, line(EVA, OLGA))
    digest = review(town, import_id).digest
    assert review(town, import_id).digest == digest
    commit(town, import_id, digest)


def test_an_import_is_committed_once(town: Town):
    import_id = upload(town, line(EVA, OLGA))
    digest = review(town, import_id).digest
    commit(town, import_id, digest)
    with pytest.raises(ImportClosed):
        commit(town, import_id, digest)
    with pytest.raises(ImportClosed):
        review(town, import_id)


def test_a_cancelled_import_is_closed_and_its_draft_gone(town: Town):
    import_id = upload(town, line(EVA, OLGA))
    digest = review(town, import_id).digest
    with town.by(Role.REGISTRAR) as unit:
        cancel_import(unit, import_id)
    with pytest.raises(ImportClosed):
        commit(town, import_id, digest)
    with pytest.raises(ImportClosed), town.by(Role.REGISTRAR) as unit:
        cancel_import(unit, import_id)
    with town.by(Role.REGISTRAR) as unit:
        kept = unit.imports.find(town.school_id, import_id)
    assert kept is not None
    assert kept.draft is None


def test_a_draft_that_nobody_wants_goes_after_a_week(town: Town, clock: Clock):
    import_id = upload(town, line(EVA, OLGA))
    clock.forward(days=6)
    with town.wiring.units.open(SYSTEM) as unit:
        assert forget_drafts(unit, town.school_id) == 0
    clock.forward(days=2)
    with town.wiring.units.open(SYSTEM) as unit:
        assert forget_drafts(unit, town.school_id) == 1
    with pytest.raises(ImportClosed):
        review(town, import_id)


def test_an_import_of_another_school_is_not_found(town: Town, wiring: Wiring):
    import_id = upload(town, line(EVA, OLGA))
    digest = review(town, import_id).digest
    other = Town(wiring, 29)
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        review_import(unit, import_id)
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        commit_import(unit, import_id, digest)
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        cancel_import(unit, import_id)
    with pytest.raises(NotFound), other.by(Role.REGISTRAR) as unit:
        import_roster(unit, town.collection_id, b"", "list.csv")


def test_a_list_with_a_nameless_row_is_refused_whole(town: Town):
    import_id = upload(town, line(EVA, OLGA), line(OTHER.but(name="Сосновый"), OTHER_MOTHER))
    seen = review(town, import_id)
    assert not seen.is_committable
    with pytest.raises(RulesBroken) as refused:
        commit(town, import_id, seen.digest, confirmed=True)
    assert {f.code for f in refused.value.findings} >= {Code.ROW_NAMELESS}
    assert people_count(town) == 0


def test_rows_with_bad_cells_come_in_and_wait_for_them(town: Town):
    import_id = upload(
        town, line(EVA.but(email=""), OLGA), line(OTHER.but(snils="1"), OTHER_MOTHER)
    )
    commit(town, import_id, review(town, import_id).digest)
    with town.by(Role.REGISTRAR) as unit:
        state = see_readiness(unit, town.collection_id)
    missing = {(f.code, f.field) for f in state.readiness.findings if f.code is Code.ITEM_MISSING}
    assert missing == {(Code.ITEM_MISSING, Field.EMAIL), (Code.ITEM_MISSING, Field.SNILS)}
    assert not state.readiness.may_leave


def test_a_file_that_is_no_list_is_refused(town: Town):
    with pytest.raises(UnreadableList), town.by(Role.REGISTRAR) as unit:
        import_roster(unit, town.collection_id, b"\x89PNG\r\n\x1a\n", "photo.csv")


# one person, however many rows


def test_brothers_and_sisters_share_one_mother(town: Town):
    done = take_in(
        town,
        line(EVA, OLGA),
        line(Person.child(2, "Ёлкин Егор Юрьевич", "01.02.2014"), OLGA, place="9В"),
    )
    assert done.added == 3
    assert done.asks == 3  # each child, and the mother's own data once
    with town.by(Role.REGISTRAR) as unit:
        links = unit.pupils.list_guardianships(town.school_id)
    assert {link.guardian_id for link in links} == {town.person(101)}


def test_a_mother_known_from_another_list_is_the_same_person(town: Town):
    take_in(town, line(EVA, OLGA))
    brother = Person.child(2, "Ёлкин Егор Юрьевич", "01.02.2014")
    done = take_in(town, line(brother, OLGA, place="9В"))
    assert (done.added, done.changed, done.unchanged) == (1, 0, 1)


def test_what_one_row_of_a_mother_lacks_the_other_fills(town: Town):
    brother = Person.child(2, "Ёлкин Егор Юрьевич", "01.02.2014")
    take_in(town, line(EVA, OLGA.but(email="")), line(brother, OLGA.but(phone=""), place="9В"))
    mother = items_of(town, 101).values
    assert (mother[Field.EMAIL], mother[Field.PHONE]) == (OLGA.email, OLGA.phone)


def test_a_row_without_snils_is_matched_by_name_and_birth_date(town: Town):
    brother = Person.child(2, "Ёлкин Егор Юрьевич", "01.02.2014")
    rows = (line(EVA, OLGA), line(brother, OLGA.but(snils="", email="", phone=""), place="9В"))
    assert take_in(town, *rows).added == 3
    assert take_in(town, *reversed(rows)).added == 0


def test_a_mother_who_took_another_name_stays_the_same_person(town: Town):
    take_in(town, line(EVA, OLGA))
    before = town.person(101)
    done = take_in(town, line(EVA, OLGA.but(name="Дубова Ольга Петровна")))
    assert (done.added, done.changed) == (0, 1)
    assert town.person(101) == before
    assert items_of(town, 101).values[Field.FAMILY_NAME] == "Дубова"


def test_the_number_of_another_person_is_not_taken_over(town: Town):
    take_in(town, line(EVA, OLGA))
    stranger = OTHER.but(snils=EVA.snils)
    import_id = upload(town, line(stranger, OTHER_MOTHER))
    seen = review(town, import_id)
    assert Code.SNILS_OF_ANOTHER in {f.code for f in seen.plan.findings}
    commit(town, import_id, seen.digest, confirmed=True)
    assert items_of(town, 1).values[Field.GIVEN_NAME] == "Ева"
    assert len(places(town)) == 2


def test_namesakes_with_numbers_of_their_own_are_two_people(town: Town):
    rows = (
        line(EVA, OLGA),
        line(Person.child(2), Person.adult(102, "Ёлкина Инна Петровна"), place="7Б"),
    )
    assert take_in(town, *rows).added == 4
    assert take_in(town, *rows).added == 0
    assert len(places(town)) == 2


def test_a_pupil_who_stands_in_the_list_twice_is_one_pupil(town: Town):
    father = Person.adult(103, "Ёлкин Юрий Павлович")
    done = take_in(town, line(EVA, OLGA), line(EVA.but(email="", phone=""), father))
    assert done.added == 3
    assert len(places(town)) == 1
    with town.by(Role.REGISTRAR) as unit:
        assert len(unit.pupils.list_guardianships(town.school_id)) == 2


@pytest.mark.parametrize(
    "mother",
    [
        pytest.param(OLGA.but(snils=""), id="without SNILS"),
        pytest.param(OLGA.but(born=""), id="without birth date"),
        pytest.param(OLGA.but(snils="", born=""), id="by the contacts"),
        pytest.param(OLGA.but(snils="", born="", email="", phone=""), id="by name alone"),
    ],
)
@pytest.mark.parametrize(
    "pupil",
    [
        pytest.param(EVA, id="whole pupil"),
        pytest.param(EVA.but(snils=""), id="pupil without SNILS"),
        pytest.param(EVA.but(snils="", born=""), id="pupil by name"),
        pytest.param(EVA.but(snils="", born="", email="", phone=""), id="pupil by name alone"),
    ],
)
def test_the_same_file_again_changes_nothing(town: Town, pupil: Person, mother: Person):
    rows = (line(pupil, mother), line(OTHER, OTHER_MOTHER))
    first = take_in(town, *rows)
    again = take_in(town, *rows)
    assert first.added == 4
    assert (again.added, again.changed, again.unchanged, again.asks) == (0, 0, 4, 0)


def test_a_birth_date_that_comes_later_is_filled_in(town: Town):
    take_in(town, line(EVA.but(snils="", born=""), OLGA))
    done = take_in(town, line(EVA, OLGA))
    assert (done.added, done.changed) == (0, 1)
    assert len(places(town)) == 1
    assert done.asks == 2


def test_a_namesake_without_papers_is_not_taken_for_a_pupil_of_the_same_list(town: Town):
    rows = (
        line(EVA, OLGA),
        line(EVA.but(snils="", born="", email="", phone=""), OTHER_MOTHER),
    )
    take_in(town, *rows)
    take_in(town, *rows)
    assert len(places(town)) == 2


# values


def test_an_empty_cell_never_erases(town: Town):
    take_in(town, line(EVA, OLGA))
    done = take_in(town, line(EVA.but(email="", phone="", born=""), OLGA.but(email="", phone="")))
    assert (done.added, done.changed) == (0, 0)
    assert items_of(town, 1).values[Field.EMAIL] == EVA.email


def test_a_value_in_the_list_replaces_the_one_in_the_register(town: Town):
    take_in(town, line(EVA, OLGA))
    import_id = upload(town, line(EVA.but(email="eva@example.org"), OLGA))
    (changed,) = review(town, import_id).plan.changed
    assert changed.changed == (Field.EMAIL,)
    assert changed.before.values[Field.EMAIL] == EVA.email
    assert changed.items.values[Field.EMAIL] == "eva@example.org"


def test_a_value_takes_the_place_of_an_absence(town: Town):
    none = line(EVA.but(snils="не выдан"), OLGA)
    take_in(town, none)
    (eva,) = places(town)

    def now() -> Items:
        with town.by(Role.REGISTRAR) as unit:
            return unit.people.items(town.school_id, [eva])[eva]

    assert now().absent == {Field.SNILS: Absence.NOT_ISSUED}
    take_in(town, line(EVA, OLGA))
    assert now().absent == {}
    take_in(town, none)
    assert now().values[Field.SNILS] == EVA.snils
    assert now().absent == {}


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        pytest.param("phone", OLGA.phone, Code.DUPLICATE_PHONE, id="phone"),
        pytest.param("email", OLGA.email, Code.DUPLICATE_EMAIL, id="email"),
    ],
)
def test_a_contact_of_somebody_else_is_left_out_and_found(
    town: Town, cell: str, value: str, code: Code
):
    take_in(town, line(EVA, OLGA))
    import_id = upload(town, line(OTHER.but(**{cell: value}), OTHER_MOTHER))
    seen = review(town, import_id)
    assert [(f.code, f.row) for f in seen.plan.findings] == [(code, 2)]
    commit(town, import_id, seen.digest, confirmed=True)
    assert Field(cell) not in items_of(town, 2).values
    assert items_of(town, 101).values[Field(cell)] == value


def test_whoever_asks_for_a_taken_contact_keeps_the_old_one(town: Town):
    take_in(town, line(EVA, OLGA), line(OTHER, OTHER_MOTHER))
    done = take_in(town, line(OTHER.but(phone=OLGA.phone), OTHER_MOTHER))
    assert done.changed == 0
    assert items_of(town, 2).values[Field.PHONE] == OTHER.phone


def test_two_people_swap_their_phones_in_one_list(town: Town):
    take_in(town, line(EVA, OLGA), line(OTHER, OTHER_MOTHER))
    import_id = upload(
        town, line(EVA.but(phone=OLGA.phone), OLGA.but(phone=EVA.phone)), line(OTHER, OTHER_MOTHER)
    )
    seen = review(town, import_id)
    assert seen.plan.findings == ()
    assert commit(town, import_id, seen.digest, confirmed=True).changed == 2
    assert items_of(town, 1).values[Field.PHONE] == OLGA.phone
    assert items_of(town, 101).values[Field.PHONE] == EVA.phone


def test_a_phone_handed_down_in_one_list_finds_its_new_owner(town: Town):
    take_in(town, line(EVA, OLGA))
    take_in(town, line(EVA.but(phone=OLGA.phone), OLGA.but(phone="+79000000999")))
    assert items_of(town, 1).values[Field.PHONE] == OLGA.phone
    assert items_of(town, 101).values[Field.PHONE] == "+79000000999"


def test_a_chain_that_ends_at_a_stranger_moves_nobody(town: Town):
    take_in(town, line(EVA, OLGA), line(OTHER, OTHER_MOTHER))
    import_id = upload(town, line(EVA.but(phone=OLGA.phone), OLGA.but(phone=OTHER_MOTHER.phone)))
    seen = review(town, import_id)
    assert [f.code for f in seen.plan.findings] == [Code.DUPLICATE_PHONE] * 2
    assert commit(town, import_id, seen.digest, confirmed=True).changed == 0


# places


def test_a_pupil_of_another_class_is_moved(town: Town):
    take_in(town, line(EVA, OLGA))
    import_id = upload(town, line(EVA, OLGA, place="7Б"))
    seen = review(town, import_id)
    assert [p.moves for p in seen.plan.pupils] == [True]
    commit(town, import_id, seen.digest, confirmed=True)
    assert places(town) == {town.person(1): "7Б"}


def test_a_pupil_who_left_and_comes_back_is_on_the_list_again(town: Town, clock: Clock):
    take_in(town, line(EVA, OLGA))
    eva = town.person(1)
    with town.by(Role.REGISTRAR) as unit:
        leave_school(unit, eva, "7-у", town.today())
    assert places(town) == {}
    clock.forward(days=1)
    take_in(town, line(EVA, OLGA, place="7Б"))
    assert places(town) == {town.person(1): "7Б"}


def test_pupils_of_the_class_who_are_not_in_the_list_are_shown(town: Town):
    take_in(town, line(EVA, OLGA), line(OTHER, OTHER_MOTHER))
    import_id = upload(town, line(OTHER, OTHER_MOTHER))
    (missing,) = review(town, import_id).plan.missing
    assert (missing.person_id, missing.class_name) == (town.person(1), "7А")
    assert missing.items == items_of(town, 1)
    other_class = upload(town, line(Person.child(3, "Кедрова Ия Ильинична"), place="7Б"))
    assert review(town, other_class).plan.missing == ()


def test_a_father_in_a_later_list_joins_the_mother(town: Town):
    take_in(town, line(EVA, OLGA))
    father = Person.adult(103, "Ёлкин Юрий Павлович")
    done = take_in(town, line(EVA, father, relation="отец"))
    assert (done.added, done.asks) == (1, 2)
    with town.by(Role.REGISTRAR) as unit:
        assert len(unit.pupils.list_guardianships(town.school_id)) == 2


def test_an_import_never_touches_an_answer(town: Town):
    town.import_children([Child(1, guardians=(101,))])
    town.agree_on_signature()
    town.answer_everything()
    asks = {ask.id for ask in town.asks()}
    with town.by(Role.REGISTRAR) as unit:
        before = unit.consents.answers_by_ask(town.school_id)
    take_in(
        town,
        line(EVA.but(name="Ёлкина Евгения Юрьевна", email="eva@example.org"), OLGA, place="7Б"),
    )
    with town.by(Role.REGISTRAR) as unit:
        assert unit.consents.answers_by_ask(town.school_id) == before
    assert {ask.id for ask in town.asks()} == asks


def test_whoever_is_fourteen_soon_is_asked_at_once(town: Town):
    soon = Person.child(1, born="08.09.2012")
    later = Person.child(2, "Сосновый Пётр Ильич", born="08.12.2012")
    adult = Person.child(3, "Кедрова Ия Ильинична", born="08.08.2008")
    take_in(
        town, line(soon, OLGA), line(later, OTHER_MOTHER), line(adult, Person.adult(103, "К И П"))
    )
    own = {ask.signer_id for ask in town.asks() if ask.form is FormKind.PUPIL_OWN}
    assert own == {town.person(1), town.person(3)}
    assert town.person(103) not in {ask.signer_id for ask in town.asks()}


# the examples


def test_the_spoiled_list_shows_its_findings_and_repairs(town: Town):
    key = json.loads((ROSTERS / "answers" / "class_7a_28.json").read_text())
    with town.by(Role.REGISTRAR) as unit:
        import_id = import_roster(
            unit,
            town.collection_id,
            (ROSTERS / "class_7a_28.csv").read_bytes(),
            "class_7a_28.csv",
        )
    seen = review(town, import_id)
    found = {(f.row, f.column) for f in seen.findings}
    assert found >= {(cell["row"], cell["column"]) for cell in key["needs_a_person"]}
    assert {(r.row, r.column) for r in seen.repairs} >= {
        (cell["row"], cell["column"]) for cell in key["silent_repairs"]
    }
    assert Code.COLUMNS_MISREAD not in {f.code for f in seen.findings}


def test_the_whole_school_comes_in_whole(town: Town):
    data = (ROSTERS / "school_28.xlsx").read_bytes()
    done = []
    for _ in range(2):
        with town.by(Role.REGISTRAR) as unit:
            import_id = import_roster(unit, town.collection_id, data, "school_28.xlsx")
        done.append(commit(town, import_id, review(town, import_id).digest))
    assert done[0].added == 60 + 80
    assert len(places(town)) == 60
    assert (done[1].added, done[1].changed, done[1].unchanged) == (0, 0, 140)
    with town.by(Role.REGISTRAR) as unit:
        links = unit.pupils.list_guardianships(town.school_id)
    assert len({link.guardian_id for link in links}) == 80


def test_a_refused_pupil_is_refused_after_the_same_list_again(town: Town):
    town.import_children([Child(1, guardians=(101,))])
    town.agree_on_signature()
    town.answer_everything(Decision.REFUSED)
    assert take_in(town, line(EVA, OLGA)).asks == 0
