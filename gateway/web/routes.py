"""A route in one decorator: whom it lets in, what it takes, what it gives.

The order is always the same: let in, decode, open the unit, call the view, commit, encode. So
nothing is encoded that was not committed, and a slow body holds no transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import marshmallow as ma
from flask import Response
from flask_smorest import Blueprint

from gateway.web.auth import Access
from gateway.web.parsing import FORM_TYPE, JSON_TYPE, MULTIPART_TYPE, StrictParser

View = TypeVar("View", bound=Callable[..., object])
GUARDS: dict[str, Access] = {}
"""Operation id -> whom it lets in; filled as views are registered."""
CONTENT_TYPES = {"json": JSON_TYPE, "form": FORM_TYPE, "files": MULTIPART_TYPE}


@dataclass(frozen=True, slots=True)
class Takes:
    """What a route reads, and from where: `json`, `query`, `form` or `files`."""

    schema: type[ma.Schema]
    location: str = "json"


@dataclass(frozen=True, slots=True)
class Bytes:
    """An answer that is no JSON. `encode`: what the view gave -> response, after the commit."""

    content_type: str
    encode: Callable[[Any], Response]


class Routes:
    """The routes of one kind of caller."""

    def __init__(self, name: str, description: str) -> None:
        self.blueprint: Any = Blueprint(name, __name__, description=description)
        self.blueprint.ARGUMENTS_PARSER = StrictParser()

    def on(
        self,
        method: str,
        rule: str,
        access: Access,
        *,
        takes: Takes | type[ma.Schema] | None = None,
        gives: type[ma.Schema] | Bytes | None = None,
        status: int = 200,
    ) -> Callable[[View], View]:
        """Register a view. It is called with what was decoded, then with the path's parts by name.

        `gives` None: the answer has no body and `status` is 204.
        """

        def register(view: View) -> View:
            inner: Any = view
            if takes is not None:
                told = takes if isinstance(takes, Takes) else Takes(takes)
                inner = self.blueprint.arguments(
                    told.schema,
                    location=told.location,
                    content_type=CONTENT_TYPES.get(told.location),
                )(inner)
            inner = _let_in(access, inner)
            inner = self._encode(inner, gives, status)
            GUARDS[view.__name__] = access
            doc = {"operationId": view.__name__, "security": access.security}
            inner = self.blueprint.doc(**doc)(inner)
            self.blueprint.route(rule, methods=[method])(inner)
            return view

        return register

    def _encode(self, inner: Any, gives: type[ma.Schema] | Bytes | None, status: int) -> Any:
        if gives is None:
            return self.blueprint.response(204, description="Сделано")(_without_body(inner))
        if isinstance(gives, Bytes):
            binary = {"type": "string", "format": "binary"}
            return self.blueprint.response(status, binary, content_type=gives.content_type)(
                _then(gives.encode, inner)
            )
        return self.blueprint.response(status, gives, content_type=JSON_TYPE)(inner)


def _let_in(access: Access, view: Callable[..., object]) -> Callable[..., object]:
    @wraps(view)
    def run(*args: object, **parts: object) -> object:
        return access.run(lambda: view(*args, **parts))

    return run


def _then(encode: Callable[[Any], Response], view: Callable[..., object]) -> Callable[..., object]:
    @wraps(view)
    def run(*args: object, **parts: object) -> object:
        return encode(view(*args, **parts))

    return run


def _without_body(view: Callable[..., object]) -> Callable[..., object]:
    @wraps(view)
    def run(*args: object, **parts: object) -> object:
        view(*args, **parts)
        return Response(status=204)

    return run
