"""Claims of contacts across schools: a queue in each school and one table above them.

The table above has no key into any school's rows: it can move to a database of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as hidden
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from gateway.store.base import (
    IDS,
    PERSON,
    SCHOOL,
    Moment,
    event_column,
    metadata,
    own_id,
    school_key,
)
from policies.claims import Claim, Strength
from policies.facts import ClaimState, ContactClaim, Field

claim_requests = sa.Table(
    "claim_requests",
    metadata,
    school_key(),
    own_id(),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("key_version", sa.SmallInteger, nullable=False),
    sa.Column("token", sa.LargeBinary(16), nullable=False),
    sa.Column("holder", sa.LargeBinary(16), nullable=False),
    sa.Column("strength", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("queued_at", Moment, nullable=False),
    event_column(),
    sa.UniqueConstraint("school_id", "person_id", "field"),
    # Who else claims the same contact, in any school.
    sa.Index("ix_claim_requests_contact", "field", "key_version", "token"),
)
claims = sa.Table(
    "claims",
    metadata,
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("key_version", sa.SmallInteger, primary_key=True),
    sa.Column("token", sa.LargeBinary(16), primary_key=True),
    sa.Column("holder", sa.LargeBinary(16), nullable=False),
    sa.Column("strength", sa.Text, nullable=False),
    sa.Column("settled_at", Moment, nullable=False),
    event_column(),
)


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """One contact of one person waiting for, or having, its place in the table above.

    `holder`: global token of the person's SNILS (or of the person, when there is none).
    """

    id: UUID
    school_id: UUID
    person_id: UUID
    field: Field
    key_version: int
    token: bytes = hidden(repr=False)
    holder: bytes = hidden(repr=False)
    strength: Strength
    state: ClaimState


_FIELDS = {each.value: each for each in Field}
_STATES = {each.value: each for each in ClaimState}
_REQUEST = [c for c in claim_requests.c if c.name not in {"queued_at", "event_id"}]
_OF_SCHOOL = claim_requests.c.school_id == SCHOOL
_OF_PERSON = sa.select(*_REQUEST).where(_OF_SCHOOL, claim_requests.c.person_id == PERSON)
_CLAIM_STATES = (
    sa.select(claim_requests.c.person_id, claim_requests.c.field, claim_requests.c.state)
    .where(_OF_SCHOOL)
    .order_by(claim_requests.c.field)
)
_CLAIM_STATES_OF = _CLAIM_STATES.where(claim_requests.c.person_id.in_(IDS))
_HOLDERS = (
    sa.select(claim_requests.c.field, claim_requests.c.holder)
    .distinct()
    .where(
        claim_requests.c.field.in_(sa.bindparam("fields", expanding=True)),
        claim_requests.c.token.in_(sa.bindparam("tokens", expanding=True)),
    )
)
_IS_HELD = sa.exists().where(
    claims.c.field == claim_requests.c.field,
    claims.c.key_version == claim_requests.c.key_version,
    claims.c.token == claim_requests.c.token,
    claims.c.holder != claim_requests.c.holder,
)
_QUEUED = (
    sa.select(*_REQUEST)
    .where(
        sa.or_(
            claim_requests.c.state == ClaimState.QUEUED.value,
            sa.and_(claim_requests.c.state == ClaimState.CLASH.value, ~_IS_HELD),
        )
    )
    .order_by(claim_requests.c.queued_at, claim_requests.c.id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_ADD = claim_requests.insert()


class ClaimStore:
    """The queue within schools and the claims above them."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def queue(self, requests: Iterable[ClaimRequest], at: datetime, event_id: UUID) -> None:
        """Queue anew; an earlier request for the same contact of the person gives way.

        A contact that is settled for the same holder with no less strength stays settled.
        """
        by_person: dict[tuple[UUID, UUID], list[ClaimRequest]] = {}
        for request in requests:
            by_person.setdefault((request.school_id, request.person_id), []).append(request)
        for (school_id, person_id), wanted in by_person.items():
            known = {each.field: each for each in self.of_person(school_id, person_id)}
            new = [each for each in wanted if not _stays(known.get(each.field), each)]
            if not new:
                continue
            if not known.keys().isdisjoint(each.field for each in new):
                self._db.execute(
                    claim_requests.delete().where(
                        claim_requests.c.school_id == school_id,
                        claim_requests.c.person_id == person_id,
                        claim_requests.c.field.in_([each.field.value for each in new]),
                    )
                )
            self._db.execute(
                _ADD,
                [
                    {
                        "school_id": school_id,
                        "id": each.id,
                        "person_id": person_id,
                        "field": each.field.value,
                        "key_version": each.key_version,
                        "token": each.token,
                        "holder": each.holder,
                        "strength": each.strength.value,
                        "state": ClaimState.QUEUED.value,
                        "queued_at": at,
                        "event_id": event_id,
                    }
                    for each in new
                ],
            )

    def queued(self, limit: int) -> list[ClaimRequest]:
        """The oldest requests to settle, of any school: new ones, and those whose rival is gone."""
        rows = self._db.execute(_QUEUED, {"limit": limit})
        return [_request(row) for row in rows]

    def find(self, school_id: UUID, request_id: UUID) -> ClaimRequest | None:
        row = self._db.execute(
            sa.select(*_REQUEST).where(
                claim_requests.c.school_id == school_id, claim_requests.c.id == request_id
            )
        ).first()
        return None if row is None else _request(row)

    def of_token(self, request: ClaimRequest) -> list[ClaimRequest]:
        """Other people's requests for the same contact, of any school."""
        rows = self._db.execute(
            sa.select(*_REQUEST).where(
                claim_requests.c.field == request.field.value,
                claim_requests.c.key_version == request.key_version,
                claim_requests.c.token == request.token,
                claim_requests.c.holder != request.holder,
            )
        )
        return [_request(row) for row in rows]

    def count_holders(self, contacts: Mapping[Field, bytes]) -> Counter[Field]:
        """How many different people, of any school, have ever claimed each of these contacts."""
        if not contacts:
            return Counter()
        # A token is made for its field, so it says both.
        told = {"fields": [field.value for field in contacts], "tokens": list(contacts.values())}
        rows = self._db.execute(_HOLDERS, told)
        return Counter(Field(row.field) for row in rows)

    def mark(self, request: ClaimRequest, state: ClaimState, event_id: UUID) -> None:
        self._db.execute(
            claim_requests.update()
            .where(
                claim_requests.c.school_id == request.school_id,
                claim_requests.c.id == request.id,
            )
            .values(state=state.value, event_id=event_id)
        )

    def states(
        self, school_id: UUID, only: Collection[UUID] | None = None
    ) -> dict[UUID, tuple[ContactClaim, ...]]:
        """States of every person's contacts (or of `only` these people)."""
        if only is None:
            rows = self._db.execute(_CLAIM_STATES, {"school_id": school_id})
        else:
            rows = self._db.execute(_CLAIM_STATES_OF, {"school_id": school_id, "ids": list(only)})
        found: dict[UUID, list[ContactClaim]] = {}
        for row in rows:
            claim = ContactClaim(_FIELDS[row.field], _STATES[row.state])
            found.setdefault(row.person_id, []).append(claim)
        return {person: tuple(states) for person, states in found.items()}

    def drop_requests(self, school_id: UUID, person_id: UUID) -> None:
        """Forget the requests of a destroyed person."""
        self._db.execute(
            claim_requests.delete().where(
                claim_requests.c.school_id == school_id,
                claim_requests.c.person_id == person_id,
            )
        )

    def holder_of(self, request: ClaimRequest) -> Claim | None:
        """Who holds the contact now; the row is locked until the transaction ends."""
        row = self._db.execute(
            sa.select(claims.c.holder, claims.c.strength)
            .where(*self._claim_key(request))
            .with_for_update()
        ).first()
        return None if row is None else Claim(row.holder, Strength(row.strength))

    def put_claim(
        self, request: ClaimRequest, held: Claim | None, at: datetime, event_id: UUID
    ) -> bool:
        """Give the contact to the request's holder; `held` is what `holder_of` answered.

        False: it was free and somebody else was quicker; ask again.
        """
        values = {
            "holder": request.holder,
            "strength": request.strength.value,
            "settled_at": at,
            "event_id": event_id,
        }
        if held is not None:
            self._db.execute(claims.update().where(*self._claim_key(request)).values(**values))
            return True
        try:
            with self._db.begin_nested():
                self._db.execute(
                    claims.insert().values(
                        field=request.field.value,
                        key_version=request.key_version,
                        token=request.token,
                        **values,
                    )
                )
        except sa.exc.IntegrityError:
            return False
        return True

    def release(self, request: ClaimRequest) -> bool:
        """Let the contact go. False: another person has it, or the same by another school."""
        held = self.holder_of(request)
        if held is None or held.holder != request.holder:
            return False
        elsewhere = self._db.execute(
            sa.select(claim_requests.c.id).where(
                claim_requests.c.field == request.field.value,
                claim_requests.c.key_version == request.key_version,
                claim_requests.c.token == request.token,
                claim_requests.c.holder == request.holder,
                claim_requests.c.state == ClaimState.SETTLED.value,
                claim_requests.c.id != request.id,
            )
        ).first()
        if elsewhere is not None:
            return False
        self._db.execute(claims.delete().where(*self._claim_key(request)))
        return True

    def of_person(self, school_id: UUID, person_id: UUID) -> list[ClaimRequest]:
        rows = self._db.execute(_OF_PERSON, {"school_id": school_id, "person_id": person_id})
        return [_request(row) for row in rows]

    @staticmethod
    def _claim_key(request: ClaimRequest) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            claims.c.field == request.field.value,
            claims.c.key_version == request.key_version,
            claims.c.token == request.token,
        )


def _stays(before: ClaimRequest | None, request: ClaimRequest) -> bool:
    """The contact is settled for the same holder already, with no less strength."""
    return (
        before is not None
        and before.token == request.token
        and before.holder == request.holder
        and before.state is ClaimState.SETTLED
        and before.strength in {request.strength, Strength.PROVED}
    )


def _request(row: sa.Row[tuple[object, ...]]) -> ClaimRequest:
    values = dict(row._mapping)
    values["field"] = Field(values["field"])
    values["strength"] = Strength(values["strength"])
    values["state"] = ClaimState(values["state"])
    return ClaimRequest(**values)
