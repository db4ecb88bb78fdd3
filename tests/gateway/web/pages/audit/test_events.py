"""The auditor looks: state of the journal, events by filters, one event with its proof."""

from __future__ import annotations

import base64
import json
import re

import pytest
import sqlalchemy as sa

from audit.checkpoint import read_unverified
from audit.kinds import KINDS, FieldType
from audit.store import audit_event
from audit.tree import leaf_hash, verify_inclusion
from gateway.unit import SYSTEM
from gateway.web.pages.audit.words import LABELS, Names, parts, sentence
from policies.permissions import Role
from tests.audit.test_event import SAMPLES, make
from tests.gateway.web.pages.audit.conftest import Audit


def rows(audit: Audit) -> list[int]:
    """Numbers of the events on the page."""
    assert audit.browser.page is not None
    return [int(each) for each in re.findall(r'/audit/events/(\d+)"', audit.browser.page.text)]


def test_an_auditor_begins_with_the_state_of_the_journal(audit: Audit):
    size = audit.journal()
    text = audit.browser.open("/audit")
    assert f"Записей под подписью {size}" in text
    assert "Проверки ещё не было" in text
    key_id = audit.desks.wiring.note_signer.key_id.hex()
    assert key_id in text


def test_a_lag_is_told(audit: Audit):
    audit.journal()
    audit.browser.open("/audit")
    audit.clock.forward(minutes=6)
    assert "Журнал отстаёт" in audit.browser.open("/audit")
    audit.journal()
    assert "Журнал отстаёт" not in audit.browser.open("/audit")


def test_events_are_listed_newest_first_and_by_pages(audit: Audit):
    with audit.desks.wiring.units.open(SYSTEM) as unit:
        unit.record_many([("journal.read", {"purpose": "check"})] * 50)
    size = audit.journal()
    audit.browser.open("/audit/events")
    first = rows(audit)
    assert first == list(range(size - 1, size - 51, -1))
    assert audit.browser.page is not None
    [further] = re.findall(r'href="([^"]*before=\d+)" rel="next"', audit.browser.page.text)
    audit.browser.open(further.replace("&amp;", "&"))
    assert rows(audit)[0] == first[-1] - 1


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        pytest.param("kind=import.committed", {"import.committed"}, id="a kind"),
        pytest.param("outcome=refused", {"access.denied"}, id="refusals"),
        pytest.param("outcome=done&kind=access.denied", set(), id="what excludes itself"),
        pytest.param("since=2026-09-02", set(), id="a day without events"),
    ],
)
def test_filters_stand_in_the_address(audit: Audit, query: str, kinds: set[str]):
    audit.desks.of(Role.TUTOR).open("/audit", 403)
    audit.journal()
    audit.browser.open(f"/audit/events?{query}")
    assert audit.browser.page is not None
    found = set()
    for idx in rows(audit):
        text = audit.browser.open(f"/audit/events/{idx}")
        found |= {kind for kind in KINDS if f" {kind} " in text}
    assert found == kinds


def test_a_day_is_that_of_the_school(audit: Audit):
    """9 h UTC on the 1st is 19 h there; 15 h UTC is the 2nd."""
    audit.journal()
    audit.clock.forward(hours=6)
    audit.desks.of(Role.REGISTRAR).open("/school")
    audit.desks.of(Role.TUTOR).open("/audit", 403)
    audit.journal()
    school = audit.desks.town.school_id
    assert "Найдено: 1" in audit.browser.open(f"/audit/events?school_id={school}&since=2026-09-02")
    audit.browser.open("/audit/events?since=2026-09-02")
    assert rows(audit) == []


@pytest.mark.parametrize(
    "query", ["since=вчера", "kind=nothing.done", "actor=x", "object_id=7", "school_id=x"]
)
def test_an_address_that_cannot_be_read_is_refused(audit: Audit, query: str):
    audit.browser.open(f"/audit/events?{query}", 422)


