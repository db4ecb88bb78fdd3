"""The one door to JOSE, and the only importer of python-jose (docs/formats/jose.md).

python-jose does the arithmetic behind a strict gate: it would accept what must be refused
(unknown `crit`, a missing `aud` or `exp`, any `typ`, P-384 under ES256, RSA1_5, padded base64).
Its backend is imported by name, so its slow and timing-unsafe fallbacks can never step in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jose import jwe, jws
from jose.backends.base import Key
from jose.backends.cryptography_backend import CryptographyECKey, CryptographyRSAKey
from jose.exceptions import JOSEError

from crypto import canonical, compact
from crypto.claims import (
    ASSERTION_SECONDS,
    MAX_JTI_SIGNS,
    read_claims,
    require_audience,
    require_text,
    require_times,
)
from crypto.errors import JoseError
from crypto.jwk import (
    ES256,
    RSA_OAEP_256,
    KeyUse,
    PublicKey,
    SigningKeys,
    parse_jwks,
    thumbprint,
)

__all__ = [
    "KeyUse",
    "PublicKey",
    "SigningKeys",
    "client_id_of",
    "decrypt",
    "encrypt",
    "issue_token",
    "parse_jwks",
    "read_bundle",
    "read_client_assertion",
    "read_receipt",
    "read_token",
    "receipt",
    "sign",
    "sign_bundle",
    "thumbprint",
    "verify",
]

A256GCM = "A256GCM"
IV_BYTES = 12
TAG_BYTES = 16
CEK_BYTES = 32

ACCESS_TYP = "at+jwt"
ASSERTION_TYP = "JWT"
RECEIPT_TYP = "sg-receipt+jws"
BUNDLE_TYP = "sg-bundle+jws"

MAX_TOKEN_BYTES = 8 * 1024
MAX_RECEIPT_BYTES = 16 * 1024
MAX_BUNDLE_BYTES = 128 * 1024 * 1024
LEEWAY_SECONDS = 30

_TOKEN_TEXTS = ("iss", "sub", "aud", "client_id", "jti")  # RFC 9068, section 2.2


def sign(keys: SigningKeys, purpose: str, typ: str, payload: bytes) -> str:
    """Compact JWS, ES256, header {alg, kid, typ}. `purpose`: "token" or "evidence"."""
    kid, private = keys.signer(purpose)
    held = CryptographyECKey(private, ES256)
    return jws.sign(payload, held, headers={"kid": kid, "typ": typ}, algorithm=ES256)


def verify(text: str, keys: Mapping[str, PublicKey], typ: str | None, max_bytes: int) -> bytes:
    """The payload of a JWS that one of `keys` signed as `typ`; None: the header states no typ.

    Raises JoseError: what `compact.parse` refuses, jose.kid (unknown key), jose.alg (not the one
    pinned to the key), jose.typ, jose.signature.
    """
    found = compact.parse(text, compact.JWS_SEGMENTS, compact.JWS_HEADER, max_bytes)
    key = keys.get(found.header["kid"])
    if key is None:
        raise JoseError("jose.kid")
    if key.alg != ES256 or found.header.get("alg") != ES256:
        raise JoseError("jose.alg")
    if found.header.get("typ") != typ:
        raise JoseError("jose.typ")
    try:
        return jws.verify(text, CryptographyECKey(key.key, ES256), [ES256])
    except JOSEError:
        raise JoseError("jose.signature") from None


def encrypt(payload: bytes, recipient_kid: str, recipient_key: PublicKey, cty: str) -> str:
    """Compact JWE, RSA-OAEP-256 + A256GCM, header {alg, cty, enc, kid}; text is 4/3 of payload."""
    if recipient_key.kid != recipient_kid:
        raise JoseError("jose.kid")
    if recipient_key.alg != RSA_OAEP_256:
        raise JoseError("jose.alg")
    # A parsed key passes through (a PEM would cost 100 ms a call); the stubs do not know that.
    held = cast("Any", recipient_key.key)
    text = jwe.encrypt(
        payload, held, encryption=A256GCM, algorithm=RSA_OAEP_256, cty=cty, kid=recipient_kid
    )
    return text.decode("ascii")


def decrypt(
    text: str,
    keys: Mapping[str, rsa.RSAPrivateKey],
    cty: str,
    max_bytes: int = MAX_BUNDLE_BYTES,
) -> bytes:
    """The payload of a JWE to one of `keys` (kid -> key). One code, jose.decrypt, for any failure.

    python-jose unwraps the content key only: its own `decrypt` has no list of allowed
    algorithms and a fixed limit of 256,000 signs that its `encrypt` does not keep.
    """
    found = compact.parse(text, compact.JWE_SEGMENTS, compact.JWE_HEADER, max_bytes)
    if found.header.get("alg") != RSA_OAEP_256 or found.header.get("enc") != A256GCM:
        raise JoseError("jose.alg")
    if found.header.get("cty") != cty:
        raise JoseError("jose.typ")
    private = keys.get(found.header["kid"])
    if private is None:
        raise JoseError("jose.kid")
    wrapped, nonce, sealed, tag = found.parts
    held: Key = CryptographyRSAKey(private, RSA_OAEP_256)
    try:
        cek = held.unwrap_key(wrapped)
        if (len(cek), len(nonce), len(tag)) == (CEK_BYTES, IV_BYTES, TAG_BYTES):
            return AESGCM(cek).decrypt(nonce, sealed + tag, found.protected)
    except (JOSEError, InvalidTag):
        raise JoseError("jose.decrypt") from None
    raise JoseError("jose.decrypt")


def issue_token(keys: SigningKeys, claims: Mapping[str, object]) -> str:
    """An access token (RFC 9068). Required: iss, sub, aud, client_id, jti texts; exp, iat ints."""
    for name in _TOKEN_TEXTS:
        require_text(claims, name)
    if not all(type(claims.get(name)) is int for name in ("exp", "iat")):
        raise JoseError("jose.claims")
    return sign(keys, "token", ACCESS_TYP, canonical.dumps(dict(claims)))


def read_token(
    token: str,
    keys: Mapping[str, PublicKey],
    *,
    issuer: str,
    audience: str,
    now: datetime,
    leeway_seconds: int = LEEWAY_SECONDS,
) -> dict[str, object]:
    """Claims of an access token that holds at `now` (aware). Raises JoseError."""
    found = read_claims(verify(token, keys, ACCESS_TYP, MAX_TOKEN_BYTES))
    for name in _TOKEN_TEXTS:
        if name != "aud":
            require_text(found, name)
    if found["iss"] != issuer:
        raise JoseError("jose.iss")
    require_audience(found, audience)
    require_times(found, now, leeway_seconds, needs_iat=True)
    return found


def client_id_of(assertion: str) -> str:
    """Who an assertion says it is from, unverified: good for finding keys and nothing else."""
    found = compact.parse(assertion, compact.JWS_SEGMENTS, compact.JWS_HEADER, MAX_TOKEN_BYTES)
    said = read_claims(found.parts[0])
    return require_text(said, "iss")


def read_client_assertion(
    assertion: str,
    keys: Mapping[str, PublicKey],
    *,
    client_id: str,
    audience: str,
    now: datetime,
    leeway_seconds: int = LEEWAY_SECONDS,
) -> dict[str, object]:
    """Claims of a private_key_jwt (RFC 7523, section 3), at most 300 seconds ahead of `now`.

    The caller stores `jti` (1 ... 128 signs) until `exp`: used once is for the store to say, and
    by `jti`, not by text, since an ECDSA signature has a second valid spelling.
    """
    found = compact.parse(assertion, compact.JWS_SEGMENTS, compact.JWS_HEADER, MAX_TOKEN_BYTES)
    # RFC 7523 asks for no typ, so both spellings are met; a token of another kind states its own.
    typ = ASSERTION_TYP if "typ" in found.header else None
    said = read_claims(verify(assertion, keys, typ, MAX_TOKEN_BYTES))
    if said.get("iss") != client_id or said.get("sub") != client_id:
        raise JoseError("jose.iss")
    require_audience(said, audience)
    expires_at = require_times(said, now, leeway_seconds, needs_iat=False)
    if expires_at > now + timedelta(seconds=ASSERTION_SECONDS):
        raise JoseError("jose.exp")
    require_text(said, "jti", MAX_JTI_SIGNS)
    return said


def receipt(keys: SigningKeys, claims: Mapping[str, object]) -> str:
    """A family's receipt. The claims hold digests and moments, no personal value."""
    return sign(keys, "evidence", RECEIPT_TYP, canonical.dumps(dict(claims)))


def read_receipt(text: str, keys: Mapping[str, PublicKey]) -> dict[str, object]:
    """Claims of a receipt. It has no expiry: evidence verifies years later. Raises JoseError."""
    return read_claims(verify(text, keys, RECEIPT_TYP, MAX_RECEIPT_BYTES))


def sign_bundle(keys: SigningKeys, document: bytes) -> str:
    """The signed bundle, to be put into `encrypt` with cty "sg-bundle+jws"."""
    return sign(keys, "evidence", BUNDLE_TYP, document)


def read_bundle(text: str, keys: Mapping[str, PublicKey]) -> bytes:
    """The document of a signed bundle, up to 128 MiB of text. Raises JoseError."""
    return verify(text, keys, BUNDLE_TYP, MAX_BUNDLE_BYTES)
