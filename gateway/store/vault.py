"""Sealed records and the keys that open them: one data key per person and class (design 5).

Sealing is explicit here and not a column type: a column type cannot know the row, so it could
not bind a ciphertext to its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from crypto import canonical
from crypto.canary import NOBODY, WRAPPED_LENGTH_BYTES
from crypto.envelope import (
    DataKey,
    KeyClass,
    RecordKind,
    kek_id_of,
    new_data_key,
    open_data_key,
)
from crypto.errors import OpenError
from crypto.providers import KekProvider
from crypto.tokens_index import Index
from gateway.store.base import IDS, SCHOOL, event_column, metadata, school_key
from policies.facts import Absence, Field, Items

person_keys = sa.Table(
    "person_keys",
    metadata,
    school_key(),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("key_class", sa.SmallInteger, primary_key=True),
    sa.Column("generation", sa.SmallInteger, primary_key=True),
    sa.Column("kek_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    event_column(),
)
canaries = sa.Table(
    "canaries",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)
CANARY = "rings"
ROLL = "keys"
UNIQUE_FIELDS = (Field.SNILS, Field.EMAIL, Field.PHONE)
_FIELDS = {field.value: field for field in Field}  # a call of the enumeration costs much more
_KEYS = (
    sa.select(person_keys.c.person_id, person_keys.c.wrapped)
    .where(person_keys.c.school_id == SCHOOL, person_keys.c.key_class == sa.bindparam("key_class"))
    .order_by(person_keys.c.generation)
)
_KEYS_OF = _KEYS.where(person_keys.c.person_id.in_(IDS))


class Vault:
    """Opens and seals within one transaction. The keys it unwrapped die with it."""

    def __init__(self, connection: sa.Connection, kek: KekProvider, index: Index) -> None:
        self._db = connection
        self._kek = kek
        self._index = index
        self._open: dict[tuple[UUID, KeyClass], dict[UUID, DataKey]] = {}

    # keys

    def add_keys(self, school_id: UUID, owners: Iterable[tuple[UUID, KeyClass, UUID]]) -> None:
        """Make a data key for every (owner, class, event); a school owns its SCHOOL key."""
        rows = []
        opened = {key_class: self._opened(school_id, key_class) for key_class in KeyClass}
        for owner, key_class, event_id in owners:
            key, wrapped = new_data_key(self._kek, school_id, owner, key_class, 1)
            opened[key_class][owner] = key
            rows.append(
                {
                    "school_id": school_id,
                    "person_id": owner,
                    "key_class": int(key_class),
                    "generation": 1,
                    "kek_id": kek_id_of(wrapped),
                    "wrapped": wrapped,
                    "event_id": event_id,
                }
            )
        if rows:
            self._db.execute(person_keys.insert(), rows)

    def keys(
        self, school_id: UUID, owners: Iterable[UUID], key_class: KeyClass
    ) -> dict[UUID, DataKey]:
        """Data keys by owner; an owner whose key was destroyed is not in the answer."""
        wanted = set(owners)
        opened = self._opened(school_id, key_class)
        missing = wanted - opened.keys()
        if missing:
            told: dict[str, object] = {"school_id": school_id, "key_class": int(key_class)}
            if len(missing) <= 500:
                rows = self._db.execute(_KEYS_OF, {**told, "ids": list(missing)})
            else:
                rows = self._db.execute(_KEYS, told)
            for row in rows:
                who = row.person_id
                if who in missing:
                    opened[who] = open_data_key(self._kek, row.wrapped, school_id, who)
        return {owner: opened[owner] for owner in wanted if owner in opened}

    def key(self, school_id: UUID, owner: UUID, key_class: KeyClass) -> DataKey:
        """The one data key. Raises `OpenError` when it was destroyed."""
        known = self._opened(school_id, key_class).get(owner)
        found = known or self.keys(school_id, [owner], key_class).get(owner)
        if found is None:
            raise OpenError
        return found

    def _opened(self, school_id: UUID, key_class: KeyClass) -> dict[UUID, DataKey]:
        """Keys of one class that are at hand already, by owner."""
        return self._open.setdefault((school_id, key_class), {})

    def destroy_key(self, school_id: UUID, owner: UUID, key_class: KeyClass) -> None:
        """Delete every generation of the key; what it sealed can never be opened again."""
        self._opened(school_id, key_class).pop(owner, None)
        self._db.execute(
            person_keys.delete().where(
                person_keys.c.school_id == school_id,
                person_keys.c.person_id == owner,
                person_keys.c.key_class == int(key_class),
            )
        )

    # records

    def seal_items(self, school_id: UUID, person_id: UUID, items: Items) -> bytes:
        """Registry record of a person: canonical JSON of values and absences, sealed."""
        key = self.key(school_id, person_id, KeyClass.REGISTRY)
        return key.seal(RecordKind.REGISTRY, plain_items(items))

    def open_items(self, school_id: UUID, sealed: dict[UUID, bytes]) -> dict[UUID, Items]:
        """Registry records by person; a person without a key is left out of the answer."""
        keys = self.keys(school_id, sealed, KeyClass.REGISTRY)
        return {
            person_id: items_of(keys[person_id].open(RecordKind.REGISTRY, blob))
            for person_id, blob in sealed.items()
            if person_id in keys
        }

    def seal(
        self, school_id: UUID, owner: UUID, key_class: KeyClass, kind: RecordKind, plain: bytes
    ) -> bytes:
        return self.key(school_id, owner, key_class).seal(kind, plain)

    def open(
        self, school_id: UUID, owner: UUID, key_class: KeyClass, kind: RecordKind, blob: bytes
    ) -> bytes:
        """Raises `OpenError` for another place, another kind, a flipped bit or a destroyed key."""
        return self.key(school_id, owner, key_class).open(kind, blob)

    # kept answers

    def seal_answer(self, school_id: UUID | None, place: bytes, plain: bytes) -> bytes:
        """An answer of the service, bound to its row (`place`, 16 bytes).

        School key; without a school a key of its own.
        """
        owner, told = UUID(bytes=place), place + plain
        if school_id is not None:
            return self.seal(school_id, school_id, KeyClass.SCHOOL, RecordKind.REPEAT, told)
        return self.seal_alone(owner, RecordKind.REPEAT, told)

    def open_answer(self, school_id: UUID | None, place: bytes, blob: bytes) -> bytes:
        """Raises `OpenError` for an answer of another row too."""
        if school_id is not None:
            told = self.open(school_id, school_id, KeyClass.SCHOOL, RecordKind.REPEAT, blob)
        else:
            told = self.open_alone(UUID(bytes=place), RecordKind.REPEAT, blob)
        if not told.startswith(place):
            raise OpenError
        return told[len(place) :]

    # what belongs to no school

    def seal_alone(self, owner: UUID, kind: RecordKind, plain: bytes) -> bytes:
        """u16 length, a wrapped key of its own | sealed record, as a canary is made."""
        key, wrapped = new_data_key(self._kek, NOBODY, owner, KeyClass.SCHOOL, 1)
        head = len(wrapped).to_bytes(WRAPPED_LENGTH_BYTES, "big")
        return head + wrapped + key.seal(kind, plain)

    def open_alone(self, owner: UUID, kind: RecordKind, blob: bytes) -> bytes:
        """Raises `OpenError` for another owner or kind too."""
        end = int.from_bytes(blob[:WRAPPED_LENGTH_BYTES], "big") + WRAPPED_LENGTH_BYTES
        wrapped = blob[WRAPPED_LENGTH_BYTES:end]
        return open_data_key(self._kek, wrapped, NOBODY, owner).open(kind, blob[end:])

    # tokens

    def tag(self, purpose: str, text: str) -> bytes:
        """16-byte keyed tag of something that is no personal item: a counter, a kept answer."""
        return self._index.token(purpose, None, text)

    @property
    def index_version(self) -> int:
        """Version of the index key that tokens are made with now."""
        return self._index.version

    def token(self, field: Field, value: str, scope: UUID | None) -> bytes:
        """16-byte keyed token of a canonical value; scope None is across schools."""
        return self._index.token(field, scope, value)

    def mark(self, school_id: UUID, person_id: UUID, field: Field, value: str) -> bytes:
        """16-byte keyed mark of a value of one person, equal for nobody else."""
        return self._index.token("replaced", school_id, f"{person_id}|{field.value}|{value}")

    def identity_token(self, school_id: UUID, items: Items) -> bytes | None:
        """Token of name and birth date: a hint for people without SNILS. None: not enough known."""
        parts = [
            items.values.get(f, "")
            for f in (Field.FAMILY_NAME, Field.GIVEN_NAME, Field.PATRONYMIC, Field.BIRTH_DATE)
        ]
        if not (parts[0] and parts[1] and parts[3]):
            return None
        return self._index.token(
            "identity", school_id, "|".join(parts).casefold().replace("ё", "е")
        )

    def tokens_of(self, school_id: UUID, items: Items) -> dict[Field, bytes]:
        """School-scoped tokens of the values that one person only may have."""
        return {
            f: self.token(f, items.values[f], school_id) for f in UNIQUE_FIELDS if f in items.values
        }


def plain_items(items: Items) -> bytes:
    """Canonical JSON of a registry record."""
    return canonical.dumps(
        {
            "absent": dict(items.absent),
            "values": dict(items.values),
        }
    )


def items_of(plain: bytes) -> Items:
    """The items of a registry record's plaintext."""
    record = json.loads(plain)
    if not isinstance(record, dict):
        raise OpenError
    return Items(
        {_FIELDS[k]: v for k, v in record["values"].items()},
        {_FIELDS[k]: Absence(v) for k, v in record["absent"].items()},
    )


def read_canaries(connection: sa.Connection) -> dict[str, bytes]:
    """Known plaintexts sealed at `init`, by name; empty before it."""
    return {row.name: row.value for row in connection.execute(sa.select(canaries))}


def put_canary(connection: sa.Connection, name: str, value: bytes) -> None:
    connection.execute(canaries.insert().values(name=name, value=value))
