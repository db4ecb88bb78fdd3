"""Start-up: `import wsgi` on a prepared home, beside its four libraries imported alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

from benchmarks.places import Place
from benchmarks.sizes import Sizes
from benchmarks.timing import Contest, Cost, Goal, Limit, Side
from gateway.cli.rehearsed_school import Stage
from gateway.cli.storm import ROOT

MEGABYTES = 85.0
OURS = "import wsgi; assert wsgi.app.url_map"
ALONE = "import flask, sqlalchemy, marshmallow, flask_smorest"
# The peak of a child that was forked from a large process is not its own before exec: it is read
# from inside, where exec has begun a new one.
_TELL = """
import json, time
from pathlib import Path
line = next(l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("VmHWM"))
print(json.dumps([time.process_time(), int(line.split()[1]) * 1024 / 1e6]))
"""


def contests(places: dict[str, Place], sizes: Sizes) -> Iterator[Contest]:
    """Every engine: its driver is loaded too."""
    for place in places.values():
        with place.stage() as stage:
            yield Contest(
                "start",
                place.name,
                Side("import wsgi", partial(_run, OURS, stage)),
                (
                    (
                        Side("its four libraries alone", partial(_run, ALONE, stage)),
                        Goal(most=1.25),
                    ),
                ),
                limits=(Limit(MEGABYTES, "peak"),),
                notes=("memory is the whole process's",),
            )


def _run(code: str, stage: Stage) -> Cost:
    kept = {name: v for name, v in os.environ.items() if not name.startswith("SOGLASIE_")}
    own = {
        "PYTHONPATH": str(ROOT),
        "SOGLASIE_HOME": str(stage.settings.home),
        "SOGLASIE_DATABASE_URL": stage.settings.database,
    }
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code + _TELL],
        cwd=ROOT,
        env=kept | own,
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - started
    assert done.returncode == 0, done.stderr
    cpu, peak = json.loads(done.stdout.splitlines()[-1])
    return Cost(cpu, wall, peak)
