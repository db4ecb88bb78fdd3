"""The races can be lost: with a guard taken out they find what it keeps from happening.

This is why every change of a standing takes the school's lock first (decision 0003). SQLite has
one writer at a time whatever we do, so the lock is taken out on PostgreSQL alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest

from gateway.actions import approve_release as approving
from gateway.actions.release_set import Members, SchoolState
from gateway.store.schools import SchoolStore
from gateway.unit import Unit
from policies import signers
from tests.races import test_pull_against_withdrawal as pulling
from tests.races import test_release_against_import as importing
from tests.races import test_release_against_withdrawal as withdrawing
from tests.races.released_school import WITHDRAWALS, ReleasedSchool
from tests.races.rewind import ANSWERS, REGISTER, RELEASE, Rewind

TRIES = 200
on_postgresql = pytest.mark.parametrize(
    "engine_name", [pytest.param("postgresql", marks=pytest.mark.engine)]
)


def tries_until_a_leak(race: Callable[[int], str], rewind: Rewind) -> int:
    """Number of the round that leaked."""
    for number in range(TRIES):
        if race(number) == "leak":
            return number
        rewind()
    raise AssertionError("nothing leaked")


def without_the_lock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SchoolStore, "lock", lambda _store, _school_id: True)


@on_postgresql
def test_without_the_lock_a_withdrawn_person_is_released(
    school: ReleasedSchool, dice: Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewind = Rewind(school.wiring, RELEASE + ANSWERS)
    without_the_lock(monkeypatch)
    tries_until_a_leak(lambda n: withdrawing.race(school, WITHDRAWALS[n % 5], dice), rewind)


@on_postgresql
def test_without_the_lock_a_withdrawn_person_is_pulled_and_not_recalled(
    school: ReleasedSchool, dice: Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = school.approve()
    school.sign_journal()
    rewind = Rewind(school.wiring, RELEASE + ANSWERS)
    without_the_lock(monkeypatch)
    tries_until_a_leak(lambda n: pulling.race(school, bundle.id, WITHDRAWALS[n % 5], dice), rewind)


def test_without_versions_a_changed_record_is_released(
    school: ReleasedSchool, dice: Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another name asks again, so this rule stands before the one that is tried here.
    monkeypatch.setattr(signers, "asked_again", lambda *_: False)
    monkeypatch.setattr(Members, "only_removes_from", lambda _now, _earlier: True)
    import_until_a_leak(school, importing.Case(importing.RENAMED), dice)


def test_without_the_rules_a_school_is_released_in_part(
    school: ReleasedSchool, dice: Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = approving.look_at_school

    def look_away(unit: Unit, school_id: UUID, collection_id: UUID) -> SchoolState:
        state = look(unit, school_id, collection_id)
        return replace(state, readiness=replace(state.readiness, findings=()))

    monkeypatch.setattr(approving, "look_at_school", look_away)
    import_until_a_leak(school, importing.Case(importing.JOINING), dice)


def import_until_a_leak(school: ReleasedSchool, case: importing.Case, dice: Random) -> None:
    registrar = importing.Registrar(school)
    agreed = registrar.approved(school)
    rewind = Rewind(school.wiring, RELEASE + REGISTER)
    tries_until_a_leak(lambda _: importing.race(school, registrar, case, agreed, dice), rewind)
