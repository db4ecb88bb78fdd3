"""What is kept of a file until the commit: enough to read it again, and no more than that."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.intake.cells import UnreadableFile
from gateway.intake.kept import Kept, keep
from gateway.intake.rows import Intake, read_list
from gateway.intake.tables import read_tables
from policies.facts import Field
from policies.findings import Code
from policies.programme import load_programme
from tests.factories import a_snils
from tests.gateway.intake import writers
from tests.gateway.intake.lists import TODAY, Variant, a_file, a_truth

ROSTERS = Path(__file__).parents[3] / "examples" / "rosters"
FILES = sorted(path.name for path in ROSTERS.iterdir() if path.suffix not in {".md", ""})
PROGRAMME = load_programme("mesh-2020")
TITLES = ["Класс", "ФИО", "Дата рождения", "СНИЛС", "Почта", "Телефон", "Адрес", "Паспорт"]
EVA = ["7А", "Ёлкина Ева Юрьевна", "05.03.2013", a_snils(1), "eva@example.org", "89000000001"]


def kept_of(data: bytes, name: str = "x.csv") -> tuple[Kept, Intake]:
    tables = read_tables(data)
    read = read_list(tables, name, PROGRAMME, TODAY)
    return keep(tables, name, read, PROGRAMME, TODAY), read


def a_list(*rows: list[str]) -> bytes:
    return writers.a_csv([[*TITLES], *map(list, rows)], "\t", "utf-8")


@pytest.mark.parametrize("file", FILES)
def test_what_is_kept_reads_the_same(file: str) -> None:
    kept, read = kept_of((ROSTERS / file).read_bytes(), file)
    assert kept.read(PROGRAMME, TODAY) == read


def test_columns_that_are_not_read_are_kept_nowhere() -> None:
    kept, read = kept_of(a_list([*EVA, "ул. Тихая, 7", "0812 000000"]))
    assert read.unread == ("Адрес", "Паспорт")
    cells = [cell for table in kept.tables for row in table.rows[1:] for cell in row.cells]
    assert EVA[1] in cells
    assert not {"ул. Тихая, 7", "0812 000000"} & set(cells)
    assert EVA[1] not in repr(kept)


def test_a_list_that_needs_an_unread_column_to_be_read_is_kept_whole() -> None:
    """The line of numbers is known for one by all of its cells."""
    numbers = [str(number + 1) for number in range(len(TITLES))]
    kept, read = kept_of(a_list(numbers, [*EVA, "ул. Тихая, 7", ""]))
    assert len(read.rows) == 1
    assert kept.read(PROGRAMME, TODAY) == read


def test_hidden_sheets_leave_their_titles() -> None:
    rows = [[*TITLES], [*EVA, "", ""]]
    kept, read = kept_of(writers.an_xlsx({"7А": rows, "старый": rows}, hidden_sheets=["старый"]))
    assert [len(table.rows) for table in kept.tables] == [2, 1]
    assert kept.read(PROGRAMME, TODAY) == read


def test_a_typed_cell_is_read_as_if_it_stood_in_the_file() -> None:
    kept, read = kept_of(a_list([*EVA[:3], "1", *EVA[4:]]))
    place = kept.find(2, "СНИЛС")
    assert place is not None
    assert Code.SNILS_LENGTH in {found.code for found in read.findings}
    after = kept.corrected(place, EVA[3]).read(PROGRAMME, TODAY)
    assert after == kept_of(a_list(EVA))[1]


def test_a_typed_cell_is_repaired_too_and_can_be_emptied() -> None:
    kept, _ = kept_of(a_list(EVA))
    place = kept.find(2, "Почта")
    assert place is not None
    mended = kept.corrected(place, "mailto:A@example.org").read(PROGRAMME, TODAY)
    assert [each.code for each in mended.repairs] == [Code.EMAIL_TIDIED]
    emptied = kept.corrected(place, "").read(PROGRAMME, TODAY)
    assert Field.EMAIL not in emptied.rows[0].items.values
    assert kept.corrected(place, "").written().keys() == kept.written().keys() - {(2, "Почта")}


def test_a_correction_beats_the_undoing_before_it() -> None:
    kept, _ = kept_of(a_list([*EVA[:4], "mailto:A@example.org", EVA[5]]))
    place = kept.find(2, "Почта")
    assert place is not None
    undone = kept.without_repair(place)
    assert undone.read(PROGRAMME, TODAY).repairs == ()
    assert undone.written()[2, "Почта"] == "mailto:A@example.org"
    assert undone.corrected(place, "b@example.org").read(PROGRAMME, TODAY).doubtful == {2}


@pytest.mark.parametrize(
    ("row", "column"), [(1, "СНИЛС"), (3, "СНИЛС"), (2, "Адрес"), (2, "снилс"), (0, "")]
)
def test_only_cells_of_the_list_are_found(row: int, column: str) -> None:
    kept, _ = kept_of(a_list([*EVA, "ул. Тихая, 7", ""]))
    assert kept.find(row, column) is None


def test_cells_of_several_sheets_are_found_as_they_are_told() -> None:
    data = a_file(a_truth(4), Variant(classes="sheets", above=2), "xlsx")
    assert data is not None
    kept, read = kept_of(data, "x.xlsx")
    place = kept.find(5, "7Б: СНИЛС")
    assert place is not None
    after = kept.corrected(place, "1").read(PROGRAMME, TODAY)
    assert [after.place(line) for line in after.doubtful - read.doubtful] == [("7Б", 5)]
    assert (5, "7Б: СНИЛС") in kept.written()
    assert kept.find(5, "СНИЛС") is None


def test_a_list_of_which_nothing_is_left_is_refused() -> None:
    kept, _ = kept_of(a_list(EVA))
    for title in TITLES[:6]:
        place = kept.find(2, title)
        assert place is not None
        kept = kept.corrected(place, "")
    with pytest.raises(UnreadableFile):
        kept.read(PROGRAMME, TODAY)
