"""Odd lists and exports of electronic journals are read as a careful reader reads them."""

from __future__ import annotations

import pytest

from gateway.intake.rows import Intake, intake
from policies.facts import Field
from policies.findings import Code
from policies.programme import load_programme
from tests.gateway.intake import writers
from tests.gateway.intake.lists import TODAY
from tests.gateway.intake.test_losses import PARENT, PUPIL, TITLES, Line, a_line, read

PROGRAMME = load_programme("mesh-2020")


def people(found: Intake) -> list[tuple[object, ...]]:
    return [
        (row.class_name, row.items, [(r.items, r.relation) for r in row.representatives])
        for row in found.rows
    ]


@pytest.fixture(scope="module")
def plain() -> list[tuple[object, ...]]:
    found = read(a_line(1), a_line(2))
    assert {finding.code for finding in found.findings} == {Code.NAMESAKES}
    assert found.repairs == ()
    return people(found)


@pytest.mark.parametrize(
    "title",
    [
        "Кто (мать/отец/опекун)",
        "Родитель-1: статус",
        "Статус родителя",
        "Роль законного представителя",
        "Представитель.СтепеньРодства",
        "Представитель (мать/отец)",
        "Мать/отец/опекун",
    ],
)
def test_a_weak_title_of_kinship_is_read(plain: list[tuple[object, ...]], title: str) -> None:
    titles: Line = [title if each == "Кем приходится" else each for each in TITLES]
    found = read(a_line(1), a_line(2), titles=titles)
    assert people(found) == plain
    assert found.unread == ()


@pytest.mark.parametrize("weak", ["Кто", "Статус", "Представитель (мать/отец)"])
def test_a_weak_title_beside_a_name_stands_though_another_is_clear(weak: str) -> None:
    parents = [[f"{title} {number}" for title in PARENT] for number in (1, 2)]
    parents[0][1], parents[1][1] = weak, "Степень родства"
    line = [*a_line(1), *a_line(2)[6:]]
    found = read(line, titles=[*TITLES[:6], *parents[0], *parents[1]])
    assert found.findings == ()
    assert [each.relation for each in found.rows[0].representatives] == ["мать", "мать"]


def test_a_number_after_its_sign_is_no_number_of_the_line() -> None:
    parents = [[f"{title} №{number}" for title in PARENT] for number in (1, 2)]
    parents[0][0], parents[1][0] = "Родитель №1", "Законный представитель №2"
    line = [*a_line(1), *a_line(2)[6:]]
    found = read(line, titles=[*TITLES[:6], *parents[0], *parents[1]])
    assert found.findings == ()
    assert len(found.rows[0].representatives) == 2


@pytest.mark.parametrize("father", ["Сведения об отце", "Данные отца", "Отец"])
def test_a_group_says_whose_the_columns_are(father: str) -> None:
    bare = ["ФИО", *PUPIL[1:]]
    groups: Line = [None, "Ученик", *[None] * 4, "Сведения о матери", *[None] * 4, father]
    line = a_line(1)
    mother, other = line[6:], a_line(2)[6:]
    lines = [groups, ["Класс", *bare, *bare, *bare], [*line[:6], *mother[:1], *mother[2:],
             *other[:1], *other[2:]]]  # fmt: skip
    found = intake(writers.a_csv(lines), "x", PROGRAMME, TODAY)
    assert found.findings == ()
    assert [each.relation for each in found.rows[0].representatives] == ["мать", "отец"]


def test_a_full_name_that_is_nobodys_never_takes_the_place_of_the_pupils() -> None:
    titles: Line = ["Класс", "Фамилия", "Имя", "Отчество", *PUPIL[1:], *PARENT, "ФИО ученика"]
    line = a_line(1)
    found = read([line[0], "Ёлкин", "Егор", "Юрьевич", *line[2:], "Ким Лев Ильич"], titles=titles)
    assert [row.items.values[Field.FAMILY_NAME] for row in found.rows] == ["Ёлкин"]
    assert [(f.code, f.column) for f in found.findings] == [(Code.COLUMN_TWICE, "ФИО ученика")]


