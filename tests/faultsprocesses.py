"""A really running `soglasie serve` that may be struck, and the processes below it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from examples.demo.stage import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 300  # on a machine that others load
STOP_SECONDS = 40


def descendants(pid: int) -> list[int]:
    """Children and their children, from /proc."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = list(parents.get(pid, ()))
    for child in found:
        found += parents.get(child, ())
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@dataclass
class Service:
    """`environ`: variables beside those that every service of the suite gets."""

    home: Path
    log: Path
    database_url: str
    environ: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    parent: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SOGLASIE_")}
        return {
            **kept,
            "PYTHONPATH": str(ROOT),
            "SOGLASIE_HOME": str(self.home),
            "SOGLASIE_PORT": str(self.port),
            "SOGLASIE_PUBLIC_URL": self.url,
            "SOGLASIE_DATABASE_URL": self.database_url,
            **self.environ,
        }

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.parent = subprocess.Popen(
                [sys.executable, "-m", "gateway.cli", "serve"],
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=log,
            )
        self.wait_until_ready()

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=30, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def wait_until_ready(self) -> float:
        """Seconds that it took. AssertionError when the service does not come (back)."""
        began = time.monotonic()
        while not self.is_ready():
            assert self.parent is not None
            assert self.parent.poll() is None, "the service ended by itself"
            assert time.monotonic() < began + START_SECONDS, "the service does not come back"
            time.sleep(0.1)
        return time.monotonic() - began

    def stop(self) -> None:
        """Said twice is no error."""
        parent, self.parent = self.parent, None
        if parent is None:
            return
        parent.terminate()
        try:
            parent.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            parent.kill()
            parent.wait()

    def pids(self, part: str) -> list[int]:
        """Processes of `web` (the server and its own worker process) or of the `worker`."""
        assert self.parent is not None
        word = "gunicorn" if part == "web" else "gateway.cli worker"
        return [pid for pid in descendants(self.parent.pid) if word in _command(pid)]

    def kill(self, part: str, *, dice: random.Random | None = None) -> None:
        """SIGKILL to all processes of a part, or (with dice) to any one of them."""
        found = self.pids(part)
        for pid in [dice.choice(found)] if dice and found else found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def kill_all(self) -> None:
        """The whole service at once, its parent first; nobody starts it again."""
        assert self.parent is not None
        below = descendants(self.parent.pid)
        for pid in (self.parent.pid, *below):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.parent.wait()
        self.parent = None
