"""Sessions of staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.actions import set_up_factor as setting_up
from gateway.actions import show_factor as showing
from gateway.actions.sign_in import sign_out as close_session
from gateway.errors import FactorWrong, TooManyAttempts
from gateway.web import auth
from gateway.web.context import client_address, current_caller, current_unit, current_wiring
from gateway.web.routes import Routes
from gateway.web.schemas.staff import AppSecret, FactorCode, RecoveryCodes, Session, SignIn

staff = Routes("staff", "Sessions of school workers, auditors and administrators")
SESSION = "/v1/session"
APPLICATION = f"{SESSION}/application"


@staff.on(
    "POST", SESSION, auth.ANYBODY, takes=SignIn, gives=Session, status=201, repeatable=False
)  # each time another session, and limited
def sign_in(told: Mapping[str, Any]) -> Mapping[str, object]:
    """Open a session of eight hours by login and password."""
    opened = auth.sign_in(told["login"], told["password"])
    return {
        "token": opened.token,
        "role": opened.staff.role,
        "school_id": opened.staff.school_id,
        "expires_at": opened.expires_at,
        "second_factor": opened.stage,
    }


@staff.on(
    "POST",
    f"{SESSION}/second-factor",
    auth.SIGNED_IN,
    takes=FactorCode,
    status=204,
    repeatable=False,
)  # a code is good once
def show_factor(told: Mapping[str, Any]) -> FactorWrong | TooManyAttempts | None:
    """Show the second factor; from now on and for five minutes it is fresh."""
    shown = showing.show_code(
        current_unit(),
        current_caller().token,
        told["code"],
        client_address(),
        current_wiring().code_key,
        renews=False,
    )
    return None if isinstance(shown, str) else shown


@staff.on(
    "POST", APPLICATION, auth.SETTING_UP, gives=AppSecret, status=201, repeatable=False
)  # each time another secret
def begin_application() -> Mapping[str, object]:
    """Draw a secret for an application; it counts once a code of it was shown."""
    made = setting_up.begin_app(current_unit(), current_caller().token)
    return {"secret": made.text, "uri": made.uri}


@staff.on(
    "POST",
    f"{APPLICATION}/confirmation",
    auth.SETTING_UP,
    takes=FactorCode,
    gives=RecoveryCodes,
    status=201,
    repeatable=False,
)  # the codes are shown once
def confirm_application(told: Mapping[str, Any]) -> Mapping[str, object] | FactorWrong:
    """Make the application the second factor by a code of it."""
    made = setting_up.confirm_app(
        current_unit(), current_caller().token, told["code"], current_wiring().code_key
    )
    return made if isinstance(made, FactorWrong) else {"recovery_codes": made}


@staff.on("DELETE", SESSION, auth.SIGNED_IN, status=204)
def sign_out() -> None:
    """Close the session of the token."""
    close_session(current_unit(), current_caller().token)
