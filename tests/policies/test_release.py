"""A school goes whole or not at all; what was approved may only shrink."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.facts import Decision, LeftOut
from policies.findings import Code, Finding
from policies.programme import load_programme
from policies.release import (
    Counts,
    deadline_passed,
    hand_in_findings,
    narrower,
    readiness,
    release_set,
)
from tests.factories import CLASS_ID, DEADLINE, NOW, TODAY, a_class, a_guardian, a_pupil, an_id
from tests.policies.both import BOTH

PROGRAMME = load_programme("mesh-2020")
REFUSED = Decision.REFUSED


def agreed(number):
    return a_pupil(number=number, guardians=(a_guardian(number=number + 100),))


def refused(number):
    return a_pupil(number=number, guardians=(a_guardian(child=(REFUSED,)),))


def disputed(number):
    return a_pupil(number=number, guardians=(a_guardian(), a_guardian(child=(REFUSED,))))


def silent(number):
    return a_pupil(number=number, guardians=(a_guardian(number=number + 100, child=()),))


def left_out(number):
    guardian = a_guardian(child=(), own=())
    return a_pupil(number=number, guardians=(guardian,), left_out=LeftOut(NOW))


def look(classes, pupils, today=TODAY, programme=PROGRAMME):
    return readiness(classes, pupils, programme, today, DEADLINE)


def test_a_whole_school_may_leave_and_its_sums_add_up():
    pupils = [agreed(1), agreed(2), refused(3), disputed(4), left_out(5)]
    told = look([a_class(5)], pupils)
    assert told.may_leave
    assert told.totals == Counts(5, ready=2, refused=1, disputed=1, left_out=1, waiting=0)
    assert (told.totals.paper, told.totals.listed) == (3, 5)
    assert told.classes[0].counts == told.totals


def test_one_silent_family_holds_back_the_school():
    told = look([a_class(2)], [agreed(1), silent(2)])
    assert not told.may_leave
    assert [(each.code, each.about) for each in told.findings] == [(Code.NO_ANSWER, an_id(2))]
    assert told.standings[an_id(2)].reasons[0].about == an_id(102)
    assert told.totals.waiting == 1


@pytest.mark.parametrize(
    ("classes", "pupils", "today", "expected"),
    [
        pytest.param(
            [a_class(None)],
            [agreed(1)],
            TODAY,
            Finding(Code.ENROLMENT_MISSING, CLASS_ID),
            id="headcount not stated",
        ),
        pytest.param(
            [a_class(2)],
            [agreed(1)],
            TODAY,
            Finding(Code.ENROLMENT_MISMATCH, CLASS_ID),
            id="one is not on the list",
        ),
        pytest.param(
            [a_class(0)],
            [agreed(1)],
            TODAY,
            Finding(Code.ENROLMENT_MISMATCH, CLASS_ID),
            id="one too many",
        ),
        pytest.param(
            [a_class(1, handed_in=False)],
            [agreed(1)],
            TODAY,
            Finding(Code.CLASS_NOT_HANDED_IN, CLASS_ID),
            id="not handed in",
        ),
        pytest.param(
            [a_class(0)],
            [a_pupil(number=1, class_id=an_id(77))],
            TODAY,
            Finding(Code.CLASS_UNKNOWN, an_id(1)),
            id="a pupil of no class",
        ),
        pytest.param(
            [a_class(1)],
            [agreed(1)],
            DEADLINE + timedelta(days=1),
            Finding(Code.DEADLINE_PASSED),
            id="the day after the deadline",
        ),
        pytest.param([], [], TODAY, Finding(Code.ENROLMENT_MISSING), id="a school of nobody"),
    ],
)
@pytest.mark.parametrize("programme", BOTH)
def test_each_obstacle_is_named(classes, pupils, today, expected, programme):
    assert look(classes, pupils, today, programme).findings == (expected,)


def test_the_day_of_the_deadline_is_in_time():
    assert look([a_class(1)], [agreed(1)], DEADLINE).may_leave


def test_headcounts_of_a_school_add_up_only_when_all_are_stated():
    other = a_class(None, class_id=an_id(77))
    assert look([a_class(1), other], [agreed(1)]).totals.enrolled is None
    assert look([a_class(1), a_class(3, class_id=an_id(77))], []).totals.enrolled == 4


def test_a_tutor_hands_in_a_class_when_all_in_it_are_settled():
    assert hand_in_findings([agreed(1), refused(2)], PROGRAMME, TODAY) == []
    found = hand_in_findings([silent(3), agreed(1)], PROGRAMME, TODAY)
    assert [(each.code, each.about) for each in found] == [(Code.NO_ANSWER, an_id(3))]


def test_only_ready_pupils_are_handed_over_in_a_fixed_order():
    pupils = [agreed(2), refused(3), agreed(1), left_out(4)]
    expected = ((an_id(1), (an_id(101),)), (an_id(2), (an_id(102),)))
    assert release_set(pupils, PROGRAMME, TODAY) == expected
    assert release_set(pupils[::-1], PROGRAMME, TODAY) == expected


A, B, M, F = an_id(1), an_id(2), an_id(11), an_id(12)


@pytest.mark.parametrize(
    ("new", "is_narrower"),
    [
        pytest.param(((A, (M, F)), (B, (M,))), True, id="the same"),
        pytest.param(((A, (M, F)),), True, id="a pupil left"),
        pytest.param(((A, (M,)), (B, (M,))), True, id="a guardian left"),
        pytest.param((), True, id="everybody left"),
        pytest.param(((A, (M, F)), (B, (M, F))), False, id="a guardian came"),
        pytest.param(((an_id(3), ()),), False, id="a pupil came"),
        pytest.param(((B, (F,)),), False, id="a guardian in place of another"),
    ],
)
def test_an_approved_set_may_only_shrink(new, is_narrower):
    assert narrower(((A, (M, F)), (B, (M,))), new) is is_narrower


@pytest.mark.parametrize(
    ("now", "zone", "is_over"),
    [
        pytest.param(datetime(2026, 9, 15, 13, 59, 59, tzinfo=UTC), "Asia/Vladivostok", False),
        pytest.param(datetime(2026, 9, 15, 14, 0, tzinfo=UTC), "Asia/Vladivostok", True),
        pytest.param(datetime(2026, 9, 15, 14, 0, tzinfo=UTC), "Europe/Kaliningrad", False),
        pytest.param(datetime(2026, 9, 15, 22, 0, tzinfo=UTC), "Europe/Kaliningrad", True),
    ],
)
def test_the_deadline_is_the_end_of_its_day_where_the_school_is(now, zone, is_over):
    assert deadline_passed(now, date(2026, 9, 15), zone) is is_over


def test_a_moment_without_a_zone_is_refused():
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        deadline_passed(naive, DEADLINE, "Asia/Vladivostok")


makers = st.sampled_from([agreed, refused, disputed, left_out, silent])


@settings(deadline=None)
@given(st.lists(makers, min_size=1, max_size=6))
def test_no_refusal_ever_keeps_the_school_back(chosen):
    pupils = [make(number + 1) for number, make in enumerate(chosen)]
    told = look([a_class(len(pupils))], pupils)
    assert told.may_leave == (silent not in chosen)
    assert told.totals.listed == len(pupils)
    assert len(release_set(pupils, PROGRAMME, TODAY)) == chosen.count(agreed)
