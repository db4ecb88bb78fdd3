"""Random texts that people and links carry, and what is stored instead of them.

Links hold 256 bits and are stored as a plain SHA-256: nothing to guess. A code of six digits can
be guessed offline, so it is stored as an HMAC under a key and the guesses are counted elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import struct
from uuid import UUID

from crypto import base64url

# Crockford's base 32: no I, L, O, U.
RECEIPT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RECEIPT_GROUPS = 4
PUBLIC_SIGNS = 8
# Crockford's base32 leaves I, L, O out; Cyrillic letters of the same look are typed as often.
_LIKE = str.maketrans("ILOАВЕКМНОРСТХ", "110ABEKMH0PCTX")
_GROUP_SIGNS = 4
_CODE_LABEL = b"sg/c/1\0"


def new_secret(n_bytes: int = 32) -> str:
    """Base64url text of `n_bytes` random bytes: a link's token, a session."""
    return base64url.encode(secrets.token_bytes(n_bytes))


def hash_secret(text: str) -> bytes:
    """SHA-256, 32 bytes. Only for secrets of `new_secret`: a person's password is argon2's."""
    return hashlib.sha256(text.encode()).digest()


def new_code(digits: int = 6) -> str:
    """Decimal digits, leading zeros kept."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def code_tag(key: bytes, link_id: UUID, code: str) -> bytes:
    """32 bytes of HMAC-SHA-256 over the code and the link it belongs to.

    A code seen in another link's row is another tag. Compare with `hmac.compare_digest`.
    """
    text = code.encode()
    told = _CODE_LABEL + link_id.bytes + struct.pack(">H", len(text)) + text
    return hmac.digest(key, told, hashlib.sha256)


def public_code() -> str:
    """Eight signs to name something on a poster; 40 random bits, in small letters."""
    return "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(PUBLIC_SIGNS)).lower()


def parse_receipt_number(text: str) -> str:
    """What people type as the number of a receipt. Raises ValueError("receipt_form")."""
    signs = [sign for sign in text.upper() if sign not in " -\u00a0\u2010\u2011\u2013\u2014"]
    letters = "".join(signs).translate(_LIKE)
    if len(letters) != _GROUP_SIGNS * _RECEIPT_GROUPS or set(letters) - set(RECEIPT_ALPHABET):
        raise ValueError("receipt_form")
    groups = range(0, len(letters), _GROUP_SIGNS)
    return "-".join(letters[at : at + _GROUP_SIGNS] for at in groups)


def receipt_number() -> str:
    """Sixteen signs by fours ("7K4M-92QF-XW3T-A8ND"), 80 random bits, easy to read aloud."""
    groups = (
        "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(_GROUP_SIGNS))
        for _ in range(_RECEIPT_GROUPS)
    )
    return "-".join(groups)
