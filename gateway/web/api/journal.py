"""The auditor's look at the journal; every look is an event itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, BinaryIO
from uuid import UUID

from flask import Response, send_file

from audit.journal import Entry
from audit.kinds import KINDS
from audit.report import LISTED
from gateway.actions import inspect_journal as looking
from gateway.actions import search_journal as searching
from gateway.web.auth import needs
from gateway.web.context import current_unit, current_wiring
from gateway.web.journal_filters import wanted
from gateway.web.paging import page
from gateway.web.routes import Bytes, Routes, Takes
from gateway.web.schemas import journal as wire
from policies.anomalies import WHY
from policies.permissions import Permission

journal = Routes("journal", "Checkpoint, events, proofs and export of the journal")

READ = needs(Permission.READ_JOURNAL)
DAMAGED = "Запись повреждена. Проверьте журнал."
PACK_TYPE = "application/zip"
# Whoever sends the answer closes the file; it has no name and is gone then.
new_file: Callable[[], Any] = tempfile.TemporaryFile


@journal.on("GET", "/v1/audit/checkpoint", READ, gives=wire.CheckpointOut)
def see_checkpoint() -> Mapping[str, object]:
    """Where the journal stands."""
    state = looking.see_checkpoint(current_unit())
    signed = state.signed
    return {
        "note": signed.note.decode() if signed else None,
        "size": signed.checkpoint.size if signed else 0,
        "root": signed.checkpoint.root.hex() if signed else None,
        "signed_at": signed.signed_at if signed else None,
        "waiting": state.waiting,
        "oldest_waiting_at": state.oldest_waiting_at,
    }


@journal.on(
    "GET", "/v1/audit/events", READ, takes=Takes(wire.EventsWanted, "query"), gives=wire.EventsPage
)
def list_events(told: Mapping[str, Any]) -> object:
    """Events in the order of the journal, those that the filters leave."""
    unit = current_unit()
    found = looking.list_events(unit, wanted(unit, told), told["after"], told["limit"])
    return page("events", [_event(entry) for entry in found], [e.idx for e in found], told)


def _event(entry: Entry) -> Mapping[str, object]:
    event = entry.event
    placed = {"index": entry.idx, "integrated_at": entry.integrated_at, "id": entry.id}
    if event is None:
        unsaid = ("kind", "school_id", "actor", "at", "request_id", "data")
        return {**placed, "meaning": DAMAGED, **dict.fromkeys(unsaid)}
    return {
        **placed,
        "kind": event.kind,
        "meaning": KINDS[event.kind].meaning,
        "school_id": event.school_id,
        "actor": event.actor,
        "at": event.at,
        "request_id": event.request_id,
        "data": event.data,
    }


@journal.on("GET", "/v1/audit/events/<uuid:event_id>/proof", READ, gives=wire.ProofOut)
def prove_event(event_id: UUID) -> Mapping[str, object]:
    """Proof that an event is in the signed tree."""
    return looking.prove_event(current_unit(), event_id).as_json()


@journal.on(
    "POST",
    "/v1/audit/checks",
    needs(Permission.EXPORT_JOURNAL),
    gives=wire.CheckOut,
    repeatable=False,
)
def check_journal() -> Mapping[str, object]:
    """Read the whole journal again, now: bodies, leaves, root, signatures."""
    wiring = current_wiring()
    with wiring.looking(steady=True) as look:
        report = looking.check_journal(look, wiring.note_signer.verifier)
    looking.note_check(current_unit(), report)
    return {
        "verdict": report.verdict.name.lower(),
        "size": report.size,
        "root": report.root,
        "findings": report.findings[:LISTED],
        "findings_total": len(report.findings),
    }


@journal.on(
    "GET",
    "/v1/audit/anomalies",
    READ,
    takes=Takes(wire.AnomaliesWanted, "query"),
    gives=wire.AnomaliesOut,
)
def see_anomalies(told: Mapping[str, Any]) -> Mapping[str, object]:
    """What stands out in the last days, each with the reason why it is shown."""
    unit = current_unit()
    since = unit.now - timedelta(days=told["days"])
    found = searching.see_anomalies(unit, since, told.get("school_id"))
    return {
        "anomalies": [
            {
                "sign": each.sign,
                "why": WHY[each.sign],
                "at": each.at,
                "count": each.count,
                "school_id": each.school_id,
                "actor_id": each.actor,
                "events": each.events,
            }
            for each in found
        ]
    }


def _pack(out: BinaryIO) -> Response:
    out.seek(0)
    return send_file(out, mimetype=PACK_TYPE, as_attachment=True, download_name="journal.auditpack")


@journal.on(
    "POST",
    "/v1/audit/exports",
    needs(Permission.EXPORT_JOURNAL),
    takes=wire.ExportWanted,
    gives=Bytes(PACK_TYPE, _pack),
    repeatable=False,
)
def export_journal(told: Mapping[str, Any]) -> BinaryIO:
    """The journal in one file that is verified offline."""
    out: BinaryIO = new_file()
    looking.export_journal(current_unit(), told.get("school_id"), out)
    return out
