"""Whether a school may hand over, and whom: the whole school at once or nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from policies.facts import ClassFacts, PupilFacts
from policies.findings import Code, Finding
from policies.programme import Programme
from policies.standing import Standing, StandingKind, standing

ReleaseSet = tuple[tuple[UUID, tuple[UUID, ...]], ...]
"""(pupil id, ids of the guardians sent along), ordered by pupil."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Pupils by standing. `enrolled` None: the registrar has not stated the number."""

    enrolled: int | None
    ready: int
    refused: int
    disputed: int
    left_out: int
    waiting: int

    @property
    def paper(self) -> int:
        """Pupils on a paper diary."""
        return self.refused + self.disputed + self.left_out

    @property
    def listed(self) -> int:
        """Pupils on the list."""
        return self.ready + self.paper + self.waiting


@dataclass(frozen=True, slots=True)
class ClassReadiness:
    """One class. `findings`: what keeps it, pupil by pupil and of the class itself."""

    class_id: UUID
    name: str
    is_handed_in: bool
    counts: Counts
    findings: tuple[Finding, ...]

    @property
    def unanswered(self) -> int:
        """Pupils who wait for an answer to some document."""
        return len({finding.about for finding in self.findings if finding.form is not None})


@dataclass(frozen=True, slots=True)
class Readiness:
    """A school on one day. It may be released when `findings` is empty.

    `findings` of a waiting pupil are told about the pupil; the guardian in question stands in
    the reasons of `standings`.
    """

    classes: tuple[ClassReadiness, ...]
    totals: Counts
    findings: tuple[Finding, ...]
    standings: Mapping[UUID, Standing]

    @property
    def may_leave(self) -> bool:
        """True when nothing holds the school back."""
        return not self.findings

    @property
    def chosen(self) -> ReleaseSet:
        """Who would be handed over on that day, as `release_set` says."""
        return _ready(self.standings.items())


def readiness(
    classes: Sequence[ClassFacts],
    pupils: Sequence[PupilFacts],
    programme: Programme,
    today: date,
    deadline: date,
) -> Readiness:
    """Sums of every class against its enrolment and everything that blocks the release.

    A family on paper holds nobody back; one unsettled pupil holds back the school.
    """
    standings = {pupil.person_id: standing(pupil, programme, today) for pupil in pupils}
    by_class: dict[UUID, list[PupilFacts]] = {}
    for pupil in pupils:
        by_class.setdefault(pupil.class_id, []).append(pupil)
    told = tuple(
        _class_readiness(one, by_class.get(one.class_id, ()), standings)
        for one in sorted(classes, key=lambda each: (each.name, each.class_id))
    )
    known = {one.class_id for one in classes}
    findings = [finding for one in told for finding in one.findings]
    findings += [
        Finding(Code.CLASS_UNKNOWN, about=pupil.person_id)
        for pupil in sorted(pupils, key=lambda each: each.person_id)
        if pupil.class_id not in known
    ]
    # A school without classes would be whole by arithmetic alone.
    if not classes:
        findings.append(Finding(Code.ENROLMENT_MISSING))
    if today > deadline:
        findings.append(Finding(Code.DEADLINE_PASSED))
    stated = [one.counts.enrolled for one in told]
    enrolled = None if None in stated else sum(filter(None, stated))
    return Readiness(
        told,
        _counts(enrolled, standings.values()),
        tuple(findings),
        MappingProxyType(standings),
    )


def _class_readiness(
    one: ClassFacts, pupils: Sequence[PupilFacts], standings: Mapping[UUID, Standing]
) -> ClassReadiness:
    ordered = sorted(pupils, key=lambda each: each.person_id.int)
    findings = [
        replace(reason, about=pupil.person_id)
        for pupil in ordered
        if not standings[pupil.person_id].is_settled
        for reason in standings[pupil.person_id].reasons
    ]
    counts = _counts(one.enrolled, [standings[pupil.person_id] for pupil in ordered])
    if one.enrolled is None:
        findings.append(Finding(Code.ENROLMENT_MISSING, about=one.class_id))
    elif one.enrolled != counts.listed:
        findings.append(Finding(Code.ENROLMENT_MISMATCH, about=one.class_id))
    if not one.handed_in:
        findings.append(Finding(Code.CLASS_NOT_HANDED_IN, about=one.class_id))
    return ClassReadiness(
        one.class_id, one.name, one.handed_in, counts, tuple(dict.fromkeys(findings))
    )


def _counts(enrolled: int | None, standings: Iterable[Standing]) -> Counts:
    kinds = Counter(each.kind for each in standings)
    return Counts(
        enrolled,
        ready=kinds[StandingKind.READY],
        refused=kinds[StandingKind.REFUSED],
        disputed=kinds[StandingKind.DISPUTED],
        left_out=kinds[StandingKind.LEFT_OUT],
        waiting=kinds[StandingKind.WAITING],
    )


def hand_in_findings(
    pupils: Sequence[PupilFacts], programme: Programme, today: date
) -> list[Finding]:
    """Why a tutor cannot hand in these pupils of one class yet; empty: all are settled."""
    return [
        replace(reason, about=pupil.person_id)
        for pupil in sorted(pupils, key=lambda each: each.person_id)
        if not (where := standing(pupil, programme, today)).is_settled
        for reason in where.reasons
    ]


def release_set(pupils: Sequence[PupilFacts], programme: Programme, on: date) -> ReleaseSet:
    """Who is handed over on that day. The order of `pupils` does not matter."""
    return _ready((pupil.person_id, standing(pupil, programme, on)) for pupil in pupils)


def _ready(judged: Iterable[tuple[UUID, Standing]]) -> ReleaseSet:
    ready = [(who, where.guardians) for who, where in judged if where.kind is StandingKind.READY]
    # By the number of an id: ids themselves are compared ten times as slowly.
    return tuple(sorted(ready, key=lambda each: each[0].int))


def narrower(old: ReleaseSet, new: ReleaseSet) -> bool:
    """True when `new` came out of `old` by removals alone, of pupils or of guardians.

    What was approved may only shrink: nobody enters a bundle unseen.
    """
    allowed = dict(old)
    return all(who in allowed and set(guardians) <= set(allowed[who]) for who, guardians in new)


def deadline_passed(now: datetime, deadline: date, zone: str) -> bool:
    """True from the first instant after the deadline's day in the school's zone (IANA name).

    `now` is aware; a naive one raises ValueError.
    """
    if now.tzinfo is None:
        raise ValueError("a moment without a zone")
    end = datetime.combine(deadline + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
    return now >= end
