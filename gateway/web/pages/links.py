"""From the letter's link to the signer's own page: code, paper, «мне пришло по ошибке», renewal.

Opening a page changes nothing: mail programs open links by themselves. Buttons do (POST).
"""

from __future__ import annotations

from gateway.actions import open_link
from gateway.errors import CodeExpired, CodeNotSent, CodeSpent, CodeWrong, GatewayError
from gateway.web.context import current_unit, current_wiring
from gateway.web.pages.access import HOLDER
from gateway.web.pages.cookies import FAMILY, secret_of
from gateway.web.pages.forms import read, said
from gateway.web.pages.refusals import school_in_question
from gateway.web.pages.site import MENDABLE, Page, Pages, To
from gateway.web.schemas.family import NewSession

links = Pages("links")
LINK = "/p/<token>"
CODES = (CodeWrong, CodeExpired, CodeSpent, CodeNotSent)
PLAIN = "family/said.html"


@links.on("GET", LINK, HOLDER)
def landing(token: str) -> Page:
    """Who asks, about whom, until when."""
    return _about("family/landing.html", token)


@links.on("GET", f"{LINK}/paper", HOLDER)
def on_paper(token: str) -> Page:
    """How to answer without a phone."""
    return _about("family/paper.html", token)


@links.on("POST", f"{LINK}/code", HOLDER)
def send_code(token: str) -> To:
    """Have the code sent to the known phone."""
    open_link.ask_for_code(current_unit(), token, current_wiring().code_key)
    return To("links.code_page", {"token": token})


@links.on("GET", f"{LINK}/enter", HOLDER)
def code_page(token: str) -> Page:
    """Where the code is entered."""
    return _about("family/code.html", token)


@links.on("POST", f"{LINK}/enter", HOLDER, again=code_page, mends=(*MENDABLE, *CODES))
def enter(token: str) -> To | GatewayError:
    """Open the session by the code."""
    code = read(NewSession, {"code": said("code").replace(" ", "")})["code"]
    opened = open_link.enter(
        current_unit(), token, code, current_wiring().code_key, secret_of(FAMILY)
    )
    if isinstance(opened, GatewayError):
        return opened
    return To("own.who", enters=(FAMILY, opened))


@links.on("POST", f"{LINK}/not-mine", HOLDER)
def disown(token: str) -> To:
    """The link came to the wrong person."""
    open_link.disown_link(current_unit(), token)
    return To("links.disowned", {"token": token})


@links.on("GET", f"{LINK}/not-mine", HOLDER)
def disowned(token: str) -> Page:
    """Thanks."""
    return Page(PLAIN, {"school": school_in_question(), "what": "disowned"})


@links.on("POST", f"{LINK}/renew", HOLDER)
def renew_link(token: str) -> To:
    """Send a fresh link to the known address."""
    open_link.ask_for_link(current_unit(), current_wiring().host.public_url, token=token)
    return To("links.renewed", {"token": token})


@links.on("GET", f"{LINK}/renew", HOLDER)
def renewed(token: str) -> Page:
    """It is on its way."""
    return Page(PLAIN, {"school": school_in_question(), "what": "renewed"})


@links.on("POST", "/me/renew", HOLDER)
def renew_session() -> To:
    """The same for a session that is over."""
    public_url = current_wiring().host.public_url
    open_link.ask_for_link(current_unit(), public_url, shown=secret_of(FAMILY))
    return To("links.session_renewed")


@links.on("GET", "/me/renew", HOLDER)
def session_renewed() -> Page:
    """It is on its way."""
    return Page(PLAIN, {"school": school_in_question(), "what": "renewed"})


def _about(template: str, token: str) -> Page:
    seen = open_link.show_link(current_unit(), token)
    return Page(template, {"school": school_in_question(), "link": seen, "token": token})
