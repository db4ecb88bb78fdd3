"""Take a class list in: read it, seal what was read, and leave the register untouched."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from uuid import UUID

from gateway.actions.import_draft import a_draft, open_draft, seal_draft
from gateway.actions.pinned_rules import rules_of
from gateway.errors import NotFound
from gateway.intake.confined import read_tables
from gateway.intake.kept import keep
from gateway.intake.rows import read_list
from gateway.store.imports import Import, ImportState
from gateway.unit import Unit

SALT_BYTES = 16
DRAFT_LIFE = timedelta(days=7)


def import_roster(
    unit: Unit,
    collection_id: UUID,
    data: bytes,
    filename: str,
    *,
    sheet: str | None = None,
    class_name: str | None = None,
) -> UUID:
    """Read the file and keep a sealed draft for the review. Raises `UnreadableList`, `NotFound`.

    Each upload is an import of its own; nothing of it counts before a commit. `sheet`: which one,
    when several hold a list; `class_name`: for a list that nowhere says its class. Columns that
    are neither read nor asked about are not kept either.
    """
    school_id = unit.school_id
    collection = unit.collections.get(school_id, collection_id)
    rules = rules_of(collection)
    today = unit.schools.get(school_id).today(unit.now)
    tables = read_tables(data)
    read = read_list(tables, filename, rules, today, sheet=sheet, class_name=class_name)
    kept = keep(tables, filename, read, rules, today, sheet=sheet, class_name=class_name)
    draft = a_draft(read, kept, os.urandom(SALT_BYTES))
    file_digest = hashlib.sha256(draft.salt + data).hexdigest()
    import_id = unit.new_id()
    event = unit.record(
        "import.uploaded",
        import_id=import_id,
        file_digest=file_digest,
        rows=len(read.rows),
        findings=len(read.findings),
    )
    staff_id = unit.actor.ref
    if staff_id is None:
        raise NotFound
    unit.imports.add(
        school_id,
        Import(
            import_id,
            staff_id,
            collection_id,
            ImportState.REVIEW,
            file_digest,
            unit.now,
            seal_draft(unit, draft),
        ),
        event,
    )
    return import_id


def cancel_import(unit: Unit, import_id: UUID) -> None:
    """Throw the draft away. Raises `NotFound`, `ImportClosed`."""
    unit.lock_school()
    found, _ = open_draft(unit, import_id)
    event = unit.record("import.cancelled", import_id=import_id)
    unit.imports.close(unit.school_id, found.id, ImportState.CANCELLED, event)


def forget_drafts(unit: Unit, school_id: UUID) -> int:
    """Throw away drafts that lie unused for a week; answers how many."""
    old = unit.imports.forgotten(school_id, unit.now - DRAFT_LIFE)
    for import_id in old:
        event = unit.record("import.cancelled", school_id=school_id, import_id=import_id)
        unit.imports.close(school_id, import_id, ImportState.CANCELLED, event)
    return len(old)