def test_counts_lead_to_narrower_lists(audit: Audit):
    audit.journal()
    audit.browser.open("/audit/events")
    assert audit.browser.page is not None
    [address] = re.findall(r'href="([^"]*kind=person.added)"', audit.browser.page.text)
    assert "Найдено: 2" in audit.browser.open(address)
    assert "× убрать" in audit.browser.text


def test_one_event_comes_with_its_bytes_and_proof(audit: Audit):
    audit.journal()
    audit.browser.open("/audit/events?kind=import.committed")
    [idx] = set(rows(audit))
    text = audit.browser.open(f"/audit/events/{idx}")
    assert "Список записан" in text
    assert "под подписью" in text
    answer = audit.browser.http.get(f"/audit/events/{idx}/proof.json")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=proof-{idx}.json"
    proof = json.loads(answer.data)
    checkpoint = read_unverified(proof["note"].encode())
    envelope = base64.b64decode(proof["envelope"])
    path = [bytes.fromhex(each) for each in proof["path"]]
    verify_inclusion(leaf_hash(envelope), proof["index"], checkpoint.size, path, checkpoint.root)
    assert leaf_hash(envelope).hex() in text


def test_a_number_behind_the_end_is_not_there(audit: Audit):
    audit.browser.open(f"/audit/events/{audit.journal()}", 404)
    audit.browser.open("/audit/events/99999999999999999999999", 404)


def test_every_look_is_an_event(audit: Audit):
    audit.journal()
    for path, purpose in (
        ("/audit", "checkpoint"),
        ("/audit/events", "search"),
        ("/audit/events/3", "event"),
    ):
        audit.browser.open(path)
        assert audit.newest("journal.read") == {"purpose": purpose}


def test_a_sound_journal_is_said_to_be_sound(audit: Audit):
    size = audit.journal()
    audit.browser.open("/audit")
    assert "Журнал цел" in audit.browser.send("/audit/checks")
    assert audit.newest("journal.checked") == {"size": size, "findings": 0}
    assert "журнал цел" in audit.browser.open("/audit")


def test_an_altered_event_turns_the_page_red(audit: Audit):
    audit.journal()
    audit.browser.open("/audit")
    with audit.desks.wiring.writing.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(sa.text("DROP TRIGGER audit_event_update"))
        else:
            connection.execute(sa.text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
        body = audit_event.c.body
        known = connection.execute(
            sa.select(audit_event.c.id, body).where(audit_event.c.kind == "school.created")
        ).one()
        changed = known.body.replace(b"school.created", b"class.added")
        connection.execute(
            audit_event.update().where(audit_event.c.id == known.id).values(body=changed)
        )
    text = audit.browser.send("/audit/checks")
    assert "Журнал нарушен" in text
    assert "В пакете содержание события, которого нет в журнале" in text
    assert audit.newest("journal.checked")["findings"] != 0


def test_checks_are_limited(audit: Audit):
    audit.journal()
    audit.browser.open("/audit")
    for _ in range(5):
        audit.browser.send("/audit/checks")
    audit.browser.send("/audit/checks", 429)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_has_a_sentence_for_people(kind):
    fields = {**kind.fields, **kind.optional}
    event = make(kind.name, {name: SAMPLES[wanted] for name, wanted in fields.items()})
    text = sentence(event, Names())
    assert kind.meaning[1:] in text
    assert len(parts(event, Names())) == len(fields)
    for name, wanted in fields.items():
        if wanted not in {FieldType.ID, FieldType.DIGEST}:
            assert LABELS[name].lower() in text.lower()


def test_ids_are_told_by_the_names_that_are_no_secret(audit: Audit):
    audit.desks.of(Role.TUTOR).open(f"{audit.desks.desk()}/pupils")
    audit.journal()
    text = audit.browser.open("/audit/events?kind=class.read")
    assert "tutor-28 (классный руководитель)" in text
    assert "класс: 7А" in text.replace("Класс: 7А", "класс: 7А")
    assert "Ёлкина" not in text
