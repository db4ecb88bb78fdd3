"""What an auditor takes away: a table that Excel opens, lines for programs, a pack to verify."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from audit.event import Event
from audit.verify import main as verify
from crypto import canonical
from gateway.actions import search_journal
from gateway.web.pages.audit.exports import COLUMNS, guarded
from gateway.web.pages.cookies import CSRF_FIELD
from tests.gateway.web.pages.audit.conftest import Audit


def taken(audit: Audit, form: str, query: str = "", status: int = 200) -> bytes:
    """The file that the button of the list gives."""
    audit.journal()
    audit.browser.open(f"/audit/events?{query}")
    fields = dict(pair.split("=") for pair in query.split("&") if pair)
    sent = {**fields, "format": form, CSRF_FIELD: audit.browser.token()}
    answer = audit.browser.http.post("/audit/exports", data=sent, headers={"Accept": "text/html"})
    assert answer.status_code == status
    return answer.data


def test_a_table_opens_in_a_russian_excel(audit: Audit):
    data = taken(audit, "csv", "kind=person.added")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert tuple(rows[0]) == COLUMNS
    assert [row[5] for row in rows[1:]] == ["person.added"] * 2
    assert rows[1][1:4] == ["01.09.2026 09:00:00", "01.09.2026 19:00:00, UTC+10", "Школа № 28"]
    assert b"\r\n" in data
    assert audit.newest("journal.exported")["format"] == "csv"
    assert audit.newest("journal.exported")["events"] == 2


@pytest.mark.parametrize("cell", ["=1+1", "+7", "-1", "@x", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell: str):
    assert guarded(cell) == f"'{cell}"
    assert guarded(f"x{cell}") == f"x{cell}"


def test_lines_hold_the_bodies_word_for_word(audit: Audit):
    lines = taken(audit, "jsonl", "outcome=done").splitlines()
    assert [json.loads(line)["index"] for line in lines] == list(range(len(lines)))
    for line in lines:
        Event.from_body(canonical.dumps(canonical.loads(line)["body"]))


@pytest.mark.parametrize("of_school", [False, True], ids=["everything", "of one school"])
def test_a_pack_is_verified_offline(audit: Audit, tmp_path: Path, *, of_school: bool):
    query = f"school_id={audit.desks.town.school_id}" if of_school else ""
    pack, key = tmp_path / "journal.auditpack", tmp_path / "journal.vkey"
    pack.write_bytes(taken(audit, "auditpack", query))
    key.write_text(audit.desks.wiring.note_signer.vkey)
    assert verify([str(pack), "--vkey", str(key)]) == 0


def test_more_than_fits_is_refused(audit: Audit, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(search_journal, "MOST_EXPORTED", 3)
    assert "Сузьте отбор" in taken(audit, "csv", "", 422).decode()


def test_a_kind_of_file_has_to_be_chosen(audit: Audit):
    assert "Выберите один из вариантов" in taken(audit, "", "", 422).decode()
