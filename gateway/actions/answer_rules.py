"""What stands against an answer: who, about whom, by which contact. The rules are policies'."""

from __future__ import annotations

from uuid import UUID

from gateway.actions.personal_document import Sitting
from gateway.errors import NotFound
from gateway.unit import Unit
from policies.consent import AskFor, may_answer_for_any, may_sign_electronically
from policies.facts import ContactFacts, Decision, EvidenceLevel, Field, FormKind, Items, PupilFacts
from policies.findings import Code, Finding
from policies.workers import is_of_another


def against(unit: Unit, sitting: Sitting, decision: Decision) -> list[Finding]:
    """Everything; empty when the answer may be kept. Raises `NotFound`."""
    today = sitting.school.today(unit.now)
    about = pupils_about(unit, sitting)
    if not about:
        raise NotFound
    found = may_answer_for_any(
        decision,
        AskFor(sitting.ask.form, sitting.ask.signer_id, sitting.ask.subject_id),
        about,
        sitting.rules,
        today,
        sitting.collection.deadline_on,
    )
    if (
        decision is Decision.GIVEN
        and sitting.agreement is None
        and EvidenceLevel.LOCAL_PEP in sitting.rules.needs_agreement
    ):
        found.append(Finding(Code.AGREEMENT_MISSING, sitting.ask.signer_id, form=sitting.ask.form))
    for contact in signing_contacts(unit, sitting.school.id, sitting.ask.signer_id, sitting.signer):
        found += may_sign_electronically(contact, unit.now)
    return found


def pupils_about(unit: Unit, sitting: Sitting) -> list[PupilFacts]:
    """The pupils for whose sake the ask is made: one, or every child of a guardian."""
    ask = sitting.ask
    if ask.form is FormKind.GUARDIAN_OWN:
        about = {
            g.pupil_id
            for g in unit.pupils.list_guardianships(sitting.school.id, guardian_ids=[ask.signer_id])
        }
    else:
        about = {ask.subject_id}
    return unit.dossier.pupils(sitting.school.id, sitting.collection.id, about)


def signing_contacts(
    unit: Unit, school_id: UUID, signer_id: UUID, signer: Items
) -> list[ContactFacts]:
    """The two contacts that carry a signature, as the rule wants to know them."""
    changed = unit.people.staff_changed_at(school_id, signer_id)
    here = unit.vault.tokens_of(school_id, signer)
    snils = here.pop(Field.SNILS, None)
    everywhere = {f: unit.vault.token(f, signer.values[f], None) for f in here}
    workers = unit.staff.with_contacts(school_id, here.values())
    holders = unit.claims.count_holders(everywhere)
    return [
        ContactFacts(
            staff_changed_at=changed.get(f),
            equals_staff_contact=is_of_another(here[f], snils, workers),
            unrelated_families=holders[f],
        )
        for f in here
    ]
