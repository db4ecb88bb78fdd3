"""Open a bundle and believe nothing of it: decrypt, verify, validate, count.

A bundle is a JWS inside a JWE, both compact; docs/formats/bundle.md says what stands inside.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from jsonschema import Draft202012Validator

from .keys import ClientKeys

BUNDLE_TYPE = "sg-bundle+jws"
MAX_BYTES = 128 * 1024 * 1024
SCHEMA = Path(__file__).parents[2] / "docs" / "formats" / "bundle-1.schema.json"

Document = dict[str, Any]


class BundleRefused(Exception):
    """The bundle is not what it says. The text names the check and a place, never a value."""


class _RoomyJwe(jwe.JWERegistry):
    """The library's limit is 64 KiB, a school needs more."""

    max_ciphertext_length = MAX_BYTES


class _RoomyJws(jws.JWSRegistry):
    max_payload_length = MAX_BYTES


def open_bundle(content: bytes, keys: ClientKeys, service_jwks: Mapping[str, Any]) -> Document:
    """The document of a bundle, after every check. Raises `BundleRefused`."""
    try:
        outer = jwe.decrypt_compact(
            content,
            keys.opens,
            registry=_RoomyJwe(algorithms=["RSA-OAEP-256", "A256GCM"]),
        )
    except (JoseError, ValueError):
        raise BundleRefused("it does not open with our key") from None
    if outer.headers().get("cty") != BUNDLE_TYPE:
        raise BundleRefused("another content type")
    document = json.loads(read_signed(outer.plaintext or b"", BUNDLE_TYPE, service_jwks))
    check_schema(document)
    check_counts(document)
    return cast("Document", document)


def read_signed(text: bytes, typ: str, service_jwks: Mapping[str, Any]) -> bytes:
    """Payload of a JWS of the service (a bundle or a receipt). Raises `BundleRefused`."""
    known = KeySet.import_key_set(cast("Any", dict(service_jwks)))
    try:
        signed = jws.deserialize_compact(text, known, registry=_RoomyJws(algorithms=["ES256"]))
    except (JoseError, ValueError):
        raise BundleRefused("the signature does not hold") from None
    if signed.headers().get("typ") != typ:
        raise BundleRefused("another type of signed text")
    return signed.payload


def check_schema(document: object) -> None:
    """Compare with the published JSON Schema. Raises `BundleRefused` naming the first place."""
    schema = json.loads(SCHEMA.read_text())
    checker = Draft202012Validator.FORMAT_CHECKER
    for fault in Draft202012Validator(schema, format_checker=checker).iter_errors(document):
        raise BundleRefused(f"against the schema at {fault.json_path}")


def check_counts(document: Document) -> None:
    """Sums, classes, identities and references add up. Raises `BundleRefused`.

    The school is whole: in each class enrolled = handed over + paper diary.
    """
    counts, pupils, guardians = document["counts"], document["pupils"], document["guardians"]
    if (counts["pupils"], counts["guardians"]) != (len(pupils), len(guardians)):
        raise BundleRefused("the totals do not add up")
    sent = Counter(pupil["class"] for pupil in pupils)
    stated = {place["class"]: place["handed_over"] for place in counts["classes"]}
    if any(sent[name] != stated.get(name) for name in {*sent, *stated}):
        raise BundleRefused("a class does not add up")
    for place in counts["classes"]:
        if place["enrolled"] != place["handed_over"] + place["paper_diary"]:
            raise BundleRefused("a class is not whole")
    referred = {guardian["id"] for pupil in pupils for guardian in pupil["guardians"]}
    if referred != {guardian["id"] for guardian in guardians}:
        raise BundleRefused("guardians and references differ")
    _check_uniqueness([*pupils, *guardians])


def _check_uniqueness(people: list[Document]) -> None:
    """No two people share an id, a SNILS, an address or a telephone."""
    for name, found in (
        ("id", [person["id"] for person in people]),
        *(
            (item, [p["items"][item] for p in people if item in p["items"]])
            for item in ("snils", "email", "phone")
        ),
    ):
        if len(found) != len(set(found)):
            raise BundleRefused(f"two people share one {name}")
