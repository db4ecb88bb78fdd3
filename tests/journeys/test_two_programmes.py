"""One school hands over to two platforms side by side: each gets what it asked for, and no more.

The same families, the same class list; a collection, a set of answers and a bundle for each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator

from crypto import canonical, jose
from examples.platform_client.opening import SCHEMA
from gateway.actions.approve_release import approve_release
from gateway.actions.confirm_destruction import list_recalls
from gateway.actions.hand_over import hand_over, list_bundles
from gateway.actions.issue_token import add_client
from gateway.actions.open_collection import open_collection
from gateway.actions.prepare_release import prepare_release
from gateway.actions.readiness import see_readiness
from gateway.errors import AlreadyExists, BadInput, NotFound, RulesBroken
from gateway.store.bundles import Bundle
from gateway.store.clients import Client
from gateway.unit import SYSTEM, Actor
from gateway.wiring import Wiring
from policies.facts import Decision, Field, FormKind
from policies.findings import Code
from policies.permissions import Role
from policies.programme import Subject, load_programme, published
from tests.conftest import Clock
from tests.town import PLATFORM_KEY, PROGRAMME, Child, Town, platform_jwks

SECOND = "moya-shkola-2023"
CLASS = (Child(1, guardians=(101,)), Child(2, guardians=(102,)), Child(3, guardians=(103,)))
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text()))


@dataclass
class TwoFold:
    """A town with a collection of each programme, and the client of each platform."""

    town: Town
    collections: dict[str, UUID]
    clients: dict[str, Client]

    @contextmanager
    def collecting(self, programme: str) -> Iterator[Town]:
        """The town while it works for that collection."""
        was, self.town.collection_id = self.town.collection_id, self.collections[programme]
        yield self.town
        self.town.collection_id = was

    def answer_all(self, programme: str, refusing: int | None = None) -> None:
        """Everybody is asked and says yes; the guardian of that number says no."""
        with self.collecting(programme) as town:
            town.agree_on_signature()
            no = None if refusing is None else town.person(refusing)
            for ask in town.asks():
                town.answer(ask, Decision.REFUSED if ask.signer_id == no else Decision.GIVEN)
            town.work()
            town.hand_in()

    def release(self, programme: str) -> Bundle:
        with self.collecting(programme) as town:
            with town.by(Role.REGISTRAR) as unit:
                made = prepare_release(unit, town.collection_id)
            with town.by(Role.DIRECTOR) as unit:
                bundle = approve_release(unit, made.id, made.set_digest, town.wiring.signing_keys)
            town.work()
        return bundle

    def feed(self, programme: str) -> list[UUID]:
        """What the client of that programme is offered."""
        client = self.clients[programme]
        with self.town.wiring.units.open(Actor(Role.PLATFORM, client.id)) as unit:
            return [bundle.id for _, bundle in list_bundles(unit, client, -1, 10)]

    def pull(self, programme: str, bundle_id: UUID) -> dict[str, Any]:
        """The document as the client of that programme opens it; it is as the schema says."""
        client = self.clients[programme]
        with self.town.wiring.units.open(Actor(Role.PLATFORM, client.id)) as unit:
            content = hand_over(unit, client, bundle_id)[1]
        kid = jose.thumbprint(PLATFORM_KEY.public_key())
        jws = jose.decrypt(content.decode(), {kid: PLATFORM_KEY}, "sg-bundle+jws")
        keys = self.town.wiring.signing_keys.public("evidence")
        document = canonical.loads(jose.read_bundle(jws.decode(), keys))
        assert isinstance(document, dict)
        VALIDATOR.validate(document)
        return document

    def recalls(self, programme: str) -> list[UUID]:
        client = self.clients[programme]
        with self.town.wiring.units.open(Actor(Role.PLATFORM, client.id)) as unit:
            return [recall.person_id for recall in list_recalls(unit, client, -1, 10)]

    def claimed(self, number: int) -> set[Field]:
        """Contacts of an invented person that are claimed across schools."""
        person = self.town.person(number)
        with self.town.by(Role.REGISTRAR) as unit:
            return {claim.field for claim in unit.claims.of_person(self.town.school_id, person)}

    def obstacles(self, programme: str) -> set[Code]:
        with self.town.by(Role.REGISTRAR) as unit:
            state = see_readiness(unit, self.collections[programme])
        return {finding.code for finding in state.readiness.findings}


@pytest.fixture
def both(wiring: Wiring) -> TwoFold:
    """Both collections are open and the class list is taken in for each."""
    town = Town(wiring)
    with wiring.units.open(SYSTEM) as unit:
        add_client(unit, "platform-2", SECOND, platform_jwks())
        found = {p: unit.clients.find(programme=p) for p in (PROGRAMME, SECOND)}
    today = town.today()
    with town.by(Role.REGISTRAR) as unit:
        second = open_collection(
            unit, SECOND, today - timedelta(days=1), today + timedelta(days=28)
        )
    made = TwoFold(
        town,
        {PROGRAMME: town.collection_id, SECOND: second},
        {programme: client for programme, client in found.items() if client is not None},
    )
    for programme in (PROGRAMME, SECOND):
        with made.collecting(programme):
            town.import_children(CLASS)
    return made


def test_a_school_hands_over_to_each_platform_what_it_asks_for(both: TwoFold):
    town = both.town
    # Everybody is asked for both, each ask once; nobody has answered either.
    for collection in both.collections.values():
        town.collection_id = collection
        assert len(town.asks()) == 2 * len(CLASS)
    town.collection_id = both.collections[PROGRAMME]

    both.answer_all(SECOND)
    assert both.obstacles(SECOND) == set()
    assert Code.NO_ANSWER in both.obstacles(PROGRAMME)
    # No document of this programme lists a telephone, so nobody claims one.
    assert both.claimed(1) == both.claimed(101) == {Field.EMAIL}

    account = both.release(SECOND)
    assert (both.feed(SECOND), both.feed(PROGRAMME)) == ([account.id], [])
    with pytest.raises(NotFound):
        both.pull(PROGRAMME, account.id)
    with pytest.raises(RulesBroken):
        both.release(PROGRAMME)

    both.answer_all(PROGRAMME, refusing=103)
    assert both.claimed(1) == both.claimed(101) == {Field.EMAIL, Field.PHONE}
    diary = both.release(PROGRAMME)
    assert (both.feed(SECOND), both.feed(PROGRAMME)) == ([account.id], [diary.id])

    sent = {SECOND: both.pull(SECOND, account.id), PROGRAMME: both.pull(PROGRAMME, diary.id)}
    for programme, document in sent.items():
        rules = load_programme(programme)
        assert (document["programme"], document["policy_digest"]) == (programme, rules.digest)
        people = {Subject.PUPIL: document["pupils"], Subject.GUARDIAN: document["guardians"]}
        for subject, listed in people.items():
            asked = {rule.field.value for rule in rules.items[subject]}
            assert all({*one["items"], *one["absent"]} == asked for one in listed)
            forms = {ref.slug for ref in rules.forms.values()}
            assert all(each["form"] in forms for one in listed for each in one["consents"])
    assert [len(document["pupils"]) for document in sent.values()] == [3, 2]


def test_a_withdrawal_reaches_the_platform_that_it_is_about(both: TwoFold):
    for programme in (PROGRAMME, SECOND):
        both.answer_all(programme)
        both.pull(programme, both.release(programme).id)
    with both.collecting(SECOND) as town:
        town.withdraw(town.ask_of(town.person(101), FormKind.CHILD))
        town.work()
    assert both.recalls(PROGRAMME) == []
    assert both.town.person(1) in both.recalls(SECOND)


def test_whom_one_platform_still_has_is_not_destroyed_for_the_other(both: TwoFold, clock: Clock):
    both.answer_all(PROGRAMME, refusing=101)
    both.answer_all(SECOND)
    both.pull(SECOND, both.release(SECOND).id)
    clock.forward(days=40)
    both.town.work()
    assert both.town.person(1)


def test_each_programme_has_one_open_collection_in_a_school(both: TwoFold):
    today = both.town.today()
    for programme in (PROGRAMME, SECOND):
        with pytest.raises(AlreadyExists), both.town.by(Role.REGISTRAR) as unit:
            open_collection(unit, programme, today, today)


def test_a_platform_of_no_programme_is_refused(wiring: Wiring):
    with pytest.raises(BadInput), wiring.units.open(SYSTEM) as unit:
        add_client(unit, "nobody", "no-such", platform_jwks())


@pytest.mark.parametrize("rules", published(), ids=lambda rules: rules.slug)
def test_the_schema_asks_what_the_programme_asks(rules: Any):
    """A field that is not asked is refused; one that nothing may stand for is required."""
    then = next(
        each["then"]["properties"]
        for each in json.loads(SCHEMA.read_text())["allOf"]
        if each["if"]["properties"]["programme"]["const"] == rules.slug
    )
    for subject, members in ((Subject.PUPIL, "pupils"), (Subject.GUARDIAN, "guardians")):
        person = then[members]["items"]["properties"]
        asked = {rule.field.value: rule.accepts for rule in rules.items[subject]}
        refused = {name for name, it in person["items"].get("properties", {}).items() if not it}
        assert refused == {field.value for field in Field} - asked.keys()
        always = {"family_name", "given_name", "birth_date", "snils"}
        required = always | set(person["items"].get("required", ()))
        assert required == {name for name, accepts in asked.items() if not accepts}
        absent = {name for name, it in person["absent"]["properties"].items() if not it}
        may = {name for name, accepts in asked.items() if accepts}
        assert absent == {"patronymic", "email", "phone"} - may
