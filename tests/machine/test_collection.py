"""A collection played in every order, and the proof that the play would notice.

`pytest tests/machine --examples 1000` for a long one; `make soak` does.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.actions import keep_answer
from policies.facts import FormKind
from policies.programme import Programme
from tests.machine.collection_machine import CollectionMachine

ALWAYS = {"approved", "pulled", "left_out"}
STATIONS = ALWAYS | {"narrowed", "acknowledged", "destroyed"}
MANY = 100
TRIES = 100

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])


def test_whatever_happens_in_whatever_order_the_invariants_hold(
    play: Callable[[int], None], machine: type[CollectionMachine], examples: int
):
    play(examples)
    reached = {station for station, times in machine.reached.items() if times}
    assert reached >= (STATIONS if examples >= MANY else ALWAYS)


@on_sqlite
def test_a_withdrawal_that_reaches_no_bundle_is_noticed(
    play: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(keep_answer, "withdraw_from_bundles", lambda _unit, _school_id: None)
    with pytest.raises(AssertionError, match="I-1"):
        play(TRIES)


@on_sqlite
def test_a_pupil_of_fifteen_who_is_not_heard_is_noticed(
    play: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
):
    required = Programme.required_forms

    def without_the_pupil(programme: Programme, years: int) -> frozenset[FormKind]:
        found = required(programme, years)
        return found - {FormKind.PUPIL_OWN} if FormKind.CHILD in found else found

    monkeypatch.setattr(Programme, "required_forms", without_the_pupil)
    with pytest.raises(AssertionError, match="I-1"):
        play(TRIES)