def test_the_status_of_a_mother_is_no_kinship() -> None:
    titles: Line = [f"{each} матери" for each in PUPIL[1:]]
    line = a_line(1)
    found = read(
        [*line[:6], line[6], "работает", *line[8:]],
        titles=[*TITLES[:6], "ФИО матери", "Статус матери", *titles],
    )
    assert found.unread == ("Статус матери",)
    assert found.findings == ()
    assert found.rows[0].representatives[0].relation == "мать"


def test_words_of_a_title_may_stand_without_blanks(plain: list[tuple[object, ...]]) -> None:
    titles: Line = [
        *TITLES[:2],
        "Обучающийся.ДатаРождения",
        *TITLES[3:6],
        "Представитель.ФИО",
        "Представитель.СтепеньРодства",
        "Представитель.ДатаРождения",
        *TITLES[9:],
    ]
    assert people(read(a_line(1), a_line(2), titles=titles)) == plain


def test_one_title_may_stand_over_three_columns_of_names(
    plain: list[tuple[object, ...]],
) -> None:
    titles: Line = [*TITLES[:2], None, None, *TITLES[2:7], None, None, *TITLES[7:]]
    lines = [
        [cell for n, each in enumerate(line)
         for cell in (str(each).split() if n in (1, 6) else [each])]
        for line in (a_line(1), a_line(2))
    ]  # fmt: skip
    assert people(read(*lines, titles=titles)) == plain


def test_notes_beside_a_full_name_are_no_part_of_it(plain: list[tuple[object, ...]]) -> None:
    titles: Line = [*TITLES[:2], None, None, *TITLES[2:]]
    lines = [[*line[:2], "лист 1", None, *line[2:]] for line in (a_line(1), a_line(2))]
    assert people(read(*lines, titles=titles)) == plain


def test_bare_titles_twice_are_told_apart_by_the_kinship_beside(
    plain: list[tuple[object, ...]],
) -> None:
    bare = ["ФИО", "Степень родства", "Дата рождения", "СНИЛС", "Эл. почта", "Телефон"]
    titles: Line = ["Класс", "ФИО", *PUPIL[1:], *bare]
    assert people(read(a_line(1), a_line(2), titles=titles)) == plain
    twice = read([*a_line(1), *a_line(2)[6:]], titles=[*titles, *bare])
    assert [len(row.representatives) for row in twice.rows] == [2]


def test_a_formula_that_keeps_a_zero_is_its_text(plain: list[tuple[object, ...]]) -> None:
    lines = [[f'="{cell}"' for cell in line] for line in (a_line(1), a_line(2))]
    found = read(*lines)
    assert people(found) == plain
    assert found.repairs == ()


PAGE = "<html><body>{}</body></html>"


def a_page(*parts: str | list[Line]) -> bytes:
    """Words and tables of a page, in order."""
    tables = (
        part
        if isinstance(part, str)
        else "<table>"
        + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) for row in part)
        + "</table>"
        for part in parts
    )
    return PAGE.format("".join(tables)).encode()


def without_class(line: Line) -> Line:
    return line[1:]


@pytest.mark.parametrize(
    "heading",
    ["<h3>Список 7А класса</h3>", [["Класс:", "7А"]]],
    ids=["words", "a table"],
)
def test_the_class_may_stand_above_the_table_of_a_page(
    plain: list[tuple[object, ...]], heading: str | list[Line]
) -> None:
    lines = [without_class(line) for line in (TITLES, a_line(1), a_line(2))]
    found = intake(a_page(heading, lines), "x", PROGRAMME, TODAY)
    assert people(found) == plain


def test_each_table_of_a_page_has_its_own_class_above() -> None:
    lists = [[without_class(line) for line in (TITLES, a_line(n))] for n in (1, 2, 3)]
    data = a_page("7А класс", lists[0], "<p>7Б класс</p>", lists[1], lists[2])
    found = intake(data, "x", PROGRAMME, TODAY)
    assert [row.class_name for row in found.rows] == ["7А", "7Б"]
    # Of the third table nobody says the class: it is not the one before.
    assert {finding.code for finding in found.findings} >= {Code.CLASS_MISSING}
    assert len(found.nameless) == 1
