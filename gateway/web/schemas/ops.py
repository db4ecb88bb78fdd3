"""What machines ask: alive, ready, keys."""

from __future__ import annotations

from marshmallow import fields

from gateway.web.schemas.fields import Wire, a_number, a_text


class Alive(Wire):
    alive = fields.Boolean(required=True)


class Ready(Wire):
    """`checks`: by name, without details."""

    ready = fields.Boolean(required=True)
    checks = fields.Dict(keys=fields.String(), values=fields.Boolean(), required=True)


class KeySet(Wire):
    keys = fields.List(fields.Dict(), required=True)


class ProblemPage(Wire):
    """One row of the table of problems."""

    type = a_text()
    status = a_number(400, 599)
    code = a_text()
    title = a_text()
    detail = a_text()
