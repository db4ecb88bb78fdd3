"""One damaged record is told as one; the journal around it stays readable."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from audit.journal import inclusion_proof
from audit.leaf import Leaf
from audit.search import Wanted, oldest
from audit.store import audit_leaf
from gateway.unit import SYSTEM
from tests.audit.journals import damage, drop_guards
from tests.gateway.web.pages.audit.conftest import Audit
from tests.gateway.web.pages.audit.test_exports import taken

TOLD = "Запись повреждена. Проверьте журнал."


def spoil(audit: Audit, kind: str = "import.committed", where: str = "form") -> int:
    audit.journal()
    return damage(audit.desks.wiring.writing, kind, where)


@pytest.mark.parametrize("where", ["form", "salt", "envelope"])
def test_the_list_shows_a_damaged_record_and_all_others(audit: Audit, where: str):
    idx = spoil(audit, where=where)
    told = audit.browser.open("/audit/events")
    assert f"{idx} — — повреждена {TOLD}" in told
    assert told.count(TOLD) == 1
    assert f" {idx - 1} " in told
    page = audit.browser.open(f"/audit/events/{idx}")
    assert "Запись повреждена" in page
    assert "Проверить журнал" in page


def test_its_place_in_the_tree_is_proved_all_the_same(audit: Audit):
    idx = spoil(audit)
    with audit.desks.wiring.looking() as look:
        entries = oldest(look.connection, Wanted(), limit=1000)
    assert [entry.idx for entry in entries if entry.event is None] == [idx]
    with audit.desks.wiring.looking() as look:
        proof = inclusion_proof(look.connection, entries[idx].id)
    assert proof is not None
    assert Leaf.decode(proof.envelope).id == entries[idx].id


def test_a_place_that_no_signature_holds_is_not_called_signed(audit: Audit):
    """Another leaf was changed, so no path leads to the signed root any more."""
    audit.journal()
    drop_guards(audit.desks.wiring.writing)
    with audit.desks.wiring.writing.begin() as connection:
        connection.execute(
            audit_leaf.update().where(audit_leaf.c.idx == 0).values(leaf_hash=bytes(32))
        )
    page = audit.browser.open("/audit/events/2")
    assert "не сходится" in page
    assert "под подписью" not in page


def test_files_hold_the_number_of_a_damaged_record(audit: Audit):
    idx = spoil(audit)
    lines = [json.loads(line) for line in taken(audit, "jsonl").splitlines()]
    assert [line["index"] for line in lines if line["body"] is None] == [idx]
    table = taken(audit, "csv").decode()
    assert f"\r\n{idx};;;;;;{TOLD};" in table
    assert taken(audit, "auditpack").startswith(b"PK")


def test_what_stands_out_and_the_state_are_still_told(audit: Audit):
    with audit.desks.wiring.units.open(SYSTEM) as unit:
        unit.record("journal.checked", size=1, findings=0)
    spoil(audit, "person.added")
    spoil(audit, "journal.checked")
    assert "Необычное" in audit.browser.open("/audit/anomalies")
    assert "Проверки ещё не было" in audit.browser.open("/audit")


def test_names_of_a_page_take_one_query_for_each_kind_of_thing(audit: Audit):
    """However many schools, workers and classes the events name."""
    audit.journal()
    asked: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    engine = audit.desks.wiring.writing
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        audit.browser.open("/audit/events?kind=person.added")
        few = len(asked)
        asked.clear()
        audit.browser.open("/audit/events")
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert len(asked) <= few + 2  # workers and classes, which the first page does not name
