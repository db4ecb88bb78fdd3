"""Nobody is lost without a word, and nothing is guessed without one."""

from __future__ import annotations

import pytest

from gateway.intake.items import Repair
from gateway.intake.rows import Intake, intake, read_list
from gateway.intake.tables import read_tables
from gateway.intake.telling import answer_of
from policies.facts import Field
from policies.findings import Code
from policies.programme import load_programme
from tests.factories import a_snils
from tests.gateway.intake import writers
from tests.gateway.intake.lists import TODAY

PROGRAMME = load_programme("mesh-2020")
Line = list[object]
PUPIL = ["ФИО ученика", "Дата рождения", "СНИЛС", "Эл. почта", "Телефон"]
PARENT = [
    "ФИО родителя",
    "Кем приходится",
    "Дата рождения родителя",
    "СНИЛС родителя",
    "Эл. почта родителя",
    "Телефон родителя",
]
TITLES: Line = ["Класс", *PUPIL, *PARENT]


def a_pupil(number: int, name: str = "Ёлкин Егор Юрьевич", born: str = "05.03.2013") -> Line:
    digits = f"{number:02d}"
    return [name, born, a_snils(number), f"p{number}@example.org", f"89000000{digits}0"]


def a_mother(number: int, name: str = "Ёлкина Ева Юрьевна") -> Line:
    digits = f"{number:02d}"
    return [name, "мать", "25.05.1985", a_snils(500 + number), f"m{number}@example.org",
            f"89000001{digits}0"]  # fmt: skip


def a_line(number: int, **changes: str) -> Line:
    """One whole line of the class 7А; `changes`: title in small letters, _ for blanks -> cell."""
    line = ["7А", *a_pupil(number), *a_mother(number)]
    for title, cell in changes.items():
        line[[str(t).lower().replace(" ", "_") for t in TITLES].index(title)] = cell
    return line


def read(*lines: Line, titles: Line | None = None, undone: tuple[Repair, ...] = ()) -> Intake:
    tables = read_tables(writers.a_csv([titles or TITLES, *lines]))
    places = {(repair.row, repair.column) for repair in undone}
    return read_list(tables, "x.csv", PROGRAMME, TODAY, undone=places)


@pytest.mark.parametrize(
    "name", ["Мамедов Али Гасан оглы", "ёлкин лев ильич"], ids=["particle", "small letters"]
)
def test_a_pupil_below_a_sum_is_no_line_to_sign_on(name: str) -> None:
    above: list[Line] = [["Список 7А класса"], list(PUPIL), a_pupil(1), ["Итого: 1"]]
    found = intake(writers.a_csv([*above, a_pupil(2, name)]), "x", PROGRAMME, TODAY)
    assert [row.row for row in found.rows] == [3, 5]


def test_people_on_a_sheet_without_titles_are_told() -> None:
    sheets = {"7А": [TITLES, a_line(1)], "7Б": [a_line(2), a_line(3)]}
    said = answer_of(intake(writers.an_xlsx(sheets), "x", PROGRAMME, TODAY))
    assert [each["code"] for each in said["findings"]] == [Code.FILE_SHEETS_UNREAD]
    assert len(said["pupils"]) == 1


@pytest.mark.parametrize("name", ["Выбывшие", "Архив 2025"])
def test_people_on_a_sheet_that_is_put_aside_are_told(name: str) -> None:
    sheets = {"7А": [TITLES, a_line(1)], name: [TITLES, a_line(2)]}
    found = intake(writers.an_xlsx(sheets), "x", PROGRAMME, TODAY)
    assert Code.FILE_SHEETS_UNREAD in {finding.code for finding in found.findings}
    assert found.sheets == ("7А",)


def test_a_sheet_of_words_is_none_of_people() -> None:
    words: list[Line] = [["мать", "отец"], ["до 15.09.2026", "лист 1"]]
    found = intake(
        writers.an_xlsx({"7А": [TITLES, a_line(1)], "Коды": words}), "x", PROGRAMME, TODAY
    )
    assert found.findings == ()


def test_days_that_may_be_read_in_two_ways_are_asked_about() -> None:
    days = ["3/25/2013", "5/4/2013", "7/7/2013"]
    found = read(*(a_line(n, дата_рождения=day) for n, day in enumerate(days, start=1)))
    assert [(f.row, f.code) for f in found.findings if f.field is Field.BIRTH_DATE] == [
        (2, Code.DATE_IMPOSSIBLE),
        (3, Code.DATE_FORM),
    ]


def test_slashes_alone_are_the_day_before_the_month() -> None:
    found = read(a_line(1, дата_рождения="25/3/2013"), a_line(2, дата_рождения="5/4/2013"))
    assert [row.items.values[Field.BIRTH_DATE] for row in found.rows] == [
        "2013-03-25",
        "2013-04-05",
    ]


@pytest.mark.parametrize(
    "name",
    ["ЁЛКИН Егор Юрьевич", "ёлкин Егор Юрьевич", "Ёлкин ЕГОР ЮРЬЕВИЧ", "ЁЛКИН ЕГОР ЮРЬЕВИЧ"],
)
def test_capitals_of_one_word_are_a_repair_too(name: str) -> None:
    (repair,) = read(a_line(1, фио_ученика=name)).repairs
    assert (repair.before, repair.after, repair.code) == (
        name,
        "Ёлкин Егор Юрьевич",
        Code.NAME_CASE,
    )


def test_a_relation_in_two_scripts_is_put_right_and_told() -> None:
    found = read(a_line(1, кем_приходится="мaть"))
    assert found.rows[0].representatives[0].relation == "мать"
    (repair,) = found.repairs
    assert (repair.column, repair.code) == ("Кем приходится", Code.NAME_LOOKALIKES_REPAIRED)
    after = read(a_line(1, кем_приходится="мaть"), undone=found.repairs)
    assert Code.REPAIR_UNDONE in {finding.code for finding in after.findings}


def test_a_latin_letter_of_a_class_is_told() -> None:
    found = read(a_line(1, класс="7B"), a_line(2, класс="7А"))
    assert [row.class_name for row in found.rows] == ["7В", "7А"]
    (repair,) = found.repairs
    assert (repair.before, repair.after, repair.code) == ("7B", "7В", Code.CLASS_LETTER_REPAIRED)
    after = read(a_line(1, класс="7B"), a_line(2, класс="7А"), undone=found.repairs)
    assert after.nameless == {2}
    assert Code.REPAIR_UNDONE in {finding.code for finding in after.findings}


@pytest.mark.parametrize(
    "last",
    [
        ["Классный руководитель", "Петрова Ирина Сергеевна"],
        ["Социальный педагог", "Петрова Ирина Сергеевна", None, None, "8 (900) 000-00-01"],
    ],
    ids=["tutor", "with a phone"],
)
def test_who_signs_in_the_column_of_names_is_no_pupil(last: Line) -> None:
    titles: Line = ["№", *TITLES[1:]]
    lines = [["Список 7А класса"], titles, [1, *a_line(1)[1:]], [], last]
    found = intake(writers.a_csv(lines), "x", PROGRAMME, TODAY)
    assert [row.row for row in found.rows] == [3]
    assert found.findings == ()


def test_a_line_with_numbers_and_days_is_somebody_whatever_it_begins_with() -> None:
    lines = [["Список 7А класса"], list(PUPIL), a_pupil(1), a_pupil(2, "Зам анна петровна")]
    found = intake(writers.a_csv(lines), "x", PROGRAMME, TODAY)
    assert [row.row for row in found.rows] == [3, 4]
