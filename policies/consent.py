"""Who is asked, who may answer, which answer holds and whether its signature counts.

A «no» is heard in any form and at any moment; only a «yes» has conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from policies.completeness import item_findings
from policies.dates import age
from policies.facts import (
    AnswerFacts,
    ContactFacts,
    Decision,
    Field,
    FormKind,
    GuardianFacts,
    GuardianKind,
    ItemChange,
    PupilFacts,
)
from policies.findings import Code, Finding
from policies.programme import Programme, Subject

# A contact that staff have just changed could be their own (design 4).
STAFF_CHANGE_HOURS = 24
MAX_UNRELATED_FAMILIES = 3

NO = frozenset({Decision.REFUSED, Decision.WITHDRAWN})


class AskFor(NamedTuple):
    """One document to one signer about one subject: the key of an ask within a collection."""

    form: FormKind
    signer_id: UUID
    subject_id: UUID


def asks_for(pupil: PupilFacts, programme: Programme, today: date, deadline: date) -> list[AskFor]:
    """Who must be asked today; empty while the birth date is unknown: the age decides.

    A pupil whose birthday brings a signature by the deadline and some days is asked at once.
    """
    born = pupil.items.birth_date
    if born is None:
        return []
    ahead = deadline + timedelta(days=programme.terms.asked_ahead_days)
    now_required = programme.required_forms(age(born, today))
    required = now_required | programme.required_forms(age(born, max(ahead, today)))
    asks = []
    if FormKind.PUPIL_OWN in required:
        asks.append(AskFor(FormKind.PUPIL_OWN, pupil.person_id, pupil.person_id))
    for guardian in pupil.guardians:
        if authority_finding(guardian, today) is not None:
            continue
        if FormKind.CHILD in now_required:
            asks.append(AskFor(FormKind.CHILD, guardian.person_id, pupil.person_id))
        if FormKind.GUARDIAN_OWN in now_required:
            asks.append(AskFor(FormKind.GUARDIAN_OWN, guardian.person_id, guardian.person_id))
    return asks


def authority_finding(guardian: GuardianFacts, on: date) -> Finding | None:
    """Why this guardian does not represent the pupil on that day; None means entitled.

    A parent needs no document; the last day of a guardianship still counts.
    """
    if guardian.ends_on is not None and on > guardian.ends_on:
        return Finding(Code.AUTHORITY_ENDED, about=guardian.person_id)
    if guardian.kind is not GuardianKind.PARENT and not guardian.has_authority:
        return Finding(Code.AUTHORITY_MISSING, about=guardian.person_id)
    return None


def latest(answers: Iterable[AnswerFacts]) -> AnswerFacts | None:
    """The answer that holds; None: nobody has answered. The order given does not matter.

    INVALIDATED takes away the entry before it, as if that had never been made.
    """
    holding: list[AnswerFacts] = []
    for answer in sorted(answers, key=lambda each: (each.decided_at, each.id)):
        if answer.decision is not Decision.INVALIDATED:
            holding.append(answer)
        elif holding:
            holding.pop()
    return holding[-1] if holding else None


def counts(
    answer: AnswerFacts, programme: Programme, form: FormKind, about: UUID | None = None
) -> Finding | None:
    """Why a GIVEN does not count yet; None means it does.

    Texts are compared when the programme was told their digests.
    """
    current = programme.forms[form]
    code: Code | None = None
    if answer.evidence not in programme.evidence:
        code = Code.EVIDENCE_NOT_ACCEPTED
    elif answer.evidence in programme.needs_agreement and not answer.has_agreement:
        code = Code.AGREEMENT_MISSING
    elif (answer.form, answer.form_version) != (current.slug, current.version):
        code = Code.FORM_OUTDATED
    elif current.text_digest not in (None, answer.text_digest):
        code = Code.FORM_TEXT_DIFFERS
    return None if code is None else Finding(code, about=about, form=form)


def asked_again(
    answer: AnswerFacts,
    programme: Programme,
    subject: Sequence[ItemChange],
    signer: Sequence[ItemChange],
) -> bool:
    """A consent was given for another person than the record names now.

    `subject`, `signer`: changes of their records, in order. Values count and not moments: who was
    renamed by mistake and back again need not sign twice. Other answers than a yes always stand.
    """
    return answer.decision is Decision.GIVEN and (
        _differs(subject, answer.subject_version, programme)
        or _differs(signer, answer.signer_version, programme)
    )


def _differs(changes: Sequence[ItemChange], version: int, programme: Programme) -> bool:
    first: dict[Field, bytes | None] = {}
    last: dict[Field, bytes | None] = {}
    for change in changes:
        if change.number > version and change.item in programme.asked_again:
            first.setdefault(change.item, change.before)
            last[change.item] = change.after
    return any(before is None or before != last[item] for item, before in first.items())


def may_answer(
    decision: Decision,
    ask: AskFor,
    pupil: PupilFacts,
    programme: Programme,
    today: date,
    deadline: date,
) -> list[Finding]:
    """What stands against recording this answer today; empty means it may be recorded.

    `pupil`: the one through whom the signer was asked. Consent needs complete items, for the
    document lists them. Refusing and withdrawing need neither completeness nor a reason, and
    no deadline binds them.
    """
    guardian = next((each for each in pupil.guardians if each.person_id == ask.signer_id), None)
    answers = _answers_to(ask, pupil, guardian)
    if answers is None:
        return [Finding(Code.NOT_ASKED, about=ask.signer_id, form=ask.form)]
    if (spent := _nothing_to_change(decision, answers)) is not None:
        return [Finding(spent, about=ask.signer_id, form=ask.form)]
    if decision is Decision.GIVEN:
        against = _not_asked_today(ask, pupil, guardian, programme, today, deadline)
        return against or _items_of(ask, pupil, guardian, programme, today)
    # On own data everybody is heard; for the child only who represents it.
    if decision in NO and ask.form is FormKind.CHILD:
        return _not_asked_today(ask, pupil, guardian, programme, today, deadline)
    return []


def may_answer_for_any(
    decision: Decision,
    ask: AskFor,
    pupils: Sequence[PupilFacts],
    programme: Programme,
    today: date,
    deadline: date,
) -> list[Finding]:
    """The same for an ask that several children may be the cause of: a guardian's own data.

    It is enough that one of them makes it asked for, so the least that stands against it counts.
    """
    against = (may_answer(decision, ask, each, programme, today, deadline) for each in pupils)
    nobody = [Finding(Code.NOT_ASKED, about=ask.signer_id, form=ask.form)]
    return min(against, key=len, default=nobody)


def _answers_to(
    ask: AskFor, pupil: PupilFacts, guardian: GuardianFacts | None
) -> tuple[AnswerFacts, ...] | None:
    """Earlier answers to the same ask; None when no such ask can exist."""
    possible = {AskFor(FormKind.PUPIL_OWN, pupil.person_id, pupil.person_id): pupil.own}
    if guardian is not None:
        signer = guardian.person_id
        possible[AskFor(FormKind.CHILD, signer, pupil.person_id)] = guardian.child
        possible[AskFor(FormKind.GUARDIAN_OWN, signer, signer)] = guardian.own
    return possible.get(ask)


def _nothing_to_change(decision: Decision, answers: tuple[AnswerFacts, ...]) -> Code | None:
    holds = latest(answers)
    if decision is Decision.INVALIDATED:
        return Code.NOTHING_TO_INVALIDATE if holds is None else None
    if decision in (Decision.WITHDRAWN, Decision.REVOKED, Decision.EXPIRED):
        is_given = holds is not None and holds.decision is Decision.GIVEN
        return None if is_given else Code.NOTHING_TO_WITHDRAW
    return None


def _not_asked_today(
    ask: AskFor,
    pupil: PupilFacts,
    guardian: GuardianFacts | None,
    programme: Programme,
    today: date,
    deadline: date,
) -> list[Finding]:
    if ask in asks_for(pupil, programme, today, deadline):
        return []
    if guardian is not None and (ended := authority_finding(guardian, today)) is not None:
        return [ended]
    if pupil.items.birth_date is None:
        return [Finding(Code.ITEM_MISSING, about=pupil.person_id, field=Field.BIRTH_DATE)]
    is_own = ask.form is FormKind.PUPIL_OWN
    return [
        Finding(
            Code.PUPIL_TOO_YOUNG if is_own else Code.PUPIL_OF_AGE,
            about=pupil.person_id,
            form=ask.form,
        )
    ]


def _items_of(
    ask: AskFor,
    pupil: PupilFacts,
    guardian: GuardianFacts | None,
    programme: Programme,
    today: date,
) -> list[Finding]:
    """What the document could not list yet: items of its subject."""
    if ask.form is FormKind.GUARDIAN_OWN and guardian is not None:
        return item_findings(guardian.items, Subject.GUARDIAN, programme, None, ask.subject_id)
    born = pupil.items.birth_date
    years = None if born is None else age(born, today)
    return item_findings(pupil.items, Subject.PUPIL, programme, years, ask.subject_id)


def may_sign_electronically(contact: ContactFacts, now: datetime) -> list[Finding]:
    """Why this contact cannot carry an electronic signature now; empty means it can.

    Paper always remains. `now` before the change (a clock set back) is refused as well.
    """
    found = []
    changed = contact.staff_changed_at
    if changed is not None and now - changed < timedelta(hours=STAFF_CHANGE_HOURS):
        found.append(Finding(Code.CONTACT_CHANGED_BY_STAFF))
    if contact.equals_staff_contact:
        found.append(Finding(Code.CONTACT_OF_STAFF))
    if contact.unrelated_families > MAX_UNRELATED_FAMILIES:
        found.append(Finding(Code.CONTACT_SHARED))
    return found
