"""The answer of a check against the keys of careful readers, and repairs taken back."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gateway.intake.items import Repair
from gateway.intake.rows import Intake, intake, read_list
from gateway.intake.tables import read_tables
from gateway.intake.telling import answer_of, asks, refusal_of
from policies.facts import Field, ListedAgreement
from policies.findings import Code
from policies.programme import load_programme
from tests.gateway.intake import writers
from tests.gateway.intake.lists import TODAY, Variant, a_file, a_list, a_truth

ROSTERS = Path(__file__).parents[3] / "examples" / "rosters"
FILES = sorted(path.name for path in ROSTERS.iterdir() if path.suffix not in {".md", ""})
PROGRAMME = load_programme("mesh-2020")
PERSON = {field.value for field in Field}

every_file = pytest.mark.parametrize("file", FILES)


@cache
def key(file: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (ROSTERS / "answers" / file).with_suffix(".json").read_text()
    )
    return found


@cache
def example(file: str) -> Intake:
    return intake((ROSTERS / file).read_bytes(), file, PROGRAMME, TODAY)


@cache
def answer(file: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(answer_of(example(file)), ensure_ascii=False))
    return found


@every_file
def test_pupils_are_those_of_the_key_less_the_rows_in_doubt(file: str) -> None:
    asked = {found["row"] for found in answer(file)["findings"]} - {None}
    wanted = {cell["row"] for cell in key(file)["needs_a_person"]}
    assert wanted <= asked <= wanted | set(key(file)["either_way"])
    read = example(file)
    held = {read.owner(found.row) for found in read.findings if found.row and asks(found)}
    pupils = zip([row.row for row in read.rows], key(file)["pupils"], strict=True)
    assert answer(file)["pupils"] == [
        {"row": read.place(line)[1], **pupil} for line, pupil in pupils if line not in held
    ]


@every_file
def test_every_cell_of_the_key_that_needs_a_person_is_found(file: str) -> None:
    found = {(each["row"], each["column"]) for each in answer(file)["findings"]}
    assert {(cell["row"], cell["column"]) for cell in key(file)["needs_a_person"]} <= found


@every_file
def test_every_silent_repair_of_the_key_is_listed(file: str) -> None:
    found = {(each["row"], each["column"]) for each in answer(file)["repairs"]}
    assert {(cell["row"], cell["column"]) for cell in key(file)["silent_repairs"]} <= found


@every_file
def test_the_members_are_exactly_those_agreed(file: str) -> None:
    said = answer(file)
    assert set(said) == {"pupils", "repairs", "findings"}
    for pupil in said["pupils"]:
        assert set(pupil) == PERSON | {"row", "class", "representatives"}
        for each in pupil["representatives"]:
            assert set(each) == PERSON | {"relation"}
    for each in said["repairs"]:
        assert set(each) == {"row", "column", "before", "after", "code"}
    for each in said["findings"]:
        assert set(each) == {"row", "column", "code", "text"}
        assert each["text"].endswith((".", "?"))


def read(rows: list[list[object]], *undone: Repair) -> Intake:
    tables = read_tables(writers.a_csv(rows, "\t", "utf-8"))
    places = {(repair.row, repair.column) for repair in undone}
    return read_list(tables, "x.csv", PROGRAMME, TODAY, undone=places)


def a_sheet() -> list[list[object]]:
    """Titles and four pupils in three lines of titles and below."""
    sheets, _ = a_list(a_truth(4), Variant(above=1, has_ordinal=False, classes="column"))
    return [row for row in sheets["Лист1"] if row[:2] != [1, 2]]


def changed(column: str, *cells: tuple[int, object], undone: tuple[Repair, ...] = ()) -> Intake:
    """The list with cells of the column titled so exchanged; rows as the teacher counts.

    `undone`: repairs that were taken back.
    """
    rows = a_sheet()
    at = next(row for row in rows if column in row).index(column)
    for number, cell in cells:
        rows[number - 1][at] = cell
    return read(rows, *undone)


FIRST = 3  # heading, titles, then pupils


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("Эл. почта (ЕСИА)", "person1@gmial.com", Code.EMAIL_DOMAIN_MISTYPED),
        ("Дата рождения", "01.05.2021", Code.AGE_AGAINST_CLASS),
        ("СНИЛС", "11223344500", Code.SNILS_CHECK),
    ],
)
def test_what_only_a_person_can_tell_keeps_the_pupil_back(
    column: str, cell: str, code: Code
) -> None:
    said = answer_of(changed(column, (FIRST, cell)))
    assert [(f["row"], f["column"], f["code"]) for f in said["findings"]] == [(FIRST, column, code)]
    assert FIRST not in [pupil["row"] for pupil in said["pupils"]]
    assert len(said["pupils"]) == 3


def test_a_mistyped_domain_comes_with_a_suggestion() -> None:
    said = answer_of(changed("Эл. почта (ЕСИА)", (FIRST, "person1@gmial.com")))
    assert str(said["findings"][0]["text"]).endswith("Может быть, gmail.com?")


def test_a_collision_names_the_other_row() -> None:
    said = answer_of(changed("Телефон (ЕСИА)", (FIRST, "89000000777"), (FIRST + 2, "89000000777")))
    (finding,) = said["findings"]
    assert finding["row"] == FIRST + 2
    assert f"строкой {FIRST}" in str(finding["text"])


def test_hints_that_ask_nothing_stay_out() -> None:
    read = changed("Отчество", (FIRST, ""))
    assert {finding.code for finding in read.findings} == {Code.PATRONYMIC_EMPTY}
    assert answer_of(read)["findings"] == []
    assert len(answer_of(read)["pupils"]) == 4


def test_columns_are_named_as_the_file_names_them() -> None:
    (_, titles, *lines) = a_sheet()
    again = [re.sub(r"(представитель) \d", r"\1", str(title)) for title in titles]
    at = [place for place, title in enumerate(again) if title.endswith("СНИЛС")][-1]
    lines[1][at] = "11223344500"
    (finding,) = answer_of(read([again, *lines]))["findings"]
    assert (finding["row"], finding["column"]) == (3, "Законный представитель: СНИЛС")


def test_rows_of_several_sheets_are_told_by_sheet_and_row() -> None:
    truth = a_truth(4)
    truth[3][0]["snils"] = "11223344500"
    data = a_file(truth, Variant(classes="sheets", above=2), "xlsx")
    assert data is not None
    read = intake(data, "x", PROGRAMME, TODAY)
    assert read.sheets == ("7А", "7Б")
    said = answer_of(read)
    assert [(pupil["row"], pupil["class"]) for pupil in said["pupils"]] == [
        (4, "7А"), (5, "7А"), (4, "7Б"),
    ]  # fmt: skip
    (finding,) = said["findings"]
    assert (finding["row"], finding["column"]) == (5, "СНИЛС")
    assert str(finding["text"]).startswith("Лист «7Б». ")
    told = read.told()
    assert [row.row for row in told.rows] == [4, 5, 4, 5]
    assert [(f.row, f.column) for f in told.findings if asks(f)] == [(5, "7Б: СНИЛС")]


def test_hidden_rows_and_lists_are_announced_without_keeping_anybody_back() -> None:
    rows = a_sheet()
    data = writers.an_xlsx(
        {"7А": rows, "старый": rows, "коды": [["мать"], ["отец"]]},
        hidden_rows=[FIRST],
        hidden_sheets=["старый", "коды"],
    )
    said = answer_of(intake(data, "x", PROGRAMME, TODAY))
    assert {(each["row"], each["code"]) for each in said["findings"]} == {
        (None, "FILE_HIDDEN_ROWS"),
        (None, "FILE_HIDDEN_SHEETS"),
    }
    assert len(said["pupils"]) == 4


def test_a_sheet_of_examples_beside_the_list_is_passed_over() -> None:
    rows = a_sheet()
    data = writers.an_xlsx({"Образец": rows, "7А": rows, "Справочник": [["мать"]]})
    assert intake(data, "x", PROGRAMME, TODAY).sheets == ("7А",)


def test_a_file_that_cannot_be_read_has_one_finding() -> None:
    assert refusal_of(Code.FILE_EMPTY) == {
        "pupils": [],
        "repairs": [],
        "findings": [
            {"row": None, "column": None, "code": "FILE_EMPTY",
             "text": "Файл пустой. Выберите другой."},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "field"),
    [
        ("Эл. почта (ЕСИА)", "mailto:p@example.org", Field.EMAIL),
        ("Дата рождения", "01.05.13", Field.BIRTH_DATE),
        ("Отчество", "ИЛЬИЧ", Field.PATRONYMIC),
    ],
)
def test_a_repair_taken_back_becomes_a_finding(column: str, cell: str, field: Field) -> None:
    read = changed(column, (FIRST, cell))
    (repair,) = read.repairs
    after = changed(column, (FIRST, cell), undone=(repair,))
    assert after.repairs == ()
    assert [(f.row, f.column, f.code) for f in after.findings if asks(f)] == [
        (FIRST, column, Code.REPAIR_UNDONE)
    ]
    assert field not in after.rows[0].items.values
    assert after.doubtful == {FIRST}
    assert after.counts.ready == read.counts.ready - 1
    assert [pupil["row"] for pupil in answer_of(after)["pupils"]] == [4, 5, 6]


def test_a_repaired_name_taken_back_leaves_a_line_that_names_nobody() -> None:
    read = changed("Фамилия", (FIRST, "ЁЛКИН"))
    after = changed("Фамилия", (FIRST, "ЁЛКИН"), undone=read.repairs)
    assert after.nameless == {FIRST}
    assert [row.row for row in after.rows] == [4, 5, 6]


def test_a_repair_of_a_representative_taken_back_touches_nobody_else() -> None:
    column, cell = "Законный представитель 1: ФИО", (FIRST, "ЁЛКИНА ЕВА ЮРЬЕВНА")
    read = changed(column, cell)
    after = changed(column, cell, undone=read.repairs)
    person = after.rows[0].representatives[0]
    assert Field.FAMILY_NAME not in person.items.values
    assert person.items.values.keys() >= {Field.SNILS, Field.PHONE}
    assert after.rows[1:] == read.rows[1:]


def test_a_value_taken_back_is_nobodys_double() -> None:
    cells = [(FIRST, "mailto:p@example.org"), (FIRST + 1, "p@example.org")]
    read = changed("Эл. почта (ЕСИА)", *cells)
    assert Code.DUPLICATE_EMAIL in {finding.code for finding in read.findings}
    after = changed("Эл. почта (ЕСИА)", *cells, undone=read.repairs[:1])
    assert Code.DUPLICATE_EMAIL not in {finding.code for finding in after.findings}


def test_agreements_come_with_number_and_day() -> None:
    truth = [(pupil, people[:1]) for pupil, people in a_truth(4)]
    sheets, _ = a_list(truth, Variant(above=0))
    titles, *lines = sheets["Лист1"]
    said = ["№ 12 от 01.09.2025", "15/а", "нет", "№ 7 от 31.02.2025"]
    lines = [[*line, cell] for line, cell in zip(lines, said, strict=True)]
    found = read([[*titles, "Соглашение на ПЭП (номер и дата)"], *lines])
    assert [row.representatives[0].agreement for row in found.rows] == [
        ListedAgreement("12", date(2025, 9, 1)),
        ListedAgreement("15/а", None),
        None,
        None,
    ]
    said_of = {(f.row, f.code) for f in found.findings}
    assert said_of >= {(3, Code.AGREEMENT_UNDATED), (5, Code.AGREEMENT_UNREADABLE)}
    assert [f.row for f in found.findings if asks(f)] == [5]


def test_an_agreement_beside_nobody_is_told() -> None:
    truth = [(pupil, people[:1]) for pupil, people in a_truth(4)]
    sheets, _ = a_list(truth, Variant(above=0))
    titles, *lines = sheets["Лист1"]
    titles = [*titles, "Законный представитель 3: ФИО", "Соглашение на ПЭП"]
    found = read([titles, *([*line, None, "№ 12 от 01.09.2025"] for line in lines)])
    told = [f.row for f in found.findings if f.code is Code.AGREEMENT_OF_NOBODY]
    assert told == [2, 3, 4, 5]
    assert len(answer_of(found)["pupils"]) == 4


def test_one_line_for_each_representative_belongs_to_one_pupil() -> None:
    data = a_file(a_truth(4), Variant(layout="repeated"), "csv cp1251 ;")
    assert data is not None
    read = intake(data, "x", PROGRAMME, TODAY)
    assert [len(row.representatives) for row in read.rows] == [2, 3, 1, 2]
    assert len(read.owners) == 4


def test_a_doubt_in_the_second_line_of_a_pupil_keeps_that_pupil_back() -> None:
    truth = a_truth(2)
    truth[0][1][1]["phone"] = "+7900"
    data = a_file(truth, Variant(layout="blank below", phones="E.164", above=0), "csv utf-8 ;")
    assert data is not None
    said = answer_of(intake(data, "x", PROGRAMME, TODAY))
    (finding,) = [each for each in said["findings"] if each["row"]]
    assert (finding["row"], finding["column"]) == (3, "Законный представитель 1: телефон")
    assert [pupil["row"] for pupil in said["pupils"]] == [4]


def test_the_same_line_twice_is_a_double_and_no_second_representative() -> None:
    rows = a_sheet()
    rows.insert(3, list(rows[2]))
    found = read(rows)
    assert Code.DUPLICATE_PUPIL in {f.code for f in found.findings if f.row == 4}


def test_snils_of_latin_letters_beside_a_cyrillic_name_is_one_script() -> None:
    found = changed("Фамилия", (FIRST, "COBA"))
    assert found.rows[0].items.values[Field.FAMILY_NAME] == "Сова"
    (repair,) = found.repairs
    assert (repair.before, repair.after, repair.code) == (
        "COBA", "Сова", Code.NAME_LOOKALIKES_REPAIRED,
    )  # fmt: skip
    whole = changed("Законный представитель 1: ФИО", (FIRST, "Рак Ева Юрьевна"))
    assert whole.repairs == ()
