"""Representatives who have named themselves: the registrar checks their documents."""

from __future__ import annotations

from uuid import UUID

from consent_forms.wording import GUARDIANS
from gateway.actions import check_newcomer as checking
from gateway.messages.texts import DECLINED_BECAUSE
from gateway.web.context import current_unit, current_wiring
from gateway.web.pages.access import needs
from gateway.web.pages.forms import chosen
from gateway.web.pages.reading import told
from gateway.web.pages.school.frame import framed, school
from gateway.web.pages.site import Page, To
from gateway.web.schemas.school import AcceptedNewcomer
from policies.permissions import Permission

NEWCOMERS = "/school/newcomers"
ONE = f"{NEWCOMERS}/<uuid:newcomer_id>"
INVITED = "Представитель записан. Чтобы он мог подписать по коду, запишите соглашение."
NOT_INVITED = "Представитель записан. Ссылка не ушла: проверьте почту, телефон и соглашение."
CHECK = needs(Permission.RECORD_AUTHORITY)


@school.on("GET", NEWCOMERS, CHECK)
def newcomers() -> Page:
    """Whose documents are to be checked."""
    found, others = checking.see_newcomers(current_unit())
    return framed("newcomers.html", candidates=found, others=others, kinds=GUARDIANS)


@school.on("GET", ONE, CHECK)
def newcomer(newcomer_id: UUID) -> Page:
    """What one of them told, and the two ways to decide."""
    found = checking.see_newcomer(current_unit(), newcomer_id)
    return framed("newcomer.html", one=found, kinds=GUARDIANS, reasons=DECLINED_BECAUSE)


@school.on("POST", f"{ONE}/acceptance", CHECK, again=newcomer)
def accept(newcomer_id: UUID) -> To:
    """The documents were seen: on record with them."""
    read = told(AcceptedNewcomer)
    done = checking.accept_newcomer(
        current_unit(), newcomer_id, read["pupil_ids"], current_wiring().host.public_url
    )
    return To(
        "desks.pupil",
        {"collection_id": done.collection_id, "pupil_id": read["pupil_ids"][0]},
        notice=INVITED if done.is_invited else NOT_INVITED,
    )


@school.on("POST", f"{ONE}/refusal", CHECK, again=newcomer)
def decline(newcomer_id: UUID) -> To:
    """Not on record; they are told why."""
    reason = chosen("reason", checking.Declined)
    checking.decline_newcomer(current_unit(), newcomer_id, reason)
    return To("desks.newcomers", notice="Не записан. Сведения уничтожены, причина отправлена.")
