"""All pages of the auditor, registered."""

from __future__ import annotations

from gateway.web.pages.audit import anomalies, events, exports, find, overview
from gateway.web.pages.audit.frame import auditor

VIEWS = (overview, events, exports, find, anomalies)
"""Modules whose views stand under `auditor`: importing them registers them."""
AUDIT_PAGES = (auditor,)
