"""Answers that a worker writes down: what a consent needs, and that a «no» needs nothing."""

from __future__ import annotations

from itertools import product

import pytest

from policies.facts import Decision
from policies.findings import Code
from policies.witness import IdentityCheck, Way, Witness, witness_findings


@pytest.mark.parametrize(
    ("way", "identity", "codes"),
    [
        pytest.param(Way.PAPER, IdentityCheck.DOCUMENT, [], id="signed, document seen"),
        pytest.param(Way.PAPER, IdentityCheck.KNOWN, [Code.IDENTITY_UNCHECKED], id="by sight"),
        pytest.param(Way.PAPER, IdentityCheck.CALL_BACK, [Code.IDENTITY_UNCHECKED], id="rung"),
        pytest.param(Way.PAPER, IdentityCheck.LATER, [Code.IDENTITY_UNCHECKED], id="later"),
        pytest.param(Way.ORAL, IdentityCheck.DOCUMENT, [Code.ORAL_CONSENT], id="said"),
        pytest.param(
            Way.ORAL,
            IdentityCheck.LATER,
            [Code.ORAL_CONSENT, Code.IDENTITY_UNCHECKED],
            id="said by somebody",
        ),
    ],
)
def test_a_consent_is_signed_by_whoever_showed_a_document(
    way: Way, identity: IdentityCheck, codes: list[Code]
):
    found = witness_findings(Decision.GIVEN, Witness(way, identity))
    assert [finding.code for finding in found] == codes


@pytest.mark.parametrize("decision", [Decision.REFUSED, Decision.WITHDRAWN])
def test_a_no_is_heeded_in_any_form(decision: Decision):
    for way, identity in product(Way, IdentityCheck):
        assert witness_findings(decision, Witness(way, identity)) == []


def test_who_helped_is_not_shown_by_accident():
    assert "Мария" not in repr(Witness(assisted_by="Мария, сестра"))
