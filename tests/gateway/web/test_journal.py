"""The auditor's door, and what machines ask."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from audit.checkpoint import read_unverified
from audit.store import audit_checkpoint
from audit.tree import leaf_hash, verify_inclusion
from audit.verify import main as verify
from gateway.actions.add_school import add_school
from gateway.unit import SYSTEM
from policies.permissions import Role
from tests.audit.journals import damage
from tests.gateway.web.conftest import Door, refusal, told


def test_a_checkpoint_is_a_note_with_its_numbers(door: Door):
    found = told(door.get("/v1/audit/checkpoint", door.who(Role.AUDITOR)))
    checkpoint = read_unverified(found["note"].encode())
    assert (checkpoint.size, checkpoint.root.hex()) == (found["size"], found["root"])
    assert found["waiting"] > 0


def test_events_are_read_in_order_and_by_school(full_door: Door):
    auditor = full_door.who(Role.AUDITOR)
    full_door.town.work()
    seen: list[dict[str, Any]] = []
    address = "/v1/audit/events?limit=7"
    while address:
        answer = full_door.get(address, auditor)
        seen += told(answer)["events"]
        link = answer.headers.get("Link")
        address = link.partition(">")[0].strip("<") if link else ""
    assert [event["index"] for event in seen] == list(range(len(seen)))
    assert all(event["meaning"].endswith(".") for event in seen)
    school = str(full_door.town.school_id)
    path = f"/v1/audit/events?school_id={school}"
    own = told(full_door.get(path, auditor))["events"]
    assert {event["school_id"] for event in own} == {school}
    assert "Ёлкина" not in json.dumps(seen, ensure_ascii=False)


def test_a_proof_leads_from_the_event_to_the_signed_root(full_door: Door):
    """`verify_inclusion` raises for any other path."""
    auditor = full_door.who(Role.AUDITOR)
    full_door.town.work()
    event = told(full_door.get("/v1/audit/events?limit=5", auditor))["events"][3]
    proof = told(full_door.get(f"/v1/audit/events/{event['id']}/proof", auditor))
    checkpoint = read_unverified(proof["note"].encode())
    verify_inclusion(
        leaf_hash(base64.b64decode(proof["envelope"])),
        proof["index"],
        checkpoint.size,
        [bytes.fromhex(each) for each in proof["path"]],
        checkpoint.root,
    )


def test_an_export_is_verified_offline(full_door: Door, tmp_path: Path):
    full_door.town.work()
    answer = full_door.post("/v1/audit/exports", full_door.who(Role.AUDITOR))
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"] == "attachment; filename=journal.auditpack"
    pack, key = tmp_path / "journal.auditpack", tmp_path / "journal.vkey"
    pack.write_bytes(answer.data)
    key.write_text(full_door.wiring.note_signer.vkey)
    assert verify([str(pack), "--vkey", str(key)]) == 0


def test_only_a_school_of_ours_is_exported(full_door: Door):
    full_door.town.work()
    with full_door.wiring.units.open(SYSTEM) as unit:
        new = add_school(unit, "Новая школа", "Asia/Vladivostok")
    auditor = full_door.who(Role.AUDITOR)
    answer = full_door.post("/v1/audit/exports", auditor, {"school_id": str(uuid4())})
    assert refusal(answer) == (404, "not_found")
    answer = full_door.post("/v1/audit/exports", auditor, {"school_id": str(new)})
    assert refusal(answer) == (503, "journal_behind")  # nothing of it is signed yet


def test_nothing_is_exported_before_the_first_signature(door: Door):
    with door.wiring.writing.begin() as connection:
        if connection.dialect.name == "sqlite":
            names = connection.execute(
                sa.text("SELECT name FROM sqlite_master WHERE tbl_name = 'audit_checkpoint'"
                        " AND type = 'trigger'")
            ).scalars().all()  # fmt: skip
            for name in names:
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(sa.text("ALTER TABLE audit_checkpoint DISABLE TRIGGER USER"))
        connection.execute(sa.delete(audit_checkpoint))
    auditor = door.who(Role.AUDITOR)
    assert refusal(door.post("/v1/audit/exports", auditor)) == (503, "journal_behind")
    found = told(door.get("/v1/audit/checkpoint", auditor))
    assert (found["note"], found["size"], found["root"]) == (None, 0, None)


def test_a_damaged_record_is_listed_as_one_among_the_others(full_door: Door):
    full_door.town.work()
    idx = damage(full_door.town.wiring.writing, "import.committed")
    found = told(full_door.get("/v1/audit/events?limit=200", full_door.who(Role.AUDITOR)))["events"]
    assert [event["index"] for event in found if event["kind"] is None] == [idx]
    assert found[idx]["meaning"] == "Запись повреждена. Проверьте журнал."
    assert found[idx]["data"] is None
    proof = full_door.get(f"/v1/audit/events/{found[idx]['id']}/proof", full_door.who(Role.AUDITOR))
    assert told(proof)["index"] == idx
