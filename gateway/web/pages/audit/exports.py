"""Events to take away: a table for Excel, lines for programs, the whole journal for a verifier."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from io import TextIOWrapper
from types import MappingProxyType
from typing import Any, BinaryIO

from flask import Response, request, send_file

from audit.journal import Entry
from crypto import canonical
from gateway.actions.inspect_journal import export_journal
from gateway.actions.search_journal import export_events
from gateway.errors import BadInput
from gateway.unit import Unit
from gateway.web.context import current_unit
from gateway.web.journal_filters import wanted
from gateway.web.json_strict import moment_text
from gateway.web.pages.audit.events import DAMAGED, events, names_of
from gateway.web.pages.audit.filters import asked
from gateway.web.pages.audit.frame import EXPORT, auditor, local, utc
from gateway.web.pages.audit.words import actor_words, sentence
from gateway.web.pages.site import Sheet

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "№", "Время UTC", "Местное время", "Школа", "Кто", "Вид", "Что произошло", "Запись",
)  # fmt: skip
# Whoever sends the answer closes the file; it has no name and is gone then.
new_file: Callable[[], Any] = tempfile.TemporaryFile


@auditor.on("POST", "/audit/exports", EXPORT, again=events)
def export() -> Sheet:
    """The events of the filters, or the journal as a pack, which cannot leave any event out."""
    unit, form = current_unit(), request.form.get("format", "")
    if form not in FORMATS:
        raise BadInput({"/format": "choose"})
    out: BinaryIO = new_file()
    write, kind, name = FORMATS[form]
    write(unit, out)
    return Sheet(partial(_sent, out, kind, name))


def _table(unit: Unit, out: BinaryIO) -> None:
    text = TextIOWrapper(out, "utf-8", newline="")
    text.write(BOM)
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow(COLUMNS)

    def write(entries: list[Entry]) -> None:
        names = names_of(unit, [entry.event for entry in entries if entry.event])
        for entry in entries:
            event = entry.event
            if event is None:
                rows.writerow([str(entry.idx), "", "", "", "", "", DAMAGED, str(entry.id)])
                continue
            zone = names.zones.get(event.school_id) if event.school_id else None
            cells = (
                str(entry.idx),
                utc(event.at),
                local(event.at, zone) if zone else "",
                names.of(event.school_id) or "",
                actor_words(event, names),
                event.kind,
                sentence(event, names),
                str(event.id),
            )
            rows.writerow([guarded(cell) for cell in cells])

    export_events(unit, wanted(unit, asked().told), "csv", write)
    text.flush()
    text.detach()


def _lines(unit: Unit, out: BinaryIO) -> None:
    def write(entries: list[Entry]) -> None:
        for entry in entries:
            at, event = entry.integrated_at, entry.event
            told = {
                "index": entry.idx,
                "integrated_at": None if at is None else moment_text(at),
                "body": None if event is None else canonical.loads(event.body()),
            }
            out.write(canonical.dumps(told) + b"\n")

    export_events(unit, wanted(unit, asked().told), "jsonl", write)


def _pack(unit: Unit, out: BinaryIO) -> None:
    export_journal(unit, asked().told.get("school_id"), out)


FORMATS: Mapping[str, tuple[Callable[[Unit, BinaryIO], None], str, str]] = MappingProxyType(
    {
        "csv": (_table, "text/csv; charset=utf-8", "journal.csv"),
        "jsonl": (_lines, "application/jsonl", "journal.jsonl"),
        "auditpack": (_pack, "application/zip", "journal.auditpack"),
    }
)


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _sent(out: BinaryIO, kind: str, name: str) -> Response:
    out.seek(0)
    return send_file(out, mimetype=kind, as_attachment=True, download_name=name)
