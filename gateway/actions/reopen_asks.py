"""Ask again whose consent was given for another person than the record names now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from gateway.actions.pinned_rules import rules_of
from gateway.store.consents import Ask
from gateway.unit import Unit
from policies.consent import asked_again, latest
from policies.programme import Programme
from policies.release import deadline_passed


def reopen_asks(unit: Unit, school_id: UUID, people: Collection[UUID]) -> int:
    """After the records of `people` have changed; answers how many asks. The school is locked.

    Answers are not touched: they say what they say, about the values of their day. A collection
    whose deadline has passed asks nobody.
    """
    zone = unit.schools.get(school_id).zone
    count = 0
    for collection in unit.collections.of_school(school_id) if people else ():
        if deadline_passed(unit.now, collection.deadline_on, zone):
            continue
        asks = [
            ask
            for ask in unit.consents.list_asks(school_id, collection.id)
            if ask.subject_id in people or ask.signer_id in people
        ]
        again = open_again(unit, school_id, asks, rules_of(collection))
        events = unit.record_many(
            [
                (
                    "ask.reopened",
                    {
                        "ask_id": ask.id,
                        "person_id": ask.subject_id,
                        "signer_id": ask.signer_id,
                        "form": ask.form.value,
                    },
                )
                for ask in again
            ],
            school_id=school_id,
        )
        ids = [ask.id for ask in again]
        unit.consents.reopen(school_id, zip(ids, events, strict=True))
        count += len(again)
    return count


def open_again(unit: Unit, school_id: UUID, asks: Iterable[Ask], rules: Programme) -> list[Ask]:
    """Those of the asks whose consent counts no more, because a record has changed since."""
    asks = list(asks)
    changes = unit.people.changes.of_people(
        school_id, {person for ask in asks for person in (ask.subject_id, ask.signer_id)}
    )
    changed = [ask for ask in asks if ask.subject_id in changes or ask.signer_id in changes]
    answers = unit.consents.answers_by_ask(school_id, [ask.id for ask in changed])
    found = []
    for ask in changed:
        answer = latest(answers.get(ask.id, ()))
        of_subject, of_signer = changes.get(ask.subject_id, ()), changes.get(ask.signer_id, ())
        if answer is not None and asked_again(answer, rules, of_subject, of_signer):
            found.append(ask)
    return found
