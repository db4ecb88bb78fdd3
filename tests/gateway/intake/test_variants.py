"""The same list in other hands: other columns, titles, code pages, containers. Read alike."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, time

import openpyxl
import pytest

from gateway.intake.rows import Intake, intake
from policies.dates import of_serial
from policies.facts import Field, GuardianKind
from policies.findings import Code
from policies.programme import load_programme
from policies.snils import format_snils
from tests.factories import a_snils

TODAY = date(2026, 9, 1)
Line = list[object]
PUPIL = ["Фамилия", "Имя", "Отчество", "Дата рождения", "СНИЛС", "Эл. почта", "Телефон"]
PARENT = [
    "ФИО родителя",
    "Кем приходится",
    "Дата рождения родителя",
    "СНИЛС родителя",
    "Эл. почта родителя",
    "Телефон родителя",
]
FAMILIES = ["Ёлкин", "О'Коннор", "Иванов-Петров", "Ким", "Юсупов"]


def a_pupil(number: int) -> Line:
    return [
        FAMILIES[number % 5],
        ["Егор", "Лев", "Роман"][number % 3],
        "Юрьевич",
        date(2012 + number % 2, 3, number + 1),
        format_snils(a_snils(number)),
        f"person{number}@example.org",
        f"8 (900) 000-{number:02d}-00",
    ]


def a_parent(number: int) -> Line:
    return [
        "Ёлкина Ева Юрьевна",
        "мать",
        date(1985, 5, number + 1),
        a_snils(500 + number),
        f"mother{number}@example.org",
        f"8900000{number:02d}50",
    ]


TITLES = ["№", "Класс", *PUPIL, *PARENT]
LINES: list[Line] = [[n, "7А", *a_pupil(n), *a_parent(n)] for n in range(1, 13)]


def as_text(value: object) -> str:
    return value.strftime("%d.%m.%Y") if isinstance(value, date) else str(value or "")


def a_csv(rows: Sequence[Line], delimiter: str = ";", encoding: str = "cp1251") -> bytes:
    into = io.StringIO()
    csv.writer(into, delimiter=delimiter).writerows([[as_text(v) for v in row] for row in rows])
    return into.getvalue().replace("№", "" if encoding == "koi8-r" else "№").encode(encoding)


def an_xlsx(rows: Sequence[Line], sheet: str = "Лист1") -> bytes:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = sheet
    for row in rows:
        page.append(row)
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def read(data: bytes, name: str = "list.bin") -> Intake:
    return intake(data, name, load_programme("mesh-2020"), TODAY)


def people(found: Intake) -> list[tuple[object, ...]]:
    return [
        (row.class_name, row.items, [(r.items, r.kind, r.relation) for r in row.representatives])
        for row in found.rows
    ]


@pytest.fixture(scope="module")
def plain() -> Intake:
    found = read(an_xlsx([TITLES, *LINES]))
    assert found.counts.ready == 12
    assert found.repairs == ()
    return found


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("cp1251", "windows-1251"),
        ("cp866", None),
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("koi8-r", None),
    ],
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"], ids=["semicolon", "comma", "tab"])
def test_code_page_and_delimiter_make_no_difference(
    plain: Intake, encoding: str, told: str | None, delimiter: str
) -> None:
    found = read(a_csv([TITLES, *LINES], delimiter, encoding))
    assert people(found) == people(plain)
    assert found.delimiter == delimiter
    assert told in (None, found.encoding)


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_columns_makes_no_difference(plain: Intake, seed: int) -> None:
    order = random.Random(seed).sample(range(len(TITLES)), len(TITLES))
    rows = [[row[index] for index in order] for row in [TITLES, *LINES]]
    assert people(read(an_xlsx(rows))) == people(plain)


@pytest.mark.parametrize("above", range(6))
def test_title_rows_move_the_row_numbers_only(plain: Intake, above: int) -> None:
    words: list[Line] = [["Список обучающихся"], [], ["на 1 сентября 2026 года"], [], ["МБОУ"]]
    for data in (
        an_xlsx([*words[:above], TITLES, *LINES]),
        a_csv([*words[:above], TITLES, *LINES]),
    ):
        found = read(data)
        assert people(found) == people(plain)
        assert [row.row for row in found.rows] == list(range(above + 2, above + 14))


def _numbers(value: object) -> object:
    """A cell as Excel spoils it: days and numbers without their form."""
    if isinstance(value, date):
        return (value - date(1899, 12, 30)).days
    text = str(value)
    digits = "".join(c for c in text if c.isdigit())
    return int(digits) if digits and not any(c.isalpha() or c == "@" for c in text) else value


def _moments(value: object) -> object:
    return datetime.combine(value, time(12, 30)) if isinstance(value, date) else value


def _iso(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _short_year(value: object) -> object:
    return f"{value.day}.{value.month}.{value:%y}" if isinstance(value, date) else value


def _capitals(value: object) -> object:
    return (
        value.upper() if isinstance(value, str) and "@" not in value and "7" not in value else value
    )


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        pytest.param(_numbers, {Code.DATE_FROM_SERIAL}, id="numbers"),
        pytest.param(_moments, set(), id="moments"),
        pytest.param(_iso, set(), id="ISO days"),
        pytest.param(_short_year, {Code.DATE_CENTURY}, id="two digits"),
        pytest.param(_capitals, {Code.NAME_CASE}, id="capitals"),
    ],
)
def test_ordinary_writing_is_read_alike_and_what_was_concluded_is_listed(
    plain: Intake, spoil: Callable[[object], object], codes: set[Code]
) -> None:
    rows = [TITLES, *([spoil(value) for value in line] for line in LINES)]
    found = read(an_xlsx(rows))
    assert people(found) == people(plain)
    assert {repair.code for repair in found.repairs} == codes


SAME_MEANING: list[list[str]] = [
    [
        "№ п/п", "Класс (литера)", "Фамилия ученика", "Имя ученика", "Отчество (при наличии)",
        "Дата рожд.", "Номер СНИЛС", "Адрес электронной почты", "Контактный телефон",
        "Ф.И.О. законного представителя", "Степень родства",
        "Дата рождения законного представителя", "СНИЛС законного представителя",
        "E-mail законного представителя", "Моб. телефон законного представителя",
    ],
    [
        "п/п", "КЛАСС", "ФАМИЛИЯ", "ИМЯ", "ОТЧЕСТВО", "д.р.", "снилс", "e-mail", "сотовый",
        "Мама: ФИО", "родство", "д.р. мамы", "СНИЛС мамы", "e-mail мамы", "сотовый мамы",
    ],
    [
        "N", "Номер класса", "Фамилия", "Имя", "Отчество", "Число, месяц, год рождения",
        "Страховой номер (СНИЛС) обучающегося", "Электронная почта", "Мобильный номер",
        "Родитель (законный представитель)", "Статус представителя (мать, отец, опекун)",
        "Дата рождения", "СНИЛС", "Электронная почта", "Мобильный номер",
    ],
    [
        "№", "Класс", "Фaмилия", "Имя", "Oтчество", "Дата\nрождения", "CНИЛС", "Эл.почта (ЕСИА)",
        "Тел.", "Представитель №1 ФИО", "кто", "Представитель №1 дата рождения",
        "Представитель №1 СНИЛС", "Представитель №1 почта", "Представитель №1 тел.",
    ],
]  # fmt: skip


@pytest.mark.parametrize("titles", SAME_MEANING, ids=["official", "kin", "bare", "look-alikes"])
def test_titles_in_other_words(plain: Intake, titles: list[str]) -> None:
    found = read(an_xlsx([list(titles), *LINES]))
    assert people(found) == people(plain)
    assert found.unread == ()


def test_full_names_in_one_column(plain: Intake) -> None:
    titles: Line = ["№", "Класс", "ФИО учащегося", *PUPIL[3:], *PARENT]
    rows = [[*line[:2], " ".join(map(str, line[2:5])), *line[5:]] for line in LINES]
    assert people(read(a_csv([titles, *rows]))) == people(plain)


def test_names_of_representatives_in_three_columns(plain: Intake) -> None:
    names = ["Фамилия родителя", "Имя родителя", "Отчество родителя"]
    titles: Line = [*TITLES[:9], *names, *PARENT[1:]]
    rows = [[*line[:9], *str(line[9]).split(), *line[10:]] for line in LINES]
    assert people(read(a_csv([titles, *rows]))) == people(plain)


def test_groups_above_the_titles(plain: Intake) -> None:
    bare = ["ФИО", "Кем приходится", "Дата рождения", "СНИЛС", "Эл. почта", "Телефон"]
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (["№", "Класс", "Обучающийся", *[None] * 6, "Законный представитель"], TITLES):
        page.append(row)
    page.delete_rows(2)
    page.append([None, None, *PUPIL, *bare])
    for row in LINES:
        page.append(row)
    for cells in ("A1:A2", "B1:B2", "C1:I1", "J1:O1"):
        page.merge_cells(cells)
    into = io.BytesIO()
    book.save(into)
    assert people(read(into.getvalue())) == people(plain)


@pytest.mark.parametrize(
    "titles",
    [
        [*PARENT, *PARENT],
        [f"{title} 1" for title in PARENT] + [f"{title} 2" for title in PARENT],
        [f"Мать: {title}" for title in PARENT] + [f"Отец: {title}" for title in PARENT],
        [
            "Законный представитель 1: ФИО",
            *PARENT[1:],
            "Законный представитель 2: ФИО",
            *PARENT[1:],
        ],
    ],
    ids=["repeated", "numbered", "kin", "first numbered"],
)
def test_two_representatives(titles: list[str]) -> None:
    father = ["Ёлкин Лев Юрьевич", "отец", date(1983, 1, 2), a_snils(900), "f@example.org", ""]
    father[-1] = "+7 900 000-99-99"
    (row,) = read(an_xlsx([[*TITLES[:9], *titles], [*LINES[0], *father]])).rows
    first, second = row.representatives
    assert first.relation == "мать"
    assert second.relation == "отец"
    assert second.items.values[Field.SNILS] == a_snils(900)
    assert second.items.values[Field.PHONE] == "+79000009999"
    assert second.kind is GuardianKind.PARENT


def test_people_that_alternate_inside_one_item() -> None:
    titles = [
        *TITLES[:9],
        "ФИО родителя 1",
        "ФИО родителя 2",
        "Телефон родителя",
        "Телефон родителя",
    ]
    names = ["Ёлкина Ева Юрьевна", "Ёлкин Лев Юрьевич"]
    line = [*LINES[0][:9], *names, "89000000001", "89000000002"]
    (row,) = read(an_xlsx([titles, line])).rows
    phones = [r.items.values[Field.PHONE] for r in row.representatives]
    assert phones == ["+79000000001", "+79000000002"]


@pytest.mark.parametrize(
    ("above", "sheet", "name", "expected"),
    [
        pytest.param("Список учащихся 7А класса", "Лист1", "x.xlsx", "7А", id="title"),
        pytest.param("класс: 10 «Б»", "Лист1", "x.xlsx", "10Б", id="title with quotes"),
        pytest.param("МБОУ", "7-А", "9b.xlsx", "7А", id="sheet"),
        pytest.param("МБОУ", "Список", "class_10b_28.xlsx", "10Б", id="file name"),
    ],
)
def test_the_class_is_found_without_a_column(
    above: str, sheet: str, name: str, expected: str
) -> None:
    rows = [[above], [TITLES[0], *TITLES[2:]], *([line[0], *line[2:]] for line in LINES)]
    found = read(an_xlsx(rows, sheet), name)
    assert {row.class_name for row in found.rows} == {expected}


def test_sections_of_classes_in_one_list() -> None:
    rows = [[line[0], *line[2:]] for line in LINES]
    titles = [TITLES[0], *TITLES[2:]]
    found = read(an_xlsx([titles, ["7А класс"], *rows[:6], ["7Б класс"], *rows[6:]]))
    assert [row.class_name for row in found.rows] == ["7А"] * 6 + ["7Б"] * 6
    assert found.nameless == frozenset()


def test_a_class_merged_over_its_pupils_comes_out_of_a_csv_once() -> None:
    named = [[n, "7А" if n == 1 else "7Б" if n == 7 else "", *rest] for n, _, *rest in LINES]
    found = read(a_csv([TITLES, *named]))
    assert [row.class_name for row in found.rows] == ["7А"] * 6 + ["7Б"] * 6


def test_a_line_of_a_class_may_take_two_cells(plain: Intake) -> None:
    rows = [[line[0], *line[2:]] for line in LINES]
    titles = [TITLES[0], *TITLES[2:]]
    for head in ([["Класс:", "7А"], titles, *rows], [titles, ["Класс", None, "7 А"], *rows]):
        assert people(read(an_xlsx(head))) == people(plain)


def test_number_and_letter_of_the_class_apart(plain: Intake) -> None:
    titles = ["№", "Параллель", "Литера", *TITLES[2:]]
    assert people(
        read(an_xlsx([titles, *([n, 7, "а", *rest] for n, _, *rest in LINES)]))
    ) == people(plain)


def test_lines_that_are_no_pupils_are_passed_over(plain: Intake) -> None:
    width = len(TITLES)
    rows = [
        TITLES,
        list(range(1, width + 1)),
        *LINES[:6],
        [],
        TITLES,
        *LINES[6:],
        [13, "7А"],
        [],
        ["Итого: 12"],
        ["Классный руководитель", None, None, None, "Седых Ю. С."],
        ["Директор", None, "____________"],
    ]
    for data in (an_xlsx(rows), a_csv(rows)):
        found = read(data)
        assert people(found) == people(plain)
        assert found.nameless == frozenset()
        assert found.doubtful == frozenset()


def test_a_sheet_of_instructions_is_passed_over(plain: Intake) -> None:
    book = openpyxl.load_workbook(io.BytesIO(an_xlsx([TITLES, *LINES])))
    book.create_sheet("Инструкция", 0).append(["Заполните все столбцы"])
    into = io.BytesIO()
    book.save(into)
    found = read(into.getvalue())
    assert people(found) == people(plain)
    assert found.sheet == "Лист1"


def test_serials_are_days_of_the_1900_system() -> None:
    assert of_serial(41000, TODAY) == date(2012, 4, 1)
