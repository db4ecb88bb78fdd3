"""A collection is judged by the rules it was opened under, and by no others."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gateway.actions.pinned_rules import rules_of
from gateway.store.collections import collections
from gateway.store.schema import SchemaFault
from gateway.web.readiness import look_around
from gateway.wiring import Wiring
from policies.programme import load_programme
from policies.toml_reading import ProgrammeError
from tests.town import PROGRAMME, Town


@pytest.fixture
def town(wiring: Wiring) -> Town:
    return Town(wiring)


def open_under(town: Town, digest: str) -> None:
    """As if the collection had been opened by an installation that had other rules."""
    with town.wiring.writing.begin() as connection:
        connection.execute(sa.update(collections).values(policy_digest=digest))


def test_a_collection_keeps_the_digest_of_its_rules_and_reads_them(town: Town):
    with town.wiring.looking() as look:
        collection = look.collections.get(town.school_id, town.collection_id)
        assert look.collections.rules_in_use() == [(PROGRAMME, collection.policy_digest)]
    rules = rules_of(collection)
    assert rules.digest == collection.policy_digest == load_programme(PROGRAMME).digest
    assert all(ref.text_digest for ref in rules.forms.values())


def test_nothing_works_under_rules_that_are_not_here(town: Town):
    town.wiring.check()
    assert look_around(town.wiring)["rules"]
    open_under(town, "0" * 64)
    with pytest.raises(SchemaFault, match=f"{PROGRAMME}.*no published version has the digest 0"):
        town.wiring.check()
    assert not look_around(town.wiring)["rules"]
    with pytest.raises(ProgrammeError), town.wiring.looking() as look:
        rules_of(look.collections.get(town.school_id, town.collection_id))
