"""Who works here: logins, roles, passwords, and shutting somebody out."""

from __future__ import annotations

from uuid import UUID

from flask import request

from gateway.actions import add_staff as adding
from gateway.actions import manage_staff as managing
from gateway.actions.reset_factor import reset_factor
from gateway.errors import (
    AlreadyExists,
    BadInput,
    FactorWrong,
    NotFound,
    SecondFactorStale,
)
from gateway.web import admission
from gateway.web.context import current_caller, current_unit
from gateway.web.pages.access import proves
from gateway.web.pages.admin.frame import ON_A_PAGE, STAFF, asked_after, framed, office
from gateway.web.pages.audit.words import ALL_ROLES
from gateway.web.pages.reading import told
from gateway.web.pages.site import MENDABLE, Page, To
from gateway.web.schemas.fields import id_cursor_text
from gateway.web.schemas.staff import NewPassword, NewStaff, RoleChange
from policies.permissions import Permission
from policies.second_factor import is_fresh

WORKER = "/admin/staff/<uuid:staff_id>"
OF_STAFF = [(role.value, ALL_ROLES[role.value]) for role in sorted(
    adding.OF_A_SCHOOL | adding.ABOVE_SCHOOLS)]  # fmt: skip


@office.on("GET", "/admin/staff", STAFF)
def staff() -> Page:
    """Of one school or of everywhere, by pages."""
    unit, school_id = current_unit(), _school_asked(request.args.get("school_id"))
    found = unit.staff.page(school_id, asked_after(), ON_A_PAGE)
    places = {each.school_id for each in found if each.school_id}
    return framed(
        "staff.html",
        staff=found,
        roles=ALL_ROLES,
        places={place: unit.schools.get(place).short_name for place in places},
        of_school=unit.schools.get(school_id) if school_id else None,
        further=id_cursor_text(found[-1].id) if len(found) == ON_A_PAGE else None,
    )


@office.on("GET", "/admin/staff/new", STAFF)
def staff_form() -> Page:
    """Login, first password, role, school."""
    listed = current_unit().schools.page(None, 1000)
    places = sorted(((str(each.id), each.short_name) for each in listed), key=lambda p: p[1])
    chosen = request.values.get("school_id", "")
    return framed("new_staff.html", schools=[("", "вне школ"), *places], chosen=chosen,
                  roles=OF_STAFF)  # fmt: skip


@office.on("POST", "/admin/staff/new", STAFF, again=staff_form, mends=(*MENDABLE, AlreadyExists))
def add_staff() -> To:
    """Let somebody in."""
    made = admission.add_staff(told(NewStaff))
    return To("office.worker", {"staff_id": made}, notice="Сотрудник добавлен.")


@office.on("GET", WORKER, STAFF)
def worker(staff_id: UUID) -> Page:
    """One worker and what can be changed."""
    unit = current_unit()
    found = unit.staff.find(staff_id=staff_id)
    if found is None:
        raise NotFound
    place = adding.ABOVE_SCHOOLS if found.school_id is None else adding.OF_A_SCHOOL
    return framed(
        "worker.html",
        one=found,
        place=unit.schools.get(found.school_id).short_name if found.school_id else "",
        roles=[(role.value, ALL_ROLES[role.value]) for role in sorted(place)],
        role=ALL_ROLES[found.role.value],
        has_factor=unit.factors.has_any(staff_id),
        asks_code=not is_fresh(current_caller().second_at, unit.now),
    )


@office.on("POST", f"{WORKER}/role", STAFF, again=worker)
def change_role(staff_id: UUID) -> To:
    """Another role; sessions end."""
    managing.change_role(current_unit(), staff_id, told(RoleChange)["role"])
    return _back(staff_id, "Роль изменена.")


@office.on("POST", f"{WORKER}/password", STAFF, again=worker)
def set_password(staff_id: UUID) -> To:
    """Another password; it lets in whoever was shut out."""
    admission.set_password(staff_id, told(NewPassword)["password"])
    return _back(staff_id, "Пароль задан. Передайте его лично.")


@office.on(
    "POST",
    f"{WORKER}/second-factor",
    proves(Permission.MANAGE_SECOND_FACTORS),
    again=worker,
    mends=(*MENDABLE, FactorWrong, SecondFactorStale),
)
def reset_second_factor(staff_id: UUID) -> To:
    """Take a worker's second factor away; sessions end."""
    reset_factor(current_unit(), staff_id)
    return _back(staff_id, "Второй шаг сброшен, сеансы прекращены.")


@office.on("POST", f"{WORKER}/disable", STAFF, again=worker)
def disable(staff_id: UUID) -> To:
    """Shut somebody out at once."""
    admission.shut_out(staff_id)
    return _back(staff_id, "Вход закрыт, сеансы прекращены.")


def _school_asked(text: str | None) -> UUID | None:
    """Id of the school that the address names. Raises `BadInput`."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadInput({"/school_id": "id_form"}) from None


def _back(staff_id: UUID, notice: str) -> To:
    return To("office.worker", {"staff_id": staff_id}, notice=notice)
