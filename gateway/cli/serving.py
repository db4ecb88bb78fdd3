"""`soglasie serve`: the web server and the worker as two children of one parent.

A child that dies is started again; when the parent is told to stop, both are told and waited for.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType

from gateway.settings import Settings

RESTART_PAUSE_SECONDS = 0.5
STOP_SECONDS = 30


def serve_both(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; answers the exit code."""
    commands = {"web": _web(settings), "worker": [sys.executable, "-m", "gateway.cli", "worker"]}
    children: dict[str, subprocess.Popen[bytes]] = {}
    asked_to_stop = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked_to_stop
        asked_to_stop = True

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    try:
        while not asked_to_stop:
            for name, command in commands.items():
                child = children.get(name)
                if child is None or child.poll() is not None:
                    if child is not None:
                        time.sleep(RESTART_PAUSE_SECONDS)
                    children[name] = subprocess.Popen(command, env=os.environ)
            time.sleep(0.1)
    finally:
        for child in children.values():
            child.terminate()
        for child in children.values():
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
    return 0


def _web(settings: Settings) -> list[str]:
    """One process with threads on SQLite (one writer anyway); more come with PostgreSQL."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--worker-class=gthread",
        "--workers=1",
        f"--threads={settings.threads}",
        f"--bind={settings.host}:{settings.port}",
        "--timeout=60",
        "--graceful-timeout=20",
        "--no-control-socket",
        "wsgi:app",
    ]
