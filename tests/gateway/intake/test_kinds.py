"""A list is what it holds, not what it is called; what is no list gets one sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from gateway.intake.cells import Table, UnreadableFile
from gateway.intake.tables import read_tables
from policies.findings import Code
from tests.gateway.intake import writers
from tests.gateway.intake.writers import Grid

GRID: Grid = [["Список"], [], ["ФИО", "Телефон"], ["Ёлкин Лев", 89000000001], ["Ким Ева", "нет"]]


def only(data: bytes) -> Table:
    (table,) = read_tables(data)
    return table


def told(table: Table) -> list[tuple[int, str]]:
    return [(row.number, writers.as_text(row.cells[0])) for row in table.rows]


@pytest.mark.parametrize(
    ("write", "kind"),
    [
        (writers.an_xlsx, "xlsx"),
        (writers.an_xls, "xls"),
        (writers.an_ods, "ods"),
        (writers.a_page, "html"),
        (writers.a_markup, "xml"),
        (writers.a_csv, "csv"),
    ],
)
def test_every_kind_gives_the_same_rows(write: Callable[[Grid], bytes], kind: str) -> None:
    table = only(write(GRID))
    assert table.kind == kind
    assert told(table) == [(1, "Список"), (3, "ФИО"), (4, "Ёлкин Лев"), (5, "Ким Ева")]
    assert writers.as_text(table.rows[2].cells[1]) == "89000000001"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("cp1251", "windows-1251"),
        ("cp866", "cp866"),
        ("koi8-r", "koi8-r"),
        ("mac_cyrillic", "mac-cyrillic"),
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_the_code_page_is_told_by_the_titles(encoding: str, said: str) -> None:
    grid = [["Фамилия", "Имя", "Класс", "СНИЛС"], ["Ёлкина", "Ия", "7А", "1"]]
    table = only(writers.a_csv(grid, encoding=encoding))
    assert table.encoding == said
    assert table.rows[1].cells == ("Ёлкина", "Ия", "7А", "1")


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r"])
def test_without_words_of_titles_the_letters_decide(encoding: str) -> None:
    grid = [["Съешь ещё этих мягких французских булок", "да выпей чаю"]] * 3
    assert only(writers.a_csv(grid, encoding=encoding)).rows[0].cells[1] == "да выпей чаю"


@pytest.mark.parametrize("write", [writers.an_xlsx, writers.an_xls, writers.an_ods])
def test_merged_and_hidden_rows_are_seen_in_every_workbook(write: Callable[..., bytes]) -> None:
    table = only(
        write([["7А", "а"], [None, "б"], [None, "в"]], merges=[(1, 2, 1)], hidden_rows=[2])
    )
    assert [row.cells for row in table.rows] == [("7А", "а"), ("7А", "б"), (None, "в")]
    assert table.hidden == {2}


@pytest.mark.parametrize("write", [writers.an_xlsx, writers.an_xls, writers.an_ods])
def test_sheets_come_in_the_order_of_their_tabs(write: Callable[..., bytes]) -> None:
    tables = read_tables(write({"7А": GRID, "пусто": [], "5Б": GRID}))
    assert [table.sheet for table in tables] == ["7А", "5Б"]


def test_rows_and_columns_spanned_on_a_page_stand_as_in_a_workbook() -> None:
    page = (
        "<html><body><table><tr><td><table><tr><td rowspan=2>7А<td colspan=2>Ким&nbsp;Ева<td>1"
        "<tr><td>Тен<td>x<td>2</table></table><script>if (a < b) alert('<td>')</script>"
    )
    (table,) = read_tables(page.encode())
    assert [row.cells for row in table.rows] == [("7А", "Ким\xa0Ева", None, "1"),
                                                 ("7А", "Тен", "x", "2")]  # fmt: skip


def test_a_page_says_its_code_page() -> None:
    table = only(writers.a_page([["я"], ["ю"]], "windows-1251"))
    assert told(table) == [(1, "я"), (2, "ю")]


def test_cells_merged_and_left_out_in_an_xml_workbook() -> None:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    text = (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet'
        ' ss:Name="7А"><Table><Row ss:Index="3"><Cell ss:MergeDown="1"><Data ss:Type="String">а'
        '</Data></Cell><Cell ss:MergeAcross="1"><Data ss:Type="Number">7</Data></Cell><Cell><Data'
        ' ss:Type="DateTime">2012-05-01T00:00:00</Data></Cell></Row><Row ss:Hidden="1"><Cell>'
        '<Data ss:Type="Number">слово</Data></Cell></Row></Table></Worksheet></Workbook>'
    )
    table = only(text.encode())
    assert [(row.number, tuple(map(writers.as_text, row.cells))) for row in table.rows] == [
        (3, ("а", "7", "", "01.05.2012")),
        (4, ("а", "слово")),
    ]
    assert table.hidden == {4}


def test_a_quote_without_its_pair_swallows_no_rows() -> None:
    text = 'ФИО;Класс;Школа\nКим Ева;"7А;1\nТен Лев;7А;"МБОУ ""Лицей"""\nЦой Ия;7А;1\n'
    table = only(text.encode())
    assert [row.cells[0] for row in table.rows] == ["ФИО", "Ким Ева", "Тен Лев", "Цой Ия"]
    assert table.rows[2].cells[2] == 'МБОУ "Лицей"'


