"""The platform's client believes nothing: what a bundle says of itself is checked again."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from crypto import canonical, jose
from crypto.jwk import SigningKeys
from crypto.keyring import RingName, create_ring, load_ring
from examples.platform_client.keys import ClientKeys, make_keys, read_keys
from examples.platform_client.opening import SCHEMA, BundleRefused, check_counts, open_bundle

Document = dict[str, Any]
DIGEST = "ab" * 32
MOMENT = "2026-09-01T09:00:00+00:00"


def an_id(number: int) -> str:
    return f"019954a0-1c00-7000-8000-{number:012x}"


def items(number: int, born: str) -> dict[str, str]:
    return {
        "family_name": "Ёлкина",
        "given_name": "Ева",
        "birth_date": born,
        "snils": f"900000{number:05d}",
        "email": f"person{number}@example.org",
        "phone": f"+7900{number:07d}",
    }


def consent(document: str, signer: int) -> Document:
    return {
        "document": document,
        "signer": an_id(signer),
        "answer": an_id(signer + 100),
        "form": document,
        "form_version": "1",
        "text_digest": DIGEST,
        "document_digest": DIGEST,
        "decided_at": MOMENT,
        "evidence": "LOCAL_PEP",
    }


@pytest.fixture
def document() -> Document:
    """A school of two pupils: one is handed over with the mother, one is on a paper diary."""
    without_patronymic = {"patronymic": "none_by_law"}
    return {
        "format": "sg-bundle/1",
        "bundle": an_id(1),
        "programme": "mesh-2020",
        "policy_digest": DIGEST,
        "school": {
            "id": an_id(2),
            "legal_name": "МБОУ «Школа»",
            "address": "г. Хабаровск",
            "inn": "2700000004",
        },
        "revision": 1,
        "supersedes": None,
        "approved_at": MOMENT,
        "issued_at": MOMENT,
        "counts": {
            "pupils": 1,
            "guardians": 1,
            "classes": [{"class": "7А", "enrolled": 2, "handed_over": 1, "paper_diary": 1}],
        },
        "pupils": [
            {
                "id": an_id(3),
                "class": "7А",
                "items": items(3, "2014-03-08"),
                "absent": without_patronymic,
                "guardians": [{"id": an_id(4), "kind": "parent"}],
                "consents": [consent("child", 4)],
            }
        ],
        "guardians": [
            {
                "id": an_id(4),
                "items": items(4, "1985-05-07"),
                "absent": without_patronymic,
                "consents": [consent("guardian_own", 4)],
            }
        ],
        "journal": {"origin": "example.org/journal", "size": 7, "root": DIGEST},
    }


@pytest.fixture(scope="module")
def client_keys(tmp_path_factory: pytest.TempPathFactory) -> ClientKeys:
    path = tmp_path_factory.mktemp("client") / "keys.json"
    make_keys(path)
    assert path.stat().st_mode & 0o777 == 0o600
    return read_keys(path)


@pytest.fixture(scope="module")
def service_keys(tmp_path_factory: pytest.TempPathFactory) -> SigningKeys:
    return signing_keys(tmp_path_factory.mktemp("service"))


def signing_keys(folder: Path) -> SigningKeys:
    path = folder / "jose.ring"
    create_ring(path, RingName.JOSE, datetime(2026, 9, 1, tzinfo=UTC))
    return SigningKeys.from_ring(load_ring(path, RingName.JOSE))


def sealed(document: Document, service: SigningKeys, client: ClientKeys, cty: str) -> bytes:
    public = jose.parse_jwks(json.loads(client.public_jwks()), (jose.KeyUse.SIG, jose.KeyUse.ENC))
    kid = next(k for k, key in public.items() if key.use is jose.KeyUse.ENC)
    signed = jose.sign_bundle(service, canonical.dumps(document))
    return jose.encrypt(signed.encode(), kid, public[kid], cty).encode()


def test_a_bundle_of_the_service_opens(
    document: Document, service_keys: SigningKeys, client_keys: ClientKeys
) -> None:
    content = sealed(document, service_keys, client_keys, "sg-bundle+jws")
    assert open_bundle(content, client_keys, service_keys.jwks()) == document


def test_a_bundle_of_a_big_school_opens(
    document: Document, service_keys: SigningKeys, client_keys: ClientKeys
) -> None:
    text = consent("child", 4)
    document["pupils"][0]["consents"] = [text] * 1500
    content = sealed(document, service_keys, client_keys, "sg-bundle+jws")
    assert len(content) > 700_000
    assert open_bundle(content, client_keys, service_keys.jwks()) == document


def test_a_bundle_of_another_service_is_refused(
    document: Document, service_keys: SigningKeys, client_keys: ClientKeys, tmp_path: Path
) -> None:
    content = sealed(document, signing_keys(tmp_path), client_keys, "sg-bundle+jws")
    with pytest.raises(BundleRefused, match="signature"):
        open_bundle(content, client_keys, service_keys.jwks())


def test_a_bundle_for_another_platform_is_refused(
    document: Document, service_keys: SigningKeys, client_keys: ClientKeys, tmp_path: Path
) -> None:
    content = sealed(document, service_keys, make_keys(tmp_path / "other"), "sg-bundle+jws")
    with pytest.raises(BundleRefused, match="our key"):
        open_bundle(content, client_keys, service_keys.jwks())


def test_another_kind_of_content_is_refused(
    document: Document, service_keys: SigningKeys, client_keys: ClientKeys
) -> None:
    content = sealed(document, service_keys, client_keys, "sg-receipt+jws")
    with pytest.raises(BundleRefused, match="content type"):
        open_bundle(content, client_keys, service_keys.jwks())


def _another_total(document: Document) -> None:
    document["counts"]["pupils"] = 2


def _another_class(document: Document) -> None:
    document["pupils"][0]["class"] = "7Б"


def _half_a_class(document: Document) -> None:
    document["counts"]["classes"][0]["paper_diary"] = 0


def _unknown_guardian(document: Document) -> None:
    document["pupils"][0]["guardians"][0]["id"] = an_id(9)


def _shared_phone(document: Document) -> None:
    document["guardians"][0]["items"]["phone"] = document["pupils"][0]["items"]["phone"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(_another_total, "totals", id="totals"),
        pytest.param(_another_class, "a class does not add up", id="class of a pupil"),
        pytest.param(_half_a_class, "not whole", id="part of a class"),
        pytest.param(_unknown_guardian, "references", id="guardian without data"),
        pytest.param(_shared_phone, "share one phone", id="shared phone"),
    ],
)
def test_what_does_not_add_up_is_refused(
    document: Document, change: Callable[[Document], None], said: str
) -> None:
    change(document)
    with pytest.raises(BundleRefused, match=said):
        check_counts(document)


def test_schema_names_every_member_and_no_other(document: Document) -> None:
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    assert validator.is_valid(document)
    for name in document:
        assert not validator.is_valid({k: v for k, v in document.items() if k != name}), name
    surplus = copy.deepcopy(document)
    surplus["pupils"][0]["items"]["address"] = "г. Хабаровск"
    assert not validator.is_valid(surplus)


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys.json")
    with pytest.raises(FileExistsError):
        make_keys(tmp_path / "keys.json")


def test_the_client_needs_nothing_of_ours() -> None:
    own = {"crypto", "policies", "audit", "consent_forms", "gateway"}
    for path in (SCHEMA.parents[2] / "examples" / "platform_client").glob("*.py"):
        words = path.read_text().split()
        imported = {
            w.split(".")[0] for at, w in enumerate(words) if words[at - 1] in {"from", "import"}
        }
        assert imported.isdisjoint(own), path.name
