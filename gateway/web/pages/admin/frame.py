"""What every page of the administrator shows."""

from __future__ import annotations

from uuid import UUID

from flask import request
from marshmallow import ValidationError

from gateway.errors import BadInput
from gateway.web.pages.access import needs
from gateway.web.pages.audit.frame import utc
from gateway.web.pages.site import Page, Pages
from gateway.web.schemas.fields import IdCursor
from policies.permissions import Permission

office = Pages("office")
SCHOOLS = needs(Permission.MANAGE_SCHOOLS)
STAFF = needs(Permission.MANAGE_STAFF)
CLIENTS = needs(Permission.MANAGE_CLIENTS)
MESSAGES = needs(Permission.MANAGE_MESSAGES)
ON_A_PAGE = 100


def asked_after() -> UUID | None:
    """Where the page before this one ended. Raises `BadInput`."""
    text = request.args.get("after")
    try:
        return UUID(str(IdCursor().deserialize(text))) if text else None
    except ValidationError:
        raise BadInput({"/after": "cursor_form"}) from None


def framed(template: str, **facts: object) -> Page:
    """A page above the schools."""
    return Page(f"admin/{template}", {"utc": utc, **facts})
