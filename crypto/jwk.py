"""Public and private keys of JOSE: parsed once, held, pinned to one algorithm each.

Two kinds exist: P-256 for signatures (ES256) and RSA of 3072 bits and more for encryption
(RSA-OAEP-256). A key that could do both would invite confusion, so `use` is required.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from crypto import base64url, canonical
from crypto.compact import MAX_KID_SIGNS
from crypto.errors import JoseError, RingError
from crypto.keyring import Ring, RingName

ES256 = "ES256"
RSA_OAEP_256 = "RSA-OAEP-256"
COORDINATE_BYTES = 32
MIN_RSA_BITS = 3072
MAX_RSA_BITS = 8192
RSA_EXPONENT = 65537
MAX_KEYS = 16
_EC_MEMBERS = {"kty", "crv", "x", "y", "use", "alg", "kid"}
_RSA_MEMBERS = {"kty", "n", "e", "use", "alg", "kid"}


class KeyUse(StrEnum):
    """RFC 7517, section 4.2."""

    SIG = "sig"
    ENC = "enc"


@dataclass(frozen=True, slots=True, eq=False)
class PublicKey:
    """A key that verifies (ES256) or is encrypted to (RSA-OAEP-256)."""

    kid: str
    use: KeyUse
    alg: str
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey

    def jwk(self) -> dict[str, str]:
        """The public members, `use`, `alg`, `kid`; nothing private is reachable from here."""
        return _members(self.key) | {"use": self.use.value, "alg": self.alg, "kid": self.kid}


class SigningKeys:
    """The ES256 keys of the jose ring: one active for each purpose, retired ones for reading."""

    def __init__(
        self,
        signers: Mapping[str, tuple[str, ec.EllipticCurvePrivateKey]],
        public: Mapping[str, Mapping[str, PublicKey]],
    ) -> None:
        self._signers = signers
        self._public = public

    @classmethod
    def from_ring(cls, ring: Ring) -> SigningKeys:
        """Disabled and destroyed keys are left out. Raises RingError for an impossible scalar."""
        if ring.ring is not RingName.JOSE:
            raise RingError("ring.ring", ring.ring)
        signers = {}
        public: dict[str, dict[str, PublicKey]] = {}
        for key in ring.keys:
            if not key.is_usable:
                continue
            private = _private(key.id, key.material)
            kid = thumbprint(private.public_key())
            found = PublicKey(kid, KeyUse.SIG, ES256, private.public_key())
            public.setdefault(key.purpose, {})[kid] = found
            if key is ring.active(key.purpose):
                signers[key.purpose] = (kid, private)
        return cls(signers, public)

    def signer(self, purpose: str) -> tuple[str, ec.EllipticCurvePrivateKey]:
        """Key id and private key for new work. `purpose`: "token" or "evidence"."""
        return self._signers[purpose]

    def public(self, purpose: str | None = None) -> Mapping[str, PublicKey]:
        """Key id -> key, for verifying. None: keys of every purpose."""
        chosen = self._public.values() if purpose is None else [self._public[purpose]]
        return MappingProxyType({kid: key for keys in chosen for kid, key in keys.items()})

    def jwks(self) -> dict[str, object]:
        """What the world may fetch (RFC 7517, section 5), sorted by kid."""
        public = self.public()
        return {"keys": [public[kid].jwk() for kid in sorted(public)]}


def thumbprint(key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> str:
    """RFC 7638: base64url of SHA-256 over the required members, 43 signs."""
    return base64url.encode(hashlib.sha256(canonical.dumps(_members(key))).digest())


def parse_jwks(
    jwks: Mapping[str, object], uses: Collection[KeyUse] = tuple(KeyUse)
) -> dict[str, PublicKey]:
    """Keys that a partner registered, by kid; 1 ... 16 of them, each with one of `uses`.

    JoseError("jose.jwk") for anything else: private members, another curve, RSA below 3072 bits,
    a repeated kid, members nobody asked for. The whole set is refused, not the one key.
    """
    entries = jwks.get("keys")
    if set(jwks) != {"keys"} or not isinstance(entries, list) or not 0 < len(entries) <= MAX_KEYS:
        raise JoseError("jose.jwk")
    try:
        keys = [_parse(entry) for entry in entries]
    except ValueError:  # malformed base64, a point off the curve
        raise JoseError("jose.jwk") from None
    found = {key.kid: key for key in keys}
    if len(found) != len(keys) or not all(key.use in uses for key in keys):
        raise JoseError("jose.jwk")
    return found


def _parse(entry: object) -> PublicKey:
    if not isinstance(entry, dict) or not all(isinstance(text, str) for text in entry.values()):
        raise JoseError("jose.jwk")
    kid = entry.get("kid", "")
    if not 0 < len(kid) <= MAX_KID_SIGNS or not kid.isascii() or not kid.isprintable():
        raise JoseError("jose.jwk")
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey
    match entry:
        case {"kty": "EC", "crv": "P-256", "use": "sig"} if set(entry) <= _EC_MEMBERS:
            key, use, alg = _ec_key(entry), KeyUse.SIG, ES256
        case {"kty": "RSA", "use": "enc"} if set(entry) <= _RSA_MEMBERS:
            key, use, alg = _rsa_key(entry), KeyUse.ENC, RSA_OAEP_256
        case _:
            raise JoseError("jose.jwk")
    if entry.get("alg", alg) != alg:
        raise JoseError("jose.jwk")
    return PublicKey(kid, use, alg, key)


def _ec_key(entry: Mapping[str, str]) -> ec.EllipticCurvePublicKey:
    x, y = (base64url.decode(entry.get(name, "")) for name in ("x", "y"))
    if len(x) != COORDINATE_BYTES or len(y) != COORDINATE_BYTES:
        raise JoseError("jose.jwk")
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1()
    )
    return numbers.public_key()


def _rsa_key(entry: Mapping[str, str]) -> rsa.RSAPublicKey:
    modulus = int.from_bytes(base64url.decode(entry.get("n", "")), "big")
    exponent = int.from_bytes(base64url.decode(entry.get("e", "")), "big")
    if not MIN_RSA_BITS <= modulus.bit_length() <= MAX_RSA_BITS or exponent != RSA_EXPONENT:
        raise JoseError("jose.jwk")
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _members(key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> dict[str, str]:
    """The required members (RFC 7638, section 3.2), integers as RFC 7518 spells them."""
    numbers = key.public_numbers()
    if isinstance(numbers, rsa.RSAPublicNumbers):
        return {"kty": "RSA", "n": _uint(numbers.n), "e": _uint(numbers.e)}
    x, y = (base64url.encode(n.to_bytes(COORDINATE_BYTES, "big")) for n in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _uint(number: int) -> str:
    return base64url.encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _private(key_id: int, material: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        return ec.derive_private_key(int.from_bytes(material, "big"), ec.SECP256R1())
    except ValueError:  # zero, or not below the order of the group
        raise RingError("ring.key", f"{key_id:08x}") from None
