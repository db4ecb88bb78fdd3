"""Pages that anybody may read: what this is, help, privacy, accessibility."""

from __future__ import annotations

from gateway.web.context import current_wiring
from gateway.web.pages.access import ANYBODY
from gateway.web.pages.site import Page, Pages

public = Pages("public")


@public.on("GET", "/", ANYBODY)
def home() -> Page:
    """What the service is and where to go."""
    return _page("public/home.html")


@public.on("GET", "/help", ANYBODY)
def help_with_account() -> Page:
    """How to get an account of Gosuslugi, for parents and for children."""
    return _page("public/help.html")


@public.on("GET", "/privacy", ANYBODY)
def privacy() -> Page:
    """What this service does with data."""
    return _page("public/privacy.html")


@public.on("GET", "/accessibility", ANYBODY)
def accessibility() -> Page:
    """How the pages can be used and what to do where they cannot."""
    return _page("public/accessibility.html")


def _page(template: str) -> Page:
    return Page(template, {"host": current_wiring().host})
