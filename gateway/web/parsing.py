"""Reads a request against a schema and refuses everything that the schema does not name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import marshmallow as ma
from flask import Request, current_app
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from gateway.errors import BadInput
from gateway.web.json_strict import shown_name

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
MULTIPART_TYPE = "multipart/form-data"
UNKNOWN: dict[str, str | None] = {
    **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
    "query": ma.RAISE,
    "files": ma.RAISE,
    # RFC 6749, section 3.2: unrecognised parameters are ignored.
    "form": ma.EXCLUDE,
}


class StrictParser(FlaskParser):
    """Content types are exact; a member that nobody asked for is a mistake, not noise."""

    DEFAULT_UNKNOWN_BY_LOCATION = UNKNOWN

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        _require_once(req.args)
        return super().load_querystring(req, schema)

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        _require(req, JSON_TYPE)
        return current_app.json.loads(req.get_data())

    def load_form(self, req: Request, schema: ma.Schema) -> Any:
        _require(req, FORM_TYPE)
        _require_once(req.form)
        return super().load_form(req, schema)

    def load_files(self, req: Request, schema: ma.Schema) -> Any:
        _require(req, MULTIPART_TYPE)
        _require_once(req.files, req.form)
        unknown = req.form.keys() - schema.fields.keys()
        if unknown:
            raise BadInput({f"/{shown_name(name)}": "unknown_field" for name in unknown})
        return super().load_files(req, schema)

    def handle_error(
        self,
        error: ma.ValidationError,
        req: Request,
        schema: ma.Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        raise BadInput(pointers(error.messages)) from None


def pointers(messages: object) -> dict[str, str]:
    """JSON pointer (RFC 6901) -> code, from marshmallow's nested messages by location."""
    found: dict[str, str] = {}
    for inner in messages.values() if isinstance(messages, dict) else []:
        found |= dict(_walk("", inner))
    return found


def _walk(pointer: str, messages: object) -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            if name == "_schema":
                yield from _walk(pointer, inner)
            else:
                shown = name if isinstance(name, int) else shown_name(str(name))
                yield from _walk(f"{pointer}/{shown}", inner)
    elif isinstance(messages, list) and messages:
        yield pointer, str(messages[0])


def _require_once(*told: MultiDict[str, Any]) -> None:
    """A name that stands twice could be read two ways. Raises `BadInput`."""
    seen: set[str] = set()
    for name, _ in (each for parts in told for each in parts.items(multi=True)):
        if name in seen:
            raise BadInput({f"/{shown_name(name)}": "duplicate_key"})
        seen.add(name)


def _require(req: Request, content_type: str) -> None:
    if req.mimetype != content_type:
        raise UnsupportedMediaType
