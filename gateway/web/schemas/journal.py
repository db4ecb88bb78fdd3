"""What an auditor sees of the journal."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from marshmallow import fields, validate

from audit.kinds import KINDS
from audit.search import ACTOR_KINDS
from gateway.web.schemas.fields import (
    MESSAGES,
    Wire,
    a_choice,
    a_day,
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
from policies.anomalies import Sign

MOST = 2**53 - 1


class CheckpointOut(Wire):
    """`note` (C2SP signed note) is null before the first signature; `root` is hex."""

    note = fields.String(required=True, allow_none=True)
    size = a_number(0, MOST)
    root = a_text(allow_none=True)
    signed_at = a_moment(allow_none=True)
    waiting = a_number(0, MOST, metadata={"description": "events without a place yet"})
    oldest_waiting_at = a_moment(allow_none=True)


class Outcome(StrEnum):
    """Whether an event tells of something done or of a refusal."""

    DONE = "done"
    REFUSED = "refused"


def _one_of(known: Iterable[str]) -> fields.String:
    check = validate.OneOf(sorted(known), error="choice_unknown")
    return fields.String(required=False, error_messages=MESSAGES, validate=check)


class Filters(Wire):
    """What is looked for. `since`, `until`: days, both included, of the school or else of UTC;
    `object_id`: what the event names; `person_id`: of the school, with their asks and links.
    """

    since = a_day(required=False)
    until = a_day(required=False)
    kind = _one_of(KINDS)
    outcome = a_choice(Outcome, required=False)
    actor = _one_of(ACTOR_KINDS)
    school_id = an_id(required=False)
    person_id = an_id(required=False)
    object_id = an_id(required=False)


class EventsWanted(Page, Filters):
    """Without filters: the whole journal."""


class ActorOut(Wire):
    kind = a_text()
    ref = an_id(allow_none=True)


class EventOut(Wire):
    """`meaning`: Russian sentence of the kind. `index`: place in the tree.

    A damaged record has no `kind` and says nothing more; the check of the journal finds it.
    """

    index = a_number(0, MOST)
    integrated_at = a_moment(allow_none=True)
    id = an_id()
    kind = a_text(allow_none=True)
    meaning = a_text()
    school_id = an_id(allow_none=True)
    actor = a_part(ActorOut, allow_none=True)
    at = a_moment(allow_none=True)
    request_id = a_text(allow_none=True)
    data = fields.Dict(keys=fields.String(), required=True, allow_none=True)


class EventsPage(Wire):
    events = parts_of(EventOut)
    next = a_text(allow_none=True)


class ProofOut(Wire):
    """RFC 9162, section 2.1.3: `path` leads from the leaf of `envelope` to the root of `note`."""

    index = a_number(0, MOST)
    envelope = fields.String(required=True, metadata={"description": "base64"})
    path = some(a_digest())
    note = fields.String(required=True)


class CheckFinding(Wire):
    """`code`: of docs/formats/auditpack.md; `idx`: of the leaf, null for the whole."""

    code = a_text()
    idx = a_number(0, MOST, allow_none=True)


class CheckOut(Wire):
    """`verdict`: whole, tampered or incomplete. Not more than 1000 findings are listed."""

    verdict = a_text()
    size = a_number(0, MOST)
    root = fields.String(required=True)
    findings = parts_of(CheckFinding)
    findings_total = a_number(0, MOST)


class AnomaliesWanted(Wire):
    """`days`: how far back."""

    days = fields.Integer(
        load_default=7,
        error_messages=MESSAGES,
        validate=validate.Range(1, 366, error="number_range"),
    )
    school_id = an_id(required=False)


class AnomalyOut(Wire):
    """`why`: Russian sentence of the rule; `events`: indexes of what it is about."""

    sign = a_choice(Sign)
    why = a_text()
    at = a_moment()
    count = a_number(0, MOST)
    school_id = an_id(allow_none=True)
    actor_id = an_id(allow_none=True)
    events = some(a_number(0, MOST))


class AnomaliesOut(Wire):
    anomalies = parts_of(AnomalyOut)


class ExportWanted(Wire):
    """Without `school_id`: with all bodies."""

    school_id = an_id(required=False, allow_none=True)
