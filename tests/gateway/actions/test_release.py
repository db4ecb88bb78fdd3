"""From a class list to the platform and back: what leaves, what does not, what is recalled."""

from __future__ import annotations

from uuid import UUID

import pytest

from crypto import canonical, jose
from gateway.actions.approve_release import approve_release
from gateway.actions.confirm_destruction import confirm_destruction, list_recalls
from gateway.actions.hand_over import acknowledge, hand_over, list_bundles
from gateway.actions.prepare_release import prepare_release
from gateway.errors import (
    AlreadyApproved,
    BundleSuperseded,
    BundleWithdrawn,
    RulesBroken,
    SecondPersonNeeded,
    SetGrown,
    TooLate,
)
from gateway.store.bundles import Bundle
from gateway.store.clients import Client
from gateway.unit import Actor
from gateway.wiring import Wiring
from policies.facts import Decision, FormKind
from policies.permissions import Role
from tests.conftest import Clock
from tests.town import PLATFORM_KEY, PROGRAMME, Child, Town

CLASS = (Child(1, guardians=(101,)), Child(2, guardians=(102, 103)), Child(3, guardians=(104,)))


@pytest.fixture
def town(wiring: Wiring) -> Town:
    return Town(wiring)


def approve(town: Town) -> Bundle:
    with town.by(Role.REGISTRAR) as unit:
        release = prepare_release(unit, town.collection_id)
    with town.by(Role.DIRECTOR) as unit:
        return approve_release(unit, release.id, release.set_digest, town.wiring.signing_keys)


def platform(town: Town) -> tuple[Client, Actor]:
    with town.by(Role.REGISTRAR) as unit:
        client = unit.clients.find(name="platform")
    assert client is not None
    return client, Actor(Role.PLATFORM, client.id)


def pull(town: Town, bundle_id: UUID) -> bytes:
    client, actor = platform(town)
    with town.wiring.units.open(actor) as unit:
        return hand_over(unit, client, bundle_id)[1]


def opened(town: Town, content: bytes) -> dict[str, object]:
    kid = jose.thumbprint(PLATFORM_KEY.public_key())
    jws = jose.decrypt(content.decode(), {kid: PLATFORM_KEY}, "sg-bundle+jws")
    document = canonical.loads(
        jose.read_bundle(jws.decode(), town.wiring.signing_keys.public("evidence"))
    )
    assert isinstance(document, dict)
    return document


def listed(town: Town) -> list[UUID]:
    client, actor = platform(town)
    with town.wiring.units.open(actor) as unit:
        return [bundle.id for _, bundle in list_bundles(unit, client, -1, 10)]


def take_back(town: Town, number: int, form: FormKind) -> None:
    town.withdraw(town.ask_of(town.person(number), form))


def test_a_school_that_has_agreed_leaves_whole(town: Town):
    town.ready(CLASS)
    bundle = approve(town)
    town.work()
    document = opened(town, pull(town, bundle.id))
    assert document["counts"] == {
        "pupils": 3,
        "guardians": 4,
        "classes": [{"class": "7А", "enrolled": 3, "handed_over": 3, "paper_diary": 0}],
    }
    assert document["programme"] == PROGRAMME


def test_nothing_is_listed_before_a_checkpoint_covers_it(town: Town):
    town.ready(CLASS)
    bundle = approve(town)
    assert listed(town) == []
    town.work()
    assert listed(town) == [bundle.id]


def test_a_silent_family_holds_the_school_back(town: Town):
    town.import_children(CLASS)
    town.agree_on_signature()
    with pytest.raises(RulesBroken), town.by(Role.REGISTRAR) as unit:
        prepare_release(unit, town.collection_id)


def test_a_refusing_family_holds_nobody_back(town: Town):
    town.import_children(CLASS)
    town.agree_on_signature()
    refusing = town.person(101)
    for ask in town.asks():
        town.answer(ask, Decision.REFUSED if ask.signer_id == refusing else Decision.GIVEN)
    town.work()
    town.hand_in()
    bundle = approve(town)
    assert (bundle.pupils, bundle.guardians) == (2, 3)


def test_the_same_person_cannot_prepare_and_approve(town: Town):
    town.ready(CLASS)
    with town.by(Role.REGISTRAR) as unit:
        release = prepare_release(unit, town.collection_id)
    with pytest.raises(SecondPersonNeeded), town.by(Role.REGISTRAR) as unit:
        approve_release(unit, release.id, release.set_digest, town.wiring.signing_keys)


