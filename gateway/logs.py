"""Logs: one JSON object a line on standard error, without a personal value.

What is logged is ids, codes and numbers. The last processor is a net below that rule: it hides
what is named like a personal item or looks like an address or a number of a person. Libraries
keep no such rule, their texts quote values: of what they log we keep where it stands in their code.
"""

from __future__ import annotations

import io
import logging
import re
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, WrappedLogger

from policies.fields import PERSONAL

HIDDEN = "[hidden]"
_NAMES = frozenset(field.value for field in PERSONAL) | {"password", "token", "code_sent"}
_PERSONAL = re.compile(r"@|[0-9](?:[ ._()-]?[0-9]){9}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OURS = Path(__file__).parents[1]
_MOST_FRAMES = 6


class Enduring(io.TextIOBase):
    """A stream whose faults stop nobody: a full disk must not end what it was to be told of."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def set_up_logs(stream: TextIO | None = None) -> None:
    """Send the logs of this process to `stream`; None: to standard error."""
    told = Enduring(stream or sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            hide_personal,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
        ],
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", told)),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, LibraryLines):
            root.removeHandler(handler)
    root.addHandler(LibraryLines(logging.WARNING))


class LibraryLines(logging.Handler):
    """One of our lines for each line of a library.

    `said` is the pattern of the message, never with its values in it; None where the library puts
    them in itself. Below a warning it is the message: servers tell of starts and stops so.
    """

    def emit(self, record: logging.LogRecord) -> None:
        said = record.msg if record.args else None
        structlog.get_logger("library").log(
            record.levelno,
            "library",
            logger=record.name,
            place=f"{record.module}:{record.lineno}",
            said=record.getMessage() if record.levelno < logging.WARNING else said,
            fault=record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None,
        )


def hide_personal(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Replace values that are named or shaped like something personal."""
    return {
        name: HIDDEN if name in _NAMES or _looks_personal(name, value) else value
        for name, value in line.items()
    }


def _looks_personal(name: str, value: object) -> bool:
    # A request id is checked on its way in; a UUID may hold ten digits in a row.
    if name == "request_id" or not isinstance(value, str) or _UUID.fullmatch(value):
        return False
    return _PERSONAL.search(value) is not None


def where(error: BaseException) -> list[str]:
    """Our own lines that an exception came through, the innermost last: file and line number.

    Its text is left out, for texts of foreign exceptions quote values.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        f"{Path(frame.filename).relative_to(_OURS)}:{frame.lineno}"
        for frame in frames
        if Path(frame.filename).is_relative_to(_OURS) and ".venv" not in frame.filename
    ]
    return ours[-_MOST_FRAMES:]
