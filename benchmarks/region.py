"""A small region by `soglasie rehearse`, each engine once: flat memory, and a storm that holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.places import Place
from benchmarks.sizes import Sizes
from benchmarks.timing import Cost, Figure
from gateway.cli.storm import ROOT

PUPILS = 100
GROWTH_MEGABYTES = 30.0  # caches of statements and texts fill in the first schools


def figures(places: dict[str, Place], sizes: Sizes) -> Iterator[Figure]:
    """One line for every phase, then memory and storm."""
    for place in places.values():
        told = _rehearse(place, sizes)
        for phase in told["phases"]:
            rates = f"{phase['first_rate']:.0f} → {phase['last_rate']:.0f} persons a CPU second"
            yield Figure(
                "region",
                place.name,
                phase["name"],
                "",
                "",
                None,
                None,
                None,
                Cost(phase["cpu_seconds"], phase["seconds"], phase["rss_end"]),
                None,
                [f"{phase['count']} {phase['what']}; {rates}"],
            )
        memory = [(each["rss_start"], each["rss_end"]) for each in told["phases"][1:]]
        growth = memory[-1][1] - memory[0][1]
        yield Figure(
            "region",
            place.name,
            f"{told['persons']} persons: memory after the first phase and at the end",
            "",
            f"≤ {GROWTH_MEGABYTES:g} MB",
            growth <= GROWTH_MEGABYTES,
            None,
            None,
            Cost(peak=growth),
        )
        if told["storm"]:
            yield Figure(
                "region",
                place.name,
                f"storm of {told['storm']['answers']} answers",
                "",
                "no 5xx but 503",
                not told["findings"],
                None,
                None,
                Cost(wall=told["storm"]["milliseconds"]["p99"] / 1000),
                None,
                [json.dumps(told["storm"], ensure_ascii=False)],
            )


def _rehearse(place: Place, sizes: Sizes) -> dict[str, Any]:
    pupils = PUPILS if sizes.storm else 12
    command = [
        sys.executable,
        "-m",
        "gateway.cli",
        "rehearse",
        "--json",
        f"--schools={sizes.schools}",
    ]
    command += [f"--pupils={pupils}", f"--storm={sizes.storm}", f"--home={place.folder / 'region'}"]
    environ = {name: v for name, v in os.environ.items() if not name.startswith("SOGLASIE_")}
    environ["PYTHONPATH"] = str(ROOT)
    if place.server is not None:
        environ["SOGLASIE_DATABASE_URL"] = place.server.add_database()
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["findings"] == []
    return told
