"""The second page of the staff's door: a code, a recovery code, or a passkey."""

from __future__ import annotations

from flask import request

from crypto.passkeys import place_of
from gateway.actions import show_factor as showing
from gateway.errors import BadInput, FactorWrong, TooManyAttempts
from gateway.web.context import client_address, current_caller, current_unit, current_wiring
from gateway.web.pages.access import BY_PASSWORD, MOST_CODE
from gateway.web.pages.cookies import STAFF
from gateway.web.pages.reading import typed_text
from gateway.web.pages.school.sign_in import begin, door, own_page
from gateway.web.pages.site import Page, To
from policies.second_factor import Stage

SECOND = "/login/second"
MOST_ANSWER = 8192


@door.on("GET", SECOND, BY_PASSWORD)
def second_form() -> Page | To:
    """Code of the application; a passkey where there is one."""
    caller, unit = current_caller(), current_unit()
    back = own_page(request.values.get("back", ""))
    if caller.stage is Stage.TO_SET_UP:
        return To("security.overview")
    if caller.stage is Stage.OPTIONAL or caller.actor.ref is None:
        return begin(caller.actor.role, back)
    place = place_of(current_wiring().settings.public_url)
    return Page(
        "security/second.html",
        {
            "back": back,
            "is_in": caller.stage is Stage.SHOWN,
            "has_passkeys": place is not None and bool(unit.factors.passkeys(caller.actor.ref)),
            "options": showing.passkey_options(unit, caller.token, place),
        },
    )


@door.on("POST", SECOND, BY_PASSWORD, again=second_form, mends=(BadInput, FactorWrong))
def second() -> To | FactorWrong | TooManyAttempts:
    """Take the code; the session goes on under a new secret."""
    typed = typed_text("code", MOST_CODE) or typed_text("spare", MOST_CODE)
    if not typed.strip():
        raise BadInput({"/code": "required"})
    return _led(
        showing.show_code(
            current_unit(),
            current_caller().token,
            typed,
            client_address(),
            current_wiring().code_key,
        )
    )


@door.on("POST", f"{SECOND}/passkey", BY_PASSWORD)
def ask_for_passkey() -> To:
    """Have a challenge made; the page then asks the browser."""
    showing.ask_for_passkey(current_unit(), current_caller().token)
    return To("door.second_form", {"back": own_page(request.form.get("back", ""))})


@door.on("POST", f"{SECOND}/key", BY_PASSWORD, again=second_form, mends=(BadInput, FactorWrong))
def show_passkey() -> To | FactorWrong | TooManyAttempts:
    """Take what the browser answered."""
    return _led(
        showing.show_passkey(
            current_unit(),
            current_caller().token,
            typed_text("credential", MOST_ANSWER + 1),
            client_address(),
            place_of(current_wiring().settings.public_url),
        )
    )


def _led(
    shown: str | FactorWrong | TooManyAttempts,
) -> To | FactorWrong | TooManyAttempts:
    if not isinstance(shown, str):
        return shown
    back = own_page(request.form.get("back", ""))
    return begin(current_caller().actor.role, back, (STAFF, shown))
