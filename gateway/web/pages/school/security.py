"""A worker's own second factor: application, recovery codes, passkeys.

Whoever has one shows it freshly before changing anything.
"""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from crypto.passkeys import place_of
from gateway.actions import set_up_factor as setting_up
from gateway.actions.show_factor import ask_for_passkey
from gateway.errors import BadInput, FactorWrong
from gateway.web.context import current_caller, current_unit, current_wiring
from gateway.web.pages.access import MOST_CODE, SETTING_UP, SETTING_UP_FRESHLY
from gateway.web.pages.reading import typed_text
from gateway.web.pages.school.second import MOST_ANSWER
from gateway.web.pages.school.sign_in import START
from gateway.web.pages.site import Page, Pages, To
from policies.second_factor import Stage

security = Pages("security")
SECURITY = "/security"
APP, PASSKEYS = f"{SECURITY}/app", f"{SECURITY}/passkeys"
GROUP = 4


def _page(template: str, **facts: object) -> Page:
    unit, role = current_unit(), current_caller().actor.role
    school = unit.schools.find(unit.actor.school_id) if unit.actor.school_id else None
    start = START.get(role) if role else None
    return Page(f"security/{template}", {"school": school, "start": start, **facts})


@security.on("GET", SECURITY, SETTING_UP)
def overview() -> Page:
    """What is set up."""
    unit = current_unit()
    return _page(
        "overview.html",
        found=setting_up.see_factors(unit),
        is_asked=current_caller().stage is not Stage.OPTIONAL,
        allows_passkeys=place_of(current_wiring().settings.public_url) is not None,
    )


@security.on("POST", APP, SETTING_UP_FRESHLY)
def begin_app() -> To:
    """Draw a secret for an application."""
    setting_up.begin_app(current_unit(), current_caller().token)
    return To("security.app")


@security.on("GET", APP, SETTING_UP_FRESHLY)
def app() -> Page:
    """The secret as a square picture and as text."""
    import segno

    made = setting_up.pending_app(current_unit(), current_caller().token)
    picture: str = segno.make_qr(made.uri).svg_data_uri(border=0, dark="#0f1c2b")
    groups = [made.text[at : at + GROUP] for at in range(0, len(made.text), GROUP)]
    return _page("app.html", picture=picture, secret=" ".join(groups), uri=made.uri)


@security.on("POST", f"{APP}/confirm", SETTING_UP_FRESHLY, again=app, mends=(BadInput, FactorWrong))
def confirm_app() -> Page | FactorWrong:
    """Make it the second factor; the recovery codes are shown this once."""
    typed = typed_text("code", MOST_CODE)
    if not typed.strip():
        raise BadInput({"/code": "required"})
    token, key = current_caller().token, current_wiring().code_key
    made = setting_up.confirm_app(current_unit(), token, typed, key)
    return made if isinstance(made, FactorWrong) else _codes(made)


@security.on("POST", f"{SECURITY}/codes", SETTING_UP_FRESHLY)
def new_codes() -> Page:
    """Ten new recovery codes; those before are void."""
    return _codes(setting_up.issue_codes(current_unit(), current_wiring().code_key))


def _codes(made: tuple[str, ...]) -> Page:
    kept = "data:text/plain;charset=utf-8," + quote("\r\n".join((*made, "")))
    return _page("codes.html", codes=made, kept=kept)


@security.on("POST", f"{PASSKEYS}/new", SETTING_UP_FRESHLY)
def begin_passkey() -> To:
    """Have a challenge made; the page then asks the browser."""
    ask_for_passkey(current_unit(), current_caller().token)
    return To("security.passkey")


@security.on("GET", f"{PASSKEYS}/new", SETTING_UP_FRESHLY)
def passkey() -> Page:
    """Ask the browser for a new passkey."""
    place = place_of(current_wiring().settings.public_url)
    options = setting_up.new_passkey_options(current_unit(), current_caller().token, place)
    return _page("passkey.html", options=options)


@security.on("POST", PASSKEYS, SETTING_UP_FRESHLY, again=overview, mends=(FactorWrong,))
def add_passkey() -> To | FactorWrong:
    """Take the passkey that the browser made."""
    answer = typed_text("credential", MOST_ANSWER + 1)
    place = place_of(current_wiring().settings.public_url)
    made = setting_up.add_passkey(current_unit(), current_caller().token, answer, place)
    if isinstance(made, FactorWrong):
        return made
    return To("security.overview", notice="Ключ доступа добавлен.")


@security.on("POST", f"{PASSKEYS}/<uuid:passkey_id>/removal", SETTING_UP_FRESHLY)
def remove_passkey(passkey_id: UUID) -> To:
    """Take one of the own passkeys away."""
    setting_up.remove_passkey(current_unit(), passkey_id)
    return To("security.overview", notice="Ключ доступа удалён.")
