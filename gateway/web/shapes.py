"""From what actions give to what the schemas write, where the two differ."""

from __future__ import annotations

from gateway.actions.answer import AskView
from gateway.actions.read_class import DeskPupil
from gateway.actions.review_import import Review
from gateway.actions.roster_plan import PlannedPerson
from gateway.store.consents import Answer
from gateway.web.refusals import finding_member
from gateway.web.schemas.parts import items_member
from policies.findings import Code, text_of
from policies.release import ClassReadiness

Member = dict[str, object]


def class_sum(one: ClassReadiness) -> Member:
    """`ClassSum`."""
    return {
        "class_id": one.class_id,
        "name": one.name,
        "handed_in": one.is_handed_in,
        "counts": one.counts,
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
    """`ReviewOut`. Keys of the plan stay inside: they hold tokens."""
    plan = review.plan
    people = {person.key: person for person in plan.people}
    return {
        "digest": review.digest,
        "committable": review.is_committable,
        "counts": {
            "people": len(people),
            "pupils": len(plan.pupils),
            "added": len(plan.added),
            "changed": len(plan.changed),
            "unchanged": len(people) - len(plan.added) - len(plan.changed),
            "missing": len(plan.missing),
            "repairs": len(review.repairs),
            "findings": len(review.findings),
        },
        "added": [{"row": person.row, **items_member(person.items)} for person in plan.added],
        "changed": [_change(person) for person in plan.changed],
        "pupils": [
            {
                "row": pupil.row,
                "class_name": pupil.class_name,
                "moves": pupil.moves,
                "guardians": [{"kind": k, "relation": r} for _, k, r in pupil.guardians],
            }
            for pupil in plan.pupils
        ],
        "missing": plan.missing,
        "repairs": [
            {
                "row": repair.row,
                "column": repair.column,
                "before": repair.before,
                "after": repair.after,
                "code": str(repair.code),
                "detail": text_of(Code(repair.code)),
            }
            for repair in review.repairs
        ],
        "findings": [finding_member(finding) for finding in review.findings],
    }


def _change(person: PlannedPerson) -> Member:
    return {
        "row": person.row,
        "person_id": person.person_id,
        "changes": [
            {
                "field": field.value,
                "before": person.before.values.get(field),
                "after": person.items.values.get(field),
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
    }
