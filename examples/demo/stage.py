"""A really running service: a fresh home, `soglasie init`, `soglasie serve`, and its end."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from examples.demo.calls import open_http

ROOT = Path(__file__).parents[2]
ADMINISTRATOR, AUDITOR = "admin", "auditor"
_PORTS = range(20_000, 32_768)  # below the ports that systems give to outgoing connections
_START_SECONDS = 120
_STOP_SECONDS = 30


class StageFault(Exception):
    """A command of the service did not do its work; the text names the command."""


@dataclass
class Stage:
    """One service on one home. `database_url` None: SQLite in the home."""

    home: Path
    log: Path
    database_url: str | None = field(default=None, repr=False)
    port: int = field(default_factory=lambda: free_port())
    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """A home without a past, its first administrator and an auditor."""
        if self.home.exists():
            shutil.rmtree(self.home)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.unlink(missing_ok=True)
        self._command_with_password(ADMINISTRATOR, "init", "--login", ADMINISTRATOR)
        self._command_with_password(AUDITOR, "user", "add", AUDITOR, "--role", "auditor")

    def start(self) -> None:
        """Start server and worker and wait until they are ready."""
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(
                self._argv("serve"), cwd=ROOT, env=self._environment(), stdout=log, stderr=log
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Raises `StageFault` when the server does not come up."""
        patience = time.monotonic() + _START_SECONDS
        with open_http(self.url) as http:
            while time.monotonic() < patience:
                if self.server is not None and self.server.poll() is not None:
                    break
                try:
                    if http.get("/readyz").is_success:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.1)
        raise StageFault(f"serve; см. {self.log}")

    def stop(self) -> None:
        """Ask the service to end and wait for it; said twice is no error."""
        server, self.server = self.server, None
        if server is None:
            return
        server.terminate()
        try:
            server.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

    def vkey(self) -> str:
        """The line that verifies the journal."""
        return self._command("audit", "vkey").strip()

    def repeat_init(self) -> None:
        """Prepare the prepared home once more: keys and sign-ins stay as they are."""
        before = {path: path.read_bytes() for path in (self.home / "keys").iterdir()}
        self._command("init", "--login", ADMINISTRATOR)
        if before != {path: path.read_bytes() for path in (self.home / "keys").iterdir()}:
            raise StageFault("init изменил ключи")

    def _command_with_password(self, login: str, *words: str) -> None:
        """Passwords go by file, for arguments are seen by everybody on the machine."""
        password = self.passwords.setdefault(login, secrets.token_urlsafe(18))
        file = self.log.parent / f".{login}.password"
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as written:
            written.write(password + "\n")
        try:
            self._command(*words, "--password-file", str(file))
        finally:
            file.unlink()

    def _command(self, *words: str) -> str:
        done = subprocess.run(
            self._argv(*words), cwd=ROOT, env=self._environment(), capture_output=True, text=True
        )
        if done.returncode != 0:
            with self.log.open("a") as log:
                log.write(done.stdout + done.stderr)
            raise StageFault(f"{' '.join(words[:2])}; см. {self.log}")
        return done.stdout

    def _argv(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "gateway.cli", *words]

    def _environment(self) -> dict[str, str]:
        """Nothing of the caller's own settings reaches the demo."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SOGLASIE_")}
        own = {
            "PYTHONPATH": str(ROOT),
            "SOGLASIE_HOME": str(self.home),
            "SOGLASIE_PORT": str(self.port),
            "SOGLASIE_PUBLIC_URL": self.url,
        }
        if self.database_url is not None:
            own["SOGLASIE_DATABASE_URL"] = self.database_url
        return kept | own


def free_port() -> int:
    """A port that nobody listens on now."""
    for port in random.sample(_PORTS, k=len(_PORTS)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise StageFault("нет свободного порта")