def test_cells_pasted_from_a_spreadsheet_are_a_text_with_tabs() -> None:
    table = only('ФИО\t"Дата\nрождения"\tТел.\r\nКим Ева\t01.05.2012\t\r\n'.encode("utf-8-sig"))
    assert table.delimiter == "\t"
    assert table.rows[0].cells[1] == "Дата\nрождения"


def test_the_end_sign_of_dos_is_no_row() -> None:
    assert told(only(writers.a_csv([["ФИО", "x"]], encoding="cp866") + b"\x1a")) == [(1, "ФИО")]


def a_zip(**parts: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), part)
    return into.getvalue()


ODS = writers.an_ods(GRID)
FILEPASS = b"\x2f\x00\x02\x00\x00\x00"
XLS_BOOK = b"\x09\x08\x10\x00" + bytes(16)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"%PDF-1.7\n%\xe2\xe3", Code.FILE_NOT_A_TABLE, id="PDF"),
        pytest.param(a_zip(word__document_xml=b"<w/>"), Code.FILE_NOT_A_TABLE, id="DOCX"),
        pytest.param(a_zip(a_txt=b"x"), Code.FILE_NOT_A_TABLE, id="ZIP of anything"),
        pytest.param(a_zip(content_xml=b"<office:text/>"), Code.FILE_NOT_A_TABLE, id="ODT"),
        pytest.param(b"\xff\xd8\xff\xe0 JFIF", Code.FILE_NOT_A_TABLE, id="JPEG"),
        pytest.param(b"\x89PNG\r\n\x1a\n", Code.FILE_NOT_A_TABLE, id="PNG"),
        pytest.param(b"GIF89a", Code.FILE_NOT_A_TABLE, id="GIF"),
        pytest.param(b"{\\rtf1 text}", Code.FILE_NOT_A_TABLE, id="RTF"),
        pytest.param(b"MIME-Version: 1.0\n", Code.FILE_NOT_A_TABLE, id="MHTML"),
        pytest.param(b"Rar!\x1a\x07", Code.FILE_NOT_A_TABLE, id="RAR"),
        pytest.param(b"<!DOCTYPE html><p>text", Code.FILE_NOT_A_TABLE, id="page without a table"),
        pytest.param(b"<a" * 5000, Code.FILE_BROKEN, id="tags without an end"),
        pytest.param(b"\xff\xfe", Code.FILE_EMPTY, id="a mark alone"),
        pytest.param(b"\x01\x02\x00\xff" * 9, Code.FILE_NOT_A_TABLE, id="bytes"),
        pytest.param(writers.a_compound("WordDocument", b"x"), Code.FILE_NOT_A_TABLE, id="DOC"),
        pytest.param(writers.a_compound("EncryptedPackage", b"x"), Code.FILE_ENCRYPTED,
                     id="XLSX under a password"),
        pytest.param(writers.a_compound("Workbook", XLS_BOOK + FILEPASS), Code.FILE_ENCRYPTED,
                     id="XLS under a password"),
        pytest.param(writers.a_compound("Workbook", b"x"), Code.FILE_BROKEN, id="broken XLS"),
        pytest.param(writers.an_xls(GRID)[:900], Code.FILE_BROKEN, id="XLS cut off"),
        pytest.param(a_zip(content_xml=b"<office:spreadsheet/>",
                           META__manifest_xml=b""), Code.FILE_BROKEN, id="broken ODS"),
        pytest.param(ODS[: len(ODS) // 2], Code.FILE_BROKEN, id="ODS cut off"),
    ],
)  # fmt: skip
def test_a_foreign_or_broken_file_gets_one_sentence(data: bytes, code: Code) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_tables(data)
    assert refused.value.code == code
