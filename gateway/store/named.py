"""What an auditor's question turns into: who holds a value, and which ids tell of a person."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from gateway.store.agreements import agreements
from gateway.store.changes import Mark, destroyed_marks
from gateway.store.consents import answers, asks
from gateway.store.links import links
from gateway.store.people import person_tokens
from gateway.store.pupils import guardianships
from gateway.store.schools import schools
from gateway.store.vault import Vault
from policies.facts import Field

_AT_ONCE = 400  # schools asked about in one query


class NamedStore:
    """Looks across schools; it opens no sealed record."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._db = connection
        self._vault = vault

    def holders(self, field: Field, value: str) -> list[tuple[UUID, UUID, bool]]:
        """(school, person, whether the record is destroyed) for a canonical value."""
        tokens = {
            school_id: self._vault.token(field, value, school_id)
            for school_id in self._db.scalars(sa.select(schools.c.id).order_by(schools.c.id))
        }
        wanted = sorted(tokens.items())
        found: list[tuple[UUID, UUID, bool]] = []
        for begin in range(0, len(wanted), _AT_ONCE):
            part = dict(wanted[begin : begin + _AT_ONCE])
            found += self._holding(field, part)
        return sorted(found)

    def _holding(self, field: Field, tokens: dict[UUID, bytes]) -> list[tuple[UUID, UUID, bool]]:
        at, mark = person_tokens.c, destroyed_marks.c
        queries = [
            sa.select(at.school_id, at.person_id, sa.false()).where(
                at.school_id.in_(tokens), at.field == field.value, at.token.in_(tokens.values())
            )
        ]
        if field is Field.SNILS:
            queries.append(
                sa.select(mark.school_id, mark.person_id, sa.true()).where(
                    mark.school_id.in_(tokens),
                    mark.mark == Mark.SNILS.value,
                    mark.token.in_(tokens.values()),
                )
            )
        return [
            (school_id, person_id, bool(is_destroyed))
            for query in queries
            for school_id, person_id, is_destroyed in self._db.execute(query)
        ]

    def of_person(self, school_id: UUID, person_id: UUID) -> set[UUID]:
        """Ids of what is told about a person without naming the person."""
        mine = sa.select(asks.c.id).where(
            asks.c.school_id == school_id,
            sa.or_(asks.c.signer_id == person_id, asks.c.subject_id == person_id),
        )
        queries = (
            mine,
            sa.select(answers.c.id).where(
                answers.c.school_id == school_id, answers.c.ask_id.in_(mine)
            ),
            sa.select(links.c.id).where(
                links.c.school_id == school_id, links.c.signer_id == person_id
            ),
            sa.select(guardianships.c.id).where(
                guardianships.c.school_id == school_id,
                sa.or_(
                    guardianships.c.guardian_id == person_id, guardianships.c.pupil_id == person_id
                ),
            ),
            sa.select(agreements.c.id).where(
                agreements.c.school_id == school_id, agreements.c.person_id == person_id
            ),
        )
        return {each for query in queries for each in self._db.scalars(query)}
