"""What python-jose would accept and the gate must not; joserfc is the second opinion."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import warnings

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import errors as twin_errors
from joserfc import jwe as twin_jwe
from joserfc import jws as twin_jws
from joserfc.jwk import ECKey, RSAKey

from crypto import jose
from crypto.errors import JoseError
from crypto.jose import KeyUse, PublicKey

TYP = "sg-receipt+jws"
CTY = "sg-bundle+jws"
PAYLOAD = b'{"answer":"given"}'
PRIVATE = ec.derive_private_key(0x5EED, ec.SECP256R1())
KEYS = {"k1": PublicKey("k1", KeyUse.SIG, "ES256", PRIVATE.public_key())}
GOOD: dict[str, object] = {"alg": "ES256", "kid": "k1", "typ": TYP}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw_signature(private: ec.EllipticCurvePrivateKey, told: bytes, size: int = 32) -> bytes:
    r, s = decode_dss_signature(private.sign(told, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def signed(header: bytes, payload: bytes = PAYLOAD) -> str:
    """Any header at all under a signature that holds."""
    told = f"{b64(header)}.{b64(payload)}"
    return f"{told}.{b64(raw_signature(PRIVATE, told.encode()))}"


def headed(**members: object) -> str:
    """The good header with `members`; None takes one away."""
    header = {name: value for name, value in (GOOD | members).items() if value is not None}
    return signed(json.dumps(header).encode())


def resigned(header: dict[str, object], signature_of: object) -> str:
    told = f"{b64(json.dumps(header).encode())}.{b64(PAYLOAD)}"
    assert callable(signature_of)
    return f"{told}.{b64(signature_of(told.encode()))}"


def hs256(secret: bytes) -> str:
    header = GOOD | {"alg": "HS256"}
    return resigned(header, lambda told: hmac.digest(secret, told, hashlib.sha256))


def public_bytes(encoding: serialization.Encoding) -> bytes:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return PRIVATE.public_key().public_bytes(encoding, spki)


def other_last_sign(text: str) -> str:
    """The same bytes once more: the unused last bits are set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


P384 = ec.derive_private_key(0x5EED, ec.SECP384R1())
WITH_KEY = {"jwk": ECKey.import_key(PRIVATE.public_key()).as_dict(private=False)}
NOT_A_TWIN_MATTER, TWIN_REFUSES, TWIN_ACCEPTS = None, True, False


