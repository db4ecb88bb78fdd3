"""The list given back: every mark on its cell, every value as it was, no formula."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from gateway.intake.annotated import annotate
from gateway.intake.rows import Intake, read_list
from gateway.intake.tables import read_tables
from policies.programme import load_programme
from tests.gateway.intake import writers
from tests.gateway.intake.lists import TODAY, Variant, a_file, a_truth

ROSTERS = Path(__file__).parents[3] / "examples" / "rosters"
PROGRAMME = load_programme("mesh-2020")
RED, BLUE = "00FFC7CE", "00DDEBF7"


def given_back(data: bytes) -> tuple[Intake, openpyxl.Workbook]:
    tables = read_tables(data)
    read = read_list(tables, "x", PROGRAMME, TODAY)
    return read, openpyxl.load_workbook(io.BytesIO(annotate(tables, read)))


def marked(page: Worksheet, colour: str) -> dict[tuple[int, str], str]:
    """(row, title) -> comment of the cells in that colour."""
    found = {}
    cells: list[Cell] = [cell for row in page.iter_rows() for cell in row]
    for cell in cells:
        if cell.fill.fgColor.rgb == colour and cell.comment is not None:
            found[cell.row, str(page.cell(2, cell.column).value)] = cell.comment.text
    return found


def test_cells_that_need_a_person_are_red_and_say_what_to_do() -> None:
    read, book = given_back((ROSTERS / "class_7a_28.csv").read_bytes())
    page = book.worksheets[0]
    red = marked(page, RED)
    assert set(red) == {(f.row, f.column) for f in read.findings if f.row and not f.is_hint}
    assert red[4, "СНИЛС"].startswith("Не сходится контрольное число.")
    assert red[10, "Эл. почта (ЕСИА)"].endswith("Сравните со строкой 6.")


def test_repaired_cells_keep_what_stood_there_and_say_how_they_were_read() -> None:
    _, book = given_back((ROSTERS / "class_7a_28.csv").read_bytes())
    page = book.worksheets[0]
    assert page["C5"].value == "Юcyпoвa"
    assert "Прочитали так: Юсупова" in marked(page, BLUE)[5, "Фамилия"]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "html", "csv cp866 ,"])
def test_the_list_given_back_is_read_as_the_one_that_came(kind: str) -> None:
    data = a_file(a_truth(5), Variant(numbers="number", phones="number"), kind)
    assert data is not None
    read, book = given_back(data)
    into = io.BytesIO()
    book.save(into)
    again, _ = given_back(into.getvalue())
    assert again.rows == read.rows
    assert [r.after for r in again.repairs] == [r.after for r in read.repairs]


def test_all_sheets_come_back_but_hidden_ones() -> None:
    rows = [["ФИО", "Дата рождения", "СНИЛС"], ["Ким Ева", "01.05.2012", "1"]]
    data = writers.an_xlsx({"7А": rows, "Коды": [["мать"]], "5Б": rows, "тайный": rows},
                           hidden_sheets=["тайный"])  # fmt: skip
    _, book = given_back(data)
    assert book.sheetnames == ["7А", "Коды", "5Б"]
    for name in ("7А", "5Б"):
        comment = book[name]["C2"].comment
        assert comment is not None
        assert comment.text.startswith(f"Лист «{name}». В СНИЛС должно быть 11 цифр")


@pytest.mark.parametrize("cell", ["=1+1", "+7900", "-1", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_no_cell_becomes_a_formula(cell: str) -> None:
    text = f"ФИО\tДата рождения\tСНИЛС\tПримечание\nКим Ева\t01.05.2012\t1\t{cell}\n"
    _, book = given_back(text.encode())
    found = book.worksheets[0]["D2"]
    assert (found.value, found.data_type) == (cell, "s")
    assert found.quotePrefix


def test_signs_that_no_workbook_may_hold_are_left_out() -> None:
    _, book = given_back("ФИО\tДата рождения\tСНИЛС\nКим\x07Ева\t01.05.2012\t1\n".encode())
    assert book.worksheets[0]["A2"].value == "КимЕва"


def test_a_column_that_is_not_there_is_told_at_the_titles() -> None:
    _, book = given_back("ФИО\tДата рождения\tСНИЛС\nКим Ева\t01.05.2012\t1\n".encode())
    comment = book.worksheets[0]["A1"].comment
    assert comment is not None
    assert "Телефон: Нет нужного столбца." in comment.text
