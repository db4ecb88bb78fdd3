"""What belongs to one request: its id, who calls, and the one unit it works in."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from flask import Flask, current_app, g, request

from crypto.secrets_text import new_secret
from gateway.errors import GatewayError, NotAuthenticated
from gateway.store.clients import Client
from gateway.store.links import FamilySession
from gateway.unit import Actor, Unit
from gateway.wiring import Wiring
from policies.second_factor import Stage

EXTENSION = "soglasie"
REQUEST_ID_BYTES = 12
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Whatever could be a telephone or a SNILS does not enter logs and journal by this door.
_NUMBER_OF_A_PERSON = re.compile(r"[0-9](?:[._-]?[0-9]){9}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is behind the request. `session`: of a family; `client`: of a platform.

    Of staff: `stage`, how far the session has come, `second_at`, when a second factor was shown.
    """

    actor: Actor
    token: str = field(default="", repr=False)
    session: FamilySession | None = field(default=None, repr=False)
    client: Client | None = None
    stage: Stage | None = None
    second_at: datetime | None = None


class Beside(Protocol):
    """What goes on in the unit besides the act: at its very beginning and at its end."""

    def opened(self, unit: Unit) -> None:
        """Before the act looks at anything."""

    def closing(self, unit: Unit, outcome: object) -> None:
        """After the act, before the commit."""


def keep_wiring(app: Flask, wiring: Wiring) -> None:
    """Hand the collaborators to the application."""
    app.extensions[EXTENSION] = wiring


def current_wiring() -> Wiring:
    """The collaborators of this process."""
    wiring: Wiring = current_app.extensions[EXTENSION]
    return wiring


def request_id() -> str:
    """Id of this request: the caller's own if it is harmless, else a new one."""
    if "request_id" not in g:
        told = request.headers.get("X-Request-ID", "")
        harmless = _REQUEST_ID.fullmatch(told) and not _NUMBER_OF_A_PERSON.search(told)
        g.request_id = told if harmless else new_secret(REQUEST_ID_BYTES)
    known: str = g.request_id
    return known


def client_address() -> str:
    """Whoever calls, as far as the proxies that are ours tell (`SOGLASIE_PROXIES`).

    Of IPv6 the first half: the rest is what one machine draws as it likes.
    """
    told = request.remote_addr or ""
    try:
        address = ipaddress.ip_address(told.partition("%")[0])
    except ValueError:
        return told
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def current_caller() -> Caller:
    """Raises `NotAuthenticated` where nobody was let in."""
    caller: Caller | None = g.get("caller")
    if caller is None:
        raise NotAuthenticated
    return caller


def current_session() -> FamilySession:
    """The family's session. Raises `NotAuthenticated` for anybody else."""
    session = current_caller().session
    if session is None:
        raise NotAuthenticated
    return session


def current_client() -> Client:
    """The platform's client. Raises `NotAuthenticated` for anybody else."""
    client = current_caller().client
    if client is None:
        raise NotAuthenticated
    return client


def current_unit() -> Unit:
    """The request's one unit. It opens when it is first asked for: the body was read by then."""
    if "unit" not in g:
        units = current_wiring().units
        g.unit = g.work.enter_context(units.open(current_caller().actor))
        beside: Beside | None = g.get("beside")
        if beside is not None:
            beside.opened(g.unit)
    unit: Unit = g.unit
    return unit


def in_one_unit(caller: Caller, view: Callable[[], object], beside: Beside | None = None) -> object:
    """Run the view as `caller`; its unit has committed when this returns.

    A refusal that the view returns instead of raising it is raised after the commit: what was
    counted on the way stays counted.
    """
    g.caller, g.beside = caller, beside
    try:
        with ExitStack() as work:
            g.work = work
            outcome = view()
            if beside is not None:
                beside.closing(current_unit(), outcome)
    finally:
        for name in ("unit", "work", "beside"):
            g.pop(name, None)
    if isinstance(outcome, GatewayError):
        raise outcome
    return outcome