@pytest.mark.parametrize(
    ("text", "code", "twin"),
    [
        pytest.param(
            headed(crit=["exp"], exp=1), "jose.crit", TWIN_REFUSES, id="an extension unheard of"
        ),
        pytest.param(
            headed(crit=["b64"], b64=False), "jose.crit", NOT_A_TWIN_MATTER, id="b64 false"
        ),
        pytest.param(headed(b64=True), "jose.header", NOT_A_TWIN_MATTER, id="b64 true"),
        pytest.param(headed(**WITH_KEY), "jose.header", TWIN_ACCEPTS, id="its own key"),
        pytest.param(headed(jku="https://example.org"), "jose.header", TWIN_ACCEPTS, id="jku"),
        pytest.param(headed(x5u="https://example.org"), "jose.header", TWIN_ACCEPTS, id="x5u"),
        pytest.param(headed(x5c=["AA"]), "jose.header", TWIN_ACCEPTS, id="a certificate"),
        pytest.param(headed(zip="DEF"), "jose.header", TWIN_REFUSES, id="zip"),
        pytest.param(headed(kid=1), "jose.header", TWIN_REFUSES, id="a number as kid"),
        pytest.param(headed(kid=None), "jose.kid", NOT_A_TWIN_MATTER, id="no kid"),
        pytest.param(headed(kid=""), "jose.kid", NOT_A_TWIN_MATTER, id="an empty kid"),
        pytest.param(headed(kid="k" * 129), "jose.kid", NOT_A_TWIN_MATTER, id="a long kid"),
        pytest.param(headed(kid="k2"), "jose.kid", NOT_A_TWIN_MATTER, id="an unknown kid"),
        pytest.param(headed(kid="k" * 1024), "jose.header", TWIN_REFUSES, id="a long header"),
        pytest.param(headed(alg=None), "jose.alg", TWIN_REFUSES, id="no alg"),
        pytest.param(headed(alg="none"), "jose.alg", TWIN_REFUSES, id="alg none"),
        pytest.param(headed(alg="ES384"), "jose.alg", TWIN_REFUSES, id="alg of another curve"),
        pytest.param(headed(alg="es256"), "jose.alg", TWIN_REFUSES, id="alg in small letters"),
        pytest.param(headed(typ=None), "jose.typ", NOT_A_TWIN_MATTER, id="no typ"),
        pytest.param(headed(typ="at+jwt"), "jose.typ", NOT_A_TWIN_MATTER, id="an access token"),
        pytest.param(headed(typ="SG-RECEIPT+JWS"), "jose.typ", NOT_A_TWIN_MATTER, id="typ shouted"),
        pytest.param(
            hs256(public_bytes(serialization.Encoding.DER)),
            "jose.alg",
            TWIN_REFUSES,
            id="our DER key as HMAC secret",
        ),
        pytest.param(
            hs256(public_bytes(serialization.Encoding.PEM)),
            "jose.alg",
            TWIN_REFUSES,
            id="our PEM key as HMAC secret",
        ),
        pytest.param(hs256(b""), "jose.alg", TWIN_REFUSES, id="an empty HMAC secret"),
        pytest.param(
            signed(b'{"alg":"ES256","kid":"k1","kid":"k1","typ":"' + TYP.encode() + b'"}'),
            "jose.header",
            TWIN_ACCEPTS,
            id="a member twice",
        ),
        pytest.param(signed(b'["ES256"]'), "jose.header", TWIN_REFUSES, id="a list as header"),
        pytest.param(signed(b'{"alg":'), "jose.header", TWIN_REFUSES, id="half a header"),
        pytest.param(signed(b"\xff"), "jose.header", TWIN_REFUSES, id="no UTF-8"),
        pytest.param(
            resigned(GOOD, lambda told: raw_signature(P384, told, 48)),
            "jose.signature",
            TWIN_REFUSES,
            id="a P-384 key",
        ),
        pytest.param(
            resigned(GOOD, lambda told: PRIVATE.sign(told, ec.ECDSA(hashes.SHA256()))),
            "jose.signature",
            TWIN_REFUSES,
            id="a DER signature",
        ),
        pytest.param(
            resigned(GOOD, lambda _: bytes(64)), "jose.signature", TWIN_REFUSES, id="all zeros"
        ),
        pytest.param(resigned(GOOD, lambda _: b""), "jose.signature", TWIN_REFUSES, id="unsigned"),
        pytest.param(other_last_sign(headed()), "jose.base64", TWIN_REFUSES, id="stray last bits"),
        pytest.param(headed() + "==", "jose.shape", NOT_A_TWIN_MATTER, id="padding"),
        pytest.param(headed() + "\n", "jose.shape", NOT_A_TWIN_MATTER, id="a line end"),
        pytest.param(" " + headed(), "jose.shape", NOT_A_TWIN_MATTER, id="a space"),
        pytest.param(headed() + ".", "jose.shape", TWIN_REFUSES, id="four segments"),
        pytest.param("", "jose.shape", TWIN_REFUSES, id="nothing"),
        pytest.param("ё", "jose.shape", NOT_A_TWIN_MATTER, id="Cyrillic"),
        pytest.param(signed(b"{}", bytes(6200)), "jose.size", NOT_A_TWIN_MATTER, id="too long"),
    ],
)
def test_a_signature_that_holds_is_not_enough(text: str, code: str, twin: bool | None) -> None:
    with pytest.raises(JoseError) as caught:
        jose.verify(text, KEYS, TYP, 8 * 1024)
    assert caught.value.code == code
    if twin is not NOT_A_TWIN_MATTER:
        assert twin_refuses(text) is twin


def twin_refuses(text: str) -> bool:
    """Whether joserfc, told ES256 and our key, refuses too."""
    try:
        twin_jws.deserialize_compact(text, ECKey.import_key(PRIVATE.public_key()), ["ES256"])
    except (twin_errors.JoseError, ValueError):
        return True
    return False


def test_every_flipped_bit_of_a_signed_text_is_refused() -> None:
    good = headed()
    assert jose.verify(good, KEYS, TYP, 8 * 1024) == PAYLOAD
    assert not twin_refuses(good)
    for place in range(len(good)):
        for bit in (1, 2, 4, 8, 16, 32):
            bad = good[:place] + chr(ord(good[place]) ^ bit) + good[place + 1 :]
            with pytest.raises(JoseError):
                jose.verify(bad, KEYS, TYP, 8 * 1024)


def test_a_key_to_encrypt_to_verifies_nothing(platform_key: PublicKey) -> None:
    with pytest.raises(JoseError, match=r"^jose\.alg$"):
        jose.verify(headed(kid="platform-1"), {"platform-1": platform_key}, TYP, 8 * 1024)


