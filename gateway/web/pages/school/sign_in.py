"""The door of staff: login and password, the limits of the action, a new session each time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from flask import request

from gateway.actions.sign_in import sign_out as close_session
from gateway.errors import BadInput, NotAuthenticated
from gateway.web import auth
from gateway.web.context import current_caller, current_unit
from gateway.web.pages.access import ANYBODY, BY_PASSWORD
from gateway.web.pages.cookies import STAFF, secret_of
from gateway.web.pages.reading import typed_text
from gateway.web.pages.site import Page, Pages, To
from policies.permissions import Role
from policies.second_factor import Stage

door = Pages("door")

# Where a worker begins; whoever has no page yet is told so on the first one.
START: Mapping[Role, str] = MappingProxyType(
    dict.fromkeys((Role.TUTOR, Role.REGISTRAR, Role.DIRECTOR), "desks.home")
    | {Role.AUDITOR: "auditor.overview", Role.ADMINISTRATOR: "office.schools"}
)
# A page of ours: ids alone, so it leads nowhere else and names nobody.
_OWN_PAGE = re.compile(r"/(?:school|security|audit)(?:/[0-9a-z-]{1,40}){0,6}")
MOST_LOGIN, MOST_PASSWORD = 64, 128


@door.on("GET", "/login", ANYBODY)
def sign_in_form() -> Page:
    """Login and password."""
    return Page("school/sign_in.html", {"back": own_page(request.values.get("back", ""))})


@door.on("POST", "/login", ANYBODY, again=sign_in_form, mends=(BadInput, NotAuthenticated))
def sign_in() -> To:
    """Open a session; the one that this browser had before ends."""
    login = typed_text("login", MOST_LOGIN).strip()
    password = typed_text("password", MOST_PASSWORD + 1)
    missing = {f"/{n}": "required" for n, v in (("login", login), ("password", password)) if not v}
    if missing:
        raise BadInput(missing)
    opened = auth.sign_in(login, password)
    if known := secret_of(STAFF):
        close_session(current_unit(), known)
    back, enters = own_page(request.form.get("back", "")), (STAFF, opened.token)
    if opened.stage is Stage.NEEDED:
        return To("door.second_form", {"back": back}, enters=enters)
    if opened.stage is Stage.TO_SET_UP:
        return To("security.overview", enters=enters)
    return begin(opened.staff.role, back, enters)


def begin(role: Role | None, back: str | None, enters: tuple[str, str] | None = None) -> To:
    """Lead a worker to the page that was wanted, else to the first one of the role."""
    start = START.get(role, "security.overview") if role else "public.home"
    return To(start, enters=enters, path=back)


@door.on("POST", "/logout", BY_PASSWORD)
def sign_out() -> To:
    """Close the session and take the cookie back."""
    close_session(current_unit(), current_caller().token)
    return To("door.sign_in_form", leaves=STAFF, notice="Вы вышли.")


def own_page(path: str) -> str | None:
    """Where the worker was when the session ended; None for anything that is no page of ours."""
    return path if _OWN_PAGE.fullmatch(path) else None
