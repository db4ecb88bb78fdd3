"""Passkeys (WebAuthn, level 3): what a browser is asked, and whether its answer holds.

py_webauthn reads CBOR and COSE and checks origin, challenge, flags, signature and counter. It is
imported where it is used: few requests need it, and it takes a tenth of a second.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

CHALLENGE_BYTES = 32  # WebAuthn, section 13.4.3: 16 at least
MOST_ANSWER_SIGNS = 8192
_FEW_SECONDS = 60_000  # milliseconds that a browser waits for a touch


class PasskeyRefused(Exception):
    """The answer is not the one that was asked for, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whom passkeys are bound to: the host's name, and the address that a browser shows."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """One registered key. `sign_count` 0: it does not count."""

    credential_id: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    sign_count: int


def place_of(public_url: str) -> Place | None:
    """None where browsers allow no passkeys: at a bare address, or without https."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        is_named = True
    else:
        is_named = False
    if not is_named or (parts.scheme != "https" and host != "localhost"):
        return None
    return Place(host, f"{parts.scheme}://{parts.netloc}")


def registration_options(
    place: Place,
    service: str,
    account: str,
    handle: bytes,
    challenge: bytes,
    known: Sequence[bytes],
) -> str:
    """JSON of PublicKeyCredentialCreationOptions. `handle`: of the account, up to 64 bytes;
    `known`: credentials that the account has already.
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    told = generate_registration_options(
        rp_id=place.host,
        rp_name=service,
        user_name=account,
        user_id=handle,
        challenge=challenge,
        timeout=_FEW_SECONDS,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
    )
    return options_to_json(told)


def assertion_options(place: Place, challenge: bytes, known: Sequence[bytes]) -> str:
    """JSON of PublicKeyCredentialRequestOptions for one of the `known` credentials."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    told = generate_authentication_options(
        rp_id=place.host,
        challenge=challenge,
        timeout=_FEW_SECONDS,
        allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
    )
    return options_to_json(told)


def read_registration(place: Place, challenge: bytes, answer: str) -> Passkey:
    """The key that a browser made for this challenge. Raises `PasskeyRefused`."""
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        made = verify_registration_response(
            credential=_members(answer),
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise PasskeyRefused from None
    return Passkey(made.credential_id, made.credential_public_key, made.sign_count)


def credential_named(answer: str) -> bytes:
    """Id of the credential that an assertion says it is made with. Raises `PasskeyRefused`."""
    from webauthn.helpers import base64url_to_bytes

    try:
        return base64url_to_bytes(_members(answer)["rawId"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PasskeyRefused from None


def read_assertion(place: Place, challenge: bytes, answer: str, known: Passkey) -> int:
    """The new counter. Raises `PasskeyRefused`, also when the counter has not grown: a copy."""
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        shown = verify_authentication_response(
            credential=_members(answer),
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise PasskeyRefused from None
    if shown.credential_id != known.credential_id:
        raise PasskeyRefused
    return shown.new_sign_count


def _members(answer: str) -> dict[str, Any]:
    """Raises `ValueError` for what is no JSON object of a bearable size."""
    if len(answer) > MOST_ANSWER_SIGNS:
        raise ValueError("answer.size")
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise ValueError("answer.shape")
    return found
