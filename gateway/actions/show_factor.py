"""Show the second factor: a code of the application, a recovery code, or a passkey.

An attempt is counted before it is compared, as with passwords (decision 0015): from one address,
and from anywhere but where the worker has come in before. A code of the application is taken once,
a recovery code too; a challenge is void after one answer.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from uuid import UUID

from crypto.envelope import RecordKind
from crypto.one_time import DIGITS, step_of, step_shown
from crypto.passkeys import (
    CHALLENGE_BYTES,
    PasskeyRefused,
    Place,
    assertion_options,
    credential_named,
    read_assertion,
)
from crypto.secrets_text import code_tag, hash_secret, new_secret
from gateway.actions.sign_in import is_familiar, remember_place
from gateway.errors import FactorWrong, NotAuthenticated, TooManyAttempts
from gateway.store.limits import Limit
from gateway.unit import Unit

A_QUARTER = timedelta(minutes=15)
A_DAY = timedelta(days=1)
FROM_HERE = Limit("factor.pair", 10, A_QUARTER)
OF_WORKER = Limit("factor.worker", 50, A_DAY)
CHALLENGE_LIFE = timedelta(minutes=5)
_CODE = re.compile(f"[0-9]{{{DIGITS}}}")
_FILLING = re.compile(r"[\s-]")
# Recovery codes are Crockford's base 32: what looks alike is alike, Russian letters too.
_ALIKE = str.maketrans("OILАВСЕНКМОРТХ", "011ABCEHKM0PTX")
Refused = FactorWrong | TooManyAttempts


def show_code(
    unit: Unit, token: str, typed: str, address: str, code_key: bytes, *, renews: bool = True
) -> str | Refused:
    """The session's secret from now on, or the refusal. `typed`: digits or a recovery code.

    `renews`: the session goes on under a new secret. Raises `NotAuthenticated`.
    """
    staff_id, login = _whose(unit, token)
    refused = _count(unit, staff_id, login, address)
    if refused is not None:
        return refused
    unit.factors.lock(staff_id)
    code = _FILLING.sub("", typed).upper().translate(_ALIKE)
    found = _CODE.fullmatch(code) is not None
    reason = _try_app(unit, staff_id, code) if found else _try_spare(unit, staff_id, code, code_key)
    if reason is not None:
        return _deny(unit, staff_id, reason)
    return _let_on(unit, token, staff_id, login, address, renews=renews)


def ask_for_passkey(unit: Unit, token: str) -> None:
    """Make the challenge that the next passkey of this session signs."""
    unit.factors.keep_challenge(hash_secret(token), os.urandom(CHALLENGE_BYTES), unit.now)


def open_challenge(unit: Unit, token: str) -> bytes | None:
    """The challenge of this session, up to five minutes old."""
    return unit.factors.challenge(hash_secret(token), unit.now - CHALLENGE_LIFE)


def passkey_options(unit: Unit, token: str, place: Place | None) -> str | None:
    """What the browser is asked, as JSON. None: nothing was asked for, or there is no passkey."""
    staff_id, _ = _whose(unit, token)
    challenge = open_challenge(unit, token)
    known = [each.key.credential_id for each in unit.factors.passkeys(staff_id)]
    if place is None or challenge is None or not known:
        return None
    return assertion_options(place, challenge, known)


def show_passkey(
    unit: Unit, token: str, answer: str, address: str, place: Place | None, *, renews: bool = True
) -> str | Refused:
    """As `show_code`, by what the browser answered."""
    staff_id, login = _whose(unit, token)
    refused = _count(unit, staff_id, login, address)
    if refused is not None:
        return refused
    unit.factors.lock(staff_id)
    challenge = open_challenge(unit, token)
    unit.factors.drop_challenge(hash_secret(token))
    if place is None or challenge is None:
        return _deny(unit, staff_id, "challenge")
    try:
        named = credential_named(answer)
        used = next(k for k in unit.factors.passkeys(staff_id) if k.key.credential_id == named)
        sign_count = read_assertion(place, challenge, answer, used.key)
    except (PasskeyRefused, StopIteration):
        return _deny(unit, staff_id, "passkey")
    event = unit.record("factor.shown", staff_id=staff_id, method="passkey")
    unit.factors.count_use(staff_id, used, sign_count, unit.now, event)
    return _let_on(unit, token, staff_id, login, address, renews=renews)


def _whose(unit: Unit, token: str) -> tuple[UUID, str]:
    session = unit.staff.of_session(hash_secret(token), unit.now)
    if session is None:
        raise NotAuthenticated
    return session.staff.id, session.staff.login


def _count(unit: Unit, staff_id: UUID, login: str, address: str) -> TooManyAttempts | None:
    subjects = _subjects(unit, staff_id, login, address)
    seconds = unit.limits.use_all(subjects, unit.now)
    if not seconds:
        return None
    unit.record("factor.denied", staff_id=staff_id, reason="too_many")
    return TooManyAttempts(seconds)


def _subjects(unit: Unit, staff_id: UUID, login: str, address: str) -> list[tuple[Limit, str]]:
    here = [(FROM_HERE, f"{staff_id} {address}")]
    return here if is_familiar(unit, login, address) else [*here, (OF_WORKER, str(staff_id))]


def _try_app(unit: Unit, staff_id: UUID, code: str) -> str | None:
    """Why not; None: the code was right, and is used up."""
    app = unit.factors.app(staff_id)
    if app is None:
        return "no_app"
    secret = unit.vault.open_alone(staff_id, RecordKind.ONE_TIME, app.sealed)
    step = step_shown(secret, code, step_of(unit.now))
    if step is None:
        return "code"
    if step <= app.last_step:
        return "replayed"
    event = unit.record("factor.shown", staff_id=staff_id, method="app")
    unit.factors.use_step(staff_id, step, event)
    return None


def _try_spare(unit: Unit, staff_id: UUID, code: str, code_key: bytes) -> str | None:
    tag = code_tag(code_key, staff_id, code)
    if not unit.factors.has_code(staff_id, tag):
        return "recovery_code"
    event = unit.record("factor.shown", staff_id=staff_id, method="recovery_code")
    unit.factors.use_code(staff_id, tag, unit.now, event)
    return None


def _deny(unit: Unit, staff_id: UUID, reason: str) -> FactorWrong:
    unit.record("factor.denied", staff_id=staff_id, reason=reason)
    return FactorWrong()


def _let_on(
    unit: Unit, token: str, staff_id: UUID, login: str, address: str, *, renews: bool
) -> str:
    for limit, whose in _subjects(unit, staff_id, login, address):
        if limit is FROM_HERE:
            unit.limits.forgive(limit, whose)
        else:
            unit.limits.give_back(limit, whose)
    remember_place(unit, login, address)
    secret = new_secret() if renews else token
    unit.factors.note_shown(hash_secret(token), unit.now, hash_secret(secret))
    return secret
