"""`make bench`: every row, or those that ARGS names; a table, and all of it in var/bench.json.

Exit code 0 whatever the figures are; 1 when a subject gave a wrong result.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import answering, intake, pages, printing, records, region, release, staging, start
from benchmarks.places import Place, places
from benchmarks.sizes import FULL, TINY, Sizes
from benchmarks.timing import Contest, Cost, Figure, run

OUT = Path("var/bench.json")
ENGINES = ("sqlite", "postgresql")
LIBRARIES = ("cryptography", "flask", "psycopg", "sqlalchemy")
Row = Callable[[dict[str, Place], Sizes], Iterator[Figure]]
Contests = Callable[[dict[str, Place], Sizes], Iterator[Contest]]


def _each(contests: Contests, found: dict[str, Place], sizes: Sizes) -> Iterator[Figure]:
    for contest in contests(found, sizes):
        yield from run(contest, sizes.turns)


ROWS: dict[str, Row] = {
    "record": partial(_each, records.contests),
    "intake": partial(_each, intake.contests),
    "release": partial(_each, release.contests),
    "journal": partial(_each, staging.contests),
    "http": partial(_each, answering.contests),
    "pages": partial(_each, pages.contests),
    "printing": partial(_each, printing.contests),
    "start": partial(_each, start.contests),
    "region": region.figures,
}


def main(arguments: list[str]) -> int:
    """Answers the exit code."""
    asked = _arguments(arguments)
    console, sizes = Console(width=150), TINY if asked.tiny else FULL
    lines: list[Figure] = []
    wrong: list[str] = []
    with places(tuple(asked.engine or ENGINES)) as found:
        for name in asked.rows or ROWS:
            try:
                for line in ROWS[name](found, sizes):
                    lines.append(line)
                    console.print(_said(line))
            except Exception:
                traceback.print_exc()
                wrong.append(name)
    console.print(_table(lines))
    for note in dict.fromkeys(note for line in lines for note in line.notes):
        console.print(f"  {note}", highlight=False)
    if wrong:
        console.print(f"wrong results or faults: {', '.join(wrong)}")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(_report(lines, wrong, sizes), ensure_ascii=False, indent=1) + "\n")
    return 1 if wrong else 0


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("rows", nargs="*", help="rows to run; all by default")
    parser.add_argument("--engine", action="append", choices=ENGINES, help="this engine alone")
    parser.add_argument("--tiny", action="store_true", help="tiny sizes: it runs, nothing more")
    return parser.parse_args(arguments)


def _said(line: Figure) -> str:
    ratio = "" if line.ratio is None else f" {line.ratio:.2f}x"
    return f"{line.row} {line.engine}: {line.subject} / {line.floor or line.goal}{ratio}"


def _table(lines: list[Figure]) -> Table:
    table = Table("row", "engine", "subject", "against", title="Smallest of each side, in turn")
    for name in ("ratio", "by wall", "goal", "met", "CPU", "wall", "size", "its CPU", "its wall"):
        table.add_column(name, justify="right")
    for line in lines:
        mine, other = line.subject_cost, line.floor_cost
        table.add_row(
            line.row,
            line.engine,
            line.subject,
            line.floor,
            "" if line.ratio is None else f"{line.ratio:.2f}",
            "" if line.ratio_wall is None else f"{line.ratio_wall:.2f}",
            line.goal,
            "" if line.is_met is None else "met" if line.is_met else "NOT MET",
            _time(mine.cpu),
            _time(mine.wall),
            _size(mine),
            _time(other.cpu) if other else "",
            _time(other.wall) if other else "",
        )
    return table


def _size(cost: Cost) -> str:
    """Memory, or what came over the wire."""
    if cost.wire is not None:
        return f"{cost.wire / 1024:.1f} KB"
    return "" if cost.peak is None else f"{cost.peak:.0f} MB"


def _time(seconds: float) -> str:
    """Three digits and a unit."""
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return "" if not seconds else f"{seconds * 1e9:.0f} ns"


def _report(lines: list[Figure], wrong: list[str], sizes: Sizes) -> dict[str, object]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "system": platform.platform(),
            "python": platform.python_version(),
            "cpus": os.cpu_count(),
            "load": os.getloadavg(),
        },
        "libraries": {name: version(name) for name in LIBRARIES},
        "sizes": asdict(sizes),
        "figures": [asdict(line) for line in lines],
        "wrong": wrong,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
