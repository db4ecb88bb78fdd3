"""Letters to the families of a class: how many by which way, one shown in full, then sent."""

from __future__ import annotations

from uuid import UUID

from gateway.actions.invite import invite, preview_invitations
from gateway.web.context import current_unit, current_wiring
from gateway.web.pages.access import needs
from gateway.web.pages.drawing import counted
from gateway.web.pages.school.frame import CLASS, class_name, framed, school, the_collection
from gateway.web.pages.site import Page, To
from policies.permissions import Permission
from policies.release import deadline_passed

INVITE = needs(Permission.INVITE)
INVITATIONS = f"{CLASS}/invitations"


@school.on("GET", INVITATIONS, INVITE)
def invitations(collection_id: UUID, class_id: UUID) -> Page:
    """Who would be written to now, and one real letter without its link."""
    unit = current_unit()
    found, name = the_collection(collection_id), class_name(class_id)
    public_url = current_wiring().host.public_url
    plan, letter = preview_invitations(unit, collection_id, public_url, class_id)
    return framed(
        "invitations.html",
        found,
        class_id=class_id,
        class_name=name,
        invited=plan.invited,
        last_at=plan.last_at,
        goes_at=plan.goes_at if plan.goes_at > unit.now else None,
        letter=letter,
        is_late=deadline_passed(unit.now, found.deadline_on, plan.school.zone),
    )


@school.on("POST", INVITATIONS, INVITE)
def send_invitations(collection_id: UUID, class_id: UUID) -> To:
    """Send them; to nobody twice within a day."""
    class_name(class_id)
    public_url = current_wiring().host.public_url
    done = invite(current_unit(), collection_id, public_url, class_id)
    sent = counted(len(done.sent), "письмо", "письма", "писем")
    return To(
        "desks.desk",
        {"collection_id": collection_id, "class_id": class_id},
        notice=f"Отправлено: {sent}.",
    )
