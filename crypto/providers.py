"""Who wraps data keys: a small port, and its file form.

An HSM or a transit service joins by the same three methods (wrap algorithms 2 ... 5 are set
aside for them in docs/formats/wrapped-key.md).
"""

from __future__ import annotations

import os
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.errors import OpenError, RingError
from crypto.keyring import Ring, RingName

LOCAL_GCM = 1  # AES-256-GCM under a key of the kek ring: nonce 12 | ciphertext 32 | tag 16
NONCE_BYTES = 12  # SP 800-38D, section 8.2.2


class KekProvider(Protocol):
    """Wraps and unwraps 32-byte data keys. `aad` binds a wrapped key to its place.

    The key id is asked for first, since it stands in the `aad` itself.
    """

    def current(self) -> tuple[int, int]:
        """Key id and wrap algorithm for new data keys."""

    def wrap(self, kek_id: int, alg: int, dek: bytes, aad: bytes) -> bytes:
        """The payload of a wrapped key. Raises RingError if the key is unknown."""

    def unwrap(self, kek_id: int, alg: int, payload: bytes, aad: bytes) -> bytes:
        """The data key. Raises OpenError, or RingError if the key is unknown or disabled."""


class FileKek:
    """Keys of the kek ring, each AEAD built once (construction costs more than a wrap)."""

    def __init__(self, ring: Ring) -> None:
        if ring.ring is not RingName.KEK:
            raise RingError("ring.ring", ring.ring)
        self._ring = ring
        self._active_id = ring.active().id
        self._aeads = {key.id: AESGCM(key.material) for key in ring.keys if key.is_usable}

    def current(self) -> tuple[int, int]:
        """The ring's active key."""
        return self._active_id, LOCAL_GCM

    def wrap(self, kek_id: int, alg: int, dek: bytes, aad: bytes) -> bytes:
        """60 bytes: nonce, encrypted key, tag. A random nonce bounds a key to 2**32 wraps."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead(kek_id, alg).encrypt(nonce, dek, aad)

    def unwrap(self, kek_id: int, alg: int, payload: bytes, aad: bytes) -> bytes:
        """The key is found by id alone; other keys are never tried."""
        aead = self._aead(kek_id, alg)
        try:
            return aead.decrypt(payload[:NONCE_BYTES], payload[NONCE_BYTES:], aad)
        except (InvalidTag, ValueError):  # ValueError: a payload too short to hold a nonce
            raise OpenError from None

    def _aead(self, kek_id: int, alg: int) -> AESGCM:
        if alg != LOCAL_GCM:
            raise OpenError
        if kek_id not in self._aeads:
            self._ring.get(kek_id)  # raises, and says which: unknown, disabled or destroyed
        return self._aeads[kek_id]
