"""The standing of a pupil: one row for every sentence of the rule, and what must never be."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.consent import counts, latest
from policies.facts import (
    Absence,
    ClaimState,
    Decision,
    EvidenceLevel,
    Field,
    FormKind,
    GuardianKind,
    LeftOut,
)
from policies.findings import Code
from policies.programme import load_programme
from policies.standing import PAPER, StandingKind, standing
from tests.factories import NOW, TODAY, a_guardian, a_pupil, an_answer, items
from tests.policies.both import BOTH, MESH, MOYA

PROGRAMME = load_programme("mesh-2020")
GIVEN, REFUSED, WITHDRAWN = Decision.GIVEN, Decision.REFUSED, Decision.WITHDRAWN
INVALIDATED, REVOKED, EXPIRED = Decision.INVALIDATED, Decision.REVOKED, Decision.EXPIRED
READY, WAITING, LEFT = StandingKind.READY, StandingKind.WAITING, StandingKind.LEFT_OUT
NO, DISPUTED = StandingKind.REFUSED, StandingKind.DISPUTED

BORN_10 = date(2016, 3, 8)
BORN_15 = date(2011, 3, 8)
BORN_18 = date(2008, 3, 8)
LEFT_OUT = LeftOut(NOW + timedelta(hours=1))
LATER = 120  # minutes: after the leaving out


def stands(pupil, programme, on=TODAY):
    where = standing(pupil, programme, on)
    return where.kind, {finding.code for finding in where.reasons}


def mother(**changes):
    return a_guardian(number=1, **changes)


def father(**changes):
    return a_guardian(number=2, **changes)


def silent(number=2):
    return a_guardian(number=number, child=(), own=())


def child_of(*guardians, **changes):
    return a_pupil(born=changes.pop("born", BORN_10), guardians=guardians, **changes)


@pytest.mark.parametrize(
    ("pupil", "kind", "codes"),
    [
        pytest.param(child_of(mother()), READY, set(), id="under 14: one guardian is enough"),
        pytest.param(child_of(mother(), silent()), READY, set(), id="a silent second is no block"),
        pytest.param(child_of(silent(1)), WAITING, {Code.NO_ANSWER}, id="nobody has answered"),
        pytest.param(
            child_of(mother(own=())), WAITING, {Code.NO_ANSWER}, id="own data not answered"
        ),
        pytest.param(
            child_of(mother(child=())), WAITING, {Code.NO_ANSWER}, id="child not answered"
        ),
        pytest.param(
            child_of(mother(child=()), father(own=())),
            WAITING,
            {Code.NO_ANSWER},
            id="two halves are not one signer",
        ),
        pytest.param(child_of(), WAITING, {Code.NO_REPRESENTATIVE}, id="no guardian at all"),
        pytest.param(
            child_of(born=BORN_15), WAITING, {Code.NO_ANSWER, Code.NO_REPRESENTATIVE}, id="15 alone"
        ),
        pytest.param(
            child_of(mother(), born=BORN_15), WAITING, {Code.NO_ANSWER}, id="15: own is missing"
        ),
        pytest.param(
            child_of(mother(), born=BORN_15, own=(GIVEN,)), READY, set(), id="15: both signed"
        ),
        pytest.param(
            child_of(mother(), born=BORN_15, own=(REFUSED,)),
            NO,
            {Code.PUPIL_REFUSED},
            id="15: own no beats the mother's yes",
        ),
        pytest.param(
            child_of(mother(), father(child=(REFUSED,)), born=BORN_15, own=(WITHDRAWN,)),
            NO,
            {Code.PUPIL_REFUSED},
            id="15: own no beats a dispute",
        ),
        pytest.param(
            child_of(mother(), own=(REFUSED,)), READY, set(), id="10: own no is not asked for"
        ),
        pytest.param(child_of(born=BORN_18, own=(GIVEN,)), READY, set(), id="18: alone"),
        pytest.param(
            child_of(mother(child=(REFUSED,)), born=BORN_18, own=(GIVEN,)),
            READY,
            set(),
            id="18: guardians are ignored",
        ),
        pytest.param(child_of(mother(), born=BORN_18), WAITING, {Code.NO_ANSWER}, id="18: silent"),
        pytest.param(
            child_of(mother(child=(REFUSED,))), NO, {Code.CHILD_CONSENT_REFUSED}, id="only no"
        ),
        pytest.param(
            child_of(mother(child=(REFUSED,), own=())),
            NO,
            {Code.CHILD_CONSENT_REFUSED},
            id="no for the child, nothing else answered",
        ),
        pytest.param(
            child_of(mother(child=(GIVEN, WITHDRAWN))),
            NO,
            {Code.CHILD_CONSENT_REFUSED},
            id="withdrawn is a no",
        ),
        pytest.param(
            child_of(mother(child=(REFUSED, GIVEN))), READY, set(), id="refused, then consented"
        ),
        pytest.param(
            child_of(mother(child=(GIVEN, WITHDRAWN, INVALIDATED))),
            READY,
            set(),
            id="a wrong entry never was",
        ),
        pytest.param(
            child_of(mother(), father(child=(REFUSED,))),
            DISPUTED,
            {Code.GUARDIANS_DISAGREE},
            id="guardians differ",
        ),
        pytest.param(
            child_of(mother(), father(child=(REFUSED,), own=())),
            DISPUTED,
            {Code.GUARDIANS_DISAGREE},
            id="differ, one gives no own data",
        ),
        pytest.param(
            child_of(silent(), mother(child=(REFUSED,))),
            NO,
            {Code.CHILD_CONSENT_REFUSED},
            id="one no, one silent",
        ),
        pytest.param(
            child_of(mother(own=(REFUSED,))), NO, {Code.GUARDIAN_DATA_REFUSED}, id="no own data"
        ),
        pytest.param(
            child_of(mother(own=(GIVEN, WITHDRAWN)), silent()),
            NO,
            {Code.GUARDIAN_DATA_REFUSED},
            id="own data withdrawn, the other silent",
        ),
        pytest.param(
            child_of(mother(own=(REFUSED,)), father()), READY, set(), id="the other gives own data"
        ),
        pytest.param(
            child_of(mother(own=(REFUSED,)), father(child=())),
            WAITING,
            {Code.NO_ANSWER},
            id="the other gives own data, the child's is open",
        ),
        pytest.param(
            child_of(mother(child=(GIVEN, REVOKED))), WAITING, {Code.CONSENT_REVOKED}, id="revoked"
        ),
        pytest.param(
            child_of(mother(own=(GIVEN, EXPIRED))), WAITING, {Code.CONSENT_EXPIRED}, id="expired"
        ),
        pytest.param(
            child_of(mother(child=(an_answer(evidence=EvidenceLevel.CHECKBOX),))),
            WAITING,
            {Code.EVIDENCE_NOT_ACCEPTED},
            id="evidence does not count",
        ),
        pytest.param(
            child_of(mother(child=(an_answer(has_agreement=False),))),
            WAITING,
            {Code.AGREEMENT_MISSING},
            id="no agreement on simple signature",
        ),
        pytest.param(
            child_of(mother(child=(an_answer(version="0"),))),
            WAITING,
            {Code.FORM_OUTDATED},
            id="a former text",
        ),
        pytest.param(
            child_of(mother(child=(an_answer(version="0"),)), father(child=(REFUSED,))),
            DISPUTED,
            {Code.GUARDIANS_DISAGREE},
            id="a yes that does not count is an opinion",
        ),
        pytest.param(
            child_of(mother(data=items(without=(Field.SNILS,)))),
            WAITING,
            {Code.ITEM_MISSING},
            id="guardian's item missing",
        ),
        pytest.param(
            child_of(mother(), data=items(born=BORN_10, without=(Field.SNILS,))),
            WAITING,
            {Code.ITEM_MISSING},
            id="pupil's item missing",
        ),
        pytest.param(
            child_of(mother(), data=items(born=BORN_10, absent={Field.PHONE: Absence.NO_DEVICE})),
            READY,
            set(),
            id="10: no phone is accepted",
        ),
        pytest.param(
            child_of(mother(), data=items(born=None)),
            WAITING,
            {Code.ITEM_MISSING},
            id="birth date unknown",
        ),
        pytest.param(
            child_of(mother(), data=items(born=None), own=(REFUSED,)),
            NO,
            {Code.PUPIL_REFUSED},
            id="birth date unknown: a no is heard",
        ),
        pytest.param(
            child_of(mother(kind=GuardianKind.GUARDIAN, has_authority=False)),
            WAITING,
            {Code.AUTHORITY_MISSING},
            id="no authority",
        ),
        pytest.param(
            child_of(mother(), father(kind=GuardianKind.ADOPTER, has_authority=False)),
            READY,
            set(),
            id="the other has authority",
        ),
        pytest.param(
            child_of(mother(kind=GuardianKind.GUARDIAN, ends_on=TODAY)),
            READY,
            set(),
            id="last day of a guardianship",
        ),
        pytest.param(
            child_of(mother(ends_on=TODAY - timedelta(days=1), child=(REFUSED,))),
            WAITING,
            {Code.AUTHORITY_ENDED},
            id="guardianship over: neither yes nor no",
        ),
        pytest.param(
            child_of(mother(), claims=(ClaimState.QUEUED,)),
            WAITING,
            {Code.CLAIM_PENDING},
            id="pupil's claim queued",
        ),
        pytest.param(
            child_of(mother(), claims=(ClaimState.CLASH, ClaimState.QUEUED)),
            WAITING,
            {Code.CLAIM_CLASH},
            id="pupil's claim clashes",
        ),
        pytest.param(
            child_of(mother(claims=(ClaimState.CLASH,))),
            WAITING,
            {Code.CLAIM_CLASH},
            id="guardian's claim clashes",
        ),
        pytest.param(
            child_of(mother(claims=(ClaimState.QUEUED,))),
            WAITING,
            {Code.CLAIM_PENDING},
            id="guardian's claim queued",
        ),
        pytest.param(
            child_of(mother(claims=(ClaimState.CLASH,)), father()),
            READY,
            set(),
            id="another guardian makes ready",
        ),
        pytest.param(
            child_of(silent(1), left_out=LEFT_OUT), LEFT, {Code.FAMILY_NOT_REACHED}, id="left out"
        ),
        pytest.param(
            child_of(silent(1), born=BORN_18, left_out=LEFT_OUT),
            LEFT,
            {Code.FAMILY_NOT_REACHED},
            id="18, left out",
        ),
        pytest.param(child_of(mother(), left_out=LEFT_OUT), READY, set(), id="answers win"),
        pytest.param(
            child_of(mother(child=(REFUSED,)), left_out=LEFT_OUT),
            NO,
            {Code.CHILD_CONSENT_REFUSED},
            id="a refusal is a refusal, left out or not",
        ),
        pytest.param(
            child_of(mother(), claims=(ClaimState.CLASH,), left_out=LEFT_OUT),
            LEFT,
            {Code.FAMILY_NOT_REACHED},
            id="answered before, silent about the clash",
        ),
        pytest.param(
            child_of(
                mother(own=(an_answer(form="guardian_own", minute=LATER),)),
                claims=(ClaimState.QUEUED,),
                left_out=LEFT_OUT,
            ),
            WAITING,
            {Code.CLAIM_PENDING},
            id="a full set afterwards ends it",
        ),
        pytest.param(
            child_of(mother(child=(an_answer(minute=LATER),), own=()), left_out=LEFT_OUT),
            LEFT,
            {Code.FAMILY_NOT_REACHED},
            id="half a set afterwards does not",
        ),
        pytest.param(
            child_of(
                mother(),
                born=BORN_15,
                own=(an_answer(form="pupil_own", minute=LATER),),
                claims=(ClaimState.QUEUED,),
                left_out=LEFT_OUT,
            ),
            WAITING,
            {Code.CLAIM_PENDING},
            id="the pupil completed the set",
        ),
    ],
)
@pytest.mark.parametrize("programme", BOTH)
def test_standing_follows_the_rule(pupil, kind, codes, programme):
    assert stands(pupil, programme) == (kind, codes)


@pytest.mark.parametrize(
    ("programme", "stood"),
    [
        pytest.param(MESH, (WAITING, {Code.CLAIM_CLASH}), id="mesh-2020"),
        pytest.param(MOYA, (READY, set()), id="moya-shkola-2023"),
    ],
)
def test_a_contact_that_a_programme_does_not_ask_for_keeps_nobody_waiting(programme, stood):
    phones = (ClaimState.SETTLED, ClaimState.CLASH)
    assert stands(child_of(mother(), claims=phones), programme) == stood
    assert stands(child_of(mother(claims=phones)), programme) == stood


@pytest.mark.parametrize(
    ("programme", "stood"),
    [
        pytest.param(MESH, (WAITING, {Code.ABSENCE_NOT_ACCEPTED}), id="mesh-2020"),
        pytest.param(MOYA, (READY, set()), id="moya-shkola-2023"),
    ],
)
def test_from_14_only_one_programme_asks_for_a_phone(programme, stood):
    phoneless = items(born=BORN_15, absent={Field.PHONE: Absence.NO_DEVICE})
    pupil = child_of(mother(), data=phoneless, own=(GIVEN,))
    assert stands(pupil, programme) == stood


@pytest.mark.parametrize(
    ("born", "on", "kind"),
    [
        pytest.param(date(2012, 9, 2), TODAY, READY, id="14 tomorrow"),
        pytest.param(date(2012, 9, 1), TODAY, WAITING, id="14 today"),
        pytest.param(date(2012, 2, 29), date(2026, 2, 28), READY, id="leap day, the day before"),
        pytest.param(date(2012, 2, 29), date(2026, 3, 1), WAITING, id="leap day, 1 March"),
        pytest.param(date(2008, 9, 1), TODAY, WAITING, id="18 today: own consent alone"),
    ],
)
@pytest.mark.parametrize("programme", BOTH)
def test_age_counts_from_the_birthday_itself(born, on, kind, programme):
    assert stands(child_of(mother(), born=born), programme, on)[0] is kind


@pytest.mark.parametrize(
    ("second", "sent"),
    [
        pytest.param(father(), {1, 2}, id="both agreed"),
        pytest.param(father(child=()), {1, 2}, id="second gave own data only"),
        pytest.param(father(own=()), {1}, id="no own consent"),
        pytest.param(father(own=(REFUSED,)), {1}, id="own refused"),
        pytest.param(father(data=items(without=(Field.EMAIL,))), {1}, id="incomplete"),
        pytest.param(father(claims=(ClaimState.QUEUED,)), {1}, id="claim queued"),
        pytest.param(father(ends_on=TODAY - timedelta(days=1)), {1}, id="guardianship over"),
        pytest.param(
            father(kind=GuardianKind.TRUSTEE, has_authority=False), {1}, id="no authority"
        ),
    ],
)
@pytest.mark.parametrize("programme", BOTH)
def test_only_guardians_with_own_consent_and_complete_data_are_sent(second, sent, programme):
    where = standing(child_of(second, mother()), programme, TODAY)
    assert [each.int for each in where.guardians] == sorted(sent)


def test_guardians_of_a_pupil_of_age_are_never_sent():
    where = standing(child_of(mother(), born=BORN_18, own=(GIVEN,)), PROGRAMME, TODAY)
    assert (where.kind, where.guardians) == (READY, ())


def test_a_changed_text_makes_the_consent_wait():
    refs = {(ref.slug, ref.version) for ref in PROGRAMME.forms.values()}
    refs |= {(ref.slug, ref.version) for ref in PROGRAMME.statements.values()}
    same = PROGRAMME.with_text_digests(dict.fromkeys(refs, "a" * 64))
    other = PROGRAMME.with_text_digests(dict.fromkeys(refs, "b" * 64))
    assert standing(child_of(mother()), same, TODAY).kind is READY
    where = standing(child_of(mother()), other, TODAY)
    assert {each.code for each in where.reasons} == {Code.FORM_TEXT_DIFFERS}


def test_every_ended_authority_is_told():
    over = TODAY - timedelta(days=1)
    where = standing(child_of(father(ends_on=over), mother(ends_on=over)), PROGRAMME, TODAY)
    assert [each.about.int for each in where.reasons] == [1, 2]


def test_a_programme_without_guardians_data_sends_whoever_represents_the_child():
    bands = tuple(
        replace(band, forms=band.forms - {FormKind.GUARDIAN_OWN}) for band in PROGRAMME.ages
    )
    programme = replace(PROGRAMME, ages=bands)
    assert standing(child_of(mother(own=())), programme, TODAY).kind is READY
    assert standing(child_of(mother(own=(REFUSED,))), programme, TODAY).kind is READY
    where = standing(child_of(mother(child=(), own=(REFUSED,))), programme, TODAY)
    assert {each.code for each in where.reasons} == {Code.NO_ANSWER}


def test_what_is_settled_blocks_nobody():
    assert READY not in PAPER
    assert not standing(child_of(silent(1)), PROGRAMME, TODAY).is_settled
    assert standing(child_of(mother(child=(REFUSED,))), PROGRAMME, TODAY).is_settled


# -- what must never be -------------------------------------------------------------------------

decisions = st.lists(st.sampled_from(list(Decision)), max_size=4).map(tuple)
claims = st.lists(st.sampled_from(list(ClaimState)), max_size=2).map(tuple)
evidence = st.sampled_from([EvidenceLevel.LOCAL_PEP, EvidenceLevel.CHECKBOX])


@st.composite
def guardians(draw, number):
    level = draw(evidence)

    def told(form):
        return tuple(
            an_answer(decision, form=form, minute=minute, evidence=level)
            for minute, decision in enumerate(draw(decisions))
        )

    return a_guardian(
        number=number,
        child=told("child"),
        own=told("guardian_own"),
        kind=draw(st.sampled_from(list(GuardianKind))),
        has_authority=draw(st.booleans()),
        ends_on=draw(st.sampled_from([None, TODAY, TODAY - timedelta(days=1)])),
        data=items(without=draw(st.sampled_from([(), (), (Field.EMAIL,)]))),
        claims=draw(claims),
    )


@st.composite
def pupils(draw):
    return a_pupil(
        born=draw(st.sampled_from([BORN_10, BORN_15, BORN_18, None])),
        guardians=tuple(draw(guardians(number + 1)) for number in range(draw(st.integers(0, 2)))),
        own=draw(decisions),
        claims=draw(claims),
        left_out=draw(st.sampled_from([None, LEFT_OUT])),
    )


def consents(answers, form):
    answer = latest(answers)
    return (
        answer is not None and answer.decision is GIVEN and counts(answer, PROGRAMME, form) is None
    )


@settings(max_examples=400, deadline=None)
@given(pupils())
def test_nobody_is_ready_while_a_required_consent_is_missing(pupil):
    where = standing(pupil, PROGRAMME, TODAY)
    if where.kind is not READY:
        assert where.reasons
        assert where.guardians == ()
        return
    born = pupil.items.birth_date
    if born in (BORN_15, BORN_18):
        assert consents(pupil.own, FormKind.PUPIL_OWN)
    sent = [each for each in pupil.guardians if each.person_id in where.guardians]
    if born == BORN_18:
        assert not sent
        return
    assert any(consents(each.child, FormKind.CHILD) for each in sent)
    for each in sent:
        assert consents(each.own, FormKind.GUARDIAN_OWN)
        assert each.ends_on is None or each.ends_on >= TODAY
        assert each.kind is GuardianKind.PARENT or each.has_authority
        assert set(each.claims) <= {ClaimState.SETTLED}
    assert set(pupil.claims) <= {ClaimState.SETTLED}


@settings(max_examples=100, deadline=None)
@given(pupils(), st.randoms())
def test_the_order_of_answers_and_guardians_does_not_matter(pupil, random):
    def shuffled(values):
        mixed = list(values)
        random.shuffle(mixed)
        return tuple(mixed)

    mixed = replace(
        pupil,
        own=shuffled(pupil.own),
        guardians=shuffled(
            replace(each, child=shuffled(each.child), own=shuffled(each.own))
            for each in pupil.guardians
        ),
    )
    assert standing(mixed, PROGRAMME, TODAY) == standing(pupil, PROGRAMME, TODAY)


@settings(max_examples=100, deadline=None)
@given(pupils())
def test_a_refusal_for_the_child_never_leaves_the_pupil_waiting(pupil):
    refusing = a_guardian(number=9, child=(REFUSED,), own=())
    with_no = replace(pupil, guardians=(*pupil.guardians, refusing))
    kind = standing(with_no, PROGRAMME, TODAY).kind
    assert pupil.items.birth_date == BORN_18 or kind in (NO, DISPUTED)
