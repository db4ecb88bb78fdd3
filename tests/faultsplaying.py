"""Open a stand for a scenario, let the traffic run, strike, judge."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.cluster import running_cluster
from tests.faults.judging import Verdict, judge
from tests.faults.post import running_mail
from tests.faults.proxy import running_proxy
from tests.faults.scenarios import Scenario
from tests.faults.stand import POSTGRESQL, Stand, open_stand
from tests.faults.traffic import Traffic

LOGS = Path(__file__).parents[2] / "var" / "faults"
DISK_MEGABYTES = {"sqlite": 16, "postgresql": 160}


@dataclass
class Played:
    """What one scenario came to. `verdict` None: it broke off, `problems` say how."""

    scenario: str
    engine: str
    seconds: float
    verdict: Verdict | None
    recovery: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.problems


def play(scenario: Scenario, engine: str, *, rounds: int | None = None, seed: int = 1) -> Played:
    """One scenario on a stand of its own."""
    began, label = time.monotonic(), f"{scenario.name.replace(' ', '-')}-{engine}"
    with tempfile.TemporaryDirectory(prefix="sg-f-") as name:
        try:
            with _stand(scenario, engine, Path(name), seed) as stand, _kept_log(stand, label):
                verdict = strike(stand, scenario, rounds or scenario.rounds)
                recovery = max(stand.recoveries)
        except Exception as fault:
            problem = f"{type(fault).__name__}: {fault}"
            return Played(scenario.name, engine, time.monotonic() - began, None, 0.0, [problem])
    seconds = time.monotonic() - began
    return Played(scenario.name, engine, seconds, verdict, recovery, verdict.problems)


@contextmanager
def _kept_log(stand: Stand, label: str) -> Iterator[None]:
    """What the service said stays for whoever looks into it."""
    try:
        yield
    finally:
        LOGS.mkdir(parents=True, exist_ok=True)
        shutil.copy(stand.service.log, LOGS / f"{label}.log")


def strike(stand: Stand, *acts: Scenario | int) -> Verdict:
    """Scenarios, each followed by its rounds, one after another under the same traffic."""
    may_fail = frozenset[int]().union(*(a.may_fail for a in acts if isinstance(a, Scenario)))
    traffic = Traffic(stand, may_fail=may_fail)
    traffic.start()
    try:
        for scenario, rounds in zip(acts[::2], acts[1::2], strict=True):
            assert isinstance(scenario, Scenario)
            assert isinstance(rounds, int)
            scenario.act(stand, traffic, rounds)
    finally:
        traffic.end()
    stand.recover()
    return judge(stand, traffic.ledger)


@contextmanager
def _stand(scenario: Scenario, engine: str, folder: Path, seed: int) -> Iterator[Stand]:
    with ExitStack() as stack:
        disk = stack.enter_context(_small_disk(engine)) if "disk" in scenario.needs else None
        cluster = proxy = mail = None
        if engine == POSTGRESQL:
            cluster = stack.enter_context(running_cluster(disk))
        if "proxy" in scenario.needs and cluster is not None:
            between = folder / "p"
            between.mkdir()
            proxy = stack.enter_context(running_proxy(between, cluster.sockets, seed))
        if "mail" in scenario.needs:
            mail = stack.enter_context(running_mail(folder))

        def environ(where: Path) -> Mapping[str, str]:
            told = dict(scenario.environ(where)) if scenario.environ else {}
            return told | ({"SOGLASIE_SMTP_PORT": str(mail.port)} if mail else {})

        yield stack.enter_context(
            open_stand(
                engine, folder, schools=4, seed=seed, environ=environ, cluster=cluster,
                proxy=proxy, mail=mail, disk=disk,
            )
        )  # fmt: skip


@contextmanager
def _small_disk(engine: str) -> Iterator[Path]:
    """A file system in memory that ends soon."""
    folder = Path(tempfile.mkdtemp(prefix="sg-d-"))
    size = f"size={DISK_MEGABYTES[engine]}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)
