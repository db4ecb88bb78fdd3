"""Columns of which a person has to say what they hold: which are asked about, which never."""

from __future__ import annotations

import pytest

from gateway.intake.cells import Row, Table
from gateway.intake.child import answer, tables_of
from gateway.intake.columns import find_header
from gateway.intake.meanings import LEFT_ALONE, Part, letters
from gateway.intake.undecided import lacking, missing, undecided
from gateway.intake.words import Role
from policies.facts import Field
from policies.findings import Code
from policies.programme import Subject, load_programme

PUPIL = ("ФИО", "Дата рождения", "СНИЛС", "Почта", "Телефон")
PARENT = tuple(f"{item} матери" for item in PUPIL)
WHOLE = (*PUPIL, *PARENT)
RULES = load_programme("mesh-2020")
NO_PHONES = load_programme("moya-shkola-2023")
ITEMS = (Field.BIRTH_DATE, Field.SNILS, Field.EMAIL, Field.PHONE)


def a_table(titles: tuple[str | None, ...], *cells: str | None, **said: str) -> Table:
    """`cells` of the one line below; `said` by letter of the column: A=…"""
    rows = (Row(1, titles), Row(2, cells or tuple("x" for _ in titles)))
    return Table("csv", "", rows, said={ord(at) - ord("A"): each for at, each in said.items()})


@pytest.mark.parametrize(
    ("titles", "found"),
    [
        pytest.param(WHOLE, [], id="nothing"),
        pytest.param(PUPIL, [Role.FULL_NAME, *ITEMS], id="nobody but the pupil"),
        pytest.param(WHOLE[:-1], [Field.PHONE], id="the mother's phone"),
        pytest.param(
            (*WHOLE, "ФИО отца", "СНИЛС отца"),
            [Field.BIRTH_DATE, Field.EMAIL, Field.PHONE],
            id="a second representative who is listed",
        ),
    ],
)
def test_items_without_a_column_are_told(
    titles: tuple[str, ...], found: list[Field | Role]
) -> None:
    assert [role for _, role in lacking(find_header(a_table(titles)), RULES)] == found


@pytest.mark.parametrize(
    ("titles", "asked"),
    [
        pytest.param((*WHOLE, "Цвет"), {}, id="every item has its column"),
        pytest.param((*WHOLE[:-1], "Куда звонить"), {9: "Куда звонить"}, id="an unknown title"),
        pytest.param((*WHOLE[:-1], None), {9: "Столбец J"}, id="no title"),
        pytest.param((*WHOLE[:-1], "Адрес проживания"), {}, id="known for something else"),
        pytest.param(("№ п/п", *WHOLE[:-1]), {}, id="numbers of lines"),
        pytest.param((*WHOLE, "СНИЛС ученика"), {10: "СНИЛС ученика"}, id="a second one"),
    ],
)
def test_only_what_may_hold_a_wanted_item_is_asked_about(
    titles: tuple[str | None, ...], asked: dict[int, str]
) -> None:
    table = a_table(titles)
    assert undecided(table, find_header(table), RULES) == asked


def test_an_empty_column_is_not_asked_about() -> None:
    table = a_table((*WHOLE[:-1], "Куда звонить"), *"xxxxxxxxx", None)
    assert undecided(table, find_header(table), RULES) == {}


def test_what_a_person_said_beats_the_titles_and_moves_nobody_else() -> None:
    """The mother stays the first representative, though she is not called so in the file."""
    titles = (*WHOLE[:-1], "Куда звонить")
    table = a_table(titles, J="rep1.phone", E=LEFT_ALONE)
    found = find_header(table)
    assert [(c.part, c.role) for c in found.columns[4:]] == [
        (Part.REP1, Role.FULL_NAME),
        (Part.REP1, Field.BIRTH_DATE),
        (Part.REP1, Field.SNILS),
        (Part.REP1, Field.EMAIL),
        (Part.REP1, Field.PHONE),
    ]
    assert found.columns[-1].relation == "мать"
    assert found.unread == ("Телефон",)
    assert [finding.column for finding in missing(found, RULES)] == ["Телефон"]


@pytest.mark.parametrize(
    ("titles", "told"),
    [
        ("ФИО|Дата рождения|СНИЛС|Почта|Телефон|ФИО родителя", None),
        ("ФИО|Дата рождения|СНИЛС|Почта|ФИО родителя", "Телефон"),
        ("ФИО|Дата рождения|СНИЛС|Почта|Телефон", "ФИО представителя"),
        ("Фамилия|Дата рождения|СНИЛС|Почта|Телефон|ФИО родителя", "ФИО"),
        ("Фамилия|Имя|Дата рождения|СНИЛС|Почта|Телефон|ФИО родителя", "Отчество"),
    ],
)
def test_a_missing_column_is_named(titles: str, told: str | None) -> None:
    found = list(missing(find_header(a_table(tuple(titles.split("|")))), RULES))
    assert [(each.code, each.row, each.column) for each in found] == (
        [(Code.COLUMN_MISSING, 1, told)] if told else []
    )


def test_what_the_programme_does_not_ask_for_is_not_missed() -> None:
    table = a_table(("ФИО", "Дата рождения", "СНИЛС", "Почта", "ФИО матери", "Домашний питомец"))
    header = find_header(table)
    assert list(missing(header, NO_PHONES)) == []
    assert (Part.PUPIL, Field.PHONE) not in lacking(header, NO_PHONES)
    assert [each.column for each in missing(header, RULES)] == ["Телефон"]


def test_no_column_is_asked_about_for_the_sake_of_an_item_that_nobody_needs() -> None:
    guardian = [rule.field for rule in NO_PHONES.items[Subject.GUARDIAN]]
    named = {Field.BIRTH_DATE: "Дата рождения", Field.SNILS: "СНИЛС", Field.EMAIL: "Почта"}
    mother = tuple(f"{named[item]} матери" for item in guardian if item in named)
    table = a_table((*PUPIL[:-1], "ФИО матери", *mother, "Куда звонить"))
    assert undecided(table, find_header(table), NO_PHONES) == {}
    assert set(undecided(table, find_header(table), RULES).values()) == {"Куда звонить"}


def test_a_column_without_a_title_is_read_as_said() -> None:
    found = find_header(a_table((*WHOLE[:-1], None), J="rep1.phone"))
    assert (found.columns[-1].title, found.columns[-1].role) == ("Столбец J", Field.PHONE)


def test_a_second_column_that_a_person_explained_is_second_no_more() -> None:
    assert find_header(a_table((*WHOLE, "СНИЛС ученика"))).findings[0].code is Code.COLUMN_TWICE
    assert find_header(a_table((*WHOLE, "СНИЛС ученика"), K=LEFT_ALONE)).findings == ()


def test_what_was_said_goes_the_way_of_the_child_and_the_draft() -> None:
    table = a_table(WHOLE, J="rep1.phone", A=LEFT_ALONE)
    assert tables_of(answer((table,))) == (table,)


@pytest.mark.parametrize(("at", "said"), [(0, "A"), (25, "Z"), (26, "AA"), (255, "IV")])
def test_columns_without_titles_have_the_letters_of_a_spreadsheet(at: int, said: str) -> None:
    assert letters(at) == f"Столбец {said}"
