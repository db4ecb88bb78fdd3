"""One contact belongs to one person; who proved it beats who only stated it."""

import pytest

from policies.claims import Claim, Settlement, Strength, decide, strength
from policies.facts import ClaimState, EvidenceLevel

PROVED, STATED = Strength.PROVED, Strength.STATED
SETTLED, CLASH = ClaimState.SETTLED, ClaimState.CLASH


def mother(how):
    return Claim(b"mother", how)


def other(how):
    return Claim(b"other", how)


@pytest.mark.parametrize(
    ("held", "new", "settlement"),
    [
        pytest.param(None, mother(STATED), Settlement(SETTLED, mother(STATED)), id="free"),
        pytest.param(
            mother(STATED), mother(STATED), Settlement(SETTLED, mother(STATED)), id="two schools"
        ),
        pytest.param(
            mother(STATED), mother(PROVED), Settlement(SETTLED, mother(PROVED)), id="grows stronger"
        ),
        pytest.param(
            mother(PROVED), mother(STATED), Settlement(SETTLED, mother(PROVED)), id="never weaker"
        ),
        pytest.param(
            other(STATED),
            mother(PROVED),
            Settlement(SETTLED, mother(PROVED), is_displaced=True),
            id="proved beats stated",
        ),
        pytest.param(
            other(PROVED), mother(STATED), Settlement(CLASH, other(PROVED)), id="stated loses"
        ),
        pytest.param(
            other(STATED), mother(STATED), Settlement(CLASH, other(STATED)), id="first word stays"
        ),
        pytest.param(
            other(PROVED), mother(PROVED), Settlement(CLASH, other(PROVED)), id="first proof stays"
        ),
    ],
)
def test_a_claim_is_settled_by_the_table(held, new, settlement):
    assert decide(held, new) == settlement


@pytest.mark.parametrize(
    ("evidence", "is_own", "was_sent", "expected"),
    [
        pytest.param(EvidenceLevel.LOCAL_PEP, True, True, PROVED, id="own, by code"),
        pytest.param(EvidenceLevel.LOCAL_PEP, False, True, STATED, id="the child's, by the mother"),
        pytest.param(EvidenceLevel.LOCAL_PEP, True, False, STATED, id="corrected in the sitting"),
        pytest.param(EvidenceLevel.PAPER_ORIGINAL, True, True, STATED, id="paper"),
        pytest.param(EvidenceLevel.UKEP, True, True, STATED, id="a signature proves no mailbox"),
    ],
)
def test_only_a_code_to_ones_own_contact_proves_it(evidence, is_own, was_sent, expected):
    assert strength(evidence, is_own=is_own, code_was_sent_there=was_sent) is expected


def test_a_holder_never_shows():
    assert "mother" not in repr(decide(None, mother(PROVED)))
