"""Set a second factor up: the application first, then recovery codes, then passkeys.

The secret of an application waits in the session, sealed, until a code of it was shown. Whoever
has a factor already must have shown it freshly; the door asks for that (`gateway.web.auth`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from uuid import UUID

from crypto.envelope import RecordKind
from crypto.one_time import (
    new_one_time_secret,
    provisioning_uri,
    secret_text,
    step_of,
    step_shown,
)
from crypto.passkeys import PasskeyRefused, Place, read_registration, registration_options
from crypto.secrets_text import RECEIPT_ALPHABET, code_tag, hash_secret
from gateway.actions.show_factor import open_challenge
from gateway.errors import FactorWrong, NotAuthenticated, NotFound
from gateway.store.factors import StoredPasskey
from gateway.unit import Unit

ISSUER = "Согласие семьи"
CODES, CODE_SIGNS, GROUP = 10, 12, 4
MOST_PASSKEYS = 10


@dataclass(frozen=True, slots=True)
class AppSecret:
    """What an application is given: by hand, and as the text of the square picture."""

    text: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Factors:
    """What a worker has set up."""

    has_app: bool
    codes_left: int
    passkeys: tuple[StoredPasskey, ...]


def see_factors(unit: Unit) -> Factors:
    """Raises `NotAuthenticated`."""
    staff_id = _worker(unit)
    return Factors(
        unit.factors.app(staff_id) is not None,
        unit.factors.codes_left(staff_id),
        tuple(unit.factors.passkeys(staff_id)),
    )


def begin_app(unit: Unit, token: str) -> AppSecret:
    """Draw a secret; it counts for nothing before `confirm_app`. The one before is void."""
    staff_id, secret = _worker(unit), new_one_time_secret()
    sealed = unit.vault.seal_alone(staff_id, RecordKind.ONE_TIME, secret)
    unit.factors.keep_pending(hash_secret(token), sealed)
    return _told(unit, staff_id, secret)


def pending_app(unit: Unit, token: str) -> AppSecret:
    """The secret that was drawn. Raises `NotFound` when there is none."""
    staff_id = _worker(unit)
    return _told(unit, staff_id, _pending(unit, staff_id, token))


def confirm_app(
    unit: Unit, token: str, code: str, code_key: bytes
) -> tuple[str, ...] | FactorWrong:
    """Ten recovery codes, shown once. From now on the application is the worker's second factor,
    and this session has shown it. Raises `NotFound` when no secret was drawn.
    """
    staff_id = _worker(unit)
    unit.factors.lock(staff_id)
    secret = _pending(unit, staff_id, token)
    step = step_shown(secret, code.replace(" ", ""), step_of(unit.now))
    if step is None:
        unit.record("factor.denied", staff_id=staff_id, reason="set_up")
        return FactorWrong()
    event = unit.record("factor.app_set", staff_id=staff_id)
    sealed = unit.vault.seal_alone(staff_id, RecordKind.ONE_TIME, secret)
    unit.factors.set_app(staff_id, sealed, step, event)
    unit.factors.note_shown(hash_secret(token), unit.now)
    return issue_codes(unit, code_key)


def issue_codes(unit: Unit, code_key: bytes) -> tuple[str, ...]:
    """Ten new recovery codes («7K4M-92QF-XW3T», 60 random bits); those before are void.

    Raises `NotFound` without an application.
    """
    staff_id = _worker(unit)
    _require_app(unit, staff_id)
    made = [
        "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(CODE_SIGNS)) for _ in range(CODES)
    ]
    event = unit.record("factor.codes_issued", staff_id=staff_id, count=len(made))
    unit.factors.set_codes(staff_id, [code_tag(code_key, staff_id, c) for c in made], event)
    return tuple(
        "-".join(code[at : at + GROUP] for at in range(0, CODE_SIGNS, GROUP)) for code in made
    )


def new_passkey_options(unit: Unit, token: str, place: Place | None) -> str:
    """What the browser is asked, as JSON. Raises `NotFound` when nothing was asked for."""
    staff_id = _worker(unit)
    _require_app(unit, staff_id)
    challenge, staff = open_challenge(unit, token), unit.staff.find(staff_id=staff_id)
    if place is None or challenge is None or staff is None:
        raise NotFound
    known = [each.key.credential_id for each in unit.factors.passkeys(staff_id)]
    return registration_options(place, ISSUER, staff.login, staff_id.bytes, challenge, known)


def add_passkey(unit: Unit, token: str, answer: str, place: Place | None) -> UUID | FactorWrong:
    """Take the key that the browser made. Raises `NotFound` without an application."""
    staff_id = _worker(unit)
    unit.factors.lock(staff_id)
    _require_app(unit, staff_id)
    challenge = open_challenge(unit, token)
    unit.factors.drop_challenge(hash_secret(token))
    try:
        if place is None or challenge is None:
            raise PasskeyRefused
        made = read_registration(place, challenge, answer)
        is_one_too_many = len(unit.factors.passkeys(staff_id)) >= MOST_PASSKEYS
        if is_one_too_many or unit.factors.knows_credential(made.credential_id):
            raise PasskeyRefused
    except PasskeyRefused:
        unit.record("factor.denied", staff_id=staff_id, reason="set_up")
        return FactorWrong()
    passkey_id = unit.new_id()
    event = unit.record("factor.passkey_added", staff_id=staff_id, passkey_id=passkey_id)
    unit.factors.add_passkey(passkey_id, staff_id, made, unit.now, event)
    return passkey_id


def remove_passkey(unit: Unit, passkey_id: UUID) -> None:
    """Raises `NotFound`: another worker's passkey is not there."""
    staff_id = _worker(unit)
    if not unit.factors.remove_passkey(staff_id, passkey_id):
        raise NotFound
    unit.record("factor.passkey_removed", staff_id=staff_id, passkey_id=passkey_id)


def _worker(unit: Unit) -> UUID:
    if unit.actor.ref is None or unit.actor.kind != "staff":
        raise NotAuthenticated
    return unit.actor.ref


def _pending(unit: Unit, staff_id: UUID, token: str) -> bytes:
    sealed = unit.factors.pending(hash_secret(token))
    if sealed is None:
        raise NotFound
    return unit.vault.open_alone(staff_id, RecordKind.ONE_TIME, sealed)


def _told(unit: Unit, staff_id: UUID, secret: bytes) -> AppSecret:
    staff = unit.staff.find(staff_id=staff_id)
    if staff is None:
        raise NotAuthenticated
    return AppSecret(secret_text(secret), provisioning_uri(secret, staff.login, ISSUER))


def _require_app(unit: Unit, staff_id: UUID) -> None:
    """A passkey never stands alone: without a script, or without the key, the code remains.

    Raises `NotFound`.
    """
    if unit.factors.app(staff_id) is None:
        raise NotFound
