"""All pages of a school's workers, registered."""

from __future__ import annotations

from gateway.web.pages.school import (
    acting,
    desk,
    invitations,
    lists,
    newcomers,
    papers,
    poster,
    pupil,
    registers,
    release,
    second,
    tracker,
)
from gateway.web.pages.school.frame import school
from gateway.web.pages.school.security import security
from gateway.web.pages.school.sign_in import door

VIEWS = (
    acting,
    desk,
    lists,
    poster,
    invitations,
    tracker,
    pupil,
    newcomers,
    papers,
    registers,
    release,
    second,
)
"""Modules whose views stand under `school` or `door`: importing them registers them."""
SCHOOL_PAGES = (door, security, school)
