"""Answers that a worker writes down: on paper or aloud, checks of identity, scans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from gateway.actions import record_paper as paper
from gateway.actions import witness_answer
from gateway.web.auth import needs
from gateway.web.context import current_unit, current_wiring
from gateway.web.routes import Bytes, Routes, Takes
from gateway.web.scans import OCTETS, as_file
from gateway.web.schemas import family as family_wire
from gateway.web.schemas import written as wire
from gateway.web.schemas.parts import details_of, witness_of
from gateway.web.shapes import answer_member
from policies.facts import Decision
from policies.permissions import Permission

written = Routes("written", "Answers that a worker of the school writes down")

ANSWER = "/v1/school/answers/<uuid:answer_id>"


@written.on(
    "POST",
    "/v1/school/asks/<uuid:ask_id>/paper-answer",
    needs(Permission.RECORD_PAPER),
    takes=wire.NewPaperAnswer,
    gives=family_wire.AnswerMade,
    status=201,
)
def record_paper(told: Mapping[str, Any], ask_id: UUID) -> Mapping[str, object]:
    """Write down an answer on paper or by word of mouth."""
    wiring = current_wiring()
    return answer_member(
        paper.record_paper(
            current_unit(),
            ask_id,
            Decision(told["decision"].value),
            told["signed_on"],
            details_of(told),
            wiring.host,
            wiring.signing_keys,
            witness_of(told),
        )
    )


@written.on(
    "POST",
    f"{ANSWER}/identity-checks",
    needs(Permission.RECORD_PAPER),
    takes=wire.NewCheck,
    status=204,
)
def check_identity(told: Mapping[str, Any], answer_id: UUID) -> None:
    """Write down that the identity behind a written answer was checked."""
    witness_answer.check_identity(current_unit(), answer_id, told["identity"])


@written.on(
    "POST",
    f"{ANSWER}/scans",
    needs(Permission.RECORD_PAPER),
    takes=Takes(wire.ScanFile, "files"),
    gives=wire.ScanMade,
    status=201,
)
def attach_scan(told: Mapping[str, Any], answer_id: UUID) -> Mapping[str, object]:
    """Keep a scan of what was signed."""
    data = told["scan"].read()
    return {"scan_id": witness_answer.attach_scan(current_unit(), answer_id, data)}


@written.on(
    "GET",
    "/v1/school/scans/<uuid:scan_id>",
    needs(Permission.READ_CLASS),
    gives=Bytes(OCTETS, as_file),
)
def read_scan(scan_id: UUID) -> object:
    """The scan as it was attached."""
    return witness_answer.read_scan(current_unit(), scan_id)
