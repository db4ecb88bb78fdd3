"""Files of strangers are opened in a child process that may die; nothing else may.

Whatever a file does to its reader, the answer is tables or one code, and nothing personal stands
in arguments, environment, files or messages of the child.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from threading import Timer

from gateway.intake.cells import Limits, Table, UnreadableFile
from gateway.intake.child import MEMORY_SPENT, framed, tables_of
from gateway.intake.rows import Intake, read_list
from policies.findings import Code
from policies.programme import Programme

WALL_SECONDS = 10.0
_ANSWER_BYTES = 48 * 1024 * 1024
_ROOT = Path(__file__).parents[2]
_COMMAND = (sys.executable, "-E", "-s", "-B", "-X", "utf8", "-m", "gateway.intake.child")


def read_tables(
    data: bytes, limits: Limits | None = None, seconds: float = WALL_SECONDS
) -> tuple[Table, ...]:
    """`tables.read_tables`, in a child. Raises `UnreadableFile`, also for a child that died.

    `seconds`: how long the child may live.
    """
    limits = limits or Limits()
    if len(data) > limits.file_bytes:
        raise UnreadableFile(Code.FILE_TOO_BIG)
    code, reply = _asked(framed(data, limits), seconds)
    if code < 0 or code == MEMORY_SPENT:  # killed by a signal: time or memory ran out
        raise UnreadableFile(Code.FILE_UNPACKS_TOO_BIG)
    if code or len(reply) > _ANSWER_BYTES:
        raise UnreadableFile(Code.FILE_BROKEN)
    return _tables(reply)


def intake(
    data: bytes,
    filename: str,
    programme: Programme,
    today: date,
    *,
    sheet: str | None = None,
    class_name: str | None = None,
    limits: Limits | None = None,
) -> Intake:
    """`rows.intake`, with the file opened in a child. Raises `UnreadableFile`."""
    tables = read_tables(data, limits)
    return read_list(tables, filename, programme, today, sheet=sheet, class_name=class_name)


def _asked(question: bytes, seconds: float) -> tuple[int, bytes]:
    """Exit code (negative: the signal) and answer of one child."""
    with subprocess.Popen(
        _COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={},
    ) as child:
        end = Timer(seconds, child.kill)
        end.start()
        try:
            return _talk(child, question)
        finally:
            end.cancel()
            child.kill()


def _talk(child: subprocess.Popen[bytes], question: bytes) -> tuple[int, bytes]:
    stdin, stdout = child.stdin, child.stdout
    if stdin is None or stdout is None:
        raise AssertionError("pipes were asked for")
    for tell in (lambda: stdin.write(question), stdin.close):
        with suppress(BrokenPipeError):  # it died; the exit code tells of what
            tell()
    reply = stdout.read(_ANSWER_BYTES + 1)
    return child.wait(), reply


def _tables(reply: bytes) -> tuple[Table, ...]:
    try:
        return tables_of(reply)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UnreadableFile(Code.FILE_BROKEN) from None