# --- encryption ---


def twin_encrypted(private: rsa.RSAPrivateKey, **members: str) -> str:
    header = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "platform-1", "cty": CTY} | members
    key = RSAKey.import_key(private.public_key())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the twin warns of what is refused here
        allowed = [header["alg"], header["enc"], "DEF"]
        return twin_jwe.encrypt_compact(header, PAYLOAD, key, allowed)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        pytest.param({"alg": "RSA1_5"}, "jose.alg", id="RSA1_5"),
        pytest.param({"alg": "RSA-OAEP"}, "jose.alg", id="OAEP with SHA-1"),
        pytest.param({"enc": "A256CBC-HS512"}, "jose.alg", id="CBC"),
        pytest.param({"enc": "A128GCM"}, "jose.alg", id="a 128-bit key"),
        pytest.param({"zip": "DEF"}, "jose.header", id="compressed"),
        pytest.param({"typ": "JOSE"}, "jose.header", id="a typ that we never write"),
        pytest.param({"cty": "JWT"}, "jose.typ", id="another content"),
        pytest.param({"kid": "platform-2"}, "jose.kid", id="an unknown key"),
    ],
)
def test_one_way_to_encrypt_is_opened_and_no_other(
    platform_private: rsa.RSAPrivateKey, members: dict[str, str], code: str
) -> None:
    keys = {"platform-1": platform_private}
    assert jose.decrypt(twin_encrypted(platform_private), keys, CTY) == PAYLOAD
    with pytest.raises(JoseError) as caught:
        jose.decrypt(twin_encrypted(platform_private, **members), keys, CTY)
    assert caught.value.code == code


def assembled(
    public: rsa.RSAPublicKey, cek: bytes = b"c" * 32, nonce: bytes = b"n" * 12, tag_bytes: int = 16
) -> str:
    head = b64(
        json.dumps(
            {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "platform-1", "cty": CTY}
        ).encode()
    )
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    sealed = AESGCM(cek).encrypt(nonce, PAYLOAD, head.encode())
    parts = (public.encrypt(cek, oaep), nonce, sealed[:-16], sealed[-16:][:tag_bytes])
    return ".".join([head, *map(b64, parts)])


def test_sizes_within_an_encrypted_text_are_pinned(platform_private: rsa.RSAPrivateKey) -> None:
    keys = {"platform-1": platform_private}
    public = platform_private.public_key()
    assert jose.decrypt(assembled(public), keys, CTY) == PAYLOAD
    for text in (
        assembled(public, cek=b"c" * 16),
        assembled(public, nonce=b"n" * 16),
        assembled(public, tag_bytes=12),
    ):
        with pytest.raises(JoseError, match=r"^jose\.decrypt$"):
            jose.decrypt(text, keys, CTY)


def test_a_changed_segment_is_refused_with_one_code(platform_private: rsa.RSAPrivateKey) -> None:
    head, *parts = assembled(platform_private.public_key()).split(".")
    for place in range(len(parts)):
        raw = bytearray(base64.urlsafe_b64decode(parts[place] + "=="))
        raw[0] ^= 1
        changed = [*parts[:place], b64(bytes(raw)), *parts[place + 1 :]]
        with pytest.raises(JoseError, match=r"^jose\.decrypt$"):
            jose.decrypt(".".join([head, *changed]), {"platform-1": platform_private}, CTY)


def test_encrypting_needs_an_encryption_key_under_its_own_name(platform_key: PublicKey) -> None:
    with pytest.raises(JoseError, match=r"^jose\.kid$"):
        jose.encrypt(PAYLOAD, "platform-2", platform_key, CTY)
    with pytest.raises(JoseError, match=r"^jose\.alg$"):
        jose.encrypt(PAYLOAD, "k1", KEYS["k1"], CTY)


def test_the_twin_opens_what_we_encrypt_beyond_the_limit_of_python_jose(
    platform_private: rsa.RSAPrivateKey, platform_key: PublicKey
) -> None:
    big = bytes(range(256)) * 2000
    text = jose.encrypt(big, "platform-1", platform_key, CTY)
    registry = twin_jwe.JWERegistry(algorithms=["RSA-OAEP-256", "A256GCM"])
    registry.max_ciphertext_length = len(text)
    key = RSAKey.import_key(platform_private)
    opened = twin_jwe.decrypt_compact(text, key, registry=registry)
    assert opened.plaintext == big
    assert jose.decrypt(text, {"platform-1": platform_private}, CTY) == big
