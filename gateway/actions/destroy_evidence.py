"""Destroy the evidence of people whose registry class is gone, when its years are over.

What was signed, its scans and the details told for it go, the key with them, and the marks by
which the person was known again. Answer, day, digests and receipt stay: they name nobody.
"""

from __future__ import annotations

from uuid import UUID

from crypto.envelope import KeyClass
from gateway.actions.pinned_rules import rules_of
from gateway.unit import Unit
from policies.retention import RecordClass, destroy_on


def destroy_evidence_due(unit: Unit, school_id: UUID) -> int:
    """Answers how many people; run daily, any number of times.

    The years count from the last word that was said by or about the person, for whoever never
    said one from the destruction of the registry class. Of several programmes the longest counts.
    """
    unit.lock_school(school_id)
    school = unit.schools.get(school_id)
    rules = [rules_of(each) for each in unit.collections.of_school(school_id)]
    gone = unit.people.without_registry(school_id)
    if not gone or not rules:
        return 0
    longest = max(rules, key=lambda each: each.terms.evidence_years)
    said = unit.consents.last_said(school_id)
    today = school.today(unit.now)
    due = [
        person
        for person, destroyed_at in sorted(gone.items())
        if today
        >= destroy_on(RecordClass.EVIDENCE, school.today(said.get(person, destroyed_at)), longest)
    ]
    for person in due:
        unit.record(
            "person.destroyed",
            school_id=school_id,
            person_id=person,
            key_class=KeyClass.EVIDENCE.name.lower(),
            reason="retention",
        )
        unit.consents.destroy_evidence(school_id, person)
        unit.witnesses.destroy_scans(school_id, person)
        unit.vault.destroy_key(school_id, person, KeyClass.EVIDENCE)
    unit.people.changes.forget_marks(school_id, due)
    return len(due)
