"""A bundle is believed in nothing: its people had agreed, and whoever left was called back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from policies.facts import Decision, GuardianKind
from policies.programme import load_programme
from policies.released import (
    LOCK_WAIT,
    TEXTS,
    Flaw,
    KeptBundle,
    Replay,
    Told,
    may_be_sent,
    people_flaws,
    record_flaws,
)
from tests.factories import NOW, TODAY, a_guardian, a_pupil, an_answer, an_id, items

PROGRAMME = load_programme("mesh-2020")
SEALED = NOW + timedelta(hours=1)
LATER = SEALED + timedelta(hours=1)
LATEST = LATER + timedelta(hours=1)
CHILD, MOTHER, FATHER = an_id(1), an_id(101), an_id(102)
GIVEN, WITHDRAWN, REFUSED = Decision.GIVEN, Decision.WITHDRAWN, Decision.REFUSED
SHA = "ab" * 32
TEEN, ADULT = date(2011, 1, 9), date(2008, 1, 9)


def kept(*persons: UUID, **changed: object) -> KeptBundle:
    """A bundle with one pupil and its guardians that waits to be pulled."""
    pairs = frozenset((CHILD, person) for person in persons or (CHILD, MOTHER))
    told = Told(SHA, 1, len(pairs) - 1)
    sound = KeptBundle(
        told=told,
        event=told,
        content_digest=SHA,
        is_covered=True,
        pairs=pairs,
        sealed_at=SEALED,
        superseded_at=None,
        pulled_at=None,
        acknowledged_at=None,
        gone_at=None,
        recalls={},
    )
    return replace(sound, **changed)  # type: ignore[arg-type]


def family(*said: tuple[Decision, datetime], own: tuple[Decision, ...] = (GIVEN,), **pupil):
    """Mother and child; `said`: what she answered about the child, and when it was recorded."""
    answers = tuple(an_answer(what, minute=at, number=at + 1) for at, (what, _) in enumerate(said))
    mother = a_guardian(child=answers, own=own, number=101)
    facts = a_pupil(guardians=(mother,), number=1, **pupil)
    times = {a.id: NOW for a in (*mother.own, *facts.own)}
    times |= {answer.id: when for answer, (_, when) in zip(answers, said, strict=True)}
    return Replay(facts, times, PROGRAMME, TODAY)


def flaws(bundle: KeptBundle, *replays: Replay, unchanged=frozenset()) -> set[tuple[Flaw, UUID]]:
    return {(flaw.code, flaw.about) for flaw in people_flaws(bundle, replays, unchanged)}


def everybody(*codes: Flaw) -> set[tuple[Flaw, UUID]]:
    return {(code, person) for code in codes for person in (CHILD, MOTHER)}


def test_every_flaw_has_its_sentence():
    assert set(TEXTS) == set(Flaw)
    assert all(text.endswith(".") for text in TEXTS.values())


# the row, the bytes, the journal


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"content_digest": "cd" * 32}, Flaw.DIGEST, id="another byte"),
        pytest.param({"event": None}, Flaw.EVENT, id="no event"),
        pytest.param({"event": Told(SHA, 2, 1)}, Flaw.EVENT, id="another number in the event"),
        pytest.param({"is_covered": False}, Flaw.UNCOVERED, id="no checkpoint"),
        pytest.param({"pairs": frozenset({(CHILD, CHILD)})}, Flaw.COUNTS, id="a guardian less"),
        pytest.param({"superseded_at": LATER}, Flaw.NOT_DESTROYED, id="superseded"),
        pytest.param({"gone_at": LATER}, Flaw.NOT_DESTROYED, id="gone"),
        pytest.param({"acknowledged_at": LATER}, Flaw.NOT_DESTROYED, id="acknowledged"),
        pytest.param({"content_digest": None}, Flaw.CONTENT_LOST, id="nothing to pull"),
    ],
)
def test_a_spoiled_record_is_found(changed, code):
    assert [flaw.code for flaw in record_flaws(kept(**changed))] == [code]


def test_a_sound_record_has_no_flaw():
    assert record_flaws(kept()) == []
    assert record_flaws(kept(content_digest=None, gone_at=LATER, acknowledged_at=LATER)) == []


# consents at the sealing


def test_who_had_agreed_may_be_in():
    assert flaws(kept(), family((GIVEN, NOW))) == set()
    assert flaws(kept(), family((GIVEN, NOW)), unchanged={CHILD, MOTHER}) == set()


@pytest.mark.parametrize(
    "said",
    [
        pytest.param([], id="silent"),
        pytest.param([(REFUSED, NOW)], id="refused"),
        pytest.param([(GIVEN, NOW), (WITHDRAWN, NOW + timedelta(minutes=9))], id="withdrawn"),
        pytest.param([(GIVEN, LATER)], id="agreed only afterwards"),
    ],
)
def test_who_had_not_agreed_should_not_be_in(said):
    assert flaws(kept(), family(*said)) == everybody(Flaw.CONSENT)


def test_a_guardian_without_own_consent_should_not_be_in():
    father = a_guardian(own=(), child=(), number=102)
    replay = family((GIVEN, NOW))
    both = replace(replay.pupil, guardians=(*replay.pupil.guardians, father))
    assert flaws(kept(CHILD, MOTHER, FATHER), replace(replay, pupil=both)) == {
        (Flaw.CONSENT, FATHER)
    }


def test_a_pupil_whose_items_were_incomplete_should_not_be_in():
    replay = family((GIVEN, NOW), data=items(1, without=("snils",)))
    assert flaws(kept(), replay) == set()
    assert flaws(kept(), replay, unchanged={CHILD, MOTHER}) == everybody(Flaw.CONSENT)


@pytest.mark.parametrize("wait", [LOCK_WAIT, -LOCK_WAIT], ids=["after", "before"])
def test_an_answer_that_waited_for_the_lock_is_believed(wait):
    assert flaws(kept(), family((GIVEN, SEALED + wait))) == set()


# after the sealing


def withdrawn_at(when: datetime) -> Replay:
    return family((GIVEN, NOW), (WITHDRAWN, when))


def test_withdrawn_and_still_there_to_be_pulled_is_found():
    assert flaws(kept(), withdrawn_at(LATER)) == everybody(Flaw.SERVABLE)
    assert flaws(kept(superseded_at=LATER, content_digest=None), withdrawn_at(LATER)) == set()


def test_withdrawn_in_a_race_with_the_sealing_is_found_too():
    at = SEALED - timedelta(seconds=5)
    assert flaws(kept(), withdrawn_at(at)) == everybody(Flaw.SERVABLE)


def test_a_missing_recall_is_found():
    pulled = kept(pulled_at=SEALED + timedelta(minutes=5), gone_at=LATER, content_digest=None)
    assert flaws(pulled, withdrawn_at(LATER)) == everybody(Flaw.RECALL)
    called_back = replace(pulled, recalls={CHILD: LATER, MOTHER: LATER})
    assert flaws(called_back, withdrawn_at(LATER)) == set()


def test_a_pull_after_the_withdrawal_is_found():
    late = kept(pulled_at=LATEST, gone_at=LATEST, content_digest=None)
    recalled = replace(late, recalls={CHILD: LATEST, MOTHER: LATEST})
    assert flaws(recalled, withdrawn_at(LATER)) == everybody(Flaw.LATE_PULL)
    in_its_own_unit = replace(late, recalls={CHILD: LATER, MOTHER: LATER})
    assert flaws(in_its_own_unit, withdrawn_at(LATER)) == set()
    near = LATER + LOCK_WAIT
    in_a_race = replace(recalled, pulled_at=near)
    assert flaws(in_a_race, withdrawn_at(LATER)) == set()


def test_whoever_agrees_again_is_recalled_all_the_same():
    replay = family((GIVEN, NOW), (WITHDRAWN, LATER), (GIVEN, LATEST))
    pulled = kept(pulled_at=SEALED + timedelta(minutes=1), gone_at=LATER, content_digest=None)
    assert flaws(pulled, replay) == everybody(Flaw.RECALL)


def test_no_and_yes_again_around_the_sealing_say_nothing():
    second = timedelta(seconds=1)
    replay = family((GIVEN, NOW), (WITHDRAWN, SEALED - second), (GIVEN, SEALED + second))
    assert flaws(kept(), replay) == set()


def test_a_pupil_who_left_the_school_is_recalled():
    assert flaws(kept()) == everybody(Flaw.SERVABLE)
    pulled = kept(pulled_at=LATER, gone_at=LATEST, content_digest=None)
    assert flaws(pulled) == everybody(Flaw.RECALL)


def test_a_mother_of_two_stays_with_the_second():
    brother = an_id(2)
    pairs = kept().pairs | {(brother, brother), (brother, MOTHER)}
    left = withdrawn_at(LATER)
    stays = family((GIVEN, NOW))
    stays = replace(stays, pupil=replace(stays.pupil, person_id=brother))
    assert flaws(kept(pairs=pairs), left, stays) == {(Flaw.SERVABLE, CHILD)}


# whom the answers let in


@pytest.mark.parametrize(
    ("pupil", "sent"),
    [
        pytest.param(a_pupil(born=ADULT, own=(GIVEN,), guardians=()), (), id="of age"),
        pytest.param(a_pupil(born=ADULT, guardians=()), None, id="of age and silent"),
        pytest.param(
            a_pupil(born=TEEN, own=(REFUSED,), guardians=(a_guardian(),)), None, id="teen refused"
        ),
        pytest.param(
            a_pupil(born=TEEN, own=(GIVEN,), guardians=(a_guardian(number=101),)),
            (MOTHER,),
            id="teen agreed",
        ),
        pytest.param(
            a_pupil(guardians=(a_guardian(number=101), a_guardian(child=(REFUSED,)))),
            None,
            id="one of two refused",
        ),
        pytest.param(
            a_pupil(guardians=(a_guardian(number=101), a_guardian(child=(), number=102))),
            (MOTHER, FATHER),
            id="the second gave own data only",
        ),
        pytest.param(
            a_pupil(guardians=(a_guardian(kind=GuardianKind.GUARDIAN, has_authority=False),)),
            None,
            id="no authority",
        ),
        pytest.param(
            a_pupil(born=None, guardians=(a_guardian(number=101),)), (MOTHER,), id="age destroyed"
        ),
        pytest.param(a_pupil(born=None, guardians=(), own=(GIVEN,)), (), id="age destroyed, alone"),
    ],
)
def test_answers_alone_say_who_may_be_sent(pupil, sent):
    assert may_be_sent(pupil, PROGRAMME, TODAY) == sent
