"""A released bundle judged again from what was kept: its row, its event, its people's answers.

What came first is read in the journal, not off clocks: clocks jump, and a unit's moment is older
than its wait for the school's lock. Within one batch of the journal nothing is known of the
order, and the bundle is believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from policies.consent import authority_finding
from policies.dates import age
from policies.facts import AnswerFacts, FormKind, PupilFacts
from policies.programme import Programme
from policies.signers import voice_of
from policies.standing import StandingKind, standing

Pairs = Set[tuple[UUID, UUID]]
"""(pupil, person): the pupil itself and each guardian sent along with it."""


class Flaw(StrEnum):
    """Stable codes of what can be wrong with a bundle."""

    DIGEST = "digest_differs"
    EVENT = "event_differs"
    UNCOVERED = "uncovered"
    COUNTS = "counts_differ"
    ENVELOPE = "envelope_unreadable"
    SIGNATURE = "signature_invalid"
    DOCUMENT = "document_differs"
    CONSENT = "consent_missing"
    LATE_PULL = "pulled_after_withdrawal"
    SERVABLE = "withdrawn_still_served"
    RECALL = "recall_missing"
    NOT_DESTROYED = "content_not_destroyed"
    CONTENT_LOST = "content_lost"


TEXTS: Mapping[Flaw, str] = MappingProxyType(
    {
        Flaw.DIGEST: "Содержимое посылки не то, что было запечатано: отпечаток другой.",
        Flaw.EVENT: "Журнал говорит о посылке другое: отпечаток или числа не сходятся.",
        Flaw.UNCOVERED: "Запечатывание посылки не подтверждено подписанной отметкой журнала.",
        Flaw.COUNTS: "Учеников или представителей в посылке не столько, сколько записано.",
        Flaw.ENVELOPE: "Содержимое не читается как посылка, зашифрованная для платформы.",
        Flaw.SIGNATURE: "Ключом платформы посылка не открывается, или подпись в ней чужая.",
        Flaw.DOCUMENT: "В посылке не те люди или числа, что записаны о ней.",
        Flaw.CONSENT: "Когда посылку запечатали, согласия на этого человека не было.",
        Flaw.LATE_PULL: "Посылку отдали после того, как согласие на этого человека отозвали.",
        Flaw.SERVABLE: "Согласие на этого человека отозвано, а посылку всё ещё можно забрать.",
        Flaw.RECALL: "Согласие отозвано после передачи, а уничтожить данные платформу не просили.",
        Flaw.NOT_DESTROYED: "Посылка заменена, подтверждена или отозвана, а содержимое осталось.",
        Flaw.CONTENT_LOST: "Посылку ещё можно забрать, а её содержимого нет.",
    }
)


@dataclass(frozen=True, slots=True)
class BundleFlaw:
    """`about`: the person, where it is about one."""

    code: Flaw
    about: UUID | None = None

    @property
    def text(self) -> str:
        """A Russian sentence for people."""
        return TEXTS[self.code]


@dataclass(frozen=True, slots=True)
class Told:
    """What the event of the sealing says: SHA-256 (hex) of the content, how many are in it."""

    digest: str
    pupils: int
    guardians: int


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an event stands in the journal: moment of its batch, index (-1: before all of it)."""

    batch: datetime
    index: int

    @property
    def before_batch(self) -> Place:
        return Place(self.batch, -1)


@dataclass(frozen=True, slots=True)
class KeptBundle:
    """One revision as it lies in the database.

    `told`: what its row says of it; `event`: what the journal says, None when it says nothing.
    `content_digest`: of the bytes; None when there are none. `is_covered` False: a checkpoint
    should cover the sealing and does not. `pulled`: the latest pull, None without one.
    """

    told: Told
    event: Told | None
    content_digest: str | None
    is_covered: bool
    pairs: Pairs
    sealed: Place
    pulled: Place | None
    is_superseded: bool
    is_acknowledged: bool
    is_gone: bool
    recalled: Set[UUID]

    @property
    def is_servable(self) -> bool:
        return not self.is_superseded and not self.is_gone


def record_flaws(bundle: KeptBundle) -> list[BundleFlaw]:
    """What the row, the bytes and the journal say against each other."""
    people = {person for _, person in bundle.pairs}
    pupils = {pupil for pupil, _ in bundle.pairs}
    is_ended = not bundle.is_servable or bundle.is_acknowledged
    wrong = {
        Flaw.DIGEST: bundle.content_digest not in (None, bundle.told.digest),
        Flaw.EVENT: bundle.event != bundle.told,
        Flaw.UNCOVERED: not bundle.is_covered,
        Flaw.COUNTS: (bundle.told.pupils, bundle.told.guardians)
        != (len(pupils), len(people) - len(pupils)),
        Flaw.NOT_DESTROYED: is_ended and bundle.content_digest is not None,
        Flaw.CONTENT_LOST: not is_ended and bundle.content_digest is None,
    }
    return [BundleFlaw(code) for code, is_wrong in wrong.items() if is_wrong]


