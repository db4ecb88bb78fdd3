"""Key rings: four independent files of root keys (format sg-ring/1, docs/formats/rings.md).

No ring is derived from another: who holds the index ring cannot read a record, who holds the
key-encryption ring cannot search, who holds either cannot sign.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from crypto import base64url, canonical, ring_files
from crypto.errors import RingError

FORMAT = "sg-ring/1"
KEY_BYTES = 32
MAX_VERSION = 0xFFFF
_KCV_LABEL = b"sg/kcv/1\0"
_KCV_BYTES = 3
_ID = re.compile(r"(?!0{8})[0-9a-f]{8}")
_KCV = re.compile(r"[0-9a-f]{6}")
_FIELDS = {"alg", "created", "id", "k", "kcv", "not_after", "purpose", "state", "version"}


class RingName(StrEnum):
    """What the keys of a ring are for."""

    KEK = "kek"  # wraps data keys
    INDEX = "index"  # root of the search tokens
    AUDIT = "audit"  # signs checkpoints of the journal
    JOSE = "jose"  # signs access tokens, receipts and bundles


class KeyState(StrEnum):
    """Life of a key, in this order. A destroyed key leaves a tombstone without material."""

    PRE_ACTIVE = "pre-active"  # published, may open and verify; not yet used for new work
    ACTIVE = "active"  # exactly one for each purpose
    DECRYPT_ONLY = "decrypt-only"
    DISABLED = "disabled"  # kept, refuses
    DESTROYED = "destroyed"


_USABLE = {KeyState.PRE_ACTIVE, KeyState.ACTIVE, KeyState.DECRYPT_ONLY}

ALG = {
    RingName.KEK: "A256GCM",
    RingName.INDEX: "HS256",
    RingName.AUDIT: "Ed25519",
    RingName.JOSE: "ES256",
}
PURPOSES: Mapping[RingName, tuple[str, ...]] = {
    RingName.KEK: ("",),
    RingName.INDEX: ("",),
    RingName.AUDIT: ("",),
    RingName.JOSE: ("token", "evidence"),
}


@dataclass(frozen=True, slots=True, eq=False)
class RingKey:
    """One root key.

    `id`: random, 1 ... 2**32-1. `version`: 1 ... 65535, counts keys of one purpose; the index
    writes it beside its tokens. `not_after`: the operators' date for rotation; None is no date.
    `material`: 32 bytes (raw key, Ed25519 seed or P-256 scalar); empty when destroyed.
    """

    id: int
    state: KeyState
    alg: str
    purpose: str
    version: int
    created: datetime
    not_after: datetime | None
    kcv: str
    material: bytes = field(repr=False)

    @property
    def is_usable(self) -> bool:
        """May open or verify what it made."""
        return self.state in _USABLE


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """The keys of one file, in the file's order."""

    ring: RingName
    keys: tuple[RingKey, ...]

    def active(self, purpose: str = "") -> RingKey:
        """The one key for new work. `purpose`: "token" or "evidence" in the jose ring."""
        for key in self.keys:
            if key.state is KeyState.ACTIVE and key.purpose == purpose:
                return key
        raise RingError("ring.active", f"{self.ring} {purpose}".strip())

    def get(self, key_id: int) -> RingKey:
        """The key that made something. RingError: unknown here, disabled or destroyed."""
        for key in self.keys:
            if key.id == key_id:
                if not key.is_usable:
                    raise RingError("ring.state", f"{key_id:08x}")
                return key
        raise RingError("ring.unknown", f"{key_id:08x}")


def check_value(ring: RingName, key_id: int, material: bytes) -> str:
    """Six hex digits by which two copies of a key are compared without showing it.

    First 3 bytes of HMAC-SHA-256(material, "sg/kcv/1" 0x00 | u16 length, ring | u32 id).
    """
    name = ring.encode()
    told = _KCV_LABEL + struct.pack(">H", len(name)) + name + struct.pack(">I", key_id)
    return hmac.digest(material, told, hashlib.sha256)[:_KCV_BYTES].hex()


