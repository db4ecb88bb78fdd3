"""Several web processes behind one address: one set of figures, one kind of log line."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from examples.demo.stage import free_port
from gateway.wiring import Wiring
from tests.gateway.web.test_metrics import TOKEN, samples

ROOT = Path(__file__).parents[3]
PROCESSES = 3
PATIENCE_SECONDS = 60
SECRET = "secret-of-a-link"


@dataclass(frozen=True)
class Server:
    """gunicorn as the runbook starts it."""

    port: int
    log: Path

    def get(self, path: str) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def send(self, data: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as plug:
            plug.sendall(data)
            while plug.recv(4096):
                pass

    def counted(self, name: str, **labels: str) -> float:
        status, text = self.get("/metrics")
        assert status == 200
        return sum(
            value
            for found, its, value in samples(text)
            if found == f"soglasie_{name}" and labels.items() <= its.items()
        )


@pytest.fixture
def server(wiring: Wiring, tmp_path: Path) -> Iterator[Server]:
    shared, log = tmp_path / "figures", tmp_path / "server.log"
    shared.mkdir()
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", f"--workers={PROCESSES}", "--no-control-socket"]
    command += ["--logger-class", "gateway.web.server_log.ServerLog", f"--bind=127.0.0.1:{port}"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOGLASIE_")}
    own = {
        "PYTHONPATH": str(ROOT),
        "PROMETHEUS_MULTIPROC_DIR": str(shared),
        "SOGLASIE_HOME": str(wiring.settings.home),
        "SOGLASIE_DATABASE_URL": wiring.settings.database,
        "SOGLASIE_METRICS_TOKEN": TOKEN,
    }
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*command, "wsgi:app"], cwd=ROOT, env=kept | own, stdout=stream, stderr=stream
        )
    found = Server(port, log)
    try:
        end = time.monotonic() + PATIENCE_SECONDS
        while not _is_up(found):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.2)
        yield found
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _is_up(server: Server) -> bool:
    try:
        return server.counted("web_starts_total") == PROCESSES
    except OSError:
        return False


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_processes_count_together_and_log_alike(server: Server):
    times = 30
    for _ in range(times):
        assert server.get("/healthz")[0] == 200
    for _ in range(2 * PROCESSES):  # whichever of them answers
        assert server.counted("requests_total", route="/healthz", status="200") == times
    assert server.counted("check_ok", check="keys") == 1

    server.get(f"/v1/family/links/{SECRET}")
    server.send(f"GET /v1/family/links/{SECRET} HTTP/1.1 {SECRET}\r\n\r\n".encode())
    server.send(f"GET / HTTP/1.1\r\nX {SECRET}: 1\r\n\r\n".encode())
    logged = server.log.read_text()
    lines = [json.loads(line) for line in logged.splitlines()]
    assert SECRET not in logged
    assert {line["event"] for line in lines} == {"library", "request", "not_ready"}
    assert any("Listening at" in str(line.get("said")) for line in lines)
    refused = [line for line in lines if line["event"] == "library" and line["level"] == "warning"]
    assert [line["said"] for line in refused] == [None, None]
