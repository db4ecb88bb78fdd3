"""Pages that anybody may read: what this is, help, privacy, accessibility."""

from __future__ import annotations

from flask import request

from consent_forms.receipts import LEVELS
from gateway.actions.verify_receipt import verify_file, verify_number
from gateway.errors import BadInput
from gateway.web.context import current_wiring
from gateway.web.pages.access import ANYBODY
from gateway.web.pages.forms import said
from gateway.web.pages.school.words import DECISIONS, FORMS
from gateway.web.pages.site import Page, Pages

public = Pages("public")
MOST_FILE_BYTES = 512 * 1024


@public.on("GET", "/", ANYBODY)
def home() -> Page:
    """What the service is and where to go."""
    return _page("public/home.html")


@public.on("GET", "/help", ANYBODY)
def help_with_account() -> Page:
    """How a family answers and gets its account of Gosuslugi, where a school begins."""
    return _page("public/help.html")


@public.on("GET", "/privacy", ANYBODY)
def privacy() -> Page:
    """What this service does with data."""
    return _page("public/privacy.html")


@public.on("GET", "/accessibility", ANYBODY)
def accessibility() -> Page:
    """How the pages can be used and what to do where they cannot."""
    return _page("public/accessibility.html")


@public.on("GET", "/verify", ANYBODY)
def verify_form() -> Page:
    """Number or file of a receipt."""
    return Page("public/verify.html")


@public.on("POST", "/verify", ANYBODY, again=verify_form, most_bytes=MOST_FILE_BYTES)
def verify() -> Page:
    """Whether a receipt is genuine, and what it says; it names nobody."""
    file = request.files.get("file")
    content = file.read() if file else b""
    number = said("number")
    if not content and not number:
        raise BadInput({"/number": "receipt_unsaid"})
    wiring = current_wiring()
    with wiring.looking() as look:
        found = (
            verify_file(look, content, wiring.signing_keys)
            if content
            else verify_number(look, number, wiring.signing_keys)
        )
    return Page(
        "public/verified.html",
        {
            "receipt": found,
            "is_file": bool(content),
            "decisions": DECISIONS,
            "forms": FORMS,
            "levels": LEVELS,
        },
    )


def _page(template: str) -> Page:
    return Page(template, {"host": current_wiring().host})