def create_ring(path: Path, ring: RingName, at: datetime) -> Ring:
    """Draw fresh keys and keep them in a new file. Raises RingError, also if the file exists."""
    keys = [
        {
            "alg": ALG[ring],
            "created": _moment_text(at),
            "id": f"{key_id:08x}",
            "k": base64url.encode(material),
            "kcv": check_value(ring, key_id, material),
            "not_after": None,
            "purpose": purpose,
            "state": KeyState.ACTIVE,
            "version": 1,
        }
        for purpose in PURPOSES[ring]
        for key_id, material in [(1 + secrets.randbelow(0xFFFF_FFFF), _new_material(ring))]
    ]
    document = {"created": _moment_text(at), "format": FORMAT, "keys": keys, "ring": ring}
    ring_files.create(path, canonical.dumps(document) + b"\n")
    return load_ring(path, ring)


def load_ring(path: Path, ring: RingName) -> Ring:
    """Read and check a ring. Raises RingError on anything odd; nothing is repaired."""
    data = ring_files.read(path)
    try:
        document = canonical.loads(data.removesuffix(b"\n"), canonical=True)
    except ValueError:
        document = None
    if not isinstance(document, dict) or set(document) != {"created", "format", "keys", "ring"}:
        raise RingError("ring.json", path.name)
    if document["format"] != FORMAT:
        raise RingError("ring.format", path.name)
    if document["ring"] != ring:
        raise RingError("ring.ring", path.name)
    entries = document["keys"]
    if not isinstance(entries, list):
        raise RingError("ring.json", path.name)
    keys = tuple(_read_key(ring, entry, path.name) for entry in entries)
    _check_set(ring, keys, path.name)
    return Ring(ring, keys)


def _read_key(ring: RingName, entry: object, file: str) -> RingKey:
    """Shape first, then the check value: a wrong copy of a key is told from a broken file."""
    try:
        key = _shape_key(entry)
    except ValueError:
        key = None
    if key is None or key.alg != ALG[ring] or key.purpose not in PURPOSES[ring]:
        raise RingError("ring.key", file)
    if key.state is KeyState.DESTROYED:
        return key
    found = check_value(ring, key.id, key.material)
    if not hmac.compare_digest(found, key.kcv):
        raise RingError("ring.kcv", f"{file} {key.id:08x}")
    return key


def _shape_key(entry: object) -> RingKey | None:
    """A key whose fields have the right form, else None or ValueError."""
    if not isinstance(entry, dict) or set(entry) != _FIELDS:
        return None
    version = entry["version"]
    if not isinstance(version, int) or not 0 < version <= MAX_VERSION:
        return None
    text = {name: value for name, value in entry.items() if isinstance(value, str)}
    state = KeyState(text.get("state", ""))
    is_gone = state is KeyState.DESTROYED
    expected = _FIELDS - {"version"} - ({"k"} if is_gone else set())
    if entry["not_after"] is None:
        expected -= {"not_after"}
    if set(text) != expected or not _ID.fullmatch(text["id"]) or not _KCV.fullmatch(text["kcv"]):
        return None
    material = b"" if is_gone else base64url.decode(text["k"])
    if not is_gone and len(material) != KEY_BYTES:
        return None
    return RingKey(
        id=int(text["id"], 16),
        state=state,
        alg=text["alg"],
        purpose=text["purpose"],
        version=version,
        created=_moment(text["created"]),
        not_after=_moment(text["not_after"]) if "not_after" in text else None,
        kcv=text["kcv"],
        material=material,
    )


def _check_set(ring: RingName, keys: tuple[RingKey, ...], file: str) -> None:
    ids = [key.id for key in keys]
    versions = [(key.purpose, key.version) for key in keys]
    if len(set(ids)) != len(ids) or len(set(versions)) != len(versions):
        raise RingError("ring.twice", file)
    active = sorted(key.purpose for key in keys if key.state is KeyState.ACTIVE)
    if active != sorted(PURPOSES[ring]):
        raise RingError("ring.active", file)


def _new_material(ring: RingName) -> bytes:
    if ring is RingName.JOSE:
        # A P-256 scalar must lie below the order of the group; let the library draw it.
        scalar = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        return scalar.to_bytes(KEY_BYTES, "big")
    return secrets.token_bytes(KEY_BYTES)


def _moment_text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime:
    """An aware UTC moment in the one spelling of `_moment_text`, else ValueError."""
    at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if _moment_text(at) != text:
        raise ValueError("ring.moment")
    return at
