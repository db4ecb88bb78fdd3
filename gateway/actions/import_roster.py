"""Take a class list in: read it, seal what was read, and leave the register untouched."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from crypto import canonical
from crypto.envelope import KeyClass, RecordKind
from gateway.actions.pinned_rules import rules_of
from gateway.errors import ImportClosed, NotFound
from gateway.intake.confined import intake
from gateway.intake.items import Repair
from gateway.intake.rows import Intake
from gateway.store.imports import Import, ImportState
from gateway.unit import Unit
from policies.facts import Absence, Field, GuardianKind, Items, PupilRow, RepresentativeRow
from policies.findings import Code, Finding

SALT_BYTES = 16
DRAFT_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read from a file. `salt` keeps digests of it from being guessed."""

    rows: tuple[PupilRow, ...]
    repairs: tuple[Repair, ...]
    findings: tuple[Finding, ...]
    salt: bytes = field(repr=False)


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
    when several hold a list; `class_name`: for a list that nowhere says its class.
    """
    school_id = unit.school_id
    collection = unit.collections.get(school_id, collection_id)
    today = unit.schools.get(school_id).today(unit.now)
    read = intake(
        data,
        filename,
        rules_of(collection),
        today,
        sheet=sheet,
        class_name=class_name,
    ).told()
    salt = os.urandom(SALT_BYTES)
    file_digest = hashlib.sha256(salt + data).hexdigest()
    import_id = unit.new_id()
    event = unit.record(
        "import.uploaded",
        import_id=import_id,
        file_digest=file_digest,
        rows=len(read.rows),
        findings=len(read.findings),
    )
    draft = unit.vault.seal(
        school_id,
        school_id,
        KeyClass.SCHOOL,
        RecordKind.IMPORT_DRAFT,
        _dump(read, salt),
    )
    staff_id = unit.actor.ref
    if staff_id is None:
        raise NotFound
    unit.imports.add(
        school_id,
        Import(
            import_id, staff_id, collection_id, ImportState.REVIEW, file_digest, unit.now, draft
        ),
        event,
    )
    return import_id


def open_draft(unit: Unit, import_id: UUID) -> tuple[Import, Draft]:
    """The import and its draft. Raises `NotFound`, `ImportClosed`."""
    school_id = unit.school_id
    found = unit.imports.find(school_id, import_id)
    if found is None:
        raise NotFound
    if found.state is not ImportState.REVIEW or found.draft is None:
        raise ImportClosed
    plain = unit.vault.open(
        school_id, school_id, KeyClass.SCHOOL, RecordKind.IMPORT_DRAFT, found.draft
    )
    return found, _load(plain)


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


def _dump(read: Intake, salt: bytes) -> bytes:
    return canonical.dumps(
        {
            "salt": salt.hex(),
            "rows": [
                {
                    "row": r.row,
                    "class": r.class_name,
                    "items": _items_out(r.items),
                    "representatives": [
                        [_items_out(p.items), p.kind.value, p.relation] for p in r.representatives
                    ],
                }
                for r in read.rows
            ],
            "repairs": [[r.row, r.column, r.before, r.after, str(r.code)] for r in read.repairs],
            "findings": [
                [
                    f.code.value,
                    f.row,
                    f.column,
                    f.field.value if f.field else None,
                    f.representative,
                    f.other_row,
                ]
                for f in read.findings
            ],
        }
    )


def _load(plain: bytes) -> Draft:
    record = canonical.loads(plain)
    if not isinstance(record, dict):
        raise ImportClosed
    return Draft(
        rows=tuple(
            PupilRow(
                r["row"],
                r["class"],
                _items_in(r["items"]),
                tuple(
                    RepresentativeRow(_items_in(i), GuardianKind(k), relation)
                    for i, k, relation in r["representatives"]
                ),
            )
            for r in record["rows"]
        ),
        repairs=tuple(Repair(*r) for r in record["repairs"]),
        findings=tuple(
            Finding(
                Code(code),
                row=row,
                column=column,
                field=Field(field_) if field_ else None,
                representative=representative,
                other_row=other_row,
            )
            for code, row, column, field_, representative, other_row in record["findings"]
        ),
        salt=bytes.fromhex(record["salt"]),
    )


def _items_out(items: Items) -> list[dict[str, str]]:
    return [
        {f.value: v for f, v in items.values.items()},
        {f.value: a.value for f, a in items.absent.items()},
    ]


def _items_in(stored: list[dict[str, str]]) -> Items:
    values, absent = stored
    return Items(
        {Field(f): v for f, v in values.items()},
        {Field(f): Absence(a) for f, a in absent.items()},
    )
