"""Every example class list against the answers of a careful reader."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gateway.intake.rows import Intake, intake
from policies.facts import Field, Items, PupilRow
from policies.findings import Code
from policies.programme import load_programme

ROSTERS = Path(__file__).parents[3] / "examples" / "rosters"
FILES = ["school_28.xlsx", "class_10b_28.xlsx", "class_7a_28.csv"]
TODAY = date(2026, 9, 1)

every_file = pytest.mark.parametrize("file", FILES)


@cache
def read(file: str) -> Intake:
    programme = load_programme("mesh-2020")
    return intake((ROSTERS / file).read_bytes(), file, programme, TODAY)


@cache
def answers(file: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (ROSTERS / "answers" / file).with_suffix(".json").read_text()
    )
    return found


def said(items: Items) -> dict[str, str]:
    return {str(field): value for field, value in items.values.items()}


def expected(person: dict[str, Any]) -> dict[str, str]:
    return {field: person[field] for field in Field if person.get(field)}


@every_file
def test_every_pupil_is_read_as_the_school_meant_it(file: str) -> None:
    key = answers(file)
    excused = {cell["row"] for cell in key["needs_a_person"]} | set(key["either_way"])
    rows = read(file).rows
    assert len(rows) == len(key["pupils"])
    compared = 0
    for row, pupil in zip(rows, key["pupils"], strict=True):
        if row.row not in excused:
            compared += 1
            assert row.class_name == pupil["class"]
            assert said(row.items) == expected(pupil)
            assert [(said(r.items), r.relation) for r in row.representatives] == [
                (expected(r), r["relation"]) for r in pupil["representatives"]
            ]
    assert compared == len(rows) - len(excused)


@every_file
def test_every_cell_that_needs_a_person_is_pointed_out(file: str) -> None:
    found = {(finding.row, finding.column) for finding in read(file).findings}
    for cell in answers(file)["needs_a_person"]:
        assert (cell["row"], cell["column"]) in found
        assert cell["row"] in read(file).doubtful


@every_file
def test_no_other_row_is_called_doubtful(file: str) -> None:
    key = answers(file)
    wanted = {cell["row"] for cell in key["needs_a_person"]}
    assert read(file).doubtful - set(key["either_way"]) == wanted


# A day that Excel kept as a number or that has two digits for the year: read, and shown.
OF_DAYS = {Code.DATE_FROM_SERIAL, Code.DATE_CENTURY}


@every_file
def test_every_silent_repair_is_listed_and_besides_days_nothing_else(file: str) -> None:
    key = answers(file)
    wanted = {(cell["row"], cell["column"]) for cell in key["silent_repairs"]}
    listed = {(repair.row, repair.column) for repair in read(file).repairs}
    others = {(r.row, r.column) for r in read(file).repairs if r.code not in OF_DAYS}
    assert wanted == others <= listed


@every_file
def test_a_row_in_doubt_stays_a_pupil_without_the_bad_item(file: str) -> None:
    rows: dict[int, PupilRow] = {row.row: row for row in read(file).rows}
    for finding in read(file).findings:
        if finding.row in rows and finding.field and not finding.representative:
            hint = finding.is_hint
            assert hint or finding.field not in rows[finding.row].items.values
    assert read(file).nameless == frozenset()


@every_file
def test_bad_cells_do_not_look_like_misread_columns(file: str) -> None:
    assert "COLUMNS_MISREAD" not in {finding.code for finding in read(file).findings}


@every_file
def test_nothing_personal_shows(file: str) -> None:
    shown = repr(read(file))
    for pupil in answers(file)["pupils"]:
        for person in (pupil, *pupil["representatives"]):
            for field in (Field.SNILS, Field.EMAIL, Field.PHONE):
                assert person[field] not in shown


def test_a_csv_says_how_it_was_read() -> None:
    seven = read("class_7a_28.csv")
    assert (seven.kind, seven.encoding, seven.delimiter) == ("csv", "windows-1251", ";")
    assert seven.header_row == 2
