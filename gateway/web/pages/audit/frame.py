"""What every page of the auditor shows, and how moments are told there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.web.pages.access import needs
from gateway.web.pages.drawing import counted
from gateway.web.pages.site import Page, Pages
from policies.permissions import Permission

auditor = Pages("auditor")
READ = needs(Permission.READ_JOURNAL)
EXPORT = needs(Permission.EXPORT_JOURNAL)


def framed(template: str, **facts: object) -> Page:
    """A page above the schools."""
    return Page(f"audit/{template}", {"utc": utc, "local": local, **facts})


def utc(at: datetime) -> str:
    """«01.09.2026 09:00:00»."""
    return f"{at.astimezone(UTC):%d.%m.%Y %H:%M:%S}"


def local(at: datetime, zone: str) -> str:
    """«01.09.2026 19:00:00, UTC+10»."""
    there = at.astimezone(ZoneInfo(zone))
    offset = f"{there:%z}"
    minutes = "" if offset[3:] == "00" else f":{offset[3:]}"
    return f"{there:%d.%m.%Y %H:%M:%S}, UTC{offset[0]}{int(offset[1:3])}{minutes}"


def age(since: timedelta) -> str:
    """«17 секунд», «5 минут», «3 часа», «2 дня»: the largest whole unit."""
    seconds = max(0, int(since.total_seconds()))
    for size, words in (
        (86_400, ("день", "дня", "дней")),
        (3600, ("час", "часа", "часов")),
        (60, ("минута", "минуты", "минут")),
    ):
        if seconds >= size:
            return counted(seconds // size, *words)
    return counted(seconds, "секунда", "секунды", "секунд")
