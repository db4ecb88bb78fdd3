"""Warn the old e-mail or phone when staff put another one in its place."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from gateway.actions.send_message import send_mail, send_sms
from gateway.messages import texts
from gateway.unit import Unit
from policies.facts import Field, Items


def warn_old_contacts(
    unit: Unit,
    school_id: UUID,
    changed: Mapping[UUID, tuple[Items, Items]],
    *,
    is_by_hand: bool = False,
) -> None:
    """`changed`: person -> record before and after; a message names nobody.

    What a list changes, only those hear of who were invited, or by or about whom something was
    said: before that a list is corrected often, and an address may be a slip. Of what a worker
    changed by hand (`is_by_hand`) everybody hears.
    """
    replaced = {
        person: [
            (field, before.values[field])
            for field in (Field.EMAIL, Field.PHONE)
            if field in before.values and before.values[field] != after.values.get(field)
        ]
        for person, (before, after) in changed.items()
    }
    if not any(replaced.values()):
        return
    school = unit.schools.get(school_id)
    told = unit.consents.last_said(school_id).keys() | unit.links.ever_invited(school_id)
    at = texts.moment_in_words(unit.now, school.zone)
    for person, contacts in replaced.items():
        if not is_by_hand and person not in told:
            continue
        for field, old in contacts:
            if field is Field.EMAIL:
                letter = texts.contact_replaced(school.short_name, at, school.phone)
                send_mail(unit, school_id, old, letter.subject, letter.text)
            else:
                send_sms(unit, school_id, old, texts.phone_replaced(school.short_name))
