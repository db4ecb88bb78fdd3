"""A class list against itself: people are compared, not rows."""

import random
from datetime import date

import pytest

from policies.facts import Field, GuardianKind, RepresentativeRow
from policies.findings import Code
from policies.programme import load_programme
from policies.roster import ListedClass, roster_findings, shrink_findings
from tests.factories import TODAY, a_representative, a_row, a_snils, an_id, items

PROGRAMME = load_programme("mesh-2020")
MOTHER_BORN = date(1985, 5, 7)


def told(*rows, today=TODAY):
    return [
        (each.code, each.row, each.representative, each.field)
        for each in roster_findings(rows, PROGRAMME, today)
    ]


def pupil(number, name="Ева", **changes):
    return items(number, given_name=name, **changes)


def a_mother(number, **changes):
    changes.setdefault("given_name", "Мария")
    data = items(number, born=changes.pop("born", MOTHER_BORN), **changes)
    return RepresentativeRow(data, GuardianKind.PARENT, "мать")


def test_a_list_in_order_has_no_findings():
    assert told(*(a_row(row) for row in range(3, 9))) == []


def test_brothers_and_sisters_share_one_mother():
    mother = a_representative(99)
    assert told(a_row(3, representatives=(mother,)), a_row(4, representatives=(mother,))) == []


def test_a_shared_mother_without_snils_is_known_by_name_and_birth_date():
    mother = a_mother(99, without=(Field.SNILS,))
    again = a_mother(99, given_name="Мария")
    found = told(a_row(3, representatives=(mother,)), a_row(4, representatives=(again,)))
    assert found == [(Code.ITEM_MISSING, 3, 1, Field.SNILS)]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(
            a_row(3),
            a_row(4, data=pupil(40, "Ия", email="person30@example.org")),
            [(Code.DUPLICATE_EMAIL, 4, None, Field.EMAIL)],
            id="e-mail of another pupil",
        ),
        pytest.param(
            a_row(3),
            a_row(4, representatives=(a_mother(41, phone="+79000000031"),)),
            [(Code.DUPLICATE_PHONE, 4, 1, Field.PHONE)],
            id="phone of another mother",
        ),
        pytest.param(
            a_row(3),
            a_row(4, data=pupil(40, "Ия", phone="+79000000041")),
            [(Code.DUPLICATE_PHONE, 4, None, Field.PHONE)],
            id="the child has the mother's phone",
        ),
        pytest.param(
            a_row(3),
            a_row(4, data=pupil(40, "Ия", snils=a_snils(30))),
            [(Code.DUPLICATE_SNILS, 4, None, Field.SNILS)],
            id="SNILS of another pupil",
        ),
        pytest.param(
            a_row(3),
            a_row(4, representatives=(a_mother(41, snils=a_snils(30)),)),
            [(Code.DUPLICATE_SNILS, 4, 1, Field.SNILS)],
            id="a mother with a pupil's SNILS",
        ),
        pytest.param(
            a_row(3, representatives=(a_mother(31),)),
            a_row(4, representatives=(a_mother(41, given_name="Мира", snils=a_snils(31)),)),
            [(Code.SNILS_OF_ANOTHER, 4, 1, Field.SNILS)],
            id="one SNILS, two mothers",
        ),
        pytest.param(
            a_row(3, representatives=(a_mother(31),)),
            a_row(4, representatives=(a_mother(31, born=date(1986, 1, 1)),)),
            [(Code.SNILS_OF_ANOTHER, 4, 1, Field.SNILS)],
            id="one mother, two birth dates",
        ),
        pytest.param(
            a_row(3, representatives=(a_mother(31),)),
            a_row(4, representatives=(a_mother(31, phone="+79000000077"),)),
            [(Code.CONTACT_DIFFERS, 4, 1, Field.PHONE)],
            id="one mother, two phones: a hint",
        ),
        pytest.param(
            a_row(3, data=pupil(30, "Ия")),
            a_row(4, data=pupil(30, "Ия")),
            [(Code.DUPLICATE_PUPIL, 4, None, Field.SNILS)],
            id="the same pupil twice",
        ),
        pytest.param(
            a_row(3, data=pupil(30, "Пётр")),
            a_row(4, data=pupil(30, "Петр", without=(Field.SNILS,))),
            [
                (Code.DUPLICATE_PUPIL, 4, None, Field.FAMILY_NAME),
                (Code.ITEM_MISSING, 4, None, Field.SNILS),
            ],
            id="the same pupil, SNILS once, ё once",
        ),
        pytest.param(
            a_row(3, data=pupil(30, "Ия")),
            a_row(4, data=pupil(40, "Ия")),
            [(Code.NAMESAKES, 4, None, Field.FAMILY_NAME)],
            id="namesakes: a hint",
        ),
        pytest.param(
            a_row(3, data=pupil(30, "Ия")),
            a_row(4, data=pupil(40, "Ия", without=(Field.SNILS,), born=date(2015, 3, 9))),
            [
                (Code.ITEM_MISSING, 4, None, Field.SNILS),
                (Code.NAMESAKES, 4, None, Field.FAMILY_NAME),
            ],
            id="namesakes of other days",
        ),
        pytest.param(
            a_row(3, data=pupil(30, without=(Field.GIVEN_NAME,))),
            a_row(4, data=pupil(40, without=(Field.GIVEN_NAME,))),
            [
                (Code.ITEM_MISSING, 3, None, Field.GIVEN_NAME),
                (Code.ITEM_MISSING, 4, None, Field.GIVEN_NAME),
            ],
            id="nameless pupils are no namesakes",
        ),
    ],
)
def test_a_collision_is_told_on_the_later_row(first, second, expected):
    assert told(first, second) == expected
    assert told(second, first) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param(
            a_row(3, representatives=()),
            [(Code.NO_REPRESENTATIVE, 3, 1, Field.FAMILY_NAME)],
            id="nobody represents the pupil",
        ),
        pytest.param(
            a_row(3, data=pupil(30, born=None), representatives=()),
            [
                (Code.ITEM_MISSING, 3, None, Field.BIRTH_DATE),
                (Code.NO_REPRESENTATIVE, 3, 1, Field.FAMILY_NAME),
            ],
            id="no birth date, nobody represents",
        ),
        pytest.param(
            a_row(3, class_name="11А", data=pupil(30, born=date(2008, 3, 8)), representatives=()),
            [],
            id="a pupil of 18 needs nobody",
        ),
        pytest.param(
            a_row(
                3,
                class_name="11А",
                data=pupil(30, born=date(2008, 3, 8)),
                representatives=(a_mother(31, without=(Field.SNILS,)),),
            ),
            [(Code.REPRESENTATIVE_NOT_NEEDED, 3, 1, None)],
            id="a mother of a pupil of 18: a hint",
        ),
        pytest.param(
            a_row(3, data=pupil(30, without=(Field.EMAIL,))),
            [(Code.ITEM_MISSING, 3, None, Field.EMAIL)],
            id="no e-mail",
        ),
        pytest.param(
            a_row(3, data=pupil(30, without=(Field.PATRONYMIC,))),
            [(Code.PATRONYMIC_EMPTY, 3, None, Field.PATRONYMIC)],
            id="no patronymic: a hint",
        ),
        pytest.param(
            a_row(3, data=pupil(30, phone="+79000000031")),
            [(Code.DUPLICATE_PHONE, 3, None, Field.PHONE)],
            id="the mother's phone in the child's cell",
        ),
        pytest.param(
            a_row(3, representatives=(a_mother(31), a_mother(31))),
            [(Code.REPRESENTATIVE_TWICE, 3, 2, Field.FAMILY_NAME)],
            id="one mother twice",
        ),
        pytest.param(
            a_row(
                3,
                data=pupil(30, "Ия"),
                representatives=(RepresentativeRow(pupil(30, "Ия"), GuardianKind.PARENT, "мать"),),
            ),
            [
                (Code.REPRESENTATIVE_IS_PUPIL, 3, 1, Field.FAMILY_NAME),
                (Code.REPRESENTATIVE_TOO_YOUNG, 3, 1, Field.BIRTH_DATE),
            ],
            id="the pupil represents himself",
        ),
        pytest.param(
            a_row(3, representatives=(a_mother(31, born=None),)),
            [(Code.ITEM_MISSING, 3, 1, Field.BIRTH_DATE)],
            id="a mother without a birth date",
        ),
        pytest.param(
            a_row(3, class_name=" "),
            [(Code.CLASS_MISSING, 3, None, None)],
            id="no class",
        ),
        pytest.param(
            a_row(3, class_name="1А"),
            [(Code.AGE_AGAINST_CLASS, 3, None, Field.BIRTH_DATE)],
            id="11 years in the first class: a hint",
        ),
        pytest.param(
            a_row(3, class_name="8А"),
            [(Code.AGE_AGAINST_CLASS, 3, None, Field.BIRTH_DATE)],
            id="11 years in the eighth class: a hint",
        ),
        pytest.param(a_row(3, class_name="Солнышко"), [], id="a class without a number"),
        pytest.param(
            a_row(3, data=pupil(30, snils="00100199800")),
            [(Code.SNILS_UNCHECKABLE, 3, None, Field.SNILS)],
            id="an uncheckable SNILS: a hint",
        ),
        pytest.param(
            a_row(3, data=pupil(30, email="eva@gmial.com")),
            [(Code.EMAIL_DOMAIN_MISTYPED, 3, None, Field.EMAIL)],
            id="a mistyped domain: a hint",
        ),
    ],
)
def test_a_row_is_told_what_it_lacks(row, expected):
    assert sorted(told(row), key=str) == sorted(expected, key=str)


