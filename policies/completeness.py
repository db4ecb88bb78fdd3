"""Whether a person's items are complete: a value, or an absence that the programme accepts."""

from __future__ import annotations

from uuid import UUID

from policies.facts import Items
from policies.findings import Code, Finding
from policies.programme import ItemRule, Programme, Subject


def item_findings(
    items: Items, subject: Subject, programme: Programme, age: int | None, about: UUID | None = None
) -> list[Finding]:
    """What the programme still misses of one person; empty means complete.

    `age`: full years of the pupil on the day in question; None when unknown, then only
    absences accepted at every age will do. It does not matter for a guardian.
    """
    return [
        Finding(code, about=about, field=rule.field)
        for rule in programme.items[subject]
        if (code := _missing(items, rule, age)) is not None
    ]


def _missing(items: Items, rule: ItemRule, age: int | None) -> Code | None:
    if items.values.get(rule.field):
        return None
    absence = items.absent.get(rule.field)
    if absence is None:
        return Code.ITEM_MISSING
    return None if rule.accepted(absence, age) else Code.ABSENCE_NOT_ACCEPTED
