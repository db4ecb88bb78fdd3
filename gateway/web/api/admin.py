"""What an administrator founds: schools, staff, clients. No personal data of families."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import current_app

from gateway.actions import add_school as schools
from gateway.actions import appoint_acting as acting
from gateway.actions import issue_token as platform
from gateway.actions import manage_staff as managing
from gateway.actions.reset_factor import reset_factor
from gateway.actions.see_messages import see_messages
from gateway.actions.versions import passport_version
from gateway.web import admission
from gateway.web.auth import needs
from gateway.web.context import current_unit
from gateway.web.paging import id_page
from gateway.web.preconditions import etag, told_versions
from gateway.web.routes import Routes, Takes
from gateway.web.schemas.pages import ListPage
from gateway.web.schemas.school import ActingMade, NewActing
from gateway.web.schemas.staff import (
    ClientMade,
    ClientsPage,
    MessagesOut,
    NewClient,
    NewKeys,
    NewPassword,
    NewSchool,
    NewStaff,
    Passport,
    PassportOut,
    RoleChange,
    SchoolMade,
    SchoolsPage,
    StaffMade,
    StaffPage,
    StaffWanted,
)
from policies.permissions import Permission

admin = Routes("admin", "Schools, staff and clients of platforms")

SCHOOLS = needs(Permission.MANAGE_SCHOOLS)
STAFF = needs(Permission.MANAGE_STAFF)
CLIENTS = needs(Permission.MANAGE_CLIENTS)
LIST = Takes(ListPage, "query")
WORKER = "/v1/admin/staff/<uuid:staff_id>"
CLIENT = "/v1/admin/clients/<uuid:client_id>"
PASSPORT = "/v1/admin/schools/<uuid:school_id>/passport"


@admin.on("POST", "/v1/admin/schools", SCHOOLS, takes=NewSchool, gives=SchoolMade, status=201)
def add_school(told: Mapping[str, Any]) -> Mapping[str, object]:
    """Found a school."""
    return {"school_id": schools.add_school(current_unit(), told["short_name"], told["zone"])}


@admin.on("GET", "/v1/admin/schools", SCHOOLS, takes=LIST, gives=SchoolsPage)
def list_schools(told: Mapping[str, Any]) -> object:
    """Schools of the service."""
    found = current_unit().schools.page(told["after"], told["limit"])
    return id_page("schools", [(one.id, one) for one in found], told)


@admin.on("GET", PASSPORT, SCHOOLS, gives=PassportOut)
def see_passport(school_id: UUID) -> object:
    """What documents say of the school now."""
    unit = current_unit()
    return unit.schools.get(school_id), etag(passport_version(unit, school_id))


@admin.on("PUT", PASSPORT, SCHOOLS, takes=Passport, status=204, guarded=True)
def set_passport(told: Mapping[str, Any], school_id: UUID) -> None:
    """State what documents say of the school."""
    schools.set_passport(current_unit(), school_id, {"ogrn": None, **told}, told_versions())


@admin.on("GET", "/v1/admin/staff", STAFF, takes=Takes(StaffWanted, "query"), gives=StaffPage)
def list_staff(told: Mapping[str, Any]) -> object:
    """Workers of one school or of everywhere."""
    found = current_unit().staff.page(told.get("school_id"), told["after"], told["limit"])
    return id_page("staff", [(one.id, one) for one in found], told)


@admin.on("POST", "/v1/admin/staff", STAFF, takes=NewStaff, gives=StaffMade, status=201)
def add_staff(told: Mapping[str, Any]) -> Mapping[str, object]:
    """Give a worker a login and a role."""
    staff_id = admission.add_staff(told)
    return {"staff_id": staff_id}


@admin.on(
    "DELETE",
    "/v1/admin/staff/<uuid:staff_id>/second-factor",
    needs(Permission.MANAGE_SECOND_FACTORS),
    status=204,
)
def reset_second_factor(staff_id: UUID) -> None:
    """Take a worker's second factor away; every session of the worker ends."""
    reset_factor(current_unit(), staff_id)


@admin.on("PUT", f"{WORKER}/role", STAFF, takes=RoleChange, status=204)
def change_role(told: Mapping[str, Any], staff_id: UUID) -> None:
    """Give a worker another role of the same place."""
    managing.change_role(current_unit(), staff_id, told["role"])


@admin.on("PUT", f"{WORKER}/password", STAFF, takes=NewPassword, status=204)
def set_password(told: Mapping[str, Any], staff_id: UUID) -> None:
    """Set a new password; it lets in again whoever was shut out."""
    admission.set_password(staff_id, told["password"])


@admin.on("DELETE", WORKER, STAFF, status=204)
def disable_staff(staff_id: UUID) -> None:
    """Shut a worker out at once."""
    admission.shut_out(staff_id)


@admin.on("PUT", f"{CLIENT}/keys", CLIENTS, takes=NewKeys, status=204)
def change_client_keys(told: Mapping[str, Any], client_id: UUID) -> None:
    """Replace the public keys of a platform's client."""
    platform.change_client_keys(current_unit(), client_id, current_app.json.dumps(told["jwks"]))


@admin.on("DELETE", CLIENT, CLIENTS, status=204)
def disable_client(client_id: UUID) -> None:
    """Shut a platform's client out at once."""
    platform.disable_client(current_unit(), client_id)


@admin.on("GET", "/v1/admin/messages", needs(Permission.MANAGE_MESSAGES), gives=MessagesOut)
def list_messages() -> object:
    """What waits to be sent, to masked addresses, and what was given up."""
    return see_messages(current_unit())


@admin.on(
    "POST",
    "/v1/admin/schools/<uuid:school_id>/acting-directors",
    STAFF,
    takes=NewActing,
    gives=ActingMade,
    status=201,
)
def appoint_acting_of(told: Mapping[str, Any], school_id: UUID) -> Mapping[str, object]:
    """Name who stands in for the director of a school, by an order and its days."""
    return {"acting_id": acting.appoint_acting(current_unit(), school_id, **told)}


@admin.on("GET", "/v1/admin/clients", CLIENTS, takes=LIST, gives=ClientsPage)
def list_clients(told: Mapping[str, Any]) -> object:
    """Clients of platforms."""
    found = current_unit().clients.page(told["after"], told["limit"])
    return id_page("clients", [(one.id, one) for one in found], told)


@admin.on("POST", "/v1/admin/clients", CLIENTS, takes=NewClient, gives=ClientMade, status=201)
def add_client(told: Mapping[str, Any]) -> Mapping[str, object]:
    """Register a platform's client with its public keys."""
    jwks = current_app.json.dumps(told["jwks"])
    client_id = platform.add_client(current_unit(), told["name"], told["programme"], jwks)
    return {"client_id": client_id}
