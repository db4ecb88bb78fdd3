"""Leave a silent family on paper: attempts, a proposal, and a second person who confirms."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from gateway.actions.invite import first_names
from gateway.actions.own_classes import require_people
from gateway.actions.own_family import require_no_relative
from gateway.actions.release_set import look_at_school
from gateway.actions.send_message import send_mail, spokesmen
from gateway.errors import BadInput, NotFound, RulesBroken
from gateway.messages import texts
from gateway.store.leaving_out import LeaveOut
from gateway.unit import Unit
from policies.facts import AttemptFacts, Field, Items
from policies.leaving_out import confirmation_findings, proposal_findings
from policies.permissions import Permission


def record_attempt(unit: Unit, pupil_id: UUID, made_on: date, channel: str) -> UUID:
    """One attempt to reach the family, by the day it was made. Raises `NotFound`, `BadInput`."""
    school_id = unit.lock_school()
    staff_id = unit.actor.ref
    if pupil_id not in unit.pupils.classes(school_id) or staff_id is None:
        raise NotFound
    require_people(unit, Permission.RECORD_ATTEMPT, [pupil_id])
    if made_on > unit.schools.get(school_id).today(unit.now):
        raise BadInput({"/made_on": "date_in_future"})
    attempt_id = unit.new_id()
    event = unit.record(
        "attempt.recorded",
        attempt_id=attempt_id,
        person_id=pupil_id,
        made_on=made_on,
        channel=channel,
    )
    unit.leaving_out.add_attempt(
        school_id, attempt_id, pupil_id, AttemptFacts(made_on, channel), staff_id, event
    )
    return attempt_id


def propose_leaving_out(unit: Unit, collection_id: UUID, pupil_id: UUID, reason: str) -> UUID:
    """The registrar's half. Proposed before, it is the same proposal.

    A family whose answers ended a leaving out and who keeps the school waiting again can be left
    out again, after attempts made since. Raises `RulesBroken`, `NotFound`.
    """
    school_id = unit.lock_school()
    state = look_at_school(unit, school_id, collection_id)
    staff_id = unit.actor.ref
    where = state.readiness.standings.get(pupil_id)
    if where is None or staff_id is None:
        raise NotFound
    require_no_relative(unit, Permission.PROPOSE_LEAVING_OUT, [pupil_id])
    known = unit.leaving_out.by_pupil(school_id, collection_id).get(pupil_id)
    if known is not None and (known.confirmed_at is None or where.is_settled):
        return known.id
    attempts = unit.leaving_out.attempts_for(school_id, pupil_id)
    if known is not None and known.confirmed_at is not None:
        ended_after = state.school.today(known.confirmed_at)
        attempts = [each for each in attempts if each.made_on > ended_after]
    findings = proposal_findings(
        pupil_id,
        where,
        attempts,
        reason,
        state.rules,
        state.school.today(unit.now),
    )
    if findings:
        raise RulesBroken(findings)
    leave_out = LeaveOut(
        known.id if known else unit.new_id(), pupil_id, reason, staff_id, None, None
    )
    event = unit.record(
        "leaving_out.proposed", leaving_out_id=leave_out.id, person_id=pupil_id, reason=reason
    )
    unit.leaving_out.propose(school_id, collection_id, leave_out, event)
    return leave_out.id


def confirm_leaving_out(unit: Unit, collection_id: UUID, pupil_id: UUID, public_url: str) -> None:
    """The second person's half; the family is told. Confirmed before, it is no error.

    Raises `RulesBroken` (the same person, or the family has answered since), `NotFound`.
    """
    school_id = unit.lock_school()
    leave_out = unit.leaving_out.by_pupil(school_id, collection_id).get(pupil_id)
    staff_id = unit.actor.ref
    if leave_out is None or staff_id is None:
        raise NotFound
    require_no_relative(unit, Permission.CONFIRM_LEAVING_OUT, [pupil_id])
    if leave_out.confirmed_by is not None:
        return
    state = look_at_school(unit, school_id, collection_id)
    where = state.readiness.standings.get(pupil_id)
    if where is None:
        raise NotFound
    findings = confirmation_findings(pupil_id, leave_out.proposed_by, staff_id, is_told=True)
    findings += proposal_findings(
        pupil_id,
        where,
        unit.leaving_out.attempts_for(school_id, pupil_id),
        leave_out.reason,
        state.rules,
        state.school.today(unit.now),
    )
    if findings:
        raise RulesBroken(findings)
    event = unit.record("leaving_out.confirmed", leaving_out_id=leave_out.id, person_id=pupil_id)
    unit.leaving_out.confirm(school_id, leave_out.id, staff_id, unit.now, event)
    _tell(unit, school_id, collection_id, pupil_id, public_url)


def _tell(
    unit: Unit, school_id: UUID, collection_id: UUID, pupil_id: UUID, public_url: str
) -> None:
    """A letter to everybody who speaks for the pupil and has an address."""
    school = unit.schools.get(school_id)
    collection = unit.collections.get(school_id, collection_id)
    items = unit.people.items(school_id, [pupil_id])
    letter = texts.left_out(
        school.short_name,
        first_names([pupil_id], items),
        collection.deadline_on,
        school.zone,
        public_url,
        school.phone,
    )
    for told in spokesmen(unit, school_id, pupil_id, items.get(pupil_id, Items({}))):
        to = told.values.get(Field.EMAIL)
        if to is not None:
            send_mail(unit, school_id, to, letter.subject, letter.text, keeps_hours=True)
