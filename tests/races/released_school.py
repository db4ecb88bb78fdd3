"""A small school whose families have agreed and whose release is prepared, and what it can do.

A method that acts opens units of its own, so that it can be one of two racers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from crypto import canonical, jose
from gateway.actions.answer import withdraw
from gateway.actions.approve_release import approve_release
from gateway.actions.hand_over import hand_over
from gateway.actions.prepare_release import prepare_release
from gateway.store.bundles import Bundle, Release
from gateway.store.consents import Answer, Ask
from gateway.store.links import FamilySession
from gateway.unit import SYSTEM, Actor
from gateway.wiring import Wiring
from gateway.worker.rounds import Rounds
from policies.facts import FormKind
from policies.permissions import Role
from tests.town import PLATFORM_KEY, Child, Town

CHILDREN = (
    Child(1, guardians=(101,)),
    Child(2, guardians=(102, 103)),
    Child(3, born=date(2011, 1, 9), guardians=(104,)),  # fifteen: signs beside the guardian
)
EVERYBODY = frozenset({1, 2, 3, 101, 102, 103, 104})
Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who takes which consent back, and who leaves the bundle by it (numbers of people)."""

    signer: int
    form: FormKind
    gone: frozenset[int]


WITHDRAWALS = (
    Withdrawal(101, FormKind.CHILD, frozenset({1, 101})),
    Withdrawal(102, FormKind.GUARDIAN_OWN, frozenset({102})),
    Withdrawal(3, FormKind.PUPIL_OWN, frozenset({3, 104})),
    Withdrawal(103, FormKind.CHILD, frozenset({2, 102, 103})),  # the guardians disagree
    Withdrawal(104, FormKind.GUARDIAN_OWN, frozenset({3, 104})),
)


class ReleasedSchool:
    """`numbers`: number of every person by id. `release`: what the director is shown."""

    release: Release

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.town = Town(wiring)
        self.town.ready(CHILDREN)
        self.numbers = {self.town.person(number): number for number in EVERYBODY}
        with self.town.by(Role.REGISTRAR) as unit:
            client = unit.clients.find(name="platform")
        assert client is not None
        self.client = client
        self._rounds = Rounds(wiring)
        self._asks: dict[Withdrawal, tuple[Ask, FamilySession]] = {}
        for each in WITHDRAWALS:
            ask = self.town.ask_of(self.town.person(each.signer), each.form)
            self._asks[each] = (ask, self.town.session(ask.signer_id))
        self.prepare()

    def prepare(self) -> None:
        with self.town.by(Role.REGISTRAR) as unit:
            self.release = prepare_release(unit, self.town.collection_id)

    def approve(self) -> Bundle:
        release = self.release
        with self.town.by(Role.DIRECTOR) as unit:
            return approve_release(unit, release.id, release.set_digest, self.wiring.signing_keys)

    def withdraw(self, which: Withdrawal) -> Answer:
        ask, session = self._asks[which]
        with self.town.family(ask.signer_id) as unit:
            return withdraw(unit, session, ask.id, self.wiring.host, self.wiring.signing_keys)

    def pull(self, bundle_id: UUID) -> bytes:
        with self.wiring.units.open(Actor(Role.PLATFORM, self.client.id)) as unit:
            return hand_over(unit, self.client, bundle_id)[1]

    def sign_journal(self) -> None:
        self._rounds.order_journal()

    def narrow(self) -> Bundle:
        """The revision that the worker makes after a withdrawal before the pull."""
        assert self._rounds.narrow_bundles()
        return self.bundles()[-1]

    def bundles(self) -> list[Bundle]:
        with self.wiring.units.open(SYSTEM) as unit:
            return unit.bundles.list_bundles(self.town.school_id)

    def recalled(self, bundle_id: UUID) -> set[int]:
        """Numbers of the people whom the platform is asked to destroy."""
        with self.wiring.units.open(SYSTEM) as unit:
            found = unit.bundles.recalled(self.town.school_id, bundle_id)
        return {self.numbers[person] for person in found}

    def opened(self, content: bytes) -> Opened:
        """What the platform reads in the bytes of a pull."""
        kid = jose.thumbprint(PLATFORM_KEY.public_key())
        jws = jose.decrypt(content.decode(), {kid: PLATFORM_KEY}, "sg-bundle+jws")
        document = canonical.loads(
            jose.read_bundle(jws.decode(), self.wiring.signing_keys.public("evidence"))
        )
        assert isinstance(document, dict)
        people = [*document["pupils"], *document["guardians"]]
        return Opened(
            {self.numbers.get(UUID(p["id"]), 0): p["items"] for p in people},
            [(c["enrolled"], c["handed_over"]) for c in document["counts"]["classes"]],
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle: items by number of the person (0: a stranger), (enrolled, sent) of each class."""

    people: dict[int, Values]
    counts: list[tuple[int, int]]
