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
from gateway.web.pages.access import ANYBODY, PageAccess
from gateway.web.pages.cookies import STAFF, secret_of
from gateway.web.pages.reading import typed_text
from gateway.web.pages.site import Page, Pages, To
from policies.permissions import Role

door = Pages("door")

# Where a worker begins; whoever has no page yet is told so on the first one.
START: Mapping[Role, str] = MappingProxyType(
    dict.fromkeys((Role.TUTOR, Role.REGISTRAR, Role.DIRECTOR), "desks.home")
    | {Role.AUDITOR: "auditor.overview", Role.ADMINISTRATOR: "office.schools"}
)
# A page of ours: ids alone, so it leads nowhere else and names nobody.
_OWN_PAGE = re.compile(r"/school(?:/[0-9a-z-]{1,40}){0,6}")
MOST_LOGIN, MOST_PASSWORD = 64, 128


@door.on("GET", "/login", ANYBODY)
def sign_in_form() -> Page:
    """Login and password."""
    return Page("school/sign_in.html", {"back": _back(request.values.get("back", ""))})


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
    start = START.get(opened.staff.role, "public.home")
    return To(
        start,
        enters=(STAFF, opened.token),
        path=_back(request.form.get("back", "")) if start == "desks.home" else None,
    )


@door.on("POST", "/logout", PageAccess(STAFF))
def sign_out() -> To:
    """Close the session and take the cookie back."""
    close_session(current_unit(), current_caller().token)
    return To("door.sign_in_form", leaves=STAFF, notice="Вы вышли.")


def _back(path: str) -> str | None:
    """Where the worker was when the session ended; None for anything that is no page of ours."""
    return path if _OWN_PAGE.fullmatch(path) else None
