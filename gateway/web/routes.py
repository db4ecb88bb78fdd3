"""A route in one decorator: whom it lets in, what it takes, what it gives.

The order is always the same: let in, decode, open the unit, call the view, commit, encode. So
nothing is encoded that was not committed, and a slow body holds no transaction. Only an answer
that is kept for a repeat (`web/repeats.py`) is encoded before the commit, to be kept by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from types import MappingProxyType
from typing import Any, TypeVar

import marshmallow as ma
from flask import Response
from flask_smorest import Blueprint

from gateway.web.auth import Access, Perform
from gateway.web.context import in_one_unit
from gateway.web.limits import within_limits
from gateway.web.parsing import FORM_TYPE, JSON_TYPE, MULTIPART_TYPE, StrictParser
from gateway.web.preconditions import IF_MATCH
from gateway.web.repeats import HEADER, performer

View = TypeVar("View", bound=Callable[..., object])
GUARDS: dict[str, Access] = {}
"""Operation id -> whom it lets in; filled as views are registered."""
KEY_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Said again with the same content within 24 hours, it is answered as before.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 66},
}
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
        repeatable: bool = True,
        guarded: bool = False,
        also: Mapping[int, type[ma.Schema]] = MappingProxyType({}),
    ) -> Callable[[View], View]:
        """Register a view. It is called with what was decoded, then with the path's parts by name.

        `gives` None: the answer has no body and `status` is 204. `repeatable`: a POST takes an
        Idempotency-Key. `guarded`: it minds If-Match. `also`: bodies of other statuses that are no
        problem of RFC 9457.
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
            perform: Perform = in_one_unit
            if method == "POST" and repeatable:
                perform = performer(view.__name__, self._encode(_as_it_is, gives, status))
            inner = _let_in(access, inner, within_limits(view.__name__, perform))
            inner = self._encode(inner, gives, status)
            GUARDS[view.__name__] = access
            doc: dict[str, Any] = {"operationId": view.__name__, "security": access.security}
            if method == "POST" and repeatable:
                doc["parameters"] = [KEY_PARAMETER]
                doc["responses"] = {409: "CONFLICT", 422: "UNPROCESSABLE_ENTITY"}
            if guarded:
                doc["parameters"] = [IF_MATCH]
                doc["responses"] = {412: "PRECONDITION_FAILED"}
            for other, schema in also.items():
                tell = self.blueprint.alt_response(other, schema=schema, content_type=JSON_TYPE)
                inner = tell(inner)
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


def _let_in(access: Access, view: Callable[..., object], perform: Perform) -> Callable[..., object]:
    @wraps(view)
    def run(*args: object, **parts: object) -> object:
        return access.run(lambda: view(*args, **parts), perform)

    return run


def _then(encode: Callable[[Any], Response], view: Callable[..., object]) -> Callable[..., object]:
    @wraps(view)
    def run(*args: object, **parts: object) -> object:
        outcome = view(*args, **parts)
        return outcome if isinstance(outcome, Response) else encode(outcome)

    return run


def _without_body(view: Callable[..., object]) -> Callable[..., object]:
    @wraps(view)
    def run(*args: object, **parts: object) -> object:
        outcome = view(*args, **parts)
        return outcome if isinstance(outcome, Response) else Response(status=204)

    return run


def _as_it_is(outcome: object) -> object:
    """A view that has been called already: what is left is to encode."""
    return outcome
