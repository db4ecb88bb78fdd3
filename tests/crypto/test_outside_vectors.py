"""Vectors made by others: whatever they call invalid must be refused here too.

They live outside the project (SOGLASIE_VECTORS); without them these tests say so and are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from crypto import jose
from crypto.errors import JoseError, OpenError
from crypto.jose import KeyUse, PublicKey
from crypto.keyring import KeyState, Ring, RingKey, RingName
from crypto.providers import LOCAL_GCM, FileKek

MAX_BYTES = 64 * 1024
CURVE = ec.SECP256R1()


def groups(folder: Path, name: str) -> list[dict[str, object]]:
    found = json.loads((folder / "wycheproof" / f"{name}.json").read_text())["testGroups"]
    assert isinstance(found, list)
    return found


def kek_of(material: bytes) -> FileKek:
    made = datetime(2026, 9, 1, tzinfo=UTC)
    key = RingKey(7, KeyState.ACTIVE, "A256GCM", "", 1, made, None, "", material)
    return FileKek(Ring(RingName.KEK, (key,)))


def test_wycheproof_gcm_opens_when_valid_and_only_then(outside_vectors: Path) -> None:
    checked = 0
    for group in groups(outside_vectors, "aes_gcm_test"):
        if (group["keySize"], group["ivSize"], group["tagSize"]) != (256, 96, 128):
            continue
        for case in group["tests"]:  # type: ignore[attr-defined]
            key, nonce, aad, told, sealed, tag = (
                bytes.fromhex(case[name]) for name in ("key", "iv", "aad", "msg", "ct", "tag")
            )
            checked += 1
            try:
                opened = kek_of(key).unwrap(7, LOCAL_GCM, nonce + sealed + tag, aad)
            except OpenError:
                assert case["result"] == "invalid", case["tcId"]
            else:
                assert case["result"] == "valid", case["tcId"]
                assert opened == told
    assert checked > 50


def test_wycheproof_signed_texts_pass_the_gate_when_es256_and_valid(
    outside_vectors: Path,
) -> None:
    passed = refused = 0
    for group in groups(outside_vectors, "json_web_signature_test"):
        key = group.get("public") or group["private"]
        try:
            keys = jose.parse_jwks({"keys": [key]})
        except JoseError:
            keys = {}
        for case in group["tests"]:  # type: ignore[attr-defined]
            try:
                jose.verify(case["jws"], keys, None, MAX_BYTES)
            except JoseError:
                is_ours = keys and case["result"] == "valid"
                assert not is_ours, case["tcId"]
                refused += 1
            else:
                assert case["result"] == "valid", case["tcId"]
                passed += 1
    assert passed >= 2
    assert refused > 350


def test_wycheproof_key_sets_and_encrypted_texts_are_refused(outside_vectors: Path) -> None:
    for group in groups(outside_vectors, "json_web_key_test"):
        # All of them are for algorithms we do not offer, or broken.
        with pytest.raises(JoseError):
            jose.parse_jwks(group.get("public") or group["private"])  # type: ignore[arg-type]
    for group in groups(outside_vectors, "json_web_encryption_test"):
        for case in group["tests"]:  # type: ignore[attr-defined]
            with pytest.raises(JoseError):
                jose.decrypt(case["jwe"], {}, "sg-bundle+jws")


def compact_texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((folder / "jose-cookbook").rglob("*.json")):
        output = json.loads(path.read_text()).get("output", {})
        if isinstance(output, dict) and isinstance(output.get("compact"), str):
            yield path.name, output["compact"]


def test_nothing_of_the_cookbook_passes_for_one_of_ours(
    outside_vectors: Path, platform_private: rsa.RSAPrivateKey
) -> None:
    """RFC 7520 shows every algorithm but the two pairs that are allowed here."""
    kids = (
        "bilbo.baggins@hobbiton.example",
        "frodo.baggins@hobbiton.example",
        "samwise.gamgee@hobbiton.example",
    )
    public = PublicKey("", KeyUse.SIG, "ES256", ec.derive_private_key(1, CURVE).public_key())
    texts = list(compact_texts(outside_vectors))
    for name, text in texts:
        code = refusal(text, dict.fromkeys(kids, public), dict.fromkeys(kids, platform_private))
        assert code in {"jose.alg", "jose.header", "jose.kid", "jose.shape"}, name
    assert len(texts) > 10


def refusal(
    text: str, public: dict[str, PublicKey], private: dict[str, rsa.RSAPrivateKey]
) -> str | None:
    """The code of the gate; None if it lets the text pass."""
    try:
        if text.count(".") == 2:
            jose.verify(text, public, None, MAX_BYTES)
        else:
            jose.decrypt(text, private, "sg-bundle+jws")
    except JoseError as error:
        return error.code
    return None
