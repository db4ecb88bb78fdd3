"""Leaving a silent family out: proposed by one person, confirmed by another, told to the family."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from policies.facts import AttemptFacts
from policies.findings import Code, Finding
from policies.programme import Programme
from policies.standing import Standing


def proposal_findings(
    pupil_id: UUID,
    where: Standing,
    attempts: Sequence[AttemptFacts],
    reason: str,
    programme: Programme,
    today: date,
) -> list[Finding]:
    """Why a leaving out cannot be proposed today; empty means it can.

    Attempts count by their days: two calls on one day are one attempt, a planned call is none.
    """
    found = []
    if where.is_settled:
        found.append(Finding(Code.NOT_WAITING, about=pupil_id))
    days = {attempt.made_on for attempt in attempts if attempt.made_on <= today}
    if len(days) < programme.terms.attempts_needed:
        found.append(Finding(Code.ATTEMPTS_TOO_FEW, about=pupil_id))
    if not reason.strip():
        found.append(Finding(Code.REASON_MISSING, about=pupil_id))
    return found


def confirmation_findings(
    pupil_id: UUID, proposed_by: UUID, confirmed_by: UUID, *, is_told: bool
) -> list[Finding]:
    """Why a proposal cannot be confirmed by this person; `proposal_findings` must be empty too.

    `is_told`: the notice to the family is on its way, whether or not it can be delivered.
    """
    found = []
    if proposed_by == confirmed_by:
        found.append(Finding(Code.SECOND_PERSON_NEEDED, about=pupil_id))
    if not is_told:
        found.append(Finding(Code.FAMILY_NOT_TOLD, about=pupil_id))
    return found
