"""A consent to one name is none to another: which changes open it again, and what then stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.consent import asked_again
from policies.facts import Decision, Field, ItemChange
from policies.findings import Code
from policies.programme import load_programme
from policies.standing import StandingKind, standing
from tests.factories import TODAY, a_guardian, a_pupil, an_answer

PROGRAMME = load_programme("mesh-2020")
EVA, EVDOKIA, EUGENIA = b"eva", b"evdokia", b"eugenia"
NAME = Field.GIVEN_NAME


def change(
    number: int, before: bytes | None, after: bytes | None, item: Field = NAME
) -> ItemChange:
    return ItemChange(number, item, before, after)


@pytest.mark.parametrize(
    ("changes", "version", "again"),
    [
        pytest.param([], 0, False, id="nothing changed"),
        pytest.param([change(1, EVA, EVDOKIA)], 0, True, id="another name"),
        pytest.param([change(1, EVA, EVDOKIA)], 1, False, id="signed after it"),
        pytest.param(
            [change(1, EVA, EVDOKIA), change(2, EVDOKIA, EVA)], 0, False, id="there and back"
        ),
        pytest.param(
            [change(1, EVA, EVDOKIA), change(2, EVDOKIA, EUGENIA)], 1, True, id="once more"
        ),
        pytest.param(
            [change(1, EVA, EVDOKIA), change(2, EVDOKIA, EVA)], 1, True, id="back after signing"
        ),
        pytest.param([change(1, None, EVA)], 0, True, id="signed for is not known any more"),
        pytest.param([change(1, None, None)], 0, True, id="nor is what stands there"),
        pytest.param([change(1, EVA, EVDOKIA, Field.EMAIL)], 0, False, id="an address"),
        pytest.param([change(1, EVA, EVDOKIA, Field.PHONE)], 0, False, id="a phone"),
        pytest.param([change(1, EVA, EVDOKIA, Field.SNILS)], 0, True, id="a SNILS"),
        pytest.param([change(1, EVA, EVDOKIA, Field.BIRTH_DATE)], 0, True, id="a birth date"),
    ],
)
def test_which_changes_open_a_consent_again(
    changes: list[ItemChange], version: int, again: bool
) -> None:
    answer = replace(an_answer(), subject_version=version, signer_version=version)
    assert asked_again(answer, PROGRAMME, changes, ()) is again
    assert asked_again(answer, PROGRAMME, (), changes) is again


@pytest.mark.parametrize("decision", [d for d in Decision if d is not Decision.GIVEN])
def test_only_a_yes_is_asked_again(decision: Decision) -> None:
    changes = [change(1, EVA, EVDOKIA)]
    assert not asked_again(an_answer(decision), PROGRAMME, changes, changes)


def test_a_programme_says_which_items_matter() -> None:
    lenient = replace(PROGRAMME, asked_again=frozenset({Field.SNILS}))
    assert not asked_again(an_answer(), lenient, [change(1, EVA, EVDOKIA)], ())


RENAMED = (change(1, EVA, EVDOKIA),)


def test_a_renamed_pupil_waits_for_the_family() -> None:
    pupil = a_pupil()
    where = standing(replace(pupil, changes=RENAMED), PROGRAMME, TODAY)
    assert where.kind is StandingKind.WAITING
    assert {reason.code for reason in where.reasons} == {Code.ITEMS_CHANGED}
    assert {reason.about for reason in where.reasons} == {pupil.guardians[0].person_id}


def test_of_two_guardians_the_renamed_one_stays_behind() -> None:
    mother, father = replace(a_guardian(), changes=RENAMED), a_guardian()
    where = standing(a_pupil(guardians=(mother, father)), PROGRAMME, TODAY)
    assert where.kind is StandingKind.READY
    assert where.guardians == (father.person_id,)


def test_a_no_is_not_softened_by_another_name() -> None:
    pupil = a_pupil(guardians=(a_guardian(child=(Decision.REFUSED,)),))
    assert standing(replace(pupil, changes=RENAMED), PROGRAMME, TODAY).kind is StandingKind.REFUSED


def test_a_yes_to_another_name_is_still_another_opinion() -> None:
    mother, father = a_guardian(), a_guardian(child=(Decision.REFUSED,))
    pupil = replace(a_pupil(guardians=(mother, father)), changes=RENAMED)
    assert standing(pupil, PROGRAMME, TODAY).kind is StandingKind.DISPUTED
