"""Where a pupil stands: handed over, on a paper diary, or not settled yet.

A pure function of the facts on one day; nobody stores it. A «no» settles, silence of one
guardian beside another who agreed does not block, and a leaving out only ends silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from policies.completeness import item_findings
from policies.consent import authority_finding
from policies.dates import age
from policies.facts import FormKind, PupilFacts
from policies.findings import Code, Finding
from policies.programme import Programme, Subject
from policies.signers import (
    JudgedGuardian,
    Voice,
    claims_lack,
    completed_at,
    entitled_guardians,
    voice_of,
)


class StandingKind(StrEnum):
    """READY is handed over; REFUSED, DISPUTED and LEFT_OUT are on paper; WAITING blocks.

    ON_PAPER is what those are told of the three who need not know which.
    """

    READY = "ready"
    REFUSED = "refused"
    DISPUTED = "disputed"
    LEFT_OUT = "left_out"
    WAITING = "waiting"
    ON_PAPER = "on_paper"


PAPER = frozenset({StandingKind.REFUSED, StandingKind.DISPUTED, StandingKind.LEFT_OUT})


@dataclass(frozen=True, slots=True)
class Standing:
    """A pupil's standing with its reasons; a READY one has none.

    `guardians`: ids, in order, of the representatives to be sent along; empty unless READY.
    """

    kind: StandingKind
    reasons: tuple[Finding, ...] = ()
    guardians: tuple[UUID, ...] = ()

    @property
    def is_settled(self) -> bool:
        """True when the pupil holds nobody back."""
        return self.kind is not StandingKind.WAITING


def without_why(where: Standing) -> Standing:
    """The same without the reason of a paper diary: that is the family's."""
    return Standing(StandingKind.ON_PAPER) if where.kind in PAPER else where


def standing(pupil: PupilFacts, programme: Programme, on: date) -> Standing:
    """Where the pupil stands on that day (a day in the school's zone).

    Age counts on that day. While the birth date is unknown every document may be required: a
    «no» is heard, and the missing date keeps the pupil waiting.
    """
    born = pupil.items.birth_date
    years = None if born is None else age(born, on)
    required = frozenset(FormKind) if years is None else programme.required_forms(years)
    own = (
        voice_of(
            pupil.own,
            programme,
            FormKind.PUPIL_OWN,
            pupil.person_id,
            pupil.changes,
            pupil.changes,
        )
        if FormKind.PUPIL_OWN in required
        else None
    )
    guardians = entitled_guardians(pupil, programme, required, on)
    if (said_no := _on_paper(pupil.person_id, own, guardians, required)) is not None:
        return said_no
    reasons = _pupil_lacks(pupil, own, programme, years)
    if FormKind.CHILD in required:
        reasons += _guardians_lack(pupil, guardians, on)
    if not reasons:
        return Standing(
            StandingKind.READY, guardians=tuple(each.id for each in guardians if not each.not_sent)
        )
    if pupil.left_out is not None:
        answered = _full_set_at(own, guardians, required)
        # A full set after the leaving out ends it: what is missing then is not the family.
        if not any(moment > pupil.left_out.confirmed_at for moment in answered):
            return _settled(StandingKind.LEFT_OUT, Code.FAMILY_NOT_REACHED, pupil.person_id)
    return Standing(StandingKind.WAITING, tuple(dict.fromkeys(reasons)))


def _settled(kind: StandingKind, code: Code, pupil_id: UUID) -> Standing:
    return Standing(kind, (Finding(code, about=pupil_id),))


def _on_paper(
    pupil_id: UUID,
    own: Voice | None,
    guardians: Sequence[JudgedGuardian],
    required: frozenset[FormKind],
) -> Standing | None:
    """What somebody's «no» makes of it; None: nobody who counts has said no."""
    # The pupil's own no beats every yes of the guardians, and their dispute too.
    if own is not None and own.is_no:
        return _settled(StandingKind.REFUSED, Code.PUPIL_REFUSED, pupil_id)
    if any(each.child.is_no for each in guardians):
        # A yes in a form that does not count is still another opinion.
        if any(each.child.is_yes for each in guardians):
            return _settled(StandingKind.DISPUTED, Code.GUARDIANS_DISAGREE, pupil_id)
        return _settled(StandingKind.REFUSED, Code.CHILD_CONSENT_REFUSED, pupil_id)
    # One guardian's no on own data settles unless another gives theirs; a silent one may later.
    own_refused = any(each.own.is_no for each in guardians)
    own_given = any(each.own.is_yes for each in guardians)
    if FormKind.GUARDIAN_OWN in required and own_refused and not own_given:
        return _settled(StandingKind.REFUSED, Code.GUARDIAN_DATA_REFUSED, pupil_id)
    return None


def _pupil_lacks(
    pupil: PupilFacts, own: Voice | None, programme: Programme, years: int | None
) -> list[Finding]:
    lacks = item_findings(pupil.items, Subject.PUPIL, programme, years, pupil.person_id)
    lacks += claims_lack(pupil.claims, Subject.PUPIL, programme, pupil.person_id)
    # Without a birth date nobody knows whether the pupil signs: the date itself is missing.
    if own is not None and years is not None:
        lacks += own.lacks
    return lacks


def _guardians_lack(
    pupil: PupilFacts, entitled: Sequence[JudgedGuardian], on: date
) -> list[Finding]:
    """What keeps every guardian from being the required signer; empty when one is.

    Told of those who have begun to answer, else of all who may.
    """
    if any(not each.lacks for each in entitled):
        return []
    if not pupil.guardians:
        return [Finding(Code.NO_REPRESENTATIVE, about=pupil.person_id)]
    if not entitled:
        ended = filter(None, (authority_finding(each, on) for each in pupil.guardians))
        return sorted(ended, key=lambda finding: str(finding.about))
    # Who keeps own data back cannot become the signer: no use in asking for the rest.
    candidates = [each for each in entitled if not each.own.is_no] or list(entitled)
    begun = [each for each in candidates if each.has_begun] or candidates
    return [finding for each in begun for finding in each.lacks]


def _full_set_at(
    own: Voice | None, guardians: Sequence[JudgedGuardian], required: frozenset[FormKind]
) -> list[datetime]:
    """Moments at which full sets of answers were completed, one for each guardian who has one."""
    pupil_voice = {} if own is None else {FormKind.PUPIL_OWN: own}
    if FormKind.CHILD not in required:
        sets = [pupil_voice]
    else:
        sets = [
            pupil_voice | {FormKind.CHILD: each.child, FormKind.GUARDIAN_OWN: each.own}
            for each in guardians
        ]
    moments = (completed_at(voices, required) for voices in sets)
    return [moment for moment in moments if moment is not None]
