"""Answers that a worker writes down."""

from __future__ import annotations

from enum import StrEnum

from flask_smorest.fields import Upload

from gateway.web.schemas.fields import (
    MESSAGES,
    Wire,
    a_choice,
    a_day,
    a_part,
    a_text,
    an_id,
)
from gateway.web.schemas.parts import DetailsIn
from policies.witness import IdentityCheck, Way


class PaperDecision(StrEnum):
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class NewPaperAnswer(Wire):
    """`signed_on`: the day it was signed or said. `identity`: how the caller made sure who
    answers. `assisted_by`: who read the document to whoever cannot read or see.
    """

    decision = a_choice(PaperDecision)
    way = a_choice(Way, required=False)
    identity = a_choice(IdentityCheck, required=False)
    assisted_by = a_text(200, required=False)
    signed_on = a_day()
    details = a_part(DetailsIn, required=False)


class NewCheck(Wire):
    identity = a_choice(IdentityCheck)


class ScanFile(Wire):
    """PDF, JPEG or PNG, 5 MB at most."""

    scan = Upload(required=True, error_messages=MESSAGES)


class ScanMade(Wire):
    scan_id = an_id()
