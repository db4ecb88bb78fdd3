"""Whatever bytes come, the answer is tables or `UnreadableFile`, and nothing else is raised."""

from __future__ import annotations

import io
import random
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.intake.cells import Cell, Limits, Row, Table, UnreadableFile
from gateway.intake.child import answer, tables_of
from gateway.intake.rows import intake, read_list
from gateway.intake.tables import read_tables
from policies.programme import load_programme
from tests.gateway.intake import writers
from tests.gateway.intake.lists import TODAY, Variant, a_list, a_truth

ROSTERS = Path(__file__).parents[3] / "examples" / "rosters"
PROGRAMME = load_programme("mesh-2020")
# Small enough that a spoiled count cannot fill this process.
LIMITS = Limits(file_bytes=1 << 20, rows=500, columns=60, cells=9000, places=20_000)
GRIDS, _ = a_list(a_truth(3), Variant())
ROWS = GRIDS["Лист1"]
SEEDS = {
    "xlsx": writers.an_xlsx(ROWS),
    "xls": writers.an_xls(ROWS),
    "ods": writers.an_ods(ROWS),
    "html": writers.a_page(ROWS),
    "xml": writers.a_markup(ROWS),
    "csv": writers.a_csv(ROWS),
    "utf-16": writers.a_csv(ROWS, encoding="utf-16"),
    "example": (ROSTERS / "class_7a_28.csv").read_bytes(),
}
MUTANTS = 15


def spoiled(data: bytes, seed: int) -> bytes:
    """Some bytes exchanged, doubled, left out or moved."""
    chance = random.Random(seed)
    mutable = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5, 30])):
        at = chance.randrange(max(1, len(mutable)))
        size = chance.choice([1, 1, 2, 4, 64, 700])
        match chance.randrange(5):
            case 0:
                mutable[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del mutable[at : at + size]
            case 2:
                mutable[at:at] = mutable[at : at + size]
            case 3:
                mutable[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"9999"])
            case _:
                to = chance.randrange(max(1, len(mutable)))
                mutable[to:to] = mutable[at : at + size]
    return bytes(mutable)


@pytest.mark.parametrize("kind", SEEDS)
def test_a_spoiled_file_is_read_or_refused(kind: str) -> None:
    for seed in range(MUTANTS):
        with suppress(UnreadableFile):
            intake(spoiled(SEEDS[kind], seed), "7а.xls", PROGRAMME, TODAY, limits=LIMITS)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_book_with_a_spoiled_part_is_read_or_refused(kind: str) -> None:
    with zipfile.ZipFile(io.BytesIO(SEEDS[kind])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for seed in range(MUTANTS):
        name = random.Random(seed).choice(sorted(parts))
        into = io.BytesIO()
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
            for each, part in parts.items():
                archive.writestr(each, spoiled(part, seed) if each == name else part)
        with suppress(UnreadableFile):
            intake(into.getvalue(), "7а.xls", PROGRAMME, TODAY, limits=LIMITS)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"<table>", b"\xff\xfe"]))
def test_any_bytes_are_read_or_refused(data: bytes, start: bytes) -> None:
    with suppress(UnreadableFile):
        read_tables(start + data, LIMITS)


cells: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.floats(),
    st.dates(),
    st.sampled_from(
        ["ФИО", "СНИЛС", "Ёлкин Лев Ильич", "нет", "7А", "мать", "a@b", "8(9", "Итого"]
    ),
)
grids = st.lists(st.lists(cells, max_size=9), max_size=8)
HEADER = ("Класс", "ФИО", "СНИЛС", "Телефон", "Почта", "Дата рождения", "ФИО матери", "Причина")


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(grids)
def test_any_cells_under_titles_become_pupils_findings_or_nothing(grid: list[list[Cell]]) -> None:
    rows = (Row(1, HEADER), *(Row(n, tuple(row)) for n, row in enumerate(grid, start=2)))
    table = Table("csv", "", tuple(row for row in rows if any(c is not None for c in row.cells)))
    with suppress(UnreadableFile):
        read = read_list([table], "x", PROGRAMME, TODAY)
        assert {row.row for row in read.rows}.isdisjoint(read.nameless)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(grids)
def test_cells_survive_the_pipe(grid: list[list[Cell]]) -> None:
    rows = tuple(Row(n, tuple(row)) for n, row in enumerate(grid, start=1))
    table = Table("xlsx", "7А", rows, hidden=frozenset({1}), is_hidden=True)
    (back,) = tables_of(answer((table,)))
    assert repr(back) == repr(table)
    assert [list(map(repr, row.cells)) for row in back.rows] == [
        list(map(repr, row.cells)) for row in table.rows
    ]
