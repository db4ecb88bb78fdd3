"""All pages of a school's workers, registered."""

from __future__ import annotations

from gateway.web.pages.school import (
    acting,
    desk,
    invitations,
    lists,
    pupil,
    registers,
    release,
    tracker,
)
from gateway.web.pages.school.frame import school
from gateway.web.pages.school.sign_in import door

VIEWS = (acting, desk, lists, invitations, tracker, pupil, registers, release)
"""Modules whose views stand under `school`: importing them registers them."""
SCHOOL_PAGES = (door, school)
