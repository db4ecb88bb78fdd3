"""An event and its body: the bytes that are hashed, stored and never written anew.

A body is canonical JSON with exactly these keys: `actor` {kind, ref}, `at`, `data`, `id`,
`kind`, `n` (salt, 16 random bytes in hex, so that a body cannot be guessed from its hash),
`req`, `school`, `v` 1. What `data` may hold is said by `audit.kinds`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import cast
from uuid import UUID

from audit.errors import BadField, UnknownKind
from audit.kinds import KINDS, FieldType, Kind
from audit.moments import moment_text, parse_moment
from crypto import canonical

__all__ = ["KINDS", "Actor", "Event", "FieldType", "Kind"]

VERSION = 1
SALT_BYTES = 16
MAX_BODY_BYTES = 8192

Value = str | int | list[str]

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SALT = re.compile(r"[0-9a-f]{32}")
# A SNILS and a Russian phone have 11 digits: no code of ours has, not even across hyphens.
_NUMBER_OF_A_PERSON = re.compile(r"[0-9](?:[._-]?[0-9]){10}")
_MAX_CODES = 32
_KEYS = {"v", "id", "n", "at", "kind", "actor", "school", "req", "data"}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted. `kind`: a code such as staff, family, platform, system; `ref`: None for no one."""

    kind: str
    ref: UUID | None = None

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.kind):
            raise BadField("actor.kind")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. It cannot exist with a field that `KINDS` does not allow.

    `data` takes UUID, date, datetime and str alike and keeps the text of the body.
    `school_id` None: an event of no school. `request_id`: a code, None outside of a request.
    Raises `UnknownKind`, `BadField`.
    """

    id: UUID
    kind: str
    school_id: UUID | None
    actor: Actor
    at: datetime
    request_id: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    salt: bytes = field(default_factory=lambda: os.urandom(SALT_BYTES), repr=False)

    def __post_init__(self) -> None:
        kind = KINDS.get(self.kind)
        if kind is None:
            raise UnknownKind("the table of events has no such kind")
        if self.at.utcoffset() is None:
            raise BadField(f"{kind.name}: at")
        if self.request_id is not None and not _CODE.fullmatch(self.request_id):
            raise BadField(f"{kind.name}: request_id")
        if len(self.salt) != SALT_BYTES:
            raise BadField(f"{kind.name}: salt")
        object.__setattr__(self, "data", MappingProxyType(_checked(kind, self.data)))

    def body(self) -> bytes:
        """The canonical bytes; the same for the same event, for the salt is part of it."""
        return canonical.dumps(
            {
                "v": VERSION,
                "id": str(self.id),
                "n": self.salt.hex(),
                "at": moment_text(self.at),
                "kind": self.kind,
                "actor": {
                    "kind": str(self.actor.kind),
                    "ref": None if self.actor.ref is None else str(self.actor.ref),
                },
                "school": None if self.school_id is None else str(self.school_id),
                "req": self.request_id,
                "data": dict(self.data),
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> Event:
        """Inverse of `body`. Raises `UnknownKind`, `BadField`; any other spelling is refused."""
        try:
            if len(body) > MAX_BODY_BYTES:
                raise ValueError("body.size")
            event = cls._from_json(canonical.loads(body))
        except (ValueError, TypeError):
            raise BadField("body: form") from None
        if event.body() != body:
            raise BadField("body: spelling")
        return event

    @classmethod
    def _from_json(cls, found: object) -> Event:
        if not isinstance(found, dict) or found.keys() != _KEYS:
            raise ValueError("body.keys")
        actor, data = found["actor"], found["data"]
        if found["v"] != VERSION or not isinstance(actor, dict) or not isinstance(data, dict):
            raise ValueError("body.shape")
        if actor.keys() != {"kind", "ref"} or not _SALT.fullmatch(found["n"]):
            raise ValueError("body.shape")
        return cls(
            id=_uuid(found["id"]),
            kind=_text(found["kind"]),
            school_id=None if found["school"] is None else _uuid(found["school"]),
            actor=Actor(actor["kind"], None if actor["ref"] is None else _uuid(actor["ref"])),
            at=parse_moment(_text(found["at"])),
            request_id=found["req"],
            data=cast("dict[str, object]", data),
            salt=bytes.fromhex(found["n"]),
        )


def _checked(kind: Kind, data: Mapping[str, object]) -> dict[str, Value]:
    """Every value in the spelling of the body. Raises `BadField`, which never holds the value."""
    if not kind.fields.keys() <= data.keys():
        raise BadField(f"{kind.name}: {min(kind.fields.keys() - data.keys())} is missing")
    spellings = _SPELLINGS[kind.name]
    checked: dict[str, Value] = {}
    for name, value in data.items():
        known = spellings.get(name)
        if known is None:
            raise BadField(f"{kind.name}: a field that the kind does not have")
        wanted, spell = known
        try:
            checked[name] = spell(value)
        except (ValueError, TypeError):
            raise BadField(f"{kind.name}: {name} is not a {wanted.value}") from None
    return checked


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return str(value)


def _uuid(value: object) -> UUID:
    found = UUID(_text(value))
    if str(found) != value:
        raise ValueError("uuid")
    return found


def _spell_id(value: object) -> Value:
    return str(value if isinstance(value, UUID) else _uuid(value))


def _spell_count(value: object) -> Value:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("count")
    if not 0 <= value <= canonical.MAX_INT:
        raise ValueError("count")
    return int(value)


def _spell_code(value: object) -> str:
    text = _text(value)
    if not _CODE.fullmatch(text) or _NUMBER_OF_A_PERSON.search(text):
        raise ValueError("code")
    return text


def _spell_codes(value: object) -> Value:
    if not isinstance(value, list | tuple | set | frozenset):
        raise TypeError("codes")
    codes = sorted(_spell_code(item) for item in value)
    if not 1 <= len(codes) <= _MAX_CODES or len(set(codes)) != len(codes):
        raise ValueError("codes")
    return codes


def _spell_digest(value: object) -> Value:
    text = _text(value)
    if not _DIGEST.fullmatch(text):
        raise ValueError("digest")
    return text


def _spell_day(value: object) -> Value:
    if isinstance(value, datetime):
        raise TypeError("day")
    day = value if isinstance(value, date) else date.fromisoformat(_text(value))
    if not isinstance(value, date) and day.isoformat() != value:
        raise ValueError("day")
    return day.isoformat()


def _spell_moment(value: object) -> Value:
    return moment_text(value if isinstance(value, datetime) else parse_moment(_text(value)))


_SPELL: Mapping[FieldType, Callable[[object], Value]] = {
    FieldType.ID: _spell_id,
    FieldType.COUNT: _spell_count,
    FieldType.CODE: _spell_code,
    FieldType.CODES: _spell_codes,
    FieldType.DIGEST: _spell_digest,
    FieldType.DAY: _spell_day,
    FieldType.MOMENT: _spell_moment,
}
# By kind and field: an event is written with every change, so nothing is looked up twice.
_SPELLINGS = {
    kind.name: {
        name: (wanted, _SPELL[wanted]) for name, wanted in {**kind.optional, **kind.fields}.items()
    }
    for kind in KINDS.values()
}
