"""One answer over HTTP, from the socket to the commit and back.

Floor: a minimal Flask application with one insert, under the same gunicorn, on the same database.
CPU is the server's and the database server's; the client costs both sides alike and is left out.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

import sqlalchemy as sa

from benchmarks.places import Place
from benchmarks.sizes import Sizes
from benchmarks.timing import Contest, Cost, Goal, Side, measured, tree_cpu
from gateway.cli.invented import InventedSchool
from gateway.cli.rehearsed_school import RehearsedSchool, Stage
from gateway.cli.storm import ROOT, Ready, free_port, open_families
from gateway.wiring import utc_now

START_SECONDS = 60
WARM = 4
FLOOR_TIMES = 5  # the floor answers so many times as often, or its turn would be too short


def contests(places: dict[str, Place], sizes: Sizes) -> Iterator[Contest]:
    """Every engine: a school of families who have read their documents."""
    for place in places.values():
        with ExitStack() as stack:
            stage = stack.enter_context(place.stage())
            count = sizes.turns * sizes.answers + WARM
            ready = _families(stage, count)
            assert len(ready) == count
            ours = stack.enter_context(serving("wsgi:app", stage, place))
            floor = stack.enter_context(serving("benchmarks.minimal:app", stage, place))
            for server in (ours, floor):
                server.send(ready[:WARM])
            answers = Answers(ours, ready[WARM:], sizes.answers)
            least = FLOOR_TIMES * sizes.answers
            yield Contest(
                "http",
                place.name,
                Side("one answer over HTTP", answers.turn, sizes.answers),
                (
                    (
                        Side(
                            "minimal Flask POST, one insert",
                            partial(floor.send, [ready[n % count] for n in range(least)]),
                            least,
                        ),
                        Goal(most=4),
                    ),
                ),
                notes=("gunicorn gthread, one process; one client, one connection",),
            )
            assert _kept(stage, "answers") == WARM + answers.sent
            assert _kept(stage, "minimal_answers") == WARM + sizes.turns * least


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn. `port` on 127.0.0.1; `pid` of its first process."""

    port: int
    pid: int
    place: Place

    def send(self, batch: list[Ready]) -> Cost:
        """One after another over one connection. Every answer must be kept."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        statuses = []
        with measured(lambda: tree_cpu(self.pid) + self.place.cpu(), own=False) as cost:
            for one in batch:
                headers = {
                    "Authorization": f"Bearer {one.token}",
                    "Content-Type": "application/json",
                }
                connection.request("POST", one.path, one.body, headers)
                answer = connection.getresponse()
                answer.read()
                statuses.append(answer.status)
        connection.close()
        assert set(statuses) == {HTTPStatus.CREATED}
        return cost


class Answers:
    """Each answer is given once, so every turn takes the next of them."""

    def __init__(self, server: Server, ready: list[Ready], batch: int) -> None:
        self._server, self._ready, self._batch = server, ready, batch
        self.sent = 0

    def turn(self) -> Cost:
        batch = self._ready[self.sent : self.sent + self._batch]
        assert len(batch) == self._batch
        self.sent += len(batch)
        return self._server.send(batch)


def _families(stage: Stage, count: int) -> list[Ready]:
    listed = InventedSchool(1, count, 1, utc_now().date())
    school = RehearsedSchool.found(stage, 1)
    school.take_in(listed)
    school.agree_on_signature()
    return open_families(stage, school, count)


@contextmanager
def serving(application: str, stage: Stage, place: Place) -> Iterator[Server]:
    """As `soglasie serve` starts its web process."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--worker-class=gthread", "--workers=1"]
    command += [f"--threads={stage.settings.threads}", f"--bind=127.0.0.1:{port}"]
    command += ["--no-control-socket", "--log-level=error", application]
    kept = {name: v for name, v in os.environ.items() if not name.startswith("SOGLASIE_")}
    own = {
        "PYTHONPATH": str(ROOT),
        "SOGLASIE_HOME": str(stage.settings.home),
        "SOGLASIE_DATABASE_URL": stage.settings.database,
        "SOGLASIE_PUBLIC_URL": stage.settings.public_url,
        "BENCH_DATABASE_URL": stage.settings.database,
    }
    with (stage.settings.home / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=kept | own, stdout=log, stderr=log)
    try:
        _wait(port, process)
        yield Server(port, process.pid, place)
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError("a server did not start")


def _kept(stage: Stage, table: str) -> int:
    with stage.reading.connect() as connection:
        found: int = connection.scalar(sa.text(f"SELECT count(*) FROM {table}"))
    return found
