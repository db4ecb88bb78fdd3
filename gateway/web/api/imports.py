"""Class lists: upload, review, commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from gateway.actions import commit_import as committing
from gateway.actions import correct_cell as correcting
from gateway.actions import import_roster as importing
from gateway.actions.review_import import review_import as look
from gateway.web.auth import needs
from gateway.web.context import current_unit
from gateway.web.routes import Routes, Takes
from gateway.web.schemas import imports as wire
from gateway.web.shapes import checked_row, review_member
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


@imports.on("POST", f"{IMPORT}/undo", UPLOAD, takes=Takes(wire.Cell), gives=wire.CheckedRow)
def undo_repair(told: Mapping[str, Any], import_id: UUID) -> Mapping[str, object]:
    """Take back the repair of one cell: its value goes, and the cell is in doubt."""
    return checked_row(
        correcting.undo_repair(current_unit(), import_id, told["row"], told["column"])
    )


@imports.on("PUT", f"{IMPORT}/cells", UPLOAD, takes=Takes(wire.TypedCell), gives=wire.CheckedRow)
def correct_cell(told: Mapping[str, Any], import_id: UUID) -> Mapping[str, object]:
    """Type another value into one cell; it is read as if it stood in the file."""
    return checked_row(
        correcting.correct_cell(
            current_unit(), import_id, told["row"], told["column"], told["value"]
        )
    )


@imports.on("POST", f"{IMPORT}/commit", COMMIT, takes=wire.NewCommit, gives=wire.CommittedOut)
def commit_import(told: Mapping[str, Any], import_id: UUID) -> object:
    """Write exactly what was reviewed."""
    return committing.commit_import(
        current_unit(),
        import_id,
        told["digest"],
        shrinking_confirmed=told["shrinking_confirmed"],
    )


@imports.on("DELETE", IMPORT, UPLOAD, status=204)
def cancel_import(import_id: UUID) -> None:
    """Throw the draft away."""
    importing.cancel_import(current_unit(), import_id)