def test_a_collection_is_approved_once(town: Town):
    town.ready(CLASS)
    approve(town)
    with pytest.raises(AlreadyApproved):
        approve(town)


def test_whoever_joined_since_the_preparation_is_not_approved_unseen(town: Town):
    town.import_children(CLASS)
    town.agree_on_signature()
    undecided = town.person(103)
    for ask in town.asks():
        if ask.signer_id != undecided:
            town.answer(ask)
    town.work()
    town.hand_in()
    with town.by(Role.REGISTRAR) as unit:
        release = prepare_release(unit, town.collection_id)
    for ask in town.asks():
        if ask.signer_id == undecided:
            town.answer(ask)
    town.work()
    with pytest.raises(SetGrown), town.by(Role.DIRECTOR) as unit:
        approve_release(unit, release.id, release.set_digest, town.wiring.signing_keys)


def test_whoever_withdrew_since_the_preparation_is_just_left_out(town: Town):
    town.ready(CLASS)
    with town.by(Role.REGISTRAR) as unit:
        release = prepare_release(unit, town.collection_id)
    take_back(town, 101, FormKind.CHILD)
    with town.by(Role.DIRECTOR) as unit:
        bundle = approve_release(unit, release.id, release.set_digest, town.wiring.signing_keys)
    assert bundle.pupils == 2


def test_after_the_deadline_nothing_is_released(town: Town, clock: Clock):
    town.ready(CLASS)
    clock.forward(days=20)
    with pytest.raises(TooLate):
        approve(town)


def test_a_withdrawal_before_the_pull_makes_a_narrower_revision(town: Town, clock: Clock):
    town.ready(CLASS)
    first = approve(town)
    town.work()
    clock.forward(days=30)  # after the deadline too
    take_back(town, 101, FormKind.CHILD)
    with pytest.raises(BundleSuperseded):
        pull(town, first.id)
    town.work()
    (second,) = listed(town)
    document = opened(town, pull(town, second))
    assert document["revision"] == 2
    assert document["supersedes"] == str(first.id)
    assert document["counts"]["classes"] == [  # type: ignore[index]
        {"class": "7А", "enrolled": 3, "handed_over": 2, "paper_diary": 1}
    ]
    assert str(town.person(101)) not in {g["id"] for g in document["guardians"]}  # type: ignore[attr-defined]


def test_a_guardian_who_withdraws_own_data_leaves_without_the_child(town: Town):
    town.ready(CLASS)
    approve(town)
    take_back(town, 102, FormKind.GUARDIAN_OWN)
    town.work()
    (second,) = listed(town)
    document = opened(town, pull(town, second))
    assert document["counts"]["pupils"] == 3  # type: ignore[index]
    assert document["counts"]["guardians"] == 3  # type: ignore[index]


def test_pulling_again_gives_the_same_bytes_until_the_acknowledgement(town: Town):
    town.ready(CLASS)
    bundle = approve(town)
    town.work()
    assert pull(town, bundle.id) == pull(town, bundle.id)
    client, actor = platform(town)
    for _ in range(2):
        with town.wiring.units.open(actor) as unit:
            done = acknowledge(unit, client, bundle.id, bundle.digest, unit.now)
    assert done.acknowledged_at is not None
    with pytest.raises(BundleWithdrawn):
        pull(town, bundle.id)


def test_a_withdrawal_after_the_pull_is_recalled_and_confirmed(town: Town):
    town.ready(CLASS)
    bundle = approve(town)
    town.work()
    pull(town, bundle.id)
    take_back(town, 101, FormKind.CHILD)
    with pytest.raises(BundleWithdrawn):
        pull(town, bundle.id)
    town.work()
    client, actor = platform(town)
    with town.wiring.units.open(actor) as unit:
        found = list_recalls(unit, client, -1, 10)
    assert {r.person_id for r in found} == {town.person(1), town.person(101)}
    for recall in found:
        with town.wiring.units.open(actor) as unit:
            done = confirm_destruction(unit, client, recall.id, unit.now, unit.now)
        assert done.destroyed_at is not None
    with town.wiring.units.open(actor) as unit:
        assert list_recalls(unit, client, max(r.position for r in found), 10) == []
