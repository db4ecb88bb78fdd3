"""The signers of one pupil, judged on one day: what each has said and what each still lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from policies.completeness import item_findings
from policies.consent import NO, asked_again, authority_finding, counts, latest
from policies.facts import (
    AnswerFacts,
    ClaimState,
    ContactClaim,
    Decision,
    FormKind,
    GuardianFacts,
    ItemChange,
    PupilFacts,
)
from policies.findings import Code, Finding
from policies.programme import Programme, Subject

# Neither a yes nor a no: the family has to be asked again.
_TAKEN_AWAY = {
    Decision.REVOKED: Code.CONSENT_REVOKED,
    Decision.EXPIRED: Code.CONSENT_EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Voice:
    """What one signer says on one document. `given_at`: moment of a consent that counts."""

    lacks: tuple[Finding, ...]
    is_no: bool
    is_yes: bool
    given_at: datetime | None
    is_silent: bool


@dataclass(frozen=True, slots=True)
class JudgedGuardian:
    """An entitled representative.

    `not_sent`: why own data cannot be sent; empty: this one is sent along.
    `lacks`: why this one is not the required signer, `not_sent` included.
    """

    id: UUID
    child: Voice
    own: Voice
    not_sent: tuple[Finding, ...]

    @property
    def lacks(self) -> tuple[Finding, ...]:
        return self.child.lacks + self.not_sent

    @property
    def has_begun(self) -> bool:
        return not (self.child.is_silent and self.own.is_silent)


def voice_of(
    answers: Iterable[AnswerFacts],
    programme: Programme,
    form: FormKind,
    signer: UUID,
    of_subject: Sequence[ItemChange] = (),
    of_signer: Sequence[ItemChange] = (),
) -> Voice:
    """The latest answer of one signer on one document.

    `of_subject`, `of_signer`: changes of their records; without them every value is taken for
    the one that was signed.
    """
    answer = latest(answers)
    if answer is None:
        silence = Finding(Code.NO_ANSWER, about=signer, form=form)
        return Voice((silence,), is_no=False, is_yes=False, given_at=None, is_silent=True)
    if answer.decision is not Decision.GIVEN:
        lack = Finding(_TAKEN_AWAY.get(answer.decision, Code.NO_ANSWER), about=signer, form=form)
        return Voice((lack,), answer.decision in NO, is_yes=False, given_at=None, is_silent=False)
    flaw = counts(answer, programme, form, signer)
    if flaw is None and asked_again(answer, programme, of_subject, of_signer):
        flaw = Finding(Code.ITEMS_CHANGED, about=signer, form=form)
    if flaw is not None:
        return Voice((flaw,), is_no=False, is_yes=True, given_at=None, is_silent=False)
    return Voice((), is_no=False, is_yes=True, given_at=answer.decided_at, is_silent=False)


def entitled_guardians(
    pupil: PupilFacts, programme: Programme, required: frozenset[FormKind], on: date
) -> list[JudgedGuardian]:
    """Who represents the pupil on that day, ordered by id; nobody does when none must sign."""
    if FormKind.CHILD not in required:
        return []
    return [
        _judged(guardian, programme, required, pupil.changes)
        for guardian in sorted(pupil.guardians, key=lambda each: each.person_id)
        if authority_finding(guardian, on) is None
    ]


def _judged(
    guardian: GuardianFacts,
    programme: Programme,
    required: frozenset[FormKind],
    of_child: Sequence[ItemChange],
) -> JudgedGuardian:
    who, changes = guardian.person_id, guardian.changes
    child = voice_of(guardian.child, programme, FormKind.CHILD, who, of_child, changes)
    own = voice_of(guardian.own, programme, FormKind.GUARDIAN_OWN, who, changes, changes)
    not_sent = item_findings(guardian.items, Subject.GUARDIAN, programme, None, who)
    not_sent += claims_lack(guardian.claims, Subject.GUARDIAN, programme, who)
    if FormKind.GUARDIAN_OWN in required:
        not_sent += own.lacks
    return JudgedGuardian(who, child, own, tuple(not_sent))


def claims_lack(
    claims: Iterable[ContactClaim], subject: Subject, programme: Programme, about: UUID
) -> list[Finding]:
    """A clash needs the family, a queued claim only time; empty: all settled.

    A contact that the programme does not ask for may be anybody's: another collection claims it.
    """
    asked = {rule.field for rule in programme.items[subject]}
    states = {claim.state for claim in claims if claim.field in asked}
    if ClaimState.CLASH in states:
        return [Finding(Code.CLAIM_CLASH, about=about)]
    if ClaimState.QUEUED in states:
        return [Finding(Code.CLAIM_PENDING, about=about)]
    return []


def completed_at(
    voices: Mapping[FormKind, Voice], required: frozenset[FormKind]
) -> datetime | None:
    """Moment of the last of the required consents; None while one of them does not count."""
    moments = [voices[form].given_at for form in required]
    known = [moment for moment in moments if moment is not None]
    return max(known) if len(known) == len(moments) else None
