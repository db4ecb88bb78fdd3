"""Who is let in, and to what: one bearer token, one permission a route.

A denial is an event of its own, in a unit that outlives the one that was rolled back.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import g, request

from crypto.secrets_text import hash_secret
from gateway.actions.appoint_acting import is_acting
from gateway.actions.issue_token import client_of_token
from gateway.actions.open_link import note_miss
from gateway.actions.sign_in import (
    STAFF_SESSION,
    canonical_login,
    count_attempt,
    deny,
    open_session,
)
from gateway.errors import (
    LinkUnknown,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    OwnFamily,
    SecondFactorNeeded,
    SecondFactorStale,
    SecondPersonNeeded,
    TokenInvalid,
    TooManyAttempts,
)
from gateway.settings import EVERYBODY
from gateway.store.staff import Staff
from gateway.unit import SYSTEM, Actor, Unit
from gateway.web.context import (
    Caller,
    client_address,
    current_wiring,
    in_one_unit,
    request_id,
)
from gateway.web.passwords import is_password
from policies.permissions import ALLOWED, Permission, Role
from policies.second_factor import FRESH_FOR, Asks, Lack, Stage, lack, stage

Security = list[dict[str, list[str]]]
Perform = Callable[[Caller, Callable[[], object]], object]
DENIALS = {SecondPersonNeeded: "second_person", OwnFamily: "own_family"}
SCOPES = {Permission.PULL_BUNDLES: "bundles", Permission.READ_RECALLS: "recalls"}


@dataclass(frozen=True, slots=True)
class Access:
    """Whom a route lets in. `scheme` None: anybody, who then acts as `role` (None: the system).

    `asks`, `fresh`: what a worker's session must have shown (`policies.second_factor`).
    """

    scheme: str | None
    permission: Permission | None = None
    role: Role | None = None
    asks: Asks = Asks.SECOND
    fresh: bool = False

    @property
    def security(self) -> Security:
        """As OpenAPI writes it."""
        if self.scheme is None:
            return []
        scope = SCOPES.get(self.permission) if self.permission else None
        return [{self.scheme: [scope] if scope else []}]

    def run(self, view: Callable[[], object], perform: Perform = in_one_unit) -> object:
        """Let the caller in and run the view in one unit, as `perform` does it.

        Raises `NotAuthenticated`, `NotAllowed`, `SecondFactorNeeded`, `SecondFactorStale`, and
        whatever the view raises.
        """
        caller = g.caller = self._caller()
        self._ask_second(caller, fresh=False)
        if self.permission and not caller.actor.may(self.permission):
            _note_denial(caller.actor, self.permission, "role")
            raise NotAllowed(self.permission)
        self._ask_second(caller, fresh=self.fresh or self.permission in FRESH_FOR)
        try:
            return perform(caller, view)
        except NotAllowed as denied:
            reason = DENIALS.get(type(denied), "scope")
            _note_denial(caller.actor, Permission(denied.permission), reason)
            raise
        except LinkUnknown:
            with current_wiring().units.open(caller.actor) as unit:
                seconds = note_miss(unit, client_address())
            if seconds:
                raise TooManyAttempts(seconds) from None
            raise
        except TokenInvalid as denied:
            with current_wiring().units.open(caller.actor) as unit:
                unit.record("token.denied", reason=denied.code)
            raise

    def _ask_second(self, caller: Caller, *, fresh: bool) -> None:
        if caller.stage is None or self.scheme is None:
            return
        now = current_wiring().clock()
        match lack(self.asks, caller.stage, caller.second_at, now, fresh=fresh):
            case Lack.SECOND:
                raise SecondFactorNeeded
            case Lack.STALE:
                raise SecondFactorStale

    def _caller(self) -> Caller:
        if self.scheme is None:
            return Caller(Actor(self.role, request_id=request_id()))
        caller = authenticate()
        if self.permission is None and caller.actor.kind != self.scheme:
            raise NotAuthenticated
        return caller


ANYBODY = Access(None)
SIGNED_IN = Access("staff", asks=Asks.NOTHING)
"""The password was right; nothing else is known."""
SETTING_UP = Access("staff", asks=Asks.SET_UP, fresh=True)


@dataclass(frozen=True, slots=True)
class WatchAccess(Access):
    """Whoever collects figures: by `SOGLASIE_METRICS_TOKEN`. Nobody where there is none."""

    def _caller(self) -> Caller:
        token = current_wiring().settings.metrics_token
        if token is None:
            raise NotFound
        if not hmac.compare_digest(_bearer().encode(), token.encode()):
            raise NotAuthenticated
        return Caller(Actor(None, request_id=request_id()))


WATCH = WatchAccess("watch")


def needs(permission: Permission) -> Access:
    """Only those whose role has the permission; which token they show follows from the roles."""
    roles = ALLOWED[permission]
    if Role.FAMILY in roles:
        return Access("family", permission)
    return Access("platform" if Role.PLATFORM in roles else "staff", permission)


def open_to(role: Role) -> Access:
    """Nobody is known yet, but the address itself says who must be there (a link, a client)."""
    return Access(None, None, role)


def authenticate() -> Caller:
    """The caller by the bearer token (RFC 6750). Raises `NotAuthenticated`, `TokenInvalid`."""
    token = _bearer()
    wiring = current_wiring()
    with wiring.reading.connect() as connection:
        look = Unit(connection, SYSTEM, wiring.clock(), wiring.kek, wiring.index)
        # Two points make a JWT; our own sessions are base64url without any.
        if token.count(".") == 2:
            issuer = wiring.settings.public_url
            client = client_of_token(look, token, issuer, wiring.signing_keys)
            return Caller(Actor(Role.PLATFORM, client.id, None, request_id()), client=client)
        return _session_of(look, token)


def _bearer() -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if kind.lower() != "bearer" or not token:
        raise NotAuthenticated
    return token


def caller_of_session(token: str) -> Caller:
    """The caller by the secret of a session. Raises `NotAuthenticated`."""
    with current_wiring().looking() as look:
        return _session_of(look, token)


def _session_of(look: Unit, token: str) -> Caller:
    digest = hash_secret(token)
    known = look.staff.of_session(digest, look.now)
    if known is not None:
        staff, second_at = known.staff, known.second_at
        reached = stage(
            staff.role,
            second_at,
            has_factor=second_at is None and look.factors.has_any(staff.id),
            everybody=asks_everybody(),
        )
        acting = is_acting(look, staff)
        actor = Actor(staff.role, staff.id, staff.school_id, request_id(), acting)
        return Caller(actor, token, stage=reached, second_at=second_at)
    session = look.links.find_session(digest, look.now)
    if session is None:
        raise NotAuthenticated
    actor = Actor(Role.FAMILY, session.signer_id, session.school_id, request_id())
    return Caller(actor, token, session)


def asks_everybody() -> bool:
    """The operator asks tutors for a second factor too."""
    return current_wiring().settings.second_factor == EVERYBODY


def _note_denial(actor: Actor, permission: Permission, reason: str) -> None:
    with current_wiring().units.open(actor) as unit:
        unit.record("access.denied", permission=permission.value, reason=reason)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was opened for a worker."""

    token: str = field(repr=False)
    staff: Staff
    expires_at: datetime
    stage: Stage


def sign_in(login: str, password: str) -> SignedIn:
    """Three short units around the comparison, which takes long and holds none.

    Raises `NotAuthenticated` (unknown login and wrong password alike), `TooManyAttempts`,
    `NotReady`.
    """
    nobody, units = Actor(None, request_id=request_id()), current_wiring().units
    address = client_address()
    with units.open(nobody) as unit:
        stored = count_attempt(unit, login, address)
    if isinstance(stored, Exception):
        raise stored
    if not is_password(stored, password):
        with units.open(nobody) as unit:
            deny(unit, login)
        raise NotAuthenticated
    with units.open(nobody) as unit:
        token, reached = open_session(unit, login, address, everybody=asks_everybody())
        staff = unit.staff.find(login=canonical_login(login))
        if staff is None:
            raise NotAuthenticated
        return SignedIn(token, staff, unit.now + STAFF_SESSION, reached)
