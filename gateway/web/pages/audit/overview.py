"""Where an auditor begins: the last signature, how far behind the journal is, whether it holds."""

from __future__ import annotations

from datetime import timedelta

from audit.note import split
from audit.report import SHOWN, TEXTS
from gateway.actions import inspect_journal as looking
from gateway.web.context import current_unit, current_wiring
from gateway.web.pages.audit.frame import EXPORT, READ, age, auditor, framed
from gateway.web.pages.site import Page, To

LATE = timedelta(minutes=5)
KEY_ID_BYTES = 4


@auditor.on("GET", "/audit", READ)
def overview() -> Page:
    """Checkpoint, lag, last check."""
    unit = current_unit()
    state = looking.see_checkpoint(unit)
    signed, check = state.signed, state.last_check
    lag = unit.now - state.oldest_waiting_at if state.oldest_waiting_at else None
    return framed(
        "overview.html",
        signed=signed,
        key_id=split(signed.note)[1][0][1][:KEY_ID_BYTES].hex() if signed else "",
        signed_age=age(unit.now - signed.signed_at) if signed else "",
        waiting=state.waiting,
        lag=age(lag) if lag is not None else "",
        is_late=lag is not None and lag > LATE,
        check=check,
        check_age=age(unit.now - check.at) if check else "",
    )


@auditor.on("POST", "/audit/checks", EXPORT)
def check() -> To | Page:
    """Read the whole journal again, now: bodies, leaves, root, signatures."""
    wiring = current_wiring()
    with wiring.looking(steady=True) as look:
        report = looking.check_journal(look, wiring.note_signer.verifier)
    looking.note_check(current_unit(), report)
    if report.findings:
        places = [each.idx for each in report.findings if each.idx is not None]
        told = [(each, TEXTS[each.code]) for each in report.findings[:SHOWN]]
        return framed("broken.html", report=report, findings=told, first=min(places, default=None))
    return To("auditor.overview", notice=f"Журнал цел: прочитано записей {report.events}.")
