"""Rings and keys that the tests of this room share."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import RSAKey

from crypto.jose import KeyUse, PublicKey, SigningKeys
from crypto.keyring import Ring, RingName, create_ring
from crypto.providers import FileKek
from crypto.tokens_index import Index

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def rings(tmp_path_factory: pytest.TempPathFactory) -> dict[RingName, Ring]:
    home = tmp_path_factory.mktemp("rings")
    at = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
    return {name: create_ring(home / f"{name}.ring", name, at) for name in RingName}


@pytest.fixture(scope="session")
def kek(rings: dict[RingName, Ring]) -> FileKek:
    return FileKek(rings[RingName.KEK])


@pytest.fixture(scope="session")
def index(rings: dict[RingName, Ring]) -> Index:
    return Index(rings[RingName.INDEX])


@pytest.fixture(scope="session")
def signing_keys(rings: dict[RingName, Ring]) -> SigningKeys:
    return SigningKeys.from_ring(rings[RingName.JOSE])


@pytest.fixture(scope="session")
def platform_private() -> rsa.RSAPrivateKey:
    """The recipient of the golden bundle; drawing a new RSA key each time would only be slow."""
    vector = json.loads((ROOT / "tests/vectors/bundle.json").read_text())
    private = RSAKey.import_key(vector["recipient"]).private_key
    assert isinstance(private, rsa.RSAPrivateKey)
    return private


@pytest.fixture(scope="session")
def platform_key(platform_private: rsa.RSAPrivateKey) -> PublicKey:
    return PublicKey("platform-1", KeyUse.ENC, "RSA-OAEP-256", platform_private.public_key())


@pytest.fixture(scope="session")
def outside_vectors() -> Path:
    """Vectors of Wycheproof and of the JOSE cookbook; they are not part of the project."""
    folder = Path(os.environ.get("SOGLASIE_VECTORS") or ROOT.parent / "shared" / "vectors")
    if not (folder / "wycheproof").is_dir():
        pytest.skip(f"no outside vectors: set SOGLASIE_VECTORS (looked in {folder.name}/)")
    return folder
