"""Sessions of staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.actions.sign_in import sign_out as close_session
from gateway.web import auth
from gateway.web.context import current_caller, current_unit
from gateway.web.routes import Routes
from gateway.web.schemas.staff import Session, SignIn

staff = Routes("staff", "Sessions of school workers, auditors and administrators")


@staff.on(
    "POST", "/v1/session", auth.ANYBODY, takes=SignIn, gives=Session, status=201, repeatable=False
)  # each time another session, and limited
def sign_in(told: Mapping[str, Any]) -> Mapping[str, object]:
    """Open a session of eight hours by login and password."""
    opened = auth.sign_in(told["login"], told["password"])
    return {
        "token": opened.token,
        "role": opened.staff.role,
        "school_id": opened.staff.school_id,
        "expires_at": opened.expires_at,
    }


@staff.on("DELETE", "/v1/session", auth.SIGNED_IN, status=204)
def sign_out() -> None:
    """Close the session of the token."""
    close_session(current_unit(), current_caller().token)
