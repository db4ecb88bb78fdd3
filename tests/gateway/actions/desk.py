"""Looks at how people of a town stand."""

from __future__ import annotations

from gateway.actions.readiness import see_readiness
from policies.findings import Code
from policies.permissions import Role
from policies.standing import Standing
from tests.town import Town


def standing_of(town: Town, number: int) -> Standing:
    """Standing of invented pupil `number` now."""
    person = town.person(number)
    with town.by(Role.REGISTRAR) as unit:
        return see_readiness(unit, town.collection_id).readiness.standings[person]


def reasons_of(town: Town, number: int) -> set[Code]:
    return {finding.code for finding in standing_of(town, number).reasons}