def may_be_sent(pupil: PupilFacts, programme: Programme, on: date) -> tuple[UUID, ...] | None:
    """Guardians who may go along by their answers alone; None: the pupil may not go.

    Items do not matter here: they are destroyed after a withdrawal. With the birth date went the
    age: then whoever has guardians is judged by theirs, the others by their own answer.
    """
    born = pupil.items.birth_date
    if born is None:
        by_guardians = frozenset({FormKind.CHILD, FormKind.GUARDIAN_OWN})
        required = by_guardians if pupil.guardians else frozenset({FormKind.PUPIL_OWN})
    else:
        required = programme.required_forms(age(born, on))
    own = voice_of(pupil.own, programme, FormKind.PUPIL_OWN, pupil.person_id)
    if FormKind.PUPIL_OWN in required and own.lacks:
        return None
    if FormKind.CHILD not in required:
        return ()
    needs_own = FormKind.GUARDIAN_OWN in required
    sent, is_signed = [], False
    for guardian in pupil.guardians:
        if authority_finding(guardian, on) is not None:
            continue
        who = guardian.person_id
        child = voice_of(guardian.child, programme, FormKind.CHILD, who)
        data = voice_of(guardian.own, programme, FormKind.GUARDIAN_OWN, who)
        if child.is_no:
            return None
        if not (needs_own and data.lacks):
            sent.append(who)
            is_signed = is_signed or not child.lacks
    return tuple(sent) if is_signed else None


@dataclass(frozen=True, slots=True)
class Replay:
    """One pupil's answers as they came in. `places`: of the event of every answer.

    `on`: day of the approval in the school's zone; age and authority count on it.
    """

    pupil: PupilFacts
    places: Mapping[UUID, Place]
    programme: Programme
    on: date

    def steps(self, since: Place) -> list[Place]:
        """Places of the family's answers from there on, in order."""
        guardians = self.pupil.guardians
        said = [*self.pupil.own, *(a for g in guardians for a in (*g.child, *g.own))]
        return sorted({place for a in said if (place := self.places[a.id]) >= since})

    def as_of(self, at: Place) -> PupilFacts:
        """The pupil with the answers that had been written by then, and without claims."""

        def cut(answers: tuple[AnswerFacts, ...]) -> tuple[AnswerFacts, ...]:
            return tuple(answer for answer in answers if self.places[answer.id] <= at)

        return replace(
            self.pupil,
            own=cut(self.pupil.own),
            claims=(),
            guardians=tuple(
                replace(each, child=cut(each.child), own=cut(each.own), claims=())
                for each in self.pupil.guardians
            ),
        )

    def allowed(self, at: Place) -> set[UUID]:
        """Who might be in a bundle by the answers of that place."""
        guardians = may_be_sent(self.as_of(at), self.programme, self.on)
        return set() if guardians is None else {self.pupil.person_id, *guardians}

    def ready(self, at: Place) -> set[UUID]:
        """The same by everything that a standing asks for; only while the items are the same."""
        where = standing(self.as_of(at), self.programme, self.on)
        is_ready = where.kind is StandingKind.READY
        return {self.pupil.person_id, *where.guardians} if is_ready else set()

    def end(self, person: UUID, sealed: Place) -> Place | None:
        """From where on the answers keep a sealed person out; None: they do not.

        The first «no» counts, whatever was said later: a recall is not taken back.
        """
        ended, was_in = None, person in self.allowed(sealed.before_batch)
        for at in self.steps(sealed.before_batch):
            is_in = person in self.allowed(at)
            if was_in and not is_in and ended is None:
                ended = at
            if is_in and at.batch == sealed.batch:
                ended = None
            was_in = is_in
        return ended


def people_flaws(
    bundle: KeptBundle, replays: Iterable[Replay], unchanged: Set[UUID] = frozenset()
) -> list[BundleFlaw]:
    """Who should not have been sealed in, handed over or left unrecalled.

    `replays`: of the pupils on the list; a pupil without one has left the school.
    `unchanged`: people whose items are those of the approval.
    """
    known = {replay.pupil.person_id: replay for replay in replays}
    found: set[BundleFlaw] = set()
    # Somebody of two families stays until both are out; None: somebody is in for good.
    ends: dict[UUID, list[Place | None]] = {}
    for pupil in {pupil for pupil, _ in bundle.pairs}:
        members = {person for of, person in bundle.pairs if of == pupil}
        replay = known.get(pupil)
        if replay is not None:
            found |= _sealed_without_consent(bundle, replay, members, unchanged)
        for person in members:
            left = bundle.pulled or bundle.sealed
            ends.setdefault(person, []).append(
                replay.end(person, bundle.sealed) if replay else left
            )
    for person, places in ends.items():
        past = [place for place in places if place is not None]
        if len(past) == len(places):
            found |= _after_the_end(bundle, person, max(past))
    return sorted(found, key=lambda flaw: (flaw.code, str(flaw.about)))


def _sealed_without_consent(
    bundle: KeptBundle, replay: Replay, members: Set[UUID], unchanged: Set[UUID]
) -> set[BundleFlaw]:
    before = bundle.sealed.before_batch
    near = [at for at in replay.steps(before) if at.batch == bundle.sealed.batch]
    allowed = replay.ready if members <= unchanged else replay.allowed
    never = min((members - allowed(at) for at in (before, *near)), key=len)
    return {BundleFlaw(Flaw.CONSENT, person) for person in never}


def _after_the_end(bundle: KeptBundle, person: UUID, end: Place) -> set[BundleFlaw]:
    """What must have happened once nothing let this person be in the bundle any more."""
    wrong = {
        Flaw.SERVABLE: bundle.is_servable,
        Flaw.RECALL: bundle.pulled is not None and person not in bundle.recalled,
        Flaw.LATE_PULL: bundle.pulled is not None and bundle.pulled.batch > end.batch,
    }
    return {BundleFlaw(code, person) for code, is_wrong in wrong.items() if is_wrong}
