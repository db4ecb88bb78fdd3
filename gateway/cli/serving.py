"""`soglasie serve`: the web server and the worker as two children of one parent.

A child that dies is started again; when the parent is told to stop, both are told and waited for.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

import click

from gateway.settings import Settings

RESTART_PAUSE_SECONDS = 0.5
STOP_SECONDS = 30
QUICK_SECONDS = 5.0
MAX_QUICK_DEATHS = 5


def serve_both(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; answers the exit code: 1 when the address is taken or a child
    keeps dying at once.
    """
    if not _is_free(settings.host, settings.port):
        click.echo(f"Адрес {settings.host}:{settings.port} занят: другой сервер уже запущен?")
        return 1
    commands = {"web": _web(settings), "worker": [sys.executable, "-m", "gateway.cli", "worker"]}
    children: dict[str, subprocess.Popen[bytes]] = {}
    started: dict[str, float] = {}
    quick_deaths = 0
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
                        is_quick = time.monotonic() - started[name] < QUICK_SECONDS
                        quick_deaths = quick_deaths + 1 if is_quick else 0
                        if quick_deaths >= MAX_QUICK_DEATHS:
                            click.echo(f"Процесс {name} не держится, причина выше. Остановлено.")
                            return 1
                        time.sleep(RESTART_PAUSE_SECONDS)
                    started[name] = time.monotonic()
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


def _is_free(host: str, port: int) -> bool:
    """Whether the address can be listened on now."""
    try:
        # As gunicorn listens: a connection that lingers in TIME_WAIT is no other server.
        socket.create_server((host, port), reuse_port=False).close()
    except OSError:
        return False
    return True


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
        "--logger-class=gateway.web.server_log.ServerLog",
        "wsgi:app",
    ]
