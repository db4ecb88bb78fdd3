"""Titles: which row they are, what they claim, what is missing."""

from __future__ import annotations

import pytest

from gateway.intake.cells import Row, Table, UnreadableFile
from gateway.intake.columns import Header, find_header
from gateway.intake.meanings import Part
from gateway.intake.words import Role, best_title, plain
from policies.facts import Field
from policies.findings import Code


def header(*lines: str) -> Header:
    rows = tuple(
        Row(number, tuple(cell.strip() or None for cell in line.split("|")))
        for number, line in enumerate(lines, start=1)
        if line
    )
    return find_header(Table("csv", "", rows))


def places(found: Header) -> list[tuple[str, str]]:
    return [(column.part, column.role) for column in found.columns]


WHOLE = "ФИО|Дата рождения|СНИЛС|Почта|Телефон|ФИО родителя"


def test_titles_are_found_below_other_lines() -> None:
    found = header("Список 7А класса", "", "ФИО учеников и дата", WHOLE, "Ким Ева|1.1.2012")
    assert found.row == 4
    assert found.findings == ()


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["Ким Ева|01.05.2012|89000000001"], id="no titles"),
        pytest.param(["ФИО|Телефон"], id="too few"),
        pytest.param(["Дата рождения|СНИЛС|Почта|Телефон"], id="nobody named"),
    ],
)
def test_a_table_without_titles_is_no_list(lines: list[str]) -> None:
    with pytest.raises(UnreadableFile) as refused:
        header(*lines)
    assert refused.value.code == Code.HEADER_NOT_FOUND


def test_two_columns_for_one_item_are_told_and_the_first_is_read() -> None:
    found = header("ФИО|Дата рождения|СНИЛС|Почта|Телефон|Мобильный|ФИО родителя")
    (finding,) = found.findings
    assert (finding.code, finding.column) == (Code.COLUMN_TWICE, "Мобильный")
    column = found.find(Part.PUPIL, Field.PHONE)
    assert column is not None
    assert column.title == "Телефон"
    assert found.unread == ("Мобильный",)


def test_the_same_title_twice_is_told_apart() -> None:
    found = header(f"{WHOLE}|СНИЛС родителя|ФИО родителя|СНИЛС родителя")
    assert [column.title for column in found.columns if column.part is Part.REP2] == [
        "ФИО родителя (2)",
        "СНИЛС родителя (2)",
    ]


@pytest.mark.parametrize(
    "titles",
    [
        pytest.param(
            "ФИО ребёнка|ДР|СНИЛС|Почта|Тел.|ФИО мамы|Тел.|Почта", id="bare after the name"
        ),
        pytest.param("ФИО мамы|Тел. мамы|Почта мамы|ФИО ребёнка|ДР|СНИЛС|Почта|Тел.", id="first"),
        pytest.param("ФИО|ФИО мамы|Тел. мамы|Почта мамы|ДР|СНИЛС|Почта|Тел.", id="in the middle"),
    ],
)
def test_a_bare_title_belongs_to_whom_the_others_leave_it(titles: str) -> None:
    assert set(places(header(titles))) == {
        (Part.PUPIL, Role.FULL_NAME),
        (Part.PUPIL, Field.BIRTH_DATE),
        (Part.PUPIL, Field.SNILS),
        (Part.PUPIL, Field.EMAIL),
        (Part.PUPIL, Field.PHONE),
        (Part.REP1, Role.FULL_NAME),
        (Part.REP1, Field.PHONE),
        (Part.REP1, Field.EMAIL),
    }


def test_what_is_not_asked_for_is_left_alone() -> None:
    found = header(f"№|{WHOLE}|Адрес проживания|Классный руководитель|Домашний телефон|Пол|Логин")
    assert len(found.columns) == 6
    assert found.unread == (
        "Адрес проживания",
        "Классный руководитель",
        "Домашний телефон",
        "Пол",
        "Логин",
    )


@pytest.mark.parametrize(
    ("title", "meaning"),
    [
        ("Фамилия, имя, отчество (полностью)", Role.FULL_NAME),
        ("Ф.И.О. учащегося", Role.FULL_NAME),
        ("Д/р", Field.BIRTH_DATE),
        ("Дата рожд.", Field.BIRTH_DATE),
        ("День рождения", Field.BIRTH_DATE),
        ("Г.р.", Field.BIRTH_DATE),
        ("СНИЛС №", Field.SNILS),
        ("Адрес эл. почты", Field.EMAIL),
        ("E-mail", Field.EMAIL),
        ("Электронный адрес", Field.EMAIL),
        ("№ телефона", Field.PHONE),
        ("моб. тел.", Field.PHONE),
        ("Моб. номер", Field.PHONE),
        ("ТЕЛЕФОН (WhatsApp)", Field.PHONE),
        ("Kласс", Role.CLASS),
        ("№ п/п", Role.ORDINAL),
        ("Родитель №1: ДР", Field.BIRTH_DATE),
        ("Домашний адрес", Role.OTHER),
        ("Место рождения", Role.OTHER),
        ("ФИО классного руководителя", Role.OTHER),
        ("Рост", None),
    ],
)
def test_a_title_is_read_by_its_words(title: str, meaning: Field | Role | None) -> None:
    assert best_title(plain(title)) == meaning
