"""`soglasie import check`: what it prints, how it ends, what it never touches."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import main
from tests.gateway.intake import writers

ROSTERS = Path(__file__).parents[3] / "examples" / "rosters"
SPOILED = str(ROSTERS / "class_7a_28.csv")
WHOLE = str(ROSTERS / "school_28.xlsx")
ON_THE_DAY = ("--today", "2026-09-01")


def check(*words: str) -> Result:
    return CliRunner().invoke(main, ["import", "check", *words])


@pytest.mark.parametrize(
    ("file", "code"),
    [(WHOLE, 0), (str(ROSTERS / "class_10b_28.xlsx"), 0), (SPOILED, 1), (__file__, 2)],
    ids=["whole", "repaired", "spoiled", "no list"],
)
def test_the_exit_code_tells_how_it_went(file: str, code: int) -> None:
    for form in ((), ("--json",)):
        assert check(file, *form, *ON_THE_DAY).exit_code == code


def test_json_is_all_that_is_printed_for_a_machine() -> None:
    done = check(SPOILED, "--json", *ON_THE_DAY)
    said = json.loads(done.stdout)
    assert done.stderr == ""
    assert [len(said[name]) for name in ("pupils", "findings")] == [8, 6]
    assert said["pupils"][0]["row"] == 3
    assert said["pupils"][0]["representatives"][1]["relation"] == "отец"


def test_a_report_for_people_says_rows_columns_and_what_to_do() -> None:
    done = check(SPOILED, *ON_THE_DAY)
    assert "Строк 14 · готовы 8 · исправить 6 · исправили сами 10" in done.stdout
    assert "windows-1251" in done.stdout
    assert "названия столбцов в строке 2" in done.stdout
    assert "01.07.2012" in done.stdout


def test_a_report_shows_no_control_signs_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "7а.csv"
    rows = [["ФИО", "Дата рождения", "СНИЛС", "С\x1b[2Jекрет"], ["КИМ ЕВА", "01.05.12", "1", ""]]
    file.write_bytes(writers.a_csv(rows))
    done = check(str(file), *ON_THE_DAY)
    assert done.exit_code == 1
    assert "\x1b[2J" not in done.stdout


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["people", "machine"])
def test_a_file_that_is_no_list_gets_one_sentence(form: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "список.xlsx"
    file.write_bytes(b"%PDF-1.7")
    done = check(str(file), *form)
    assert done.exit_code == 2
    assert done.stderr == "Это не таблица. Сохраните список как XLSX или CSV.\n"
    if form:
        assert json.loads(done.stdout)["findings"][0]["code"] == "FILE_NOT_A_TABLE"


def test_the_marked_copy_is_for_its_owner_alone(tmp_path: Path) -> None:
    into = tmp_path / "с пометками.xlsx"
    assert check(SPOILED, "--annotated", str(into), "--json", *ON_THE_DAY).exit_code == 1
    assert stat.S_IMODE(into.stat().st_mode) == 0o600
    comment = openpyxl.load_workbook(into).worksheets[0]["G4"].comment
    assert comment is not None
    assert comment.text.startswith("Не сходится контрольное число.")


def test_the_list_itself_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "7а.csv"
    file.write_bytes(Path(SPOILED).read_bytes())
    done = check(str(file), "--annotated", str(file))
    assert done.exit_code == 2
    assert file.read_bytes() == Path(SPOILED).read_bytes()


def test_the_class_may_be_told(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(writers.a_csv([["ФИО", "Дата рождения", "СНИЛС"], ["Ким Ева", "", ""]]))
    assert "CLASS_MISSING" in check(str(file), "--json").stdout
    done = check(str(file), "--json", "--class", "7 «б»")
    assert "CLASS_MISSING" not in done.stdout
    assert check(str(file), "--class", "дети").exit_code == 2


def test_one_sheet_may_be_chosen(tmp_path: Path) -> None:
    file = tmp_path / "school.xlsx"
    rows = [["ФИО", "Дата рождения", "СНИЛС"], ["Ким Ева", "01.05.2012", "1"]]
    file.write_bytes(writers.an_xlsx({"7А": rows, "5Б": rows}))
    assert "Лист «5Б»" in check(str(file), "--json").stdout
    assert "Лист" not in check(str(file), "--json", "--sheet", "5Б").stdout
    done = check(str(file), "--sheet", "нет")
    assert done.exit_code == 2
    assert "Листы: 7А, 5Б" in done.stderr


@pytest.mark.parametrize(
    "words",
    [("no such file",), (WHOLE, "--programme", "x"), (WHOLE, "--today", "вчера"), ()],
    ids=["file", "programme", "day", "nothing"],
)
def test_wrong_use_ends_with_two(words: tuple[str, ...]) -> None:
    assert check(*words).exit_code == 2


def test_the_day_decides_ages() -> None:
    assert "AGE_AGAINST_CLASS" in check(WHOLE, "--json", "--today", "01.09.2033").stdout


def test_the_command_asks_for_no_setting_and_loads_no_database() -> None:
    code = (
        "import runpy, sys; sys.argv = ['soglasie', 'import', 'check', sys.argv[1]]\n"
        "try:\n    runpy.run_module('gateway.cli', run_name='__main__')\n"
        "finally:\n    print(sorted({'sqlalchemy', 'flask', 'openpyxl'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, WHOLE],
        cwd=ROSTERS.parents[1],
        env={**os.environ, "PYTHONPATH": str(ROSTERS.parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.endswith("[]\n")


def test_neither_a_home_nor_a_database_is_needed_or_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOGLASIE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert check(WHOLE, *ON_THE_DAY).exit_code == 0
    assert os.listdir(tmp_path) == []
