"""`soglasie forms lint`: needs no home, tells each remark with its place, says it by its exit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from consent_forms.catalogue import TEXTS
from gateway.cli.main import main
from policies.programme import PROGRAMMES


def lint(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["forms", "lint", *arguments], env={"SOGLASIE_HOME": str(home)})


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """A copy of everything, with a slip in one text."""
    shutil.copytree(PROGRAMMES, tmp_path / "drafts/programmes")
    shutil.copytree(TEXTS, tmp_path / "drafts/texts")
    page = tmp_path / "drafts/texts/child/1/ru.html"
    page.write_text(page.read_text().replace("{{ relation }}", "{{ relative }}"))
    return tmp_path / "drafts"


def test_what_the_service_works_with_is_clean(tmp_path: Path):
    told = lint(tmp_path / "no-home")
    assert (told.exit_code, told.output) == (
        0,
        "Прочитано: программ 2, текстов 10. Замечаний: нет.\n",
    )
    assert not (tmp_path / "no-home").exists()


def test_remarks_are_told_with_their_places(tmp_path: Path, drafts: Path):
    told = lint(tmp_path, str(drafts))
    assert told.exit_code == 1
    assert "texts/child/1/ru.html:21: PLACEHOLDER_UNKNOWN " in told.output
    assert "texts/child/1/ru.html:1: PIN_DIFFERS " in told.output
    assert told.output.endswith("Замечаний: 2.\n")


def test_a_program_reads_them_too(tmp_path: Path, drafts: Path):
    told = json.loads(lint(tmp_path, "--json", str(drafts)).output)
    assert (told["programmes"], told["texts"]) == (2, 10)
    assert [(each["line"], each["code"]) for each in told["findings"]] == [
        (None, "PIN_DIFFERS"),
        (21, "PLACEHOLDER_UNKNOWN"),
    ]
    assert told["findings"][1]["text"] == "Такого поля подстановки нет: relative."


@pytest.mark.parametrize("folder", ["no/such/folder", "."], ids=["missing", "of something else"])
def test_a_folder_of_nothing_is_wrong_use(tmp_path: Path, folder: str):
    assert lint(tmp_path, str(tmp_path / folder)).exit_code == 2
