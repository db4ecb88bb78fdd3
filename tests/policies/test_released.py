"""A bundle is believed in nothing: its people had agreed, and whoever left was called back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from policies.facts import Decision, GuardianKind
from policies.programme import load_programme
from policies.released import (
    TEXTS,
    Flaw,
    KeptBundle,
    Place,
    Replay,
    Told,
    may_be_sent,
    people_flaws,
    record_flaws,
)
from tests.factories import NOW, TODAY, a_guardian, a_pupil, an_answer, an_id, items

PROGRAMME = load_programme("mesh-2020")
CHILD, MOTHER, FATHER = an_id(1), an_id(101), an_id(102)
GIVEN, WITHDRAWN, REFUSED = Decision.GIVEN, Decision.WITHDRAWN, Decision.REFUSED
SHA = "ab" * 32
TEEN, ADULT = date(2011, 1, 9), date(2008, 1, 9)


def batch(number: int, index: int = 0) -> Place:
    """A place in that batch of the journal; the bundle is sealed in the fourth, at 10."""
    return Place(NOW + timedelta(seconds=number), number * 100 + index)


EARLY, EARLIER, SEALED, LATER, LATEST = batch(1), batch(2), batch(4, 10), batch(5), batch(6)


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
        sealed=SEALED,
        pulled=None,
        is_superseded=False,
        is_acknowledged=False,
        is_gone=False,
        recalled=frozenset(),
    )
    return replace(sound, **changed)  # type: ignore[arg-type]


def gone(**changed: object) -> KeptBundle:
    """Pulled, and then withdrawn from."""
    return kept(is_gone=True, content_digest=None, **changed)


def family(*said: tuple[Decision, Place], own: tuple[Decision, ...] = (GIVEN,), **pupil):
    """Mother and child; `said`: what she answered about the child, and where it was written."""
    answers = tuple(an_answer(what, minute=at, number=at + 1) for at, (what, _) in enumerate(said))
    mother = a_guardian(child=answers, own=own, number=101)
    facts = a_pupil(guardians=(mother,), number=1, **pupil)
    places = {a.id: EARLY for a in (*mother.own, *facts.own)}
    places |= {answer.id: where for answer, (_, where) in zip(answers, said, strict=True)}
    return Replay(facts, places, PROGRAMME, TODAY)


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
        pytest.param({"is_superseded": True}, Flaw.NOT_DESTROYED, id="superseded"),
        pytest.param({"is_gone": True}, Flaw.NOT_DESTROYED, id="gone"),
        pytest.param({"is_acknowledged": True}, Flaw.NOT_DESTROYED, id="acknowledged"),
        pytest.param({"content_digest": None}, Flaw.CONTENT_LOST, id="nothing to pull"),
    ],
)
def test_a_spoiled_record_is_found(changed, code):
    assert [flaw.code for flaw in record_flaws(kept(**changed))] == [code]


def test_a_sound_record_has_no_flaw():
    assert record_flaws(kept()) == []
    assert record_flaws(gone(is_acknowledged=True)) == []


# consents at the sealing


def test_who_had_agreed_may_be_in():
    assert flaws(kept(), family((GIVEN, EARLY))) == set()
    assert flaws(kept(), family((GIVEN, EARLY)), unchanged={CHILD, MOTHER}) == set()


@pytest.mark.parametrize(
    "said",
    [
        pytest.param([], id="silent"),
        pytest.param([(REFUSED, EARLY)], id="refused"),
        pytest.param([(GIVEN, EARLY), (WITHDRAWN, EARLIER)], id="withdrawn"),
        pytest.param([(GIVEN, LATER)], id="agreed only afterwards"),
    ],
)
def test_who_had_not_agreed_should_not_be_in(said):
    assert flaws(kept(), family(*said)) == everybody(Flaw.CONSENT)


def test_a_guardian_without_own_consent_should_not_be_in():
    father = a_guardian(own=(), child=(), number=102)
    replay = family((GIVEN, EARLY))
    both = replace(replay.pupil, guardians=(*replay.pupil.guardians, father))
    assert flaws(kept(CHILD, MOTHER, FATHER), replace(replay, pupil=both)) == {
        (Flaw.CONSENT, FATHER)
    }


def test_a_pupil_whose_items_were_incomplete_should_not_be_in():
    replay = family((GIVEN, EARLY), data=items(1, without=("snils",)))
    assert flaws(kept(), replay) == set()
    assert flaws(kept(), replay, unchanged={CHILD, MOTHER}) == everybody(Flaw.CONSENT)


@pytest.mark.parametrize("index", [5, 15], ids=["before", "after"])
def test_within_a_batch_the_bundle_is_believed(index):
    """A unit that waits for the lock has an older moment than the one that it waits for."""
    assert flaws(kept(), family((GIVEN, batch(4, index)))) == set()


# after the sealing


def withdrawn_at(where: Place) -> Replay:
    return family((GIVEN, EARLY), (WITHDRAWN, where))


def test_withdrawn_and_still_there_to_be_pulled_is_found():
    assert flaws(kept(), withdrawn_at(LATER)) == everybody(Flaw.SERVABLE)
    superseded = kept(is_superseded=True, content_digest=None)
    assert flaws(superseded, withdrawn_at(LATER)) == set()


@pytest.mark.parametrize("index", [5, 15], ids=["before", "after"])
def test_withdrawn_in_the_batch_of_the_sealing_is_found_too(index):
    assert flaws(kept(), withdrawn_at(batch(4, index))) == everybody(Flaw.SERVABLE)


def test_a_missing_recall_is_found():
    pulled = gone(pulled=batch(4, 50))
    assert flaws(pulled, withdrawn_at(LATER)) == everybody(Flaw.RECALL)
    assert flaws(replace(pulled, recalled={CHILD, MOTHER}), withdrawn_at(LATER)) == set()


def test_a_pull_after_the_withdrawal_is_found():
    late = gone(pulled=LATEST, recalled={CHILD, MOTHER})
    assert flaws(late, withdrawn_at(LATER)) == everybody(Flaw.LATE_PULL)
    in_a_race = replace(late, pulled=batch(5, 7))
    assert flaws(in_a_race, withdrawn_at(LATER)) == set()


def test_whoever_agrees_again_is_recalled_all_the_same():
    replay = family((GIVEN, EARLY), (WITHDRAWN, LATER), (GIVEN, LATEST))
    assert flaws(gone(pulled=batch(4, 50)), replay) == everybody(Flaw.RECALL)


def test_no_and_yes_again_in_the_batch_of_the_sealing_say_nothing():
    replay = family((GIVEN, EARLY), (WITHDRAWN, batch(4, 5)), (GIVEN, batch(4, 15)))
    assert flaws(kept(), replay) == set()


def test_a_pupil_who_left_the_school_is_recalled():
    assert flaws(kept()) == everybody(Flaw.SERVABLE)
    assert flaws(gone(pulled=LATER)) == everybody(Flaw.RECALL)


def test_a_mother_of_two_stays_with_the_second():
    brother = an_id(2)
    pairs = kept().pairs | {(brother, brother), (brother, MOTHER)}
    stays = family((GIVEN, EARLY))
    stays = replace(stays, pupil=replace(stays.pupil, person_id=brother))
    assert flaws(kept(pairs=pairs), withdrawn_at(LATER), stays) == {(Flaw.SERVABLE, CHILD)}


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
