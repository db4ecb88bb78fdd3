"""Who may see a page: as `gateway.web.auth`, by a cookie in the place of the bearer token."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.errors import NotAuthenticated
from gateway.unit import Actor
from gateway.web.auth import Access, caller_of_session
from gateway.web.auth import needs as by_token
from gateway.web.context import Caller, request_id
from gateway.web.pages.cookies import secret_of
from policies.permissions import Permission, Role


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


ANYBODY = PageAccess(None)
HOLDER = PageAccess(None, None, Role.FAMILY)
"""Whoever opened a link: its address says that a family must be there."""


def needs(permission: Permission) -> PageAccess:
    """Only those whose role has the permission."""
    return PageAccess(by_token(permission).scheme, permission)
