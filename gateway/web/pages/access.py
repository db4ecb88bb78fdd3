"""Who may see a page: as `gateway.web.auth`, by a cookie in the place of the bearer token."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.actions.show_factor import show_code
from gateway.errors import NotAuthenticated
from gateway.unit import Actor
from gateway.web.auth import Access, caller_of_session
from gateway.web.auth import needs as by_token
from gateway.web.context import Caller, client_address, current_wiring, request_id
from gateway.web.pages.cookies import STAFF, secret_of
from gateway.web.pages.reading import typed_text
from policies.permissions import Permission, Role
from policies.second_factor import Asks, is_fresh


@dataclass(frozen=True, slots=True)
class PageAccess(Access):
    """`scheme` names the cookie; None: anybody, who then acts as `role`."""

    def _caller(self) -> Caller:
        if self.scheme is None:
            return Caller(Actor(self.role, request_id=request_id()))
        secret = secret_of(self.scheme)
        caller = caller_of_session(secret) if secret else None
        if caller is None or caller.actor.kind != self.scheme:
            raise NotAuthenticated
        return caller


MOST_CODE = 40


@dataclass(frozen=True, slots=True)
class ProvingAccess(PageAccess):
    """The same, and a code that was typed into the form is shown first, in a unit of its own.

    Raises `FactorWrong`, `TooManyAttempts`.
    """

    def _caller(self) -> Caller:
        caller = super(ProvingAccess, self)._caller()
        typed, wiring = typed_text("code", MOST_CODE), current_wiring()
        if not typed.strip() or is_fresh(caller.second_at, wiring.clock()):
            return caller
        with wiring.units.open(caller.actor) as unit:
            shown = show_code(
                unit, caller.token, typed, client_address(), wiring.code_key, renews=False
            )
        if isinstance(shown, Exception):
            raise shown
        return caller_of_session(caller.token)


ANYBODY = PageAccess(None)
BY_PASSWORD = PageAccess(STAFF, asks=Asks.NOTHING)
SETTING_UP = PageAccess(STAFF, asks=Asks.SET_UP)
SETTING_UP_FRESHLY = PageAccess(STAFF, asks=Asks.SET_UP, fresh=True)
HOLDER = PageAccess(None, None, Role.FAMILY)
"""Whoever opened a link: its address says that a family must be there."""


def needs(permission: Permission) -> PageAccess:
    """Only those whose role has the permission."""
    return PageAccess(by_token(permission).scheme, permission)


def proves(permission: Permission) -> PageAccess:
    """The same, by a form with a field for a fresh code."""
    return ProvingAccess(by_token(permission).scheme, permission)
