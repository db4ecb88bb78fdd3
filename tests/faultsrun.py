"""`make faults`: every scenario on every engine, a table of what came of it.

Exit code 1 when anything failed; a scenario that this machine cannot play says why.
`python -m tests.faults.run [--only NAME] [--engine ENGINE] [--rounds N] [--seed N]`
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.faults.playing import Played, play
from tests.faults.scenarios import BOTH, SCENARIOS, Scenario

HEAD = (
    "scenario", "engine", "acknowledged", "lost", "events/changes", "back in", "seconds", "verdict",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("--only", default="", help="scenarios whose name has this in it")
    parser.add_argument("--engine", choices=BOTH)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(argv)
    console = Console(width=120)
    table = Table(*HEAD)
    failed: list[Played] = []
    for scenario, engine in _chosen(given):
        if (why := scenario.missing()) is not None:
            table.add_row(scenario.name, engine, "", "", "", "", "", f"not played: {why}")
            continue
        played = play(scenario, engine, rounds=given.rounds, seed=given.seed)
        table.add_row(*_row(played))
        console.print(f"{scenario.name}, {engine}: {'holds' if played.holds else 'FAILS'}")
        if not played.holds:
            failed.append(played)
    console.print(table)
    for played in failed:
        for problem in played.problems:
            console.print(f"{played.scenario}, {played.engine}: {problem}", markup=False)
    return 1 if failed else 0


def _chosen(given: argparse.Namespace) -> list[tuple[Scenario, str]]:
    return [
        (scenario, engine)
        for scenario in SCENARIOS
        if given.only in scenario.name
        for engine in scenario.engines
        if given.engine in (None, engine)
    ]


def _row(played: Played) -> tuple[str, ...]:
    found = played.verdict
    figures = (
        ("", "", "")
        if found is None
        else (str(found.acknowledged), str(found.lost), f"{found.events}/{found.changes}")
    )
    verdict = "holds" if played.holds else "FAILS"
    return (
        played.scenario,
        played.engine,
        *figures,
        f"{played.recovery:.1f}",
        f"{played.seconds:.0f}",
        verdict,
    )


if __name__ == "__main__":
    sys.exit(main())
