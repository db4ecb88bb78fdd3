"""Representatives who have named themselves: the registrar checks their documents."""

from __future__ import annotations

from uuid import UUID

from gateway.actions.check_newcomer import accept_newcomer, decline_newcomer, see_newcomers
from gateway.web.context import current_unit
from gateway.web.pages.access import needs
from gateway.web.pages.school import words
from gateway.web.pages.school.frame import framed, school
from gateway.web.pages.site import Page, To
from policies.permissions import Permission

NEWCOMERS = "/school/newcomers"
CHECK = needs(Permission.RECORD_AUTHORITY)


@school.on("GET", NEWCOMERS, CHECK)
def newcomers() -> Page:
    """Whom to check, and who was accepted and is to be put on the list."""
    return framed("newcomers.html", candidates=see_newcomers(current_unit()), words=words)


@school.on("POST", f"{NEWCOMERS}/<uuid:newcomer_id>/accept", CHECK)
def accept(newcomer_id: UUID) -> To:
    """The documents were seen."""
    accept_newcomer(current_unit(), newcomer_id)
    return To("desks.newcomers", notice="Отмечено. Теперь впишите представителя в список класса.")


@school.on("POST", f"{NEWCOMERS}/<uuid:newcomer_id>/decline", CHECK)
def decline(newcomer_id: UUID) -> To:
    """The rights were not shown."""
    decline_newcomer(current_unit(), newcomer_id)
    return To("desks.newcomers", notice="Отклонено, сведения уничтожены.")
