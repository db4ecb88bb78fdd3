"""Imports of class lists: the sealed draft between upload and commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import Moment, event_column, metadata, own_id, school_key


class ImportState(StrEnum):
    """Life of an import; nothing of it reaches the register before COMMITTED."""

    REVIEW = "review"
    COMMITTED = "committed"
    CANCELLED = "cancelled"


imports = sa.Table(
    "imports",
    metadata,
    school_key(),
    own_id(),
    sa.Column("staff_id", sa.Uuid, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("collection_id", sa.Uuid, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("file_digest", sa.Text, nullable=False),
    sa.Column("draft", sa.LargeBinary),
    sa.Column("uploaded_at", Moment, nullable=False),
    event_column(),
)


@dataclass(frozen=True, slots=True)
class Import:
    """An upload. `draft`: sealed rows, repairs and findings; None once closed."""

    id: UUID
    staff_id: UUID
    collection_id: UUID
    state: ImportState
    file_digest: str
    uploaded_at: datetime
    draft: bytes | None = field(repr=False)


class ImportStore:
    """Drafts of one school."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def add(self, school_id: UUID, new: Import, event_id: UUID) -> None:
        self._db.execute(
            imports.insert().values(
                school_id=school_id,
                id=new.id,
                staff_id=new.staff_id,
                collection_id=new.collection_id,
                state=new.state.value,
                file_digest=new.file_digest,
                draft=new.draft,
                uploaded_at=new.uploaded_at,
                event_id=event_id,
            )
        )

    def find(self, school_id: UUID, import_id: UUID) -> Import | None:
        row = self._db.execute(
            sa.select(imports).where(imports.c.school_id == school_id, imports.c.id == import_id)
        ).first()
        if row is None:
            return None
        return Import(
            row.id,
            row.staff_id,
            row.collection_id,
            ImportState(row.state),
            row.file_digest,
            row.uploaded_at,
            row.draft,
        )

    def replace_draft(self, school_id: UUID, import_id: UUID, draft: bytes, event_id: UUID) -> None:
        self._db.execute(
            imports.update()
            .where(imports.c.school_id == school_id, imports.c.id == import_id)
            .values(draft=draft, event_id=event_id)
        )

    def page(
        self,
        school_id: UUID,
        collection_id: UUID,
        staff_id: UUID | None,
        after: UUID | None,
        limit: int,
    ) -> list[Import]:
        """Uploads of a collection by id, without their drafts; `staff_id` None: of everybody."""
        columns = [c for c in imports.c if c.name not in {"school_id", "draft", "event_id"}]
        query = sa.select(*columns).where(
            imports.c.school_id == school_id, imports.c.collection_id == collection_id
        )
        if staff_id is not None:
            query = query.where(imports.c.staff_id == staff_id)
        if after is not None:
            query = query.where(imports.c.id > after)
        rows = self._db.execute(query.order_by(imports.c.id).limit(limit))
        return [
            Import(**{**row._mapping, "state": ImportState(row.state), "draft": None})
            for row in rows
        ]

    def open_drafts(
        self, school_id: UUID, collection_id: UUID, staff_id: UUID | None, limit: int
    ) -> list[Import]:
        """Uploads in review, newest first, without their drafts; `staff_id` None: everybody's."""
        columns = [c for c in imports.c if c.name not in {"school_id", "draft", "event_id"}]
        query = sa.select(*columns).where(
            imports.c.school_id == school_id,
            imports.c.collection_id == collection_id,
            imports.c.state == ImportState.REVIEW.value,
        )
        if staff_id is not None:
            query = query.where(imports.c.staff_id == staff_id)
        rows = self._db.execute(query.order_by(imports.c.id.desc()).limit(limit))
        return [
            Import(**{**row._mapping, "state": ImportState(row.state), "draft": None})
            for row in rows
        ]

    def close(self, school_id: UUID, import_id: UUID, state: ImportState, event_id: UUID) -> None:
        """End an import and take the draft away."""
        self._db.execute(
            imports.update()
            .where(imports.c.school_id == school_id, imports.c.id == import_id)
            .values(state=state.value, draft=None, event_id=event_id)
        )

    def forgotten(self, school_id: UUID, before: datetime) -> list[UUID]:
        """Imports uploaded before a moment that nobody has committed or cancelled."""
        return list(
            self._db.scalars(
                sa.select(imports.c.id).where(
                    imports.c.school_id == school_id,
                    imports.c.state == ImportState.REVIEW.value,
                    imports.c.uploaded_at < before,
                )
            )
        )
