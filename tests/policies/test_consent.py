"""Who is asked, who may answer, which answer holds and whether it may be electronic."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.consent import (
    AskFor,
    asks_for,
    counts,
    latest,
    may_answer,
    may_answer_for_any,
    may_sign_electronically,
)
from policies.facts import (
    Absence,
    ContactFacts,
    Decision,
    EvidenceLevel,
    Field,
    FormKind,
    GuardianKind,
)
from policies.findings import Code
from policies.programme import load_programme
from tests.factories import (
    DEADLINE,
    NOW,
    TODAY,
    a_guardian,
    a_pupil,
    an_answer,
    an_id,
    answers,
    items,
)
from tests.policies.both import BOTH

PROGRAMME = load_programme("mesh-2020")
CHILD, OWN, PUPIL = FormKind.CHILD, FormKind.GUARDIAN_OWN, FormKind.PUPIL_OWN
GIVEN, REFUSED, WITHDRAWN = Decision.GIVEN, Decision.REFUSED, Decision.WITHDRAWN
INVALIDATED, REVOKED, EXPIRED = Decision.INVALIDATED, Decision.REVOKED, Decision.EXPIRED
ME, MOTHER = an_id(1), an_id(2)


def a_child(born, *guardians, **changes):
    return a_pupil(number=1, born=born, guardians=guardians, **changes)


def asked(pupil, today=TODAY, deadline=DEADLINE, programme=PROGRAMME):
    return {
        (ask.form, ask.signer_id.int, ask.subject_id.int)
        for ask in asks_for(pupil, programme, today, deadline)
    }


FOR_CHILD, FOR_MOTHER, FOR_PUPIL = (CHILD, 2, 1), (OWN, 2, 2), (PUPIL, 1, 1)


@pytest.mark.parametrize(
    ("born", "who"),
    [
        pytest.param(date(2016, 3, 8), {FOR_CHILD, FOR_MOTHER}, id="10 years"),
        pytest.param(
            date(2012, 10, 15), {FOR_CHILD, FOR_MOTHER, FOR_PUPIL}, id="14 on deadline + 30 days"
        ),
        pytest.param(date(2012, 10, 16), {FOR_CHILD, FOR_MOTHER}, id="14 one day after that"),
        pytest.param(date(2012, 9, 1), {FOR_CHILD, FOR_MOTHER, FOR_PUPIL}, id="14 today"),
        pytest.param(date(2008, 9, 2), {FOR_CHILD, FOR_MOTHER, FOR_PUPIL}, id="18 tomorrow"),
        pytest.param(date(2008, 9, 1), {FOR_PUPIL}, id="18 today: the pupil alone"),
        pytest.param(None, set(), id="birth date unknown: nobody yet"),
    ],
)
@pytest.mark.parametrize("programme", BOTH)
def test_the_age_decides_who_is_asked(born, who, programme):
    assert asked(a_child(born, a_guardian(number=2)), programme=programme) == who


def test_after_the_deadline_the_age_of_today_counts():
    pupil = a_child(date(2012, 12, 1), a_guardian(number=2))
    assert FOR_PUPIL in asked(pupil, today=date(2026, 12, 1))


def test_only_entitled_guardians_are_asked():
    entitled = a_guardian(number=2, kind=GuardianKind.GUARDIAN, ends_on=TODAY)
    unproved = a_guardian(number=3, kind=GuardianKind.TRUSTEE, has_authority=False)
    ended = a_guardian(number=4, ends_on=TODAY - timedelta(days=1))
    pupil = a_child(date(2016, 3, 8), entitled, unproved, ended)
    assert asked(pupil) == {FOR_CHILD, FOR_MOTHER}


@pytest.mark.parametrize(
    ("decisions", "holds"),
    [
        pytest.param((), None, id="nobody answered"),
        pytest.param((GIVEN,), GIVEN, id="one"),
        pytest.param((REFUSED, GIVEN), GIVEN, id="the latest"),
        pytest.param((GIVEN, INVALIDATED), None, id="as if never made"),
        pytest.param((GIVEN, WITHDRAWN, INVALIDATED), GIVEN, id="the entry before"),
        pytest.param((GIVEN, REFUSED, INVALIDATED, INVALIDATED), None, id="two entries"),
        pytest.param((INVALIDATED, GIVEN), GIVEN, id="nothing before it"),
    ],
)
def test_the_latest_answer_holds(decisions, holds):
    answer = latest(answers(*decisions))
    assert (answer.decision if answer else None) == holds


def test_answers_of_one_moment_are_ordered_by_id():
    first, second = an_answer(REFUSED, number=1), an_answer(GIVEN, number=2)
    assert latest([second, first]) is second


@given(st.permutations(answers(GIVEN, REFUSED, INVALIDATED, WITHDRAWN, GIVEN, INVALIDATED)))
def test_the_order_in_which_answers_are_told_does_not_matter(mixed):
    assert latest(mixed).decision is WITHDRAWN


@pytest.mark.parametrize("programme", BOTH)
@pytest.mark.parametrize("level", list(EvidenceLevel))
def test_a_programme_says_which_evidence_counts(level, programme):
    found = counts(an_answer(evidence=level), programme, CHILD)
    refused = {EvidenceLevel.PAPER_SCAN, EvidenceLevel.CHECKBOX, EvidenceLevel.ORAL}
    assert (found is not None and found.code is Code.EVIDENCE_NOT_ACCEPTED) == (level in refused)


@pytest.mark.parametrize(
    ("level", "code"),
    [(EvidenceLevel.LOCAL_PEP, Code.AGREEMENT_MISSING), (EvidenceLevel.PAPER_ORIGINAL, None)],
)
@pytest.mark.parametrize("programme", BOTH)
def test_only_the_simple_signature_needs_an_agreement(level, code, programme):
    found = counts(an_answer(evidence=level, has_agreement=False), programme, CHILD, ME)
    assert (found.code if found else None) == code


def test_a_consent_of_another_document_does_not_count():
    assert counts(an_answer(form="guardian_own"), PROGRAMME, CHILD).code is Code.FORM_OUTDATED


def may(decision, form, pupil, *, signer=MOTHER, subject=None, today=TODAY):
    """What stands against it under a programme yet to be named."""
    ask = AskFor(form, signer, subject or (signer if form is OWN else ME))
    return lambda rules: [
        finding.code for finding in may_answer(decision, ask, pupil, rules, today, DEADLINE)
    ]


def mother(**changes):
    return a_guardian(number=2, **changes)


TEN, FIFTEEN, ADULT = date(2016, 3, 8), date(2011, 3, 8), date(2008, 3, 8)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        pytest.param(may(GIVEN, CHILD, a_child(TEN, mother())), [], id="mother for the child"),
        pytest.param(may(GIVEN, OWN, a_child(TEN, mother())), [], id="mother for herself"),
        pytest.param(may(GIVEN, PUPIL, a_child(FIFTEEN), signer=ME), [], id="pupil of 15"),
        pytest.param(
            may(GIVEN, PUPIL, a_child(date(2012, 10, 1)), signer=ME), [], id="ahead of 14"
        ),
        pytest.param(
            may(GIVEN, PUPIL, a_child(TEN), signer=ME), [Code.PUPIL_TOO_YOUNG], id="pupil of 10"
        ),
        pytest.param(
            may(GIVEN, CHILD, a_child(ADULT, mother())), [Code.PUPIL_OF_AGE], id="for an adult"
        ),
        pytest.param(
            may(WITHDRAWN, CHILD, a_child(ADULT, mother())),
            [Code.PUPIL_OF_AGE],
            id="withdrawal for an adult",
        ),
        pytest.param(
            may(GIVEN, CHILD, a_child(TEN, mother()), signer=an_id(7)), [Code.NOT_ASKED], id="alien"
        ),
        pytest.param(
            may(GIVEN, PUPIL, a_child(FIFTEEN, mother())), [Code.NOT_ASKED], id="for the pupil"
        ),
        pytest.param(
            may(GIVEN, CHILD, a_child(TEN, mother()), subject=an_id(8)),
            [Code.NOT_ASKED],
            id="about another child",
        ),
        pytest.param(
            may(
                GIVEN, CHILD, a_child(TEN, mother(kind=GuardianKind.GUARDIAN, has_authority=False))
            ),
            [Code.AUTHORITY_MISSING],
            id="no authority",
        ),
        pytest.param(
            may(REFUSED, CHILD, a_child(TEN, mother(ends_on=TODAY - timedelta(days=1)))),
            [Code.AUTHORITY_ENDED],
            id="authority ended",
        ),
        pytest.param(
            may(GIVEN, CHILD, a_child(None, mother())), [Code.ITEM_MISSING], id="age unknown"
        ),
        pytest.param(
            may(GIVEN, CHILD, a_child(TEN, mother(), data=items(born=TEN, without=(Field.SNILS,)))),
            [Code.ITEM_MISSING],
            id="the document cannot list the SNILS",
        ),
        pytest.param(
            may(
                GIVEN,
                OWN,
                a_child(TEN, mother(data=items(absent={Field.SNILS: Absence.NOT_ISSUED}))),
            ),
            [Code.ABSENCE_NOT_ACCEPTED],
            id="guardian without a SNILS",
        ),
        pytest.param(
            may(
                REFUSED, CHILD, a_child(TEN, mother(), data=items(born=TEN, without=(Field.SNILS,)))
            ),
            [],
            id="a refusal needs no items",
        ),
        pytest.param(
            may(WITHDRAWN, OWN, a_child(TEN, mother(ends_on=TODAY - timedelta(days=1)))),
            [],
            id="own data: always heard",
        ),
        pytest.param(
            may(WITHDRAWN, CHILD, a_child(TEN, mother(child=(REFUSED,)))),
            [Code.NOTHING_TO_WITHDRAW],
            id="nothing given",
        ),
        pytest.param(
            may(WITHDRAWN, PUPIL, a_child(FIFTEEN), signer=ME),
            [Code.NOTHING_TO_WITHDRAW],
            id="never answered",
        ),
        pytest.param(
            may(REFUSED, CHILD, a_child(TEN, mother())), [], id="a no after a yes is heard too"
        ),
        pytest.param(may(REVOKED, CHILD, a_child(TEN, mother())), [], id="revoked"),
        pytest.param(may(EXPIRED, OWN, a_child(TEN, mother())), [], id="expired"),
        pytest.param(may(INVALIDATED, CHILD, a_child(TEN, mother())), [], id="wrong entry"),
        pytest.param(
            may(INVALIDATED, CHILD, a_child(TEN, mother(child=()))),
            [Code.NOTHING_TO_INVALIDATE],
            id="no entry",
        ),
        pytest.param(
            may(WITHDRAWN, CHILD, a_child(TEN, mother()), today=DEADLINE + timedelta(days=90)),
            [],
            id="withdrawal long after the deadline",
        ),
    ],
)
@pytest.mark.parametrize("programme", BOTH)
def test_a_yes_has_conditions_and_a_no_has_few(codes, expected, programme):
    assert codes(programme) == expected


@pytest.mark.parametrize(
    ("pupils", "expected"),
    [
        pytest.param([], [Code.NOT_ASKED], id="no child is left"),
        pytest.param([a_child(ADULT, a_guardian(number=2, own=()))], [Code.PUPIL_OF_AGE], id="18"),
        pytest.param(
            [
                a_pupil(number=3, born=ADULT, guardians=(a_guardian(number=2, own=()),)),
                a_child(TEN, a_guardian(number=2, own=())),
            ],
            [],
            id="18 and 10: the younger is enough",
        ),
    ],
)
def test_one_child_is_enough_to_ask_a_guardian_about_own_data(pupils, expected):
    ask = AskFor(OWN, MOTHER, MOTHER)
    found = may_answer_for_any(GIVEN, ask, pupils, PROGRAMME, TODAY, DEADLINE)
    assert [finding.code for finding in found] == expected


@pytest.mark.parametrize(
    ("contact", "codes"),
    [
        pytest.param(ContactFacts(None, False, 1), [], id="untouched"),
        pytest.param(ContactFacts(None, False, 3), [], id="three families"),
        pytest.param(ContactFacts(None, False, 4), [Code.CONTACT_SHARED], id="four families"),
        pytest.param(ContactFacts(None, True, 1), [Code.CONTACT_OF_STAFF], id="of staff"),
        pytest.param(ContactFacts(NOW - timedelta(hours=24), False, 1), [], id="changed a day ago"),
        pytest.param(
            ContactFacts(NOW - timedelta(hours=23, minutes=59), False, 1),
            [Code.CONTACT_CHANGED_BY_STAFF],
            id="changed within the day",
        ),
        pytest.param(
            ContactFacts(NOW + timedelta(hours=1), False, 1),
            [Code.CONTACT_CHANGED_BY_STAFF],
            id="clock set back",
        ),
        pytest.param(
            ContactFacts(NOW, True, 9),
            [Code.CONTACT_CHANGED_BY_STAFF, Code.CONTACT_OF_STAFF, Code.CONTACT_SHARED],
            id="all at once",
        ),
    ],
)
def test_staff_never_use_the_familys_channel(contact, codes):
    assert [finding.code for finding in may_sign_electronically(contact, NOW)] == codes
