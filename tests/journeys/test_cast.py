"""Parts are cast by rule: the story can be told in any year, with whoever is at school then."""

from __future__ import annotations

from datetime import date

import pytest

from examples.demo.cast import (
    CHILD,
    GIVEN,
    GUARDIAN_OWN,
    PUPIL_OWN,
    REFUSED,
    answers_of,
    choose,
    representative,
)
from examples.demo.people import Ask, Guardian, Person, Pupil, signers
from tests.journeys.roster import Person as Listed
from tests.journeys.roster import pupils_of

KINDS = {"опекун": "guardian", "мать": "parent", "отец": "parent"}


def person(listed: Listed) -> Person:
    return Person(listed["snils"], listed["family_name"], listed)


def school(today: date) -> list[Pupil]:
    """The list as the service would show it on that day; SNILS stand in for ids."""
    found = []
    for listed in pupils_of("school_28"):
        pupil = person(listed)
        age = pupil.age(today)
        guardians = tuple(
            Guardian(person(g), g["snils"], KINDS[g["relation"]], g["relation"])
            for g in listed["representatives"]
        )
        keys = [(PUPIL_OWN, pupil.id, pupil.id)] if age >= 14 else []
        if age < 18:
            for guardian in guardians:
                own = guardian.person.id
                keys += [(CHILD, own, pupil.id), (GUARDIAN_OWN, own, own)]
        asks = tuple(Ask("/".join(key), *key) for key in keys)
        found.append(Pupil(pupil, listed["class"], listed["class"], guardians, asks))
    return found


@pytest.mark.parametrize("year", range(2026, 2041))
def test_nobody_plays_two_parts(year: int) -> None:
    today = date(year, 11, 21)
    cast = choose(school(today), today)
    parts = [*cast.on_paper_diary, cast.adult, cast.ward, cast.paper]
    parts += [cast.leaves_early, cast.leaves_late]
    playing = [p.id for p in parts if p is not None]
    assert len(playing) == len(set(playing))


@pytest.mark.parametrize("year", range(2026, 2041))
def test_every_pupil_is_settled_in_the_end(year: int) -> None:
    """Whoever is neither on paper nor silent has a full set of consents."""
    today = date(year, 11, 21)
    pupils = school(today)
    cast = choose(pupils, today)
    said = answers_of(cast, pupils)
    on_paper = {p.id for p in (*cast.on_paper_diary, cast.paper) if p is not None}
    for pupil in pupils:
        if pupil.id in on_paper:
            continue
        given = {key for key, answers in said.items() if answers[-1] == GIVEN}
        if pupil.person.age(today) >= 14:
            assert (PUPIL_OWN, pupil.id, pupil.id) in given
        if pupil.person.age(today) < 18:
            assert any(
                {(CHILD, g.person.id, pupil.id), (GUARDIAN_OWN, g.person.id, g.person.id)} <= given
                for g in pupil.guardians
            )


def test_in_autumn_2026_every_part_is_cast() -> None:
    today = date(2026, 11, 21)
    cast = choose(school(today), today)
    for part in (
        cast.adult,
        cast.ward,
        cast.split,
        cast.keeps_own_data,
        cast.paper,
        cast.silent,
        cast.leaves_early,
        cast.leaves_late,
        cast.mother_of_two_classes,
    ):
        assert part is not None
    assert cast.teen is not None
    assert cast.teen.person.age(today) == 15
    assert len(cast.refusing) == 2


def test_the_guardian_refuses_first_and_agrees_then() -> None:
    today = date(2026, 11, 21)
    pupils = school(today)
    cast = choose(pupils, today)
    assert cast.ward is not None
    guardian = representative(cast.ward)
    assert guardian.kind == "guardian"
    said = answers_of(cast, pupils)
    assert said[CHILD, guardian.person.id, cast.ward.id] == (REFUSED, GIVEN)


def test_signers_are_asked_once_each() -> None:
    today = date(2026, 11, 21)
    pupils = school(today)
    asked = signers(pupils)
    assert set(asked) == {ask.signer_id for pupil in pupils for ask in pupil.asks}
