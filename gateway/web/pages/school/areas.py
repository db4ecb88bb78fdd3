"""All pages of a school's workers, registered."""

from __future__ import annotations

from gateway.web.pages.school import desk, invitations, lists, poster, pupil, release, tracker
from gateway.web.pages.school.frame import school
from gateway.web.pages.school.sign_in import door

VIEWS = (desk, lists, invitations, tracker, pupil, release, poster)
"""Modules whose views stand under `school`: importing them registers them."""
SCHOOL_PAGES = (door, school)
