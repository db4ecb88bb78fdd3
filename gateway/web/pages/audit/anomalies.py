"""What stands out in the journal, each thing with the reason why it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request
from marshmallow import ValidationError

from gateway.actions.search_journal import see_anomalies
from gateway.errors import BadInput
from gateway.web.context import current_unit
from gateway.web.pages.audit.events import names_of_ids
from gateway.web.pages.audit.frame import READ, auditor, framed
from gateway.web.pages.site import Page
from gateway.web.parsing import pointers
from gateway.web.schemas.journal import AnomaliesWanted
from policies.anomalies import WHY, Sign

PERIODS = ((1, "сутки"), (7, "неделя"), (30, "месяц"), (366, "год"))
MOST_LINKED = 12
TITLES = {
    Sign.MANY_READ: "Открыто людей за час: {count}",
    Sign.READ_AT_NIGHT: "Чтений ночью: {count}",
    Sign.CONTACT_THEN_SIGNED: "Контакт изменён, вскоре подписано",
    Sign.WRONG_CODES: "Неверных кодов за час: {count}",
    Sign.WRONG_PASSWORDS: "Отказов во входе за час: {count}",
    Sign.DENIALS: "Отказов в действии за час: {count}",
    Sign.QUICK_APPROVAL: "Утверждено через {count} с",
    Sign.QUICK_PAPERS: "Ответов на бумаге за минуту: {count}",
    Sign.LIST_REWRITES: "Изменено списком: {count}",
    Sign.PLACED_LATE: "Ждали места в журнале: {count}",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that stands out. `further`: how many events are not linked."""

    title: str
    why: str
    at: datetime
    zone: str | None
    who: str
    school: str
    events: tuple[int, ...]
    further: int


@auditor.on("GET", "/audit/anomalies", READ)
def anomalies() -> Page:
    """The last days, one school or all."""
    said = {name: request.args[name] for name in ("days", "school_id") if request.args.get(name)}
    try:
        told = AnomaliesWanted().load(said)
    except ValidationError as refused:
        raise BadInput(pointers({"query": refused.messages})) from None
    unit = current_unit()
    school_id = told.get("school_id")
    found = see_anomalies(unit, unit.now - timedelta(days=told["days"]), school_id)
    names = names_of_ids(unit, {a.school_id for a in found}, {a.actor for a in found})
    shown = [
        Shown(
            TITLES[each.sign].format(count=each.count),
            WHY[each.sign],
            each.at,
            names.zones.get(each.school_id) if each.school_id else None,
            names.of(each.actor) or "",
            names.of(each.school_id) or "",
            each.events[-MOST_LINKED:],
            max(0, len(each.events) - MOST_LINKED),
        )
        for each in found
    ]
    return framed(
        "anomalies.html", shown=shown, periods=PERIODS, days=told["days"], school_id=school_id
    )
