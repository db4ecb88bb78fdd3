"""Platforms that fetch bundles, programmes that are published, and the post."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from flask import current_app, request

from gateway.actions import issue_token as clients
from gateway.actions.see_messages import see_messages
from gateway.errors import AlreadyExists, BadInput, NotFound
from gateway.web.context import current_unit
from gateway.web.pages.admin.frame import CLIENTS, MESSAGES, ON_A_PAGE, SCHOOLS, framed, office
from gateway.web.pages.audit.words import DELIVERY
from gateway.web.pages.forms import read, said
from gateway.web.pages.site import MENDABLE, Page, To
from gateway.web.schemas.staff import NewClient, NewKeys
from policies.programme import Programme, published

CLIENT = "/admin/clients/<uuid:client_id>"
MOST_KEYS = 40_000  # signs of a key set


@dataclass(frozen=True, slots=True)
class Key:
    """One public key of a client."""

    kid: str
    use: str


@office.on("GET", "/admin/clients", CLIENTS)
def platforms() -> Page:
    """All of them."""
    return framed("clients.html", clients=current_unit().clients.page(None, ON_A_PAGE))


@office.on("GET", "/admin/clients/new", CLIENTS)
def client_form() -> Page:
    """Name, programme, public keys."""
    return framed("new_client.html", programmes=[(p.slug, p.title) for p in _newest()])


@office.on(
    "POST", "/admin/clients/new", CLIENTS, again=client_form, mends=(*MENDABLE, AlreadyExists)
)
def add_client() -> To:
    """Register a platform."""
    told = read(NewClient, {"name": said("name"), "programme": said("programme"), "jwks": _jwks()})
    jwks = current_app.json.dumps(told["jwks"])
    made = clients.add_client(current_unit(), told["name"], told["programme"], jwks)
    return To("office.platform", {"client_id": made}, notice="Клиент подключён.")


@office.on("GET", CLIENT, CLIENTS)
def platform(client_id: UUID) -> Page:
    """Its keys, and what can be changed."""
    found = current_unit().clients.by_id(client_id)
    if found is None:
        raise NotFound
    keys = [Key(key["kid"], key.get("use", "")) for key in json.loads(found.jwks)["keys"]]
    return framed("client.html", one=found, keys=keys)


@office.on("POST", f"{CLIENT}/keys", CLIENTS, again=platform)
def change_keys(client_id: UUID) -> To:
    """Another key set."""
    told = read(NewKeys, {"jwks": _jwks()})
    clients.change_client_keys(current_unit(), client_id, current_app.json.dumps(told["jwks"]))
    return To("office.platform", {"client_id": client_id}, notice="Ключи заменены.")


@office.on("POST", f"{CLIENT}/disable", CLIENTS)
def disable_client(client_id: UUID) -> To:
    """Shut it out at once."""
    clients.disable_client(current_unit(), client_id)
    return To("office.platform", {"client_id": client_id}, notice="Клиент отключён.")


@office.on("GET", "/admin/programmes", SCHOOLS)
def programmes() -> Page:
    """Which rules and texts this installation has, with their digests."""
    return framed("programmes.html", programmes=published())


@office.on("GET", "/admin/messages", MESSAGES)
def messages() -> Page:
    """What waits, and what was given up."""
    unit = current_unit()
    post = see_messages(unit)
    places = {each.school_id for each in post.waiting}
    places |= {each.school_id for each in post.failed if each.school_id}
    return framed(
        "messages.html",
        post=post,
        places={place: unit.schools.get(place).short_name for place in places},
        channels={"mail": "почта", "sms": "SMS"},
        reasons=DELIVERY,
    )


def _jwks() -> object:
    text = request.form.get("jwks", "")
    try:
        if len(text) > MOST_KEYS:
            raise ValueError
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput({"/jwks": "jwks_form"}) from None


def _newest() -> list[Programme]:
    return list({each.slug: each for each in published()}.values())