def test_a_collision_names_the_earlier_row():
    rows = [a_row(9, data=pupil(90, "Ия", email="person30@example.org")), a_row(3)]
    (finding,) = roster_findings(rows, PROGRAMME, TODAY)
    assert (finding.row, finding.other_row) == (9, 3)
    assert not finding.is_hint


def test_an_adult_pupil_may_represent_a_brother():
    sister = pupil(30, "Ия", born=date(2008, 3, 8))
    adult = a_row(3, class_name="11А", data=sister, representatives=())
    brother = a_row(
        4, representatives=(RepresentativeRow(sister, GuardianKind.GUARDIAN, "опекун"),)
    )
    assert told(adult, brother) == []


def test_the_order_of_rows_does_not_matter():
    rows = [a_row(row, data=pupil(row % 4, "Ия")) for row in range(3, 12)]
    expected = roster_findings(rows, PROGRAMME, TODAY)
    assert expected
    for seed in range(5):
        mixed = random.Random(seed).sample(rows, len(rows))
        assert roster_findings(mixed, PROGRAMME, TODAY) == expected


@pytest.mark.parametrize(
    ("known", "missing", "held"),
    [
        pytest.param(30, 0, False, id="nobody"),
        pytest.param(30, 3, False, id="a tenth"),
        pytest.param(29, 3, True, id="three of twenty-nine"),
        pytest.param(5, 1, True, id="one of five"),
        pytest.param(1, 1, True, id="the only one"),
    ],
)
def test_a_class_that_loses_more_than_a_tenth_is_told(known, missing, held):
    one = ListedClass(an_id(1), known, missing)
    assert [each.code for each in shrink_findings([one])] == [Code.ROSTER_SHRINKS] * held
    assert {each.about for each in shrink_findings([one])} <= {one.class_id}
