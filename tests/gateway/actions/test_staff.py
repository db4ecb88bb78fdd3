"""Who works in a school, and how a worker comes in."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from crypto.secrets_text import hash_secret
from gateway.actions.add_staff import add_staff, class_by_name
from gateway.actions.initialise import add_first_administrator, initialise
from gateway.actions.sign_in import count_attempt, deny, open_session, sign_out
from gateway.errors import AlreadyExists, BadInput, NotAuthenticated, NotFound, TooManyAttempts
from gateway.store.limits import limits
from gateway.unit import SYSTEM, Actor
from gateway.wiring import Wiring
from policies.facts import Field
from policies.permissions import Role
from tests.conftest import Clock
from tests.town import Town

LOGIN, HERE = "registrar-28", "192.0.2.1"


@pytest.fixture
def town(wiring: Wiring) -> Town:
    return Town(wiring)


@pytest.mark.parametrize(
    ("role", "has_school"),
    [
        pytest.param(Role.ADMINISTRATOR, True, id="an administrator of a school"),
        pytest.param(Role.AUDITOR, True, id="an auditor of a school"),
        pytest.param(Role.TUTOR, False, id="a tutor of no school"),
        pytest.param(Role.FAMILY, True, id="a family"),
        pytest.param(Role.PLATFORM, False, id="a platform"),
    ],
)
def test_a_role_has_its_place(town: Town, role: Role, has_school: bool):
    with pytest.raises(BadInput), town.wiring.units.open(SYSTEM) as unit:
        add_staff(unit, "somebody", "hash", role, town.school_id if has_school else None)


def test_logins_are_unique_across_schools(town: Town, wiring: Wiring):
    other = Town(wiring, 29)
    with pytest.raises(AlreadyExists), wiring.units.open(SYSTEM) as unit:
        add_staff(unit, LOGIN, "hash", Role.TUTOR, other.school_id)


def test_a_worker_of_no_such_school_is_not_added(town: Town):
    with pytest.raises(NotFound), town.wiring.units.open(SYSTEM) as unit:
        add_staff(unit, "somebody", "hash", Role.TUTOR, unit.new_id())


def test_a_tutor_has_classes_and_new_ones_are_founded(town: Town):
    with town.wiring.units.open(SYSTEM) as unit:
        tutor = add_staff(
            unit, "second", "hash", Role.TUTOR, town.school_id, class_names=["7А", "7В"]
        )
        classes = {class_by_name(unit, town.school_id, name) for name in ("7А", "7В")}
        assert unit.staff.classes_of_tutor(town.school_id, tutor) == classes
        with pytest.raises(NotFound):
            class_by_name(unit, town.school_id, "7Г")


def test_contacts_of_workers_are_kept_as_tokens_of_their_school(town: Town, wiring: Wiring):
    other = Town(wiring, 29)
    with wiring.units.open(SYSTEM) as unit:
        add_staff(
            unit, "second", "hash", Role.TUTOR, town.school_id,
            email="tutor@example.org", phone="+79000000500",
        )  # fmt: skip
        for field, value in (
            (Field.EMAIL, "tutor@example.org"),
            (Field.PHONE, "+79000000500"),
        ):
            for school, is_known in ((town.school_id, True), (other.school_id, False)):
                token = unit.vault.token(field, value, school)
                assert bool(unit.staff.with_contacts(school, [token])) is is_known


def test_there_is_one_first_administrator(wiring: Wiring):
    with wiring.units.open(SYSTEM) as unit:
        assert add_first_administrator(unit, "admin", "hash")
        assert not add_first_administrator(unit, "another", "hash")
        assert unit.staff.find(login="another") is None


def test_what_was_initialised_is_not_initialised_again(wiring: Wiring):
    with wiring.units.open(SYSTEM) as unit:
        assert not initialise(unit, wiring.kek, wiring.index, [])


# coming in


def test_a_session_lasts_eight_hours(town: Town, clock: Clock):
    with town.wiring.units.open(SYSTEM) as unit:
        token, _ = open_session(unit, LOGIN, HERE)
    for step, is_open in ((timedelta(hours=7, minutes=59), True), (timedelta(minutes=1), False)):
        clock.set(clock.now + step)
        with town.wiring.units.open(SYSTEM) as unit:
            found = unit.staff.of_session(hash_secret(token), unit.now)
        assert (found is not None) is is_open


def test_whoever_signs_out_is_out_and_may_say_it_twice(town: Town):
    with town.wiring.units.open(SYSTEM) as unit:
        token, _ = open_session(unit, LOGIN, HERE)
    actor = Actor(Role.REGISTRAR, town.staff[Role.REGISTRAR], town.school_id)
    for _ in range(2):
        with town.wiring.units.open(actor) as unit:
            sign_out(unit, token)
    with town.wiring.units.open(SYSTEM) as unit:
        assert unit.staff.of_session(hash_secret(token), unit.now) is None


def test_nobody_comes_in_under_an_unknown_name(town: Town):
    with pytest.raises(NotAuthenticated), town.wiring.units.open(SYSTEM) as unit:
        open_session(unit, "nobody", HERE)


def attempt(town: Town, login: str, address: str = HERE) -> object:
    """A wrong password: what is to be compared with, or the refusal."""
    with town.wiring.units.open(SYSTEM) as unit:
        outcome = count_attempt(unit, login, address)
        if not isinstance(outcome, TooManyAttempts):
            deny(unit, login)
        return outcome


def come_in(town: Town, address: str) -> None:
    """A right password."""
    with town.wiring.units.open(SYSTEM) as unit:
        assert count_attempt(unit, LOGIN, address) == "not a hash"
    with town.wiring.units.open(SYSTEM) as unit:
        open_session(unit, LOGIN, address)


@pytest.mark.parametrize("login", [LOGIN, LOGIN.upper(), "nobody", "?"])
def test_the_eleventh_attempt_is_refused_until_the_window_ends(
    town: Town, clock: Clock, login: str
):
    expected = "not a hash" if login.lower() == LOGIN else None
    assert [attempt(town, login) for _ in range(10)] == [expected] * 10
    clock.forward(minutes=10)
    refused = attempt(town, login)
    assert isinstance(refused, TooManyAttempts)
    # Trying on does not lengthen it, and what was told is true.
    clock.forward(seconds=refused.seconds - 1)
    assert isinstance(attempt(town, login), TooManyAttempts)
    clock.forward(seconds=1)
    assert attempt(town, login) == expected


def test_a_right_password_forgives(town: Town):
    for _ in range(3):
        for _ in range(9):
            assert attempt(town, LOGIN) == "not a hash"
        come_in(town, HERE)


def test_whoever_guesses_elsewhere_locks_nobody_out(town: Town):
    """Ten machines use up what a login has; the place where its owner works is passed over."""
    come_in(town, HERE)
    for machine in range(10):
        for _ in range(10):
            attempt(town, LOGIN, f"203.0.113.{machine}")
    assert isinstance(attempt(town, LOGIN, "203.0.113.99"), TooManyAttempts)
    come_in(town, HERE)


def test_one_machine_does_not_close_a_login_for_the_others(town: Town):
    for _ in range(50):
        attempt(town, LOGIN, "203.0.113.1")
    come_in(town, "203.0.113.2")


def test_an_address_that_tries_many_logins_is_stopped(town: Town):
    for number in range(100):
        assert attempt(town, f"nobody-{number}") is None
    assert isinstance(attempt(town, "nobody-100"), TooManyAttempts)


def test_a_school_behind_one_address_signs_in(town: Town):
    for _ in range(120):
        come_in(town, HERE)


def test_no_login_and_no_address_stands_in_a_counter(town: Town):
    attempt(town, LOGIN)
    with town.wiring.reading.connect() as connection:
        rows = connection.execute(sa.select(limits)).all()
    assert len(rows) == 3
    assert all(len(row.tag) == 16 for row in rows)
    assert not {hash_secret(LOGIN)[:16], LOGIN.encode()[:16]} & {row.tag for row in rows}
