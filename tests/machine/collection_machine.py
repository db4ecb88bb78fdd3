"""A collection of two schools from the list to the recall, in any order that anybody thinks of.

Hypothesis chooses who acts next. Acts may be refused; what must hold after each, whoever acted,
are the invariants: nobody leaves without consent (I-1), every change has its event (I-3), a school
leaves whole and once (I-8), who refuses holds nobody back (I-9), a contact has one holder (I-10).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import copy
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from audit.cover import Cover
from audit.search import Wanted, pages
from crypto import canonical, jose
from gateway.actions.approve_release import approve_release
from gateway.actions.check_bundle import Keys, check_bundle
from gateway.actions.confirm_destruction import confirm_destruction, list_recalls
from gateway.actions.correct_items import correct_items
from gateway.actions.hand_in_class import hand_in_class
from gateway.actions.hand_over import acknowledge, hand_over
from gateway.actions.leave_out import confirm_leaving_out, propose_leaving_out, record_attempt
from gateway.actions.prepare_release import prepare_release
from gateway.errors import GatewayError, RulesBroken
from gateway.store.bundles import Bundle, Release, approvals
from gateway.store.consents import Ask, answers
from gateway.unit import SYSTEM, Actor
from gateway.wiring import Wiring
from policies.facts import Decision, Field
from policies.permissions import Role
from tests.conftest import Clock
from tests.machine.model import Families, Kid
from tests.town import PLATFORM_KEY, Child, Town

ZONE = ZoneInfo("Asia/Vladivostok")
FIRST = (
    Kid(1, "7А", date(2015, 3, 8), (101,)),
    Kid(2, "7А", date(2015, 4, 1), (102, 103)),
    Kid(3, "8Б", date(2012, 9, 10), (104,)),  # fourteen within the collection
    Kid(4, "8Б", date(2008, 9, 8), (105,)),  # of age within the collection
    Kid(5, "8Б", date(2011, 1, 9), (101,)),  # fifteen; the mother of the first
)
LATE = Kid(6, "7А", date(2015, 5, 5), (106,))
SECOND = (
    Kid(11, "7А", date(2014, 3, 8), (101,)),  # the same mother in another school
    Kid(12, "7А", date(2014, 4, 8), (112,)),
)
SHARED_PHONE = {112: 102}  # two mothers who name one phone
SCHOOLS = st.sampled_from([0, 1])
PLACES = st.integers(0, 30)
OF_ANSWERS = {"consent.given", "consent.refused", "consent.withdrawn"}


class School:
    """One town, its kids, what was seen of its bundles. `sent`: people of every bundle."""

    def __init__(self, wiring: Wiring, number: int, kids: tuple[Kid, ...]) -> None:
        self.town = Town(wiring, number)
        self.kids = list(kids)
        self.numbers: dict[UUID, int] = {}
        self.prepared: Release | None = None
        self.approved_on: date | None = None
        self.sent: dict[UUID, frozenset[int]] = {}
        self.values: dict[UUID, dict[int, dict[str, str]]] = {}
        self.left_out: set[int] = set()
        self.families = Families()
        self.enlist()

    def again(self, wiring: Wiring) -> School:
        """The same school in a copy of its database, before anything happened."""
        other = copy(self)
        other.town = copy(self.town)
        other.town.wiring = wiring
        other.kids = list(self.kids)
        other.numbers = dict(self.numbers)
        other.sent, other.values, other.left_out = {}, {}, set()
        other.families = Families()
        return other

    def enlist(self) -> None:
        children = [
            Child(
                kid.number,
                kid.class_name,
                kid.born,
                kid.guardians,
                phones=tuple(SHARED_PHONE.get(each, each) for each in kid.guardians),
            )
            for kid in self.kids
        ]
        self.town.import_children(children)
        self.town.agree_on_signature()
        for number in {n for kid in self.kids for n in (kid.number, *kid.guardians)}:
            self.numbers[self.town.person(number)] = number

    def kid(self, place: int) -> Kid:
        return self.kids[place % len(self.kids)]

    def bundles(self) -> list[Bundle]:
        with self.town.wiring.units.open(SYSTEM) as unit:
            return unit.bundles.list_bundles(self.town.school_id)


class CollectionMachine(RuleBasedStateMachine):
    """`world` opens a service on a database with two schools whose lists are in."""

    world: Callable[[], AbstractContextManager[tuple[Wiring, list[School]]]]
    clock: Clock
    reached: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self._open = type(self).world()
        self.wiring, self.schools = self._open.__enter__()
        self.start = self.clock.now
        with self.wiring.units.open(SYSTEM) as unit:
            client = unit.clients.find(name="platform")
        assert client is not None
        self.client = client

    def teardown(self) -> None:
        try:
            self.everything_stands()
        finally:
            self._open.__exit__(None, None, None)

    @initialize(station=st.integers(0, 7), place=PLACES)
    def a_way_was_gone(self, station: int, place: int) -> None:
        """How far the first school has come when the play begins, so that all ends are played."""
        steps: tuple[Callable[[], None], ...] = (
            lambda: self.everybody_else_agrees(0),
            lambda: self.release_is_approved(0, anew=True),
            self.worker_works,
            lambda: self.somebody_withdraws(0, place) if place % 2 else None,
            self.worker_works,
            lambda: self.platform_pulls(0, last=True),
            lambda: self.platform_acknowledges(0),
        )
        for step in steps[:station]:
            step()

    # families

    @rule(at=SCHOOLS, place=PLACES, is_yes=st.sampled_from([True, True, True, False]))
    def somebody_answers(self, at: int, place: int, is_yes: bool) -> None:
        ask = self._ask(at, place)
        decision = Decision.GIVEN if is_yes else Decision.REFUSED
        if self._try(lambda: self.schools[at].town.answer(ask, decision)):
            self._said(at, ask, decision)

    @rule(at=SCHOOLS)
    def everybody_else_agrees(self, at: int) -> None:
        """The silent say yes, classes are handed in: so a play reaches a release."""
        school = self.schools[at]
        for ask in school.town.asks():
            key = (school.numbers[ask.signer_id], ask.form, school.numbers[ask.subject_id])
            _, said_at = school.families.last.get(key, (None, 0))
            is_due = said_at <= school.families.renamed.get(key[2], 0)
            if is_due and self._try(lambda ask=ask: school.town.answer(ask, Decision.GIVEN)):
                self._said(at, ask, Decision.GIVEN)
        self.worker_works()
        self.classes_are_handed_in(at)

    @rule(at=SCHOOLS, place=PLACES)
    def somebody_withdraws(self, at: int, place: int) -> None:
        ask = self._ask(at, place)
        if self._try(lambda: self.schools[at].town.withdraw(ask)):
            self._said(at, ask, Decision.WITHDRAWN)

    @rule(at=SCHOOLS, place=PLACES, name=st.sampled_from(["Евдокия", "Ева", "Зоя"]))
    def somebody_corrects_a_name(self, at: int, place: int, name: str) -> None:
        town, ask = self.schools[at].town, self._ask(at, place)
        session = town.session(ask.signer_id)

        def correct() -> tuple[Field, ...]:
            with town.family(ask.signer_id) as unit:
                return correct_items(unit, session, ask.id, {Field.GIVEN_NAME: name})

        if self._try(correct):
            self.schools[at].families.rename(self.schools[at].numbers[ask.subject_id])

    # the school

    @precondition(lambda self: LATE not in self.schools[0].kids)
    @rule()
    def a_pupil_comes_late(self) -> None:
        school = self.schools[0]
        school.kids.append(LATE)
        school.enlist()

    @rule(at=SCHOOLS, place=PLACES)
    def somebody_is_left_out(self, at: int, place: int) -> None:
        school = self.schools[at]
        kid, town = school.kid(place), school.town
        pupil = town.person(kid.number)
        today = self._today()

        def leave_out() -> bool:
            for day in (today - timedelta(days=1), today):
                with town.by(Role.REGISTRAR) as unit:
                    record_attempt(unit, pupil, day, "phone")
            with town.by(Role.REGISTRAR) as unit:
                propose_leaving_out(unit, town.collection_id, pupil, "not_reached")
            with town.by(Role.DIRECTOR) as unit:
                confirm_leaving_out(unit, town.collection_id, pupil, self.wiring.host.public_url)
            return True

        if self._try(leave_out):
            school.left_out.add(kid.number)
            self.reached["left_out"] += 1

    def classes_are_handed_in(self, at: int) -> None:
        town = self.schools[at].town
        with town.by(Role.REGISTRAR) as unit:
            classes = list(unit.schools.class_names(town.school_id))
        for class_id in classes:
            self._try(lambda class_id=class_id: self._hand_in(town, class_id))

    def release_is_prepared(self, at: int) -> None:
        school = self.schools[at]

        def prepare() -> bool:
            try:
                with school.town.by(Role.REGISTRAR) as unit:
                    school.prepared = prepare_release(unit, school.town.collection_id)
            except RulesBroken as refusal:
                self._nobody_held_back(school, refusal)
                raise
            return True

        self._try(prepare)

    @rule(at=SCHOOLS, anew=st.booleans())
    def release_is_approved(self, at: int, anew: bool) -> None:
        """What was prepared, perhaps long ago; or what is prepared for it."""
        school = self.schools[at]
        if anew:
            self.release_is_prepared(at)
        release = school.prepared
        if release is None:
            return

        def approve() -> Bundle:
            with school.town.by(Role.DIRECTOR) as unit:
                return approve_release(
                    unit, release.id, release.set_digest, self.wiring.signing_keys
                )

        if self._try(approve):
            assert school.approved_on is None, "I-8: a second release was approved"
            school.approved_on = self._today()
            self.reached["approved"] += 1
            self._look_into_bundles(school)
            (bundle,) = school.bundles()
            self._is_whole(school, school.sent[bundle.id])

    # the worker, the platform, time

    @rule()
    def worker_works(self) -> None:
        self.schools[0].town.work()
        for school in self.schools:
            self._look_into_bundles(school)

    @rule(at=SCHOOLS, last=st.booleans())
    def platform_pulls(self, at: int, last: bool) -> None:
        school = self.schools[at]
        for bundle in school.bundles()[-1:] if last else school.bundles()[:1]:

            def pull(bundle: Bundle = bundle) -> bytes:
                with self.wiring.units.open(Actor(Role.PLATFORM, self.client.id)) as unit:
                    return hand_over(unit, self.client, bundle.id)[1]

            if self._try(pull):
                self.reached["pulled"] += 1
                self._allows(school, school.sent[bundle.id], "pulled")

    @rule(at=SCHOOLS)
    def platform_acknowledges(self, at: int) -> None:
        for bundle in self.schools[at].bundles():
            if self._try(lambda bundle=bundle: self._acknowledge(bundle)):
                self.reached["acknowledged"] += 1

    @rule()
    def platform_destroys(self) -> None:
        with self.wiring.looking() as look:
            recalls = list_recalls(look, self.client, 0, 100)
        for recall in recalls:
            now = self.clock.now

            def confirm(recall_id: UUID = recall.id, now: datetime = now) -> bool:
                with self.wiring.units.open(Actor(Role.PLATFORM, self.client.id)) as unit:
                    confirm_destruction(unit, self.client, recall_id, now, now)
                return True

            if self._try(confirm):
                self.reached["destroyed"] += 1

    @precondition(lambda self: self.clock.now - self.start < timedelta(days=20))
    @rule(days=st.integers(1, 4))
    def days_pass(self, days: int) -> None:
        self.clock.forward(days=days)

    # what must hold

    @invariant()
    def nobody_served_without_consent(self) -> None:
        for school in self.schools:
            for bundle in school.bundles() if school.approved_on else ():
                people = school.sent.get(bundle.id)
                if people is None:
                    continue
                if bundle.superseded_at is None and bundle.gone_at is None:
                    self._allows(school, people, "servable")
                if bundle.pulled_at is not None:
                    self._recalled(school, bundle, people)

    def everything_stands(self) -> None:
        """At the end of an example: the checker, the journal, the claims."""
        self.worker_works()
        with self.wiring.looking() as look:
            cover = Cover(look.connection, self.wiring.note_signer.verifier)
            assert cover.is_sound
            for school in self.schools:
                for bundle in school.bundles():
                    keys = Keys(self.wiring.signing_keys, PLATFORM_KEY)
                    assert check_bundle(look, bundle.id, cover, keys) == []
            db = look.connection
            kept = sorted(str(found) for found in db.scalars(sa.select(answers.c.id)))
            told = [entry.event for page in pages(db, Wanted()) for entry in page]
            said = [e.data["answer_id"] for e in told if e.kind in OF_ANSWERS]
            assert sorted(map(str, said)) == kept, "I-3"
            approved = db.scalar(sa.select(sa.func.count()).select_from(approvals))
            assert approved == sum(1 for s in self.schools if s.approved_on), "I-8"
        self._one_holder_of_a_contact()

    # steps of the above

    def _today(self) -> date:
        return self.clock.now.astimezone(ZONE).date()

    def _try(self, act: Callable[[], object]) -> bool:
        """Whether it was done. Only refusals on purpose are refusals."""
        self.clock.forward(seconds=1)
        try:
            done = bool(act())
        except GatewayError as refusal:
            self.reached[type(refusal).__name__] += 1
            return False
        return done

    def _ask(self, at: int, place: int) -> Ask:
        numbers = self.schools[at].numbers
        asks = sorted(
            self.schools[at].town.asks(),
            key=lambda ask: (numbers[ask.signer_id], ask.form, numbers[ask.subject_id]),
        )
        return asks[place % len(asks)]

    def _said(self, at: int, ask: Ask, decision: Decision) -> None:
        numbers = self.schools[at].numbers
        signer, subject = numbers[ask.signer_id], numbers[ask.subject_id]
        self.schools[at].families.say(signer, ask.form, subject, decision)

    def _hand_in(self, town: Town, class_id: UUID) -> int:
        with town.by(Role.REGISTRAR) as unit:
            return hand_in_class(unit, town.collection_id, class_id)

    def _acknowledge(self, bundle: Bundle) -> Bundle:
        with self.wiring.units.open(Actor(Role.PLATFORM, self.client.id)) as unit:
            return acknowledge(unit, self.client, bundle.id, bundle.digest, self.clock.now)

    def _look_into_bundles(self, school: School) -> None:
        """Open what is new, as the platform would."""
        for bundle in school.bundles():
            if bundle.id in school.sent:
                continue
            with self.wiring.units.open(SYSTEM) as unit:
                content = unit.bundles.content(school.town.school_id, bundle.id)
            if content is None:
                # Replaced within one round of the worker: nobody can have had it.
                assert bundle.superseded_at is not None
                continue
            items = self._opened(content)
            people = {school.numbers[who]: values for who, values in items.items()}
            school.values[bundle.id] = people
            self.reached["narrowed"] += bundle.revision > 1
            school.sent[bundle.id] = frozenset(people)
            self._allows(school, school.sent[bundle.id], "sealed")

    def _opened(self, content: bytes) -> dict[UUID, dict[str, str]]:
        kid = jose.thumbprint(PLATFORM_KEY.public_key())
        jws = jose.decrypt(content.decode(), {kid: PLATFORM_KEY}, "sg-bundle+jws")
        keys = self.wiring.signing_keys.public("evidence")
        document = canonical.loads(jose.read_bundle(jws.decode(), keys))
        assert isinstance(document, dict)
        people = [*document["pupils"], *document["guardians"]]
        return {UUID(person["id"]): person["items"] for person in people}

    def _allowed(self, school: School, *, same_name: bool) -> frozenset[int]:
        on = school.approved_on or self._today()
        sent = (school.families.sent(kid, on, same_name=same_name) for kid in school.kids)
        return frozenset().union(*sent)

    def _allows(self, school: School, people: frozenset[int], moment: str) -> None:
        extra = people - self._allowed(school, same_name=moment == "approved")
        assert not extra, f"I-1: {moment} with {sorted(extra)} who did not agree"

    def _is_whole(self, school: School, people: frozenset[int]) -> None:
        self._allows(school, people, "approved")
        must = {
            kid.number
            for kid in school.kids
            if school.families.sent(kid, self._today(), same_name=True)
        }
        missing = must - people - school.left_out
        assert not missing, f"I-8: a part was released, without {sorted(missing)}"

    def _recalled(self, school: School, bundle: Bundle, people: frozenset[int]) -> None:
        gone = people - self._allowed(school, same_name=False)
        missing = gone - self._recalled_numbers(school, bundle)
        assert not missing, f"I-1: the platform was not told of {sorted(missing)}"

    def _recalled_numbers(self, school: School, bundle: Bundle) -> set[int]:
        with self.wiring.units.open(SYSTEM) as unit:
            recalled = unit.bundles.recalled(school.town.school_id, bundle.id)
        return {school.numbers[person] for person in recalled}

    def _nobody_held_back(self, school: School, refusal: RulesBroken) -> None:
        blocking = {school.numbers.get(found.about, 0) for found in refusal.findings if found.about}
        for kid in school.kids:
            if school.families.has_refused(kid, self._today()):
                assert kid.number not in blocking, f"I-9: {kid.number} has refused and blocks"

    def _one_holder_of_a_contact(self) -> None:
        holders: dict[tuple[str, str], set[int]] = defaultdict(set)
        for school in self.schools:
            for bundle in school.bundles():
                if bundle.superseded_at is not None or bundle.id not in school.values:
                    continue
                back = self._recalled_numbers(school, bundle)
                for number, values in school.values[bundle.id].items():
                    for name in {"email", "phone"} & values.keys() if number not in back else ():
                        holders[name, values[name]].add(number)
        assert all(len(each) == 1 for each in holders.values()), "I-10"
