"""The short form of `make faults`: some blows on each engine, and nothing acknowledged is lost."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.cluster import running_cluster
from tests.faults.playing import strike
from tests.faults.proxy import running_proxy
from tests.faults.scenarios import (
    SCENARIOS,
    Scenario,
)
from tests.faults.stand import POSTGRESQL, SQLITE, open_stand

pytestmark = pytest.mark.timeout(900)  # real processes, maybe on a busy machine
NAMED = {scenario.name: scenario for scenario in SCENARIOS}


def blows(*names: tuple[str, int]) -> list[Scenario | int]:
    return [part for name, rounds in names for part in (NAMED[name], rounds)]


def test_sqlite_outlives_its_processes_and_a_refused_event(tmp_path: Path):
    acts = blows(("web killed", 1), ("worker killed", 1), ("event refused", 1))
    with open_stand(SQLITE, tmp_path, schools=2) as stand:
        assert strike(stand, *acts).problems == []


def test_postgresql_outlives_a_stop_and_lost_replies(tmp_path: Path):
    acts = blows(("COMMIT replies lost", 4), ("database stopped", 1))
    with ExitStack() as stack:
        cluster = stack.enter_context(running_cluster())
        between = tmp_path / "p"
        between.mkdir()
        proxy = stack.enter_context(running_proxy(between, cluster.sockets))
        stand = stack.enter_context(
            open_stand(POSTGRESQL, tmp_path, schools=2, cluster=cluster, proxy=proxy)
        )
        assert strike(stand, *acts).problems == []
