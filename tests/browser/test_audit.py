"""The auditor in a browser without JavaScript: search, events, a pack checked offline."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.audit_road import AuditRoad
from tests.browser.conftest import House
from tests.browser.school import MOTHER

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        pytest.param("checked", "журнал цел", id="whole journal"),
        pytest.param("found", "Школа № 28", id="found by phone"),
        pytest.param("events", "Сначала новые", id="events of one person"),
    ],
)
def test_an_auditor_finds_a_person(audit: AuditRoad, step: str, words: str):
    assert words in audit.told[step]


def test_what_was_looked_for_stands_nowhere(audit: AuditRoad):
    digits = MOTHER.phone.removeprefix("+7")
    assert digits not in audit.told["address"]
    assert digits not in audit.told["found"]


def test_downloaded_pack_is_checked_away_from_the_service(
    audit: AuditRoad, house: House, tmp_path: Path
):
    vkey = tmp_path / "vkey"
    vkey.write_text(house.stage.vkey())
    command = [sys.executable, "-m", "audit.verify", str(audit.pack), "--vkey", str(vkey)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
