"""Titles as schools and their journals write them: what each column is, whose, in which row."""

from __future__ import annotations

import pytest

from gateway.intake.cells import Row, Table
from gateway.intake.columns import Header, find_header

# short names of roles, to write a layout in one line
SHORT = {
    "full_name": "name",
    "family_name": "family",
    "given_name": "given",
    "birth_date": "born",
    "class_letter": "letter",
}


def header(lines: list[str]) -> Header:
    rows = [
        Row(number, tuple(cell.strip() or None for cell in line.split("|")))
        for number, line in enumerate(lines, start=1)
    ]
    return find_header(Table("csv", "", tuple(r for r in rows if any(r.cells))))


def layout(found: Header) -> str:
    """«pupil: name born … rep1: name …», in the order of the columns."""
    parts: dict[str, list[str]] = {}
    for column in found.columns:
        parts.setdefault(column.part, []).append(SHORT.get(column.role, column.role))
    return "; ".join(f"{part}: {' '.join(roles)}" for part, roles in parts.items())


LAYOUTS = {
    "journal, parents under a group": (
        [
            "Список учащихся|||||",
            "№ п/п|Фамилия|Имя|Отчество|Пол|Дата рождения|Класс|СНИЛС|Мобильный телефон|E-mail"
            "|Родители (законные представители)|||",
            "||||||||||ФИО|Мобильный телефон|E-mail|СНИЛС",
        ],
        3,
        "pupil: family given patronymic born class snils phone email; rep1: name phone email snils",
    ),
    "journal, mother and father": (
        [
            "№|ФИО ученика|Класс|Дата рождения|СНИЛС|Эл. почта|Мобильный телефон"
            "|Домашний телефон|Адрес проживания|Мать|Мобильный телефон матери|E-mail матери"
            "|СНИЛС матери|Отец|Мобильный телефон отца|E-mail отца|СНИЛС отца",
        ],
        1,
        "pupil: name class born snils email phone; rep1: name phone email snils;"
        " rep2: name phone email snils",
    ),
    "journal, parallel and letter": (
        [
            "Фамилия|Имя|Отчество|Пол|Дата рождения|Параллель|Литера|СНИЛС|Email"
            "|Мобильный телефон|Фамилия родителя|Имя родителя|Отчество родителя"
            "|Родственная связь|Email родителя|Телефон родителя|СНИЛС родителя|Логин|Пароль",
        ],
        1,
        "pupil: family given patronymic born parallel letter snils email phone;"
        " rep1: family given patronymic relation email phone snils",
    ),
    "three rows of titles": (
        [
            "№|Класс|Обучающийся||||||Представители|||||||",
            "||ФИО|Дата рождения|СНИЛС|E-mail|Телефон||Мать||||Отец||",
            "||||||||ФИО|СНИЛС|E-mail|Телефон|ФИО|СНИЛС|Телефон",
        ],
        3,
        "pupil: class name born snils email phone; rep1: name snils email phone;"
        " rep2: name snils phone",
    ),
    "two rows, numbers in the groups": (
        [
            "№|Класс|Обучающийся||||||Законный представитель 1||||Законный представитель 2|||",
            "||Фамилия|Имя|Отчество|Дата рождения|СНИЛС|Телефон|ФИО|СНИЛС|E-mail|Телефон"
            "|ФИО|СНИЛС|E-mail|Телефон",
        ],
        2,
        "pupil: class family given patronymic born snils phone; rep1: name snils email phone;"
        " rep2: name snils email phone",
    ),
    "a heading right above": (
        ["Список учащихся 7А|||||||", "ФИО ребёнка|ДР|СНИЛС|Почта|Тел.|ФИО мамы|Тел.|Почта"],
        2,
        "pupil: name born snils email phone; rep1: name phone email",
    ),
    "a heading in the middle": (
        ["|||Список учащихся 7А||||", "ФИО ребёнка|ДР|СНИЛС|Почта|Тел.|ФИО мамы|Тел.|Почта"],
        2,
        "pupil: name born snils email phone; rep1: name phone email",
    ),
    "agreement in one column": (
        [
            "ФИО|ДР|СНИЛС|Почта|Тел.|ФИО родителя|Кем приходится|СНИЛС родителя"
            "|Почта родителя|Телефон родителя|Соглашение на ПЭП (№, дата)",
        ],
        1,
        "pupil: name born snils email phone; rep1: name relation snils email phone agreement",
    ),
    "agreement in two columns, a weak title for kinship": (
        [
            "ФИО|ДР|СНИЛС|Почта|Тел.|ФИО родителя|Статус|СНИЛС родителя|Почта родителя"
            "|Телефон родителя|Номер соглашения|Дата соглашения",
        ],
        1,
        "pupil: name born snils email phone;"
        " rep1: name relation snils email phone agreement agreement_date",
    ),
    "a status of the pupil is nobody's kinship": (
        [
            "ФИО|Статус|ДР|СНИЛС|Почта|Тел.|ФИО родителя|Степень родства|СНИЛС родителя"
            "|Почта родителя|Телефон родителя",
        ],
        1,
        "pupil: name born snils email phone; rep1: name relation snils email phone",
    ),
    "reasons stand beside their items": (
        [
            "ФИО|ДР|СНИЛС|Причина отсутствия СНИЛС|Почта|Причина отсутствия почты|Тел."
            "|ФИО родителя|Кем приходится|СНИЛС родителя|Причина отсутствия СНИЛС/почты"
            "|Почта родителя|Телефон родителя",
        ],
        1,
        "pupil: name born snils absence email absence phone;"
        " rep1: name relation snils absence email phone",
    ),
    "guardian": (
        ["ФИО|ДР|СНИЛС|Почта|Тел.|ФИО опекуна|СНИЛС опекуна|Почта опекуна|Телефон опекуна"],
        1,
        "pupil: name born snils email phone; rep1: name snils email phone",
    ),
    "ordinal parents": (
        [
            "№|ФИО ребёнка|дата рождения|СНИЛС ребёнка|почта ребёнка|телефон ребёнка"
            "|1-й родитель ФИО|1-й родитель СНИЛС|1-й родитель тел|1-й родитель почта"
            "|2-й родитель ФИО|2-й родитель СНИЛС|2-й родитель тел|2-й родитель почта",
        ],
        1,
        "pupil: name born snils email phone; rep1: name snils phone email;"
        " rep2: name snils phone email",
    ),
    "in the words of an order": (
        [
            "№ п/п|Фамилия, имя, отчество (при наличии) обучающегося"
            "|Дата рождения обучающегося"
            "|Страховой номер индивидуального лицевого счета (СНИЛС) обучающегося"
            "|Адрес электронной почты обучающегося (для регистрации в ЕСИА)"
            "|Номер мобильного телефона обучающегося"
            "|Фамилия, имя, отчество (при наличии) родителя (законного представителя)"
            "|Степень родства (мать, отец, опекун)"
            "|Дата рождения родителя (законного представителя)"
            "|СНИЛС родителя (законного представителя)|Адрес электронной почты родителя"
            "|Номер мобильного телефона родителя"
            "|Согласие на обработку персональных данных (да/нет)|Подпись",
        ],
        1,
        "pupil: name born snils email phone; rep1: name relation born snils email phone",
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_titles_say_what_and_whose_a_column_is(name: str) -> None:
    lines, row, expected = LAYOUTS[name]
    found = header(lines)
    assert found.row == row
    assert layout(found) == expected


def test_a_title_that_stands_again_keeps_its_words_for_machines() -> None:
    lines, _, _ = LAYOUTS["two rows, numbers in the groups"]
    column = next(c for c in header(lines).columns if c.title == "СНИЛС (2)")
    assert column.said == "СНИЛС"


def test_kinship_of_a_title_is_told() -> None:
    lines, _, _ = LAYOUTS["guardian"]
    assert {c.relation for c in header(lines).columns if c.part == "rep1"} == {"опекун"}


def test_reasons_say_which_item_they_explain() -> None:
    lines, _, _ = LAYOUTS["reasons stand beside their items"]
    explained = [c.explains for c in header(lines).columns if c.role == "absence"]
    assert explained == ["snils", "email", None]
