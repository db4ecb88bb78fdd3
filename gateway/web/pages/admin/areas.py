"""All pages of the administrator, registered."""

from __future__ import annotations

from gateway.web.pages.admin import platforms, schools, staff
from gateway.web.pages.admin.frame import office

VIEWS = (schools, staff, platforms)
"""Modules whose views stand under `office`: importing them registers them."""
ADMIN_PAGES = (office,)
