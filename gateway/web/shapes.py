"""From what actions give to what the schemas write, where the two differ."""

from __future__ import annotations

from gateway.actions.answer import AskView
from gateway.actions.correct_cell import CheckedRow
from gateway.actions.planned_roster import PlannedPerson
from gateway.actions.read_class import DeskPupil
from gateway.actions.review_import import Review
from gateway.intake.items import Repair
from gateway.store.consents import Answer
from gateway.web.refusals import finding_member
from gateway.web.schemas.parts import items_member
from policies.findings import Code, text_of
from policies.release import ClassReadiness, Counts

Member = dict[str, object]


def counts_member(counts: Counts, *, with_why: bool) -> Member:
    """`CountsOut`. In a class of a few, how many refused would tell who did."""
    return {
        "enrolled": counts.enrolled,
        "ready": counts.ready,
        "refused": counts.refused if with_why else None,
        "disputed": counts.disputed if with_why else None,
        "left_out": counts.left_out if with_why else None,
        "waiting": counts.waiting,
        "paper": counts.paper,
        "listed": counts.listed,
    }


def class_sum(one: ClassReadiness, *, with_why: bool) -> Member:
    """`ClassSum`."""
    return {
        "class_id": one.class_id,
        "name": one.name,
        "handed_in": one.is_handed_in,
        "counts": counts_member(one.counts, with_why=with_why),
        "findings": [finding_member(finding) for finding in one.findings],
    }


def desk_pupil(pupil: DeskPupil) -> Member:
    """`DeskPupilOut`."""
    return {
        "id": pupil.person_id,
        "name": pupil.name,
        **items_member(pupil.items),
        "standing": {
            "kind": pupil.standing.kind,
            "reasons": [finding_member(reason) for reason in pupil.standing.reasons],
        },
        "guardians": [
            {
                "id": guardian.link.guardian_id,
                "name": guardian.name,
                **items_member(guardian.items),
                "guardianship_id": guardian.link.id,
                "kind": guardian.link.kind,
                "relation": guardian.link.relation,
                "has_authority": guardian.link.has_authority,
                "ends_on": guardian.link.ends_on,
            }
            for guardian in pupil.guardians
        ],
        "asks": pupil.asks,
    }


def review_member(review: Review) -> Member:
    """`ReviewOut`. Keys of the plan stay inside: they hold ids of people and nothing to see."""
    plan = review.plan
    return {
        "digest": review.digest,
        "committable": review.is_committable,
        "needs_confirmation": review.needs_confirmation,
        "counts": {
            "people": len(plan.people),
            "pupils": len(plan.pupils),
            "added": len(plan.added),
            "changed": len(plan.changed),
            "unchanged": len(plan.people) - len(plan.added) - len(plan.changed),
            "missing": len(plan.missing),
            "repairs": len(review.repairs),
            "findings": len(review.findings),
        },
        "classes": plan.classes,
        "added": [
            {**_listed(person), "returning": person.is_returning, **items_member(person.items)}
            for person in plan.added
        ],
        "changed": [_change(person) for person in plan.changed],
        "pupils": [
            {
                "row": pupil.row,
                "class_name": pupil.class_name,
                "moves": pupil.moves,
                "came_from": pupil.came_from,
                "guardians": [
                    {
                        "kind": guardian.kind,
                        "relation": guardian.relation,
                        "before": guardian.before if guardian.is_corrected else None,
                    }
                    for guardian in pupil.guardians
                ],
            }
            for pupil in plan.pupils
        ],
        "missing": [
            {
                "person_id": pupil.person_id,
                "class_name": pupil.class_name,
                **items_member(pupil.items),
            }
            for pupil in plan.missing
        ],
        "agreements": plan.agreements,
        "repairs": [_repair(repair) for repair in review.repairs],
        "findings": [
            {
                **finding_member(finding),
                "written": review.written.get((finding.row or 0, finding.column or "")),
            }
            for finding in review.findings
        ],
    }


def checked_row(checked: CheckedRow) -> Member:
    """`CheckedRow`."""
    return {
        "findings": [finding_member(finding) for finding in checked.findings],
        "repairs": [_repair(repair) for repair in checked.repairs],
    }


def _listed(person: PlannedPerson) -> Member:
    return {
        "row": person.row,
        "class_name": person.class_name,
        "is_pupil": person.is_pupil,
    }


def _repair(repair: Repair) -> Member:
    return {
        "row": repair.row,
        "column": repair.column,
        "before": repair.before,
        "after": repair.after,
        "code": str(repair.code),
        "detail": text_of(Code(repair.code)),
    }


def _change(person: PlannedPerson) -> Member:
    before, after = person.before, person.items
    return {
        **_listed(person),
        "person_id": person.person_id,
        "changes": [
            {
                "field": field.value,
                "before": before.values.get(field),
                "after": after.values.get(field),
                "before_absent": before.absent.get(field),
                "after_absent": after.absent.get(field),
            }
            for field in person.changed
        ],
    }


def answer_member(answer: Answer) -> Member:
    """`AnswerMade`."""
    return {
        "answer_id": answer.facts.id,
        "decision": answer.facts.decision,
        "decided_at": answer.facts.decided_at,
        "receipt_no": answer.receipt_no,
        "receipt": answer.receipt,
    }


def own_ask(view: AskView) -> Member:
    """`OwnAsk`."""
    return {
        "id": view.ask.id,
        "form": view.ask.form,
        "subject_id": view.ask.subject_id,
        "given_name": view.given_name,
        "answer": view.answer,
        "asked_again": view.asked_again,
    }
