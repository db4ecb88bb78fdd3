"""The school's page for families: enter the contact that the school knows, get the personal link.

The answer is the same for everybody (`actions/request_link`), and so is what is done for it.
"""

from __future__ import annotations

from gateway.actions.request_link import request_link, school_of_code
from gateway.web.context import current_unit, current_wiring
from gateway.web.pages.access import ANYBODY
from gateway.web.pages.forms import said
from gateway.web.pages.site import Page, Pages, To

front = Pages("front")
FRONT = "/s/<code>"
MOST_SIGNS = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
MOST_BYTES = 8 * 1024


@front.on("GET", FRONT, ANYBODY)
def front_page(code: str) -> Page:
    """What this is, and one field."""
    return _page("front/page.html", code)


@front.on("POST", FRONT, ANYBODY, again=front_page, most_bytes=MOST_BYTES)
def ask_for_link(code: str) -> To:
    """Have the link sent, if the school knows the contact."""
    unit = current_unit()
    request_link(unit, school_of_code(unit, code), said("contact")[: MOST_SIGNS + 1])
    return To("front.asked", {"code": code})


@front.on("GET", f"{FRONT}/asked", ANYBODY)
def asked(code: str) -> Page:
    """The same words for whoever asked."""
    return _page("front/asked.html", code)


def _page(template: str, code: str) -> Page:
    with current_wiring().looking() as look:
        return Page(template, {"school": school_of_code(look, code), "code": code})
