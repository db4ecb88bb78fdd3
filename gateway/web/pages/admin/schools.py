"""Schools of the service and their passports."""

from __future__ import annotations

from uuid import UUID

from gateway.actions import add_school as founding
from gateway.web.context import current_unit
from gateway.web.pages.admin.frame import ON_A_PAGE, SCHOOLS, asked_after, framed, office
from gateway.web.pages.reading import told
from gateway.web.pages.site import Page, To
from gateway.web.schemas.fields import id_cursor_text
from gateway.web.schemas.staff import NewSchool, Passport

SCHOOL = "/admin/schools/<uuid:school_id>"
ZONES = (
    ("Europe/Kaliningrad", "Калининград, UTC+2"),
    ("Europe/Moscow", "Москва, UTC+3"),
    ("Europe/Samara", "Самара, UTC+4"),
    ("Asia/Yekaterinburg", "Екатеринбург, UTC+5"),
    ("Asia/Omsk", "Омск, UTC+6"),
    ("Asia/Novosibirsk", "Новосибирск, UTC+7"),
    ("Asia/Irkutsk", "Иркутск, UTC+8"),
    ("Asia/Yakutsk", "Якутск, UTC+9"),
    ("Asia/Vladivostok", "Хабаровск, Владивосток, UTC+10"),
    ("Asia/Magadan", "Магадан, UTC+11"),
    ("Asia/Kamchatka", "Петропавловск-Камчатский, UTC+12"),
)


@office.on("GET", "/admin", SCHOOLS)
def schools() -> Page:
    """All of them, by pages."""
    found = current_unit().schools.page(asked_after(), ON_A_PAGE)
    further = id_cursor_text(found[-1].id) if len(found) == ON_A_PAGE else None
    return framed("schools.html", schools=found, further=further)


@office.on("GET", "/admin/schools/new", SCHOOLS)
def school_form() -> Page:
    """Name and time zone."""
    return framed("new_school.html", zones=ZONES)


@office.on("POST", "/admin/schools/new", SCHOOLS, again=school_form)
def add_school() -> To:
    """Found it; its passport is filled in next."""
    read = told(NewSchool)
    made = founding.add_school(current_unit(), read["short_name"], read["zone"])
    return To("office.passport", {"school_id": made}, notice="Школа заведена. Заполните паспорт.")


@office.on("GET", SCHOOL, SCHOOLS)
def passport(school_id: UUID) -> Page:
    """What documents say of the school."""
    return framed("passport.html", one=current_unit().schools.get(school_id))


@office.on("POST", SCHOOL, SCHOOLS, again=passport)
def set_passport(school_id: UUID) -> To:
    """State it anew."""
    founding.set_passport(current_unit(), school_id, {"ogrn": None, **told(Passport)})
    return To("office.schools", notice="Паспорт записан.")
