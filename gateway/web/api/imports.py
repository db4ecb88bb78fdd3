"""Class lists: upload, review, commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from gateway.actions import commit_import as committing
from gateway.actions import import_roster as importing
from gateway.actions.review_import import review_import as look
from gateway.web.auth import needs
from gateway.web.context import current_unit
from gateway.web.routes import Routes, Takes
from gateway.web.schemas import imports as wire
from gateway.web.shapes import review_member
from policies.permissions import Permission

imports = Routes("imports", "Class lists: upload, review, commit of exactly what was reviewed")

UPLOAD = needs(Permission.IMPORT_ROSTER)
COMMIT = needs(Permission.COMMIT_IMPORT)
IMPORT = "/v1/school/imports/<uuid:import_id>"


@imports.on(
    "POST",
    "/v1/school/collections/<uuid:collection_id>/imports",
    UPLOAD,
    takes=Takes(wire.RosterFile, "files"),
    gives=wire.ImportMade,
    status=201,
)
def upload_list(told: Mapping[str, Any], collection_id: UUID) -> Mapping[str, object]:
    """Upload a class list; nothing of it counts before the commit."""
    data, filename = told["file"].read(), told["file"].filename or ""
    import_id = importing.import_roster(current_unit(), collection_id, data, filename)
    return {"import_id": import_id}


@imports.on("GET", f"{IMPORT}/review", UPLOAD, gives=wire.ReviewOut)
def review_import(import_id: UUID) -> Mapping[str, object]:
    """See what the commit would change, what was repaired and what is wrong."""
    return review_member(look(current_unit(), import_id))


@imports.on("POST", f"{IMPORT}/commit", COMMIT, takes=wire.NewCommit, gives=wire.CommittedOut)
def commit_import(told: Mapping[str, Any], import_id: UUID) -> object:
    """Write exactly what was reviewed."""
    return committing.commit_import(current_unit(), import_id, told["digest"])


@imports.on("DELETE", IMPORT, UPLOAD, status=204)
def cancel_import(import_id: UUID) -> None:
    """Throw the draft away."""
    importing.cancel_import(current_unit(), import_id)
