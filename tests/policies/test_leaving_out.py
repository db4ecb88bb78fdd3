"""A family is left out by two people after two days of trying, and is told."""

from datetime import timedelta

import pytest

from policies.facts import AttemptFacts
from policies.findings import Code
from policies.leaving_out import confirmation_findings, proposal_findings
from policies.programme import load_programme
from policies.standing import Standing, StandingKind
from tests.factories import TODAY, an_id

PROGRAMME = load_programme("mesh-2020")
PUPIL, REGISTRAR, DIRECTOR = an_id(1), an_id(2), an_id(3)
WAITING = Standing(StandingKind.WAITING)


def tried(*days_ago):
    return [AttemptFacts(TODAY - timedelta(days=ago), "phone") for ago in days_ago]


@pytest.mark.parametrize(
    ("where", "attempts", "reason", "codes"),
    [
        pytest.param(WAITING, tried(3, 1), "Не отвечают", [], id="all in order"),
        pytest.param(WAITING, tried(1, 0), "Не отвечают", [], id="the second today"),
        pytest.param(
            WAITING, tried(1, 1, 1), "Не отвечают", [Code.ATTEMPTS_TOO_FEW], id="one day only"
        ),
        pytest.param(
            WAITING, tried(1, -1), "Не отвечают", [Code.ATTEMPTS_TOO_FEW], id="one is planned"
        ),
        pytest.param(WAITING, tried(2, 1), " ", [Code.REASON_MISSING], id="no reason"),
        pytest.param(
            Standing(StandingKind.REFUSED),
            tried(2, 1),
            "Не отвечают",
            [Code.NOT_WAITING],
            id="the family has answered",
        ),
    ],
)
def test_a_leaving_out_is_proposed_only_after_trying(where, attempts, reason, codes):
    found = proposal_findings(PUPIL, where, attempts, reason, PROGRAMME, TODAY)
    assert [finding.code for finding in found] == codes
    assert all(finding.about == PUPIL for finding in found)


@pytest.mark.parametrize(
    ("confirmed_by", "is_told", "codes"),
    [
        pytest.param(DIRECTOR, True, [], id="second person, family told"),
        pytest.param(REGISTRAR, True, [Code.SECOND_PERSON_NEEDED], id="the same person"),
        pytest.param(DIRECTOR, False, [Code.FAMILY_NOT_TOLD], id="family not told"),
    ],
)
def test_a_second_person_confirms_and_the_family_is_told(confirmed_by, is_told, codes):
    found = confirmation_findings(PUPIL, REGISTRAR, confirmed_by, is_told=is_told)
    assert [finding.code for finding in found] == codes
