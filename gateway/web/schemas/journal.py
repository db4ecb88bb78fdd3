"""What an auditor sees of the journal."""

from __future__ import annotations

from marshmallow import fields

from gateway.web.schemas.fields import (
    Wire,
    a_digest,
    a_moment,
    a_number,
    a_part,
    a_text,
    an_id,
    parts_of,
    some,
)
from gateway.web.schemas.pages import Page

MOST = 2**53 - 1


class CheckpointOut(Wire):
    """`note` (C2SP signed note) is null before the first signature; `root` is hex."""

    note = fields.String(required=True, allow_none=True)
    size = a_number(0, MOST)
    root = a_text(allow_none=True)
    signed_at = a_moment(allow_none=True)
    waiting = a_number(0, MOST, metadata={"description": "events without a place yet"})
    oldest_waiting_at = a_moment(allow_none=True)


class EventsWanted(Page):
    """Without `school_id`: of the whole journal."""

    school_id = an_id(required=False)


class ActorOut(Wire):
    kind = a_text()
    ref = an_id(allow_none=True)


class EventOut(Wire):
    """`meaning`: Russian sentence of the kind. `index`: place in the tree."""

    index = a_number(0, MOST)
    integrated_at = a_moment()
    id = an_id()
    kind = a_text()
    meaning = a_text()
    school_id = an_id(allow_none=True)
    actor = a_part(ActorOut)
    at = a_moment()
    request_id = a_text(allow_none=True)
    data = fields.Dict(keys=fields.String(), required=True)


class EventsPage(Wire):
    events = parts_of(EventOut)
    next = a_text(allow_none=True)


class ProofOut(Wire):
    """RFC 9162, section 2.1.3: `path` leads from the leaf of `envelope` to the root of `note`."""

    index = a_number(0, MOST)
    envelope = fields.String(required=True, metadata={"description": "base64"})
    path = some(a_digest())
    note = fields.String(required=True)


class ExportWanted(Wire):
    """Without `school_id`: with all bodies."""

    school_id = an_id(required=False, allow_none=True)
