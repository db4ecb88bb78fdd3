"""Ed25519 keys of the journal in the spelling of C2SP signed notes (c2sp.org/signed-note).

Key id = first 4 bytes of SHA-256(name | 0x0A | 0x01 | public key 32).
Verifier key (vkey) = name "+" key id as 8 hex digits "+" base64(0x01 | public key 32).
The note itself (text, signature lines) is `audit.note`; here is only the key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from crypto.errors import SignatureError

ED25519 = b"\x01"  # signature type of the note format
SEED_BYTES = 32
SIGNATURE_BYTES = 64

# C2SP forbids spaces and "+"; we also keep to printable ASCII.
_NAME = re.compile(r"[!-*,-~]{1,200}")


class NoteVerifier:
    """Checks signatures of one named key. Holds nothing secret."""

    def __init__(self, name: str, public: bytes) -> None:
        if not _NAME.fullmatch(name) or len(public) != SEED_BYTES:
            raise SignatureError("malformed note key")
        self.name = name
        self.public = public
        self.key_id = hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]
        self._key = Ed25519PublicKey.from_public_bytes(public)

    @classmethod
    def from_vkey(cls, vkey: str) -> NoteVerifier:
        """Read a verifier key; any other spelling of the same key is a SignatureError."""
        # Base64 may hold "+", a name may not: the first two signs are the separators.
        name, _, rest = vkey.partition("+")
        _, _, blob = rest.partition("+")
        try:
            raw = base64.b64decode(blob.encode("ascii"), validate=True)
        except (UnicodeEncodeError, binascii.Error):
            raw = b""
        if len(raw) != 1 + SEED_BYTES or raw[:1] != ED25519:
            raise SignatureError("malformed note key")
        found = cls(name, raw[1:])
        if found.vkey != vkey:
            raise SignatureError("malformed note key")
        return found

    @property
    def vkey(self) -> str:
        """What an auditor is given, on paper or by file, outside of the journal."""
        blob = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{blob}"

    def verify(self, data: bytes, signature: bytes) -> None:
        """Raises SignatureError unless `signature` (64 bytes, RFC 8032) is ours over `data`."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            raise SignatureError("the signature does not hold") from None


class NoteSigner:
    """Signs as `name`. `seed`: the 32-byte Ed25519 private key (RFC 8032, section 5.1.5)."""

    def __init__(self, name: str, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise SignatureError("malformed note key")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = NoteVerifier(name, self._key.public_key().public_bytes_raw())
        self.name = name
        self.key_id = self.verifier.key_id

    @property
    def vkey(self) -> str:
        """The verifier key that belongs to this signer."""
        return self.verifier.vkey

    def sign(self, data: bytes) -> bytes:
        """64 bytes; the same bytes for the same data (Ed25519 draws no nonce)."""
        return self._key.sign(data)

    def __repr__(self) -> str:
        return f"NoteSigner({self.name!r}, key_id={self.key_id.hex()})"
