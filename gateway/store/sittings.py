"""What a family has told on its way to an answer: typed details and codes that sign.

Both live for a sitting. Details are sealed and destroyed after a day; of a code only a keyed tag
is kept, bound to one document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import Moment, metadata, own_id, school_key, tenant_reference

details_drafts = sa.Table(
    "details_drafts",
    metadata,
    school_key(),
    sa.Column("signer_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("kept_at", Moment, nullable=False),
    tenant_reference("signer_id", "persons"),
    tenant_reference("person_id", "persons"),
)
sign_codes = sa.Table(
    "sign_codes",
    metadata,
    school_key(),
    own_id(),
    sa.Column("ask_id", sa.Uuid, nullable=False),
    sa.Column("link_id", sa.Uuid, sa.ForeignKey("links.id"), nullable=False),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("document_digest", sa.Text, nullable=False),
    sa.Column("code_tag", sa.LargeBinary(32), nullable=False),
    sa.Column("sent_at", Moment, nullable=False),
    sa.Column("guesses", sa.Integer, nullable=False),
    tenant_reference("ask_id", "asks"),
    sa.UniqueConstraint("school_id", "ask_id", "link_id"),
)


@dataclass(frozen=True, slots=True)
class SignCode:
    """The code that was last sent for one ask in one session; it signs one document alone."""

    id: UUID
    ask_id: UUID
    link_id: UUID
    decision: str
    document_digest: str
    code_tag: bytes = field(repr=False)
    sent_at: datetime
    guesses: int


_CODE = [c for c in sign_codes.c if c.name != "school_id"]


class SittingStore:
    """Questions about one family's sitting; every look-up names the school."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def keep_details(
        self, school_id: UUID, signer_id: UUID, person_id: UUID, sealed: bytes, at: datetime
    ) -> None:
        """What the signer told of a person; what was told before is replaced."""
        key = (
            details_drafts.c.school_id == school_id,
            details_drafts.c.signer_id == signer_id,
            details_drafts.c.person_id == person_id,
        )
        self._db.execute(details_drafts.delete().where(*key))
        self._db.execute(
            details_drafts.insert().values(
                school_id=school_id,
                signer_id=signer_id,
                person_id=person_id,
                sealed=sealed,
                kept_at=at,
            )
        )

    def details(self, school_id: UUID, signer_id: UUID, since: datetime) -> dict[UUID, bytes]:
        """Sealed details by person, as the signer told them after that moment."""
        rows = self._db.execute(
            sa.select(details_drafts.c.person_id, details_drafts.c.sealed).where(
                details_drafts.c.school_id == school_id,
                details_drafts.c.signer_id == signer_id,
                details_drafts.c.kept_at > since,
            )
        )
        return {row.person_id: row.sealed for row in rows}

    def forget(self, school_id: UUID, before: datetime) -> int:
        """Delete details and codes of sittings that ended; answers how many."""
        told = details_drafts.delete().where(
            details_drafts.c.school_id == school_id, details_drafts.c.kept_at <= before
        )
        sent = sign_codes.delete().where(
            sign_codes.c.school_id == school_id, sign_codes.c.sent_at <= before
        )
        return self._db.execute(told).rowcount + self._db.execute(sent).rowcount

    def keep_code(self, school_id: UUID, code: SignCode) -> None:
        """The newest code takes the place of the one before."""
        self.drop_code(school_id, code.ask_id, code.link_id)
        self._db.execute(
            sign_codes.insert().values(
                school_id=school_id,
                id=code.id,
                ask_id=code.ask_id,
                link_id=code.link_id,
                decision=code.decision,
                document_digest=code.document_digest,
                code_tag=code.code_tag,
                sent_at=code.sent_at,
                guesses=code.guesses,
            )
        )

    def find_code(self, school_id: UUID, ask_id: UUID, link_id: UUID) -> SignCode | None:
        row = self._db.execute(
            sa.select(*_CODE).where(
                sign_codes.c.school_id == school_id,
                sign_codes.c.ask_id == ask_id,
                sign_codes.c.link_id == link_id,
            )
        ).first()
        return None if row is None else SignCode(**row._mapping)

    def count_guess(self, school_id: UUID, code_id: UUID) -> None:
        self._db.execute(
            sign_codes.update()
            .where(sign_codes.c.school_id == school_id, sign_codes.c.id == code_id)
            .values(guesses=sign_codes.c.guesses + 1)
        )

    def drop_code(self, school_id: UUID, ask_id: UUID, link_id: UUID) -> None:
        self._db.execute(
            sign_codes.delete().where(
                sign_codes.c.school_id == school_id,
                sign_codes.c.ask_id == ask_id,
                sign_codes.c.link_id == link_id,
            )
        )
