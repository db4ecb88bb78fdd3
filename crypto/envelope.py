"""Sealed records and wrapped keys, to the byte (docs/formats/sealed-record.md, wrapped-key.md).

Every person has one random data key per class of data. A record opens only with its own key and
in its own place: kind, generation, school and person are authenticated, none by concatenation
(each variable part carries its length). Keys are found by ids, never by trial.
"""

from __future__ import annotations

import os
import struct
from enum import IntEnum
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.errors import OpenError
from crypto.providers import KekProvider

FORMAT_VERSION = 0x01
AES_256_GCM = 0x01
NONCE_BYTES = 12  # SP 800-38D, section 8.2.2
TAG_BYTES = 16
STEP_BYTES = 16  # padding hides the length of a name within this step
DEK_BYTES = 32
_RECORD_LABEL = b"sg/r/1\0"
_WRAP_LABEL = b"sg/w/1\0"
_RECORD_HEAD = struct.Struct(">BBHH")  # version, alg, kind, generation: 6 bytes
_WRAP_HEAD = struct.Struct(">BBIBH")  # version, wrap alg, kek id, class, generation: 9 bytes
_LENGTH = struct.Struct(">I")
_BODY = _RECORD_HEAD.size + NONCE_BYTES  # where the ciphertext begins
_PADDING = tuple(bytes(count) for count in range(STEP_BYTES))


class KeyClass(IntEnum):
    """Classes of data with a destruction date of their own. u8 in a wrapped key."""

    REGISTRY = 1  # contacts and SNILS: gone within 30 days of a refusal or withdrawal
    EVIDENCE = 2  # what was signed and by whom: three years
    SCHOOL = 3  # drafts and stored answers of a school; `person` is then the school's own id


_CLASSES = {int(each): each for each in KeyClass}


class RecordKind(IntEnum):
    """What a sealed record holds. u16 in its header."""

    REGISTRY = 1
    EVIDENCE = 2
    AUTHORITY = 3
    IMPORT_DRAFT = 4
    MESSAGE = 5
    CANARY = 6
    REPEAT = 7
    DETAILS = 8
    ONE_TIME = 9
    SCAN = 10
    NEWCOMER = 11


class DataKey:
    """A data key at work, bound to one school, person, class and generation (1 ... 65535)."""

    __slots__ = ("_aead", "_places", "_where", "generation", "key_class", "person", "school")

    def __init__(
        self,
        dek: bytes,
        school: UUID,
        person: UUID,
        key_class: KeyClass,
        generation: int,
        where: bytes | None = None,
    ) -> None:
        """`where`: the bytes of school and person, from a caller who has just built them."""
        self.school = school
        self.person = person
        self.key_class = key_class
        self.generation = generation
        self._aead = AESGCM(dek)
        self._where = _place(school, person) if where is None else where
        self._places: dict[RecordKind, tuple[bytes, bytes]] = {}

    def seal(self, kind: RecordKind, plain: bytes) -> bytes:
        """Header 6 | nonce 12 | ciphertext of the padded plaintext | tag 16."""
        head, aad = self._places.get(kind) or self._place(kind)
        nonce = os.urandom(NONCE_BYTES)
        size = len(plain)
        padded = _LENGTH.pack(size) + plain + _PADDING[-(_LENGTH.size + size) % STEP_BYTES]
        return head + nonce + self._aead.encrypt(nonce, padded, aad)

    def open(self, kind: RecordKind, sealed: bytes) -> bytes:
        """The plaintext. OpenError if anything at all is not as `seal` left it."""
        head, aad = self._places.get(kind) or self._place(kind)
        if not sealed.startswith(head) or len(sealed) < _BODY + STEP_BYTES + TAG_BYTES:
            raise OpenError
        try:
            padded = self._aead.decrypt(sealed[_RECORD_HEAD.size : _BODY], sealed[_BODY:], aad)
        except InvalidTag:
            raise OpenError from None
        return _unpad(padded)

    def _place(self, kind: RecordKind) -> tuple[bytes, bytes]:
        """Header and AAD of a kind, built once: they cost more than the cipher itself."""
        head = _RECORD_HEAD.pack(FORMAT_VERSION, AES_256_GCM, kind, self.generation)
        place = self._places[kind] = head, _RECORD_LABEL + head + self._where
        return place

    def __repr__(self) -> str:
        return f"DataKey({self.key_class.name}, generation={self.generation})"


def new_data_key(
    kek: KekProvider, school: UUID, person: UUID, key_class: KeyClass, generation: int
) -> tuple[DataKey, bytes]:
    """Draw a data key; returns it at work and wrapped (69 bytes with file keys)."""
    if not 0 < generation <= 0xFFFF:
        raise ValueError("envelope.generation")
    dek = os.urandom(DEK_BYTES)
    kek_id, alg = kek.current()
    head = _WRAP_HEAD.pack(FORMAT_VERSION, alg, kek_id, key_class, generation)
    where = _place(school, person)
    payload = kek.wrap(kek_id, alg, dek, _WRAP_LABEL + head + where)
    return DataKey(dek, school, person, key_class, generation, where), head + payload


def open_data_key(kek: KekProvider, wrapped: bytes, school: UUID, person: UUID) -> DataKey:
    """Unwrap a key in its place. OpenError, or RingError if the wrapping key is not at hand."""
    alg, kek_id, key_class, generation = _wrap_head(wrapped)
    head, payload = wrapped[: _WRAP_HEAD.size], wrapped[_WRAP_HEAD.size :]
    where = _place(school, person)
    dek = kek.unwrap(kek_id, alg, payload, _WRAP_LABEL + head + where)
    if len(dek) != DEK_BYTES:
        raise OpenError
    return DataKey(dek, school, person, key_class, generation, where)


def kek_id_of(wrapped: bytes) -> int:
    """Which key of the kek ring wraps this one: what a rewrap looks for. Not authenticated."""
    return _wrap_head(wrapped)[1]


def _wrap_head(wrapped: bytes) -> tuple[int, int, KeyClass, int]:
    """Wrap algorithm, kek id, class, generation."""
    if len(wrapped) < _WRAP_HEAD.size:
        raise OpenError
    version, alg, kek_id, key_class, generation = _WRAP_HEAD.unpack_from(wrapped)
    found = _CLASSES.get(key_class)
    if version != FORMAT_VERSION or found is None or generation == 0:
        raise OpenError
    return alg, kek_id, found, generation


def _place(school: UUID, person: UUID) -> bytes:
    """L(school) | L(person). Sixteen bytes each, never the text form: one spelling only."""
    return b"\x00\x10" + school.bytes + b"\x00\x10" + person.bytes


def _unpad(padded: bytes) -> bytes:
    """Checked although the tag already held: a sealer's mistake must not pass for data."""
    (length,) = _LENGTH.unpack_from(padded)
    end, size = _LENGTH.size + length, len(padded)
    if size % STEP_BYTES or not end <= size < end + STEP_BYTES:
        raise OpenError
    if not padded.endswith(_PADDING[size - end]):
        raise OpenError
    return padded[_LENGTH.size : end]
