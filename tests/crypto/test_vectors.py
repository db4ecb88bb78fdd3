"""The formats to the byte, opened by a second implementation that shares no code with ours.

A changed vector is a changed format: it needs a decision record and a way to read the old one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from crypto import jose, jwk
from crypto.envelope import DataKey, KeyClass, RecordKind, kek_id_of, open_data_key
from crypto.keyring import KeyState, Ring, RingKey, RingName, check_value
from crypto.providers import FileKek
from crypto.tokens_index import Index

VECTORS = Path(__file__).parents[1] / "vectors"
AT = datetime(2026, 9, 1, tzinfo=UTC)


def cases(name: str) -> list[object]:
    return [
        pytest.param(case, id=case["name"])
        for case in json.loads((VECTORS / f"{name}.json").read_text())["cases"]
    ]


def a_ring(name: RingName, material: str, key_id: int = 1, purpose: str = "") -> Ring:
    raw = bytes.fromhex(material)
    kcv = check_value(name, key_id, raw)
    key = RingKey(key_id, KeyState.ACTIVE, "", purpose, 1, AT, None, kcv, raw)
    return Ring(name, (key,))


# --- the second implementation: hashlib, hmac and bare primitives ---


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def gcm_open(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    mode = modes.GCM(nonce, sealed[-16:])
    opener = Cipher(algorithms.AES(key), mode).decryptor()
    opener.authenticate_additional_data(aad)
    return opener.update(sealed[:-16]) + opener.finalize()


def lengthy(data: bytes) -> bytes:
    return struct.pack(">H", len(data)) + data


def place(case: dict[str, str]) -> bytes:
    return lengthy(UUID(case["school"]).bytes) + lengthy(UUID(case["person"]).bytes)


def open_record(case: dict[str, str]) -> bytes:
    sealed = bytes.fromhex(case["sealed"])
    aad = b"sg/r/1\x00" + sealed[:6] + place(case)
    padded = gcm_open(bytes.fromhex(case["dek"]), sealed[6:18], sealed[18:], aad)
    length = int.from_bytes(padded[:4], "big")
    assert len(padded) % 16 == 0
    assert not any(padded[4 + length :])
    return padded[4 : 4 + length]


def token(case: dict[str, str]) -> bytes:
    info = b"sg/i/1\x00" + case["field"].encode()
    key = hmac.new(bytes.fromhex(case["root"]), info + b"\x01", hashlib.sha256).digest()
    scope = UUID(case["scope"]).bytes if case["scope"] else b"global"
    told = b"sg/i/1\x00" + b"\x00\x01" + lengthy(scope) + lengthy(case["value"].encode())
    return hmac.new(key, told, hashlib.sha256).digest()[:16]


def open_jws(text: str, public: dict[str, str]) -> tuple[dict[str, str], bytes]:
    head, payload, signature = text.split(".")
    raw = unb64(signature)
    x, y = (int.from_bytes(unb64(public[name]), "big") for name in ("x", "y"))
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(der, f"{head}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(unb64(head)), unb64(payload)


def rsa_private(members: dict[str, str]) -> rsa.RSAPrivateKey:
    n, e, d, p, q, dp, dq, qi = (
        int.from_bytes(unb64(members[name]), "big")
        for name in ("n", "e", "d", "p", "q", "dp", "dq", "qi")
    )
    return rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, rsa.RSAPublicNumbers(e, n)).private_key()


def open_jwe(text: str, private: rsa.RSAPrivateKey) -> tuple[dict[str, str], bytes]:
    head, wrapped, nonce, sealed, tag = text.split(".")
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    cek = private.decrypt(unb64(wrapped), oaep)
    return json.loads(unb64(head)), gcm_open(
        cek, unb64(nonce), unb64(sealed) + unb64(tag), head.encode()
    )


# --- the golden cases ---


@pytest.mark.parametrize("case", cases("record"))
def test_a_sealed_record_reads_as_the_page_says(
    case: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = bytes.fromhex(case["plain"])
    sealed = bytes.fromhex(case["sealed"])
    assert open_record(case) == plain

    kind = RecordKind[case["kind"]]
    school, person = UUID(case["school"]), UUID(case["person"])
    generation = int(case["generation"])
    key = DataKey(bytes.fromhex(case["dek"]), school, person, KeyClass.REGISTRY, generation)
    assert key.open(kind, sealed) == plain
    monkeypatch.setattr("os.urandom", lambda _: bytes.fromhex(case["nonce"]))
    assert key.seal(kind, plain) == sealed


@pytest.mark.parametrize("case", cases("wrapped_key"))
def test_a_wrapped_key_reads_as_the_page_says(case: dict[str, str]) -> None:
    wrapped = bytes.fromhex(case["wrapped"])
    assert len(wrapped) == 69
    aad = b"sg/w/1\x00" + wrapped[:9] + place(case)
    dek = gcm_open(bytes.fromhex(case["kek"]), wrapped[9:21], wrapped[21:], aad)
    assert dek == bytes.fromhex(case["dek"])

    kek_id = int(case["kek_id"], 16)
    kek = FileKek(a_ring(RingName.KEK, case["kek"], kek_id))
    school, person = UUID(case["school"]), UUID(case["person"])
    key = open_data_key(kek, wrapped, school, person)
    assert (key.key_class.name, key.generation) == (case["class"], int(case["generation"]))
    assert kek_id_of(wrapped) == kek_id
    twin = DataKey(dek, school, person, key.key_class, key.generation)
    assert twin.open(RecordKind.REGISTRY, key.seal(RecordKind.REGISTRY, b"a")) == b"a"


@pytest.mark.parametrize("case", cases("token"))
def test_a_search_token_is_computed_as_the_page_says(case: dict[str, str]) -> None:
    index = Index(a_ring(RingName.INDEX, case["root"]))
    scope = UUID(case["scope"]) if case["scope"] else None
    assert index.token(case["field"], scope, case["value"]).hex() == case["token"]
    assert token(case).hex() == case["token"]


@pytest.mark.parametrize("case", cases("receipt"))
def test_a_receipt_verifies_with_the_published_key(case: dict[str, str]) -> None:
    header, payload = open_jws(case["jws"], dict(case["jwk"]))
    assert header == {"alg": "ES256", "kid": case["jwk"]["kid"], "typ": "sg-receipt+jws"}
    assert json.loads(payload) == case["claims"]

    keys = jose.SigningKeys.from_ring(a_ring(RingName.JOSE, case["scalar"], purpose="evidence"))
    assert keys.jwks() == {"keys": [case["jwk"]]}
    assert jose.read_receipt(case["jws"], keys.public()) == case["claims"]


def test_a_bundle_opens_as_the_page_says() -> None:
    case = json.loads((VECTORS / "bundle.json").read_text())
    private = rsa_private(case["recipient"])
    outer, signed = open_jwe(case["jwe"], private)
    kid = case["recipient"]["kid"]
    assert outer == {"alg": "RSA-OAEP-256", "cty": "sg-bundle+jws", "enc": "A256GCM", "kid": kid}
    inner, document = open_jws(signed.decode(), case["jwk"])
    assert inner == {"alg": "ES256", "kid": case["jwk"]["kid"], "typ": "sg-bundle+jws"}
    assert document.decode() == case["document"]

    ours = jose.decrypt(case["jwe"], {kid: private}, "sg-bundle+jws").decode()
    public = jwk.parse_jwks({"keys": [case["jwk"]]})
    assert jose.read_bundle(ours, public) == document
