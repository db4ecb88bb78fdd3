"""Files that are no class list, and those that would harm the reader."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from gateway.intake.cells import Limits, Table, UnreadableFile
from gateway.intake.tables import read_tables
from policies.findings import Code

ROSTERS = Path(__file__).parents[3] / "examples" / "rosters"


def read_table(data: bytes, limits: Limits | None = None) -> Table:
    (table,) = read_tables(data, limits)
    return table


def saved(book: openpyxl.Workbook) -> bytes:
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def a_book(**cells: object) -> bytes:
    book = openpyxl.Workbook()
    for place, value in cells.items():
        book.worksheets[0][place] = value
    return saved(book)


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    """The same archive with some parts exchanged or added."""
    into = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        parts = {name: old.read(name) for name in old.namelist()} | changes
        for name, part in parts.items():
            new.writestr(name, part)
    return into.getvalue()


def encrypted_zip(data: bytes) -> bytes:
    """The archive with the flag of encryption set in every directory entry."""
    mutable, at = bytearray(data), 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        mutable[at + 8] |= 1
        at += 4
    return bytes(mutable)


BOOK = a_book(A1="ФИО", B1="СНИЛС")
SHEET = "xl/worksheets/sheet1.xml"
CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
UTF16_SHEET = '<?xml version="1.0" encoding="UTF-16"?><worksheet/>'.encode("utf-16")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", Code.FILE_EMPTY, id="nothing"),
        pytest.param(b" \r\n;;;\r\n", Code.FILE_EMPTY, id="delimiters only"),
        pytest.param(a_book(), Code.FILE_EMPTY, id="empty book"),
        pytest.param(b"%PDF-1.7 ...", Code.FILE_NOT_A_TABLE, id="PDF"),
        pytest.param(b"\xef\xbb\xbf <html>", Code.FILE_NOT_A_TABLE, id="page"),
        pytest.param(b"\x01\x00\x02", Code.FILE_NOT_A_TABLE, id="bytes"),
        pytest.param(repacked(b"PK\x05\x06" + bytes(18), {"a.txt": b"x"}), Code.FILE_NOT_A_TABLE,
                     id="other archive"),
        pytest.param(CFB, Code.FILE_BROKEN, id="broken container"),
        pytest.param(encrypted_zip(BOOK), Code.FILE_ENCRYPTED, id="encrypted archive"),
        pytest.param(b"PK\x03\x04junk", Code.FILE_BROKEN, id="broken archive"),
        pytest.param(BOOK[: len(BOOK) // 2], Code.FILE_BROKEN, id="cut off"),
        pytest.param(repacked(BOOK, {SHEET: b"<worksheet><sheetData><row"}), Code.FILE_BROKEN,
                     id="broken sheet"),
        pytest.param(repacked(BOOK, {SHEET: UTF16_SHEET}), Code.FILE_BROKEN, id="UTF-16 sheet"),
        pytest.param(b"\xef\xbb\xbf\xff;\xfe", Code.FILE_BROKEN, id="mark of another encoding"),
        pytest.param(b'"' + b"a" * 200_000, Code.FILE_BROKEN, id="quote without an end"),
        pytest.param(b"a;" * 300, Code.FILE_UNPACKS_TOO_BIG, id="too wide"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_says_why(data: bytes, code: Code) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_table(data)
    assert refused.value.code == code
    assert refused.value.args == (code,)


def test_a_file_above_the_limit_is_not_opened() -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_table(b"a;b\n" * 2_000_000)
    assert refused.value.code == Code.FILE_TOO_BIG


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(b"<worksheet>" + b" " * 60_000_000, id="60 MB"),
        pytest.param(b"<worksheet>" + b" " * 3_000_000, id="ratio above 100"),
    ],
)
def test_an_archive_that_unpacks_too_big_is_not_opened(part: bytes) -> None:
    bomb = repacked(BOOK, {SHEET: part})
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableFile) as refused:
        read_table(bomb)
    assert refused.value.code == Code.FILE_UNPACKS_TOO_BIG


def test_a_declared_size_that_lies_is_found_out() -> None:
    data = bytearray(repacked(BOOK, {SHEET: b"<worksheet>" + b" " * 3_000_000}))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo(SHEET).file_size.to_bytes(4, "little")
    lying = bytes(data).replace(size, (1000).to_bytes(4, "little"))
    with pytest.raises(UnreadableFile) as refused:
        read_table(lying)
    assert refused.value.code == Code.FILE_BROKEN


@pytest.mark.parametrize(
    ("place", "code"),
    [
        pytest.param("XFD1048576", Code.FILE_TOO_MANY_ROWS, id="the last corner"),
        pytest.param("XFD1", Code.FILE_UNPACKS_TOO_BIG, id="the last column"),
        pytest.param("A1048576", Code.FILE_TOO_MANY_ROWS, id="the last row"),
    ],
)
def test_two_cells_far_apart_do_not_ask_for_gigabytes(place: str, code: Code) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_table(a_book(A1="ФИО", **{place: "x"}))
    assert refused.value.code == code


def test_far_cells_without_a_value_do_no_harm() -> None:
    book = openpyxl.load_workbook(io.BytesIO(BOOK))
    book.worksheets[0]["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    assert len(read_table(saved(book)).rows) == 1


@pytest.mark.parametrize("rows", [10, 11])
def test_the_limit_of_rows_is_a_setting(rows: int) -> None:
    data = "\n".join(["ФИО;СНИЛС"] * rows).encode()
    if rows > 10:
        with pytest.raises(UnreadableFile, match="FILE_TOO_MANY_ROWS"):
            read_tables(data, Limits(rows=10))
    else:
        assert len(read_table(data, limits=Limits(rows=10)).rows) == rows


def test_every_filled_sheet_is_read_and_hidden_ones_are_marked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(BOOK))
    book.create_sheet("7Б")["A1"] = "ФИО"
    book.create_sheet("пусто")
    hidden = book.create_sheet("тайный")
    hidden["A1"] = "ФИО"
    hidden.sheet_state = "hidden"
    tables = read_tables(saved(book))
    assert [(table.sheet, table.is_hidden) for table in tables] == [
        ("Sheet", False),
        ("7Б", False),
        ("тайный", True),
    ]


def test_hidden_rows_are_read_and_announced() -> None:
    book = openpyxl.load_workbook(io.BytesIO(a_book(A1="ФИО", A2="а", A3="б", A5="в")))
    for row in (3, 4, 5):
        book.worksheets[0].row_dimensions[row].hidden = True
    table = read_table(saved(book))
    assert [row.number for row in table.rows] == [1, 2, 3, 5]
    assert table.hidden == {3, 5}


def test_row_numbers_are_those_of_the_sheet_when_it_begins_lower() -> None:
    table = read_table(a_book(C4="ФИО", C6="а"))
    assert [(row.number, row.cells) for row in table.rows] == [
        (4, (None, None, "ФИО")),
        (6, (None, None, "а")),
    ]


def test_cells_keep_their_kind() -> None:
    day = datetime.combine(date(2012, 5, 1), time(12, 30))
    (row,) = read_table(a_book(A1="а", B1=89000000001, C1=day, D1=True, E1=" ")).rows
    assert row.cells[:4] == ("а", 89000000001.0, date(2012, 5, 1), "True")
    assert row.cell(4) is None
    assert row.cell(99) is None


def test_a_cell_merged_downwards_stands_in_each_row() -> None:
    book = openpyxl.load_workbook(io.BytesIO(a_book(A1="7А", B1="а", B2="б", B3="в")))
    book.worksheets[0].merge_cells("A1:A2")
    table = read_table(saved(book))
    assert [row.cells for row in table.rows] == [("7А", "а"), ("7А", "б"), (None, "в")]


def test_a_table_renamed_is_read_by_its_content() -> None:
    assert read_table((ROSTERS / "class_10b_28.xlsx").read_bytes()).kind == "xlsx"
    assert read_table(b"a;b\r\n1;2\r\n").kind == "csv"


def test_the_line_that_names_the_delimiter_is_no_row() -> None:
    table = read_table(b"sep=,\r\na,b;c\r\n1,2\r\n")
    assert table.delimiter == ","
    assert [(row.number, row.cells) for row in table.rows] == [(1, ("a", "b;c")), (2, ("1", "2"))]


def test_a_line_break_in_quotes_is_no_new_row() -> None:
    table = read_table('ФИО;"Дата\nрождения"\r\n\r\nа;б\r\n'.encode())
    assert [row.number for row in table.rows] == [1, 3]


def test_commas_inside_cells_do_not_win_over_semicolons() -> None:
    text = "ФИО;Адрес, дом;Тел., почта\nКим Ева;г. Хабаровск, ул., д. 1;a, b\n"
    assert read_table(text.encode()).delimiter == ";"


def test_cells_do_not_show() -> None:
    assert "89000000001" not in repr(read_table(b"a;b\n89000000001;c\n"))
