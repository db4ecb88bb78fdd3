"""The sealed draft of an import: what was read, what it was read from, what people did to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from crypto import canonical
from crypto.envelope import KeyClass, RecordKind
from gateway.actions.own_classes import own_classes
from gateway.errors import ImportClosed, NotFound
from gateway.intake.items import Repair
from gateway.intake.kept import Kept
from gateway.intake.rows import Intake
from gateway.intake.spelling import spelt, tables_in
from gateway.store.imports import Import, ImportState
from gateway.unit import Unit
from policies.facts import (
    Absence,
    Field,
    GuardianKind,
    Items,
    ListedAgreement,
    PupilRow,
    RepresentativeRow,
)
from policies.findings import Code, Finding


@dataclass(frozen=True, slots=True)
class Draft:
    """Rows, repairs and findings are told as the teacher counts and titles.

    `owners`: further row of a pupil -> the pupil's first. `salt` keeps digests of the draft from
    being guessed.
    """

    rows: tuple[PupilRow, ...]
    repairs: tuple[Repair, ...]
    findings: tuple[Finding, ...]
    owners: Mapping[int, int]
    kept: Kept
    salt: bytes = field(repr=False)

    @property
    def edits(self) -> list[list[object]]:
        """What people did to the list, for a digest of it."""
        typed = [[*place, text] for place, text in sorted(self.kept.edits.items())]
        return typed + [list(place) for place in sorted(self.kept.undone)]


_FIELDS = {each.value: each for each in Field}
_KINDS = {each.value: each for each in GuardianKind}


def a_draft(read: Intake, kept: Kept, salt: bytes) -> Draft:
    """The draft of a list as it was read just now."""
    told = read.told()
    return Draft(told.rows, told.repairs, told.findings, told.owners, kept, salt)


def seal_draft(unit: Unit, draft: Draft) -> bytes:
    """Sealed under the key of the school."""
    school_id = unit.school_id
    return unit.vault.seal(
        school_id, school_id, KeyClass.SCHOOL, RecordKind.IMPORT_DRAFT, _dump(draft)
    )


def find_import(unit: Unit, import_id: UUID) -> Import:
    """Raises `NotFound`: a tutor has own uploads alone."""
    found = unit.imports.find(unit.school_id, import_id)
    if found is None or (own_classes(unit) is not None and found.staff_id != unit.actor.ref):
        raise NotFound
    return found


def open_draft(unit: Unit, import_id: UUID) -> tuple[Import, Draft]:
    """The import and its draft. Raises `NotFound`, `ImportClosed`."""
    school_id, found = unit.school_id, find_import(unit, import_id)
    if found.state is not ImportState.REVIEW or found.draft is None:
        raise ImportClosed
    plain = unit.vault.open(
        school_id, school_id, KeyClass.SCHOOL, RecordKind.IMPORT_DRAFT, found.draft
    )
    return found, _load(plain)


def _dump(draft: Draft) -> bytes:
    kept = draft.kept
    return canonical.dumps(
        {
            "salt": draft.salt.hex(),
            "rows": [
                {
                    "row": r.row,
                    "class": r.class_name,
                    "items": _items_out(r.items),
                    "agreement": _agreement_out(r.agreement),
                    "representatives": [
                        [
                            _items_out(p.items),
                            p.kind.value,
                            p.relation,
                            p.is_kind_said,
                            _agreement_out(p.agreement),
                        ]
                        for p in r.representatives
                    ],
                }
                for r in draft.rows
            ],
            "repairs": [[r.row, r.column, r.before, r.after, str(r.code)] for r in draft.repairs],
            "findings": [
                [
                    f.code.value,
                    f.row,
                    f.column,
                    f.field.value if f.field else None,
                    f.representative,
                    f.other_row,
                ]
                for f in draft.findings
            ],
            "owners": [list(each) for each in draft.owners.items()],
            "tables": spelt(kept.tables),
            "filename": kept.filename,
            "sheet": kept.sheet,
            "class_name": kept.class_name,
            "edits": [[*place, text] for place, text in kept.edits.items()],
            "undone": [list(place) for place in kept.undone],
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
                    RepresentativeRow(
                        _items_in(items),
                        _KINDS[kind],
                        relation,
                        is_kind_said,
                        _agreement_in(agreement),
                    )
                    for items, kind, relation, is_kind_said, agreement in r["representatives"]
                ),
                _agreement_in(r["agreement"]),
            )
            for r in record["rows"]
        ),
        repairs=tuple(
            Repair(row, column, before, after, Code(code))
            for row, column, before, after, code in record["repairs"]
        ),
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
        owners=dict(record["owners"]),
        kept=Kept(
            tables_in(record["tables"]),
            record["filename"],
            record["sheet"],
            record["class_name"],
            {(number, row, title): text for number, row, title, text in record["edits"]},
            frozenset((number, row, title) for number, row, title in record["undone"]),
        ),
        salt=bytes.fromhex(record["salt"]),
    )


def _items_out(items: Items) -> list[Mapping[Field, str]]:
    return [dict(items.values), dict(items.absent)]


def _items_in(stored: list[dict[str, str]]) -> Items:
    values, absent = stored
    return Items(
        {_FIELDS[f]: v for f, v in values.items()},
        {_FIELDS[f]: Absence(a) for f, a in absent.items()},
    )


def _agreement_out(told: ListedAgreement | None) -> list[str | None] | None:
    if told is None:
        return None
    return [told.number, told.signed_on.isoformat() if told.signed_on else None]


def _agreement_in(stored: list[str | None] | None) -> ListedAgreement | None:
    if stored is None:
        return None
    number, day = stored
    return ListedAgreement(number or "", date.fromisoformat(day) if day else None)
