"""The director names who stands in: by an order, from a day to a day."""

from __future__ import annotations

from uuid import UUID

from gateway.actions.appoint_acting import STAND_IN, appoint_acting, end_acting
from gateway.web.context import current_unit
from gateway.web.pages.access import needs
from gateway.web.pages.reading import told
from gateway.web.pages.school import words
from gateway.web.pages.school.frame import framed, school
from gateway.web.pages.site import Page, To
from gateway.web.schemas import school as wire
from policies.acting import acts
from policies.permissions import Permission

ACTING = "/school/acting"
APPOINT = needs(Permission.APPOINT_ACTING)
MOST_WORKERS = 500


@school.on("GET", ACTING, APPOINT)
def acting() -> Page:
    """Orders, and a form for another."""
    unit = current_unit()
    workers = unit.staff.page(unit.school_id, None, MOST_WORKERS)
    today = unit.schools.get(unit.school_id).today(unit.now)
    logins = {each.id: each.login for each in workers}
    orders = unit.acting.of_school(unit.school_id)
    return framed(
        "acting.html",
        workers=[
            (str(each.id), f"{each.login} ({words.ROLES[each.role]})")
            for each in workers
            if each.role in STAND_IN
        ],
        orders=[
            (
                each,
                logins.get(each.staff_id, ""),
                each.ended_at is None and each.to_on >= today,
                each.ended_at is None and acts(today, each.from_on, each.to_on),
            )
            for each in orders
        ],
    )


@school.on("POST", ACTING, APPOINT, again=acting)
def appoint() -> To:
    """Write the order down."""
    read = told(wire.NewActing)
    appoint_acting(current_unit(), current_unit().school_id, **read)
    return To("desks.acting", notice="Приказ записан.")


@school.on("POST", f"{ACTING}/<uuid:order_id>/end", APPOINT)
def end(order_id: UUID) -> To:
    """The director is back."""
    end_acting(current_unit(), current_unit().school_id, order_id)
    return To("desks.acting", notice="Полномочия прекращены.")
