"""One spelling for a JSON value: a subset of RFC 8785 (JCS) that needs no number formatting.

Allowed: str, bool, None, list or tuple, dict with ASCII keys, int within +-(2**53 - 1). Floats
are absent on purpose: they are the one part of JCS that two languages spell differently. With
ASCII keys, order by code point equals the order by UTF-16 unit that RFC 8785, 3.2.3 asks for.

Refusals are `ValueError` with a code and nothing else; the value may be personal, so the errors
of the json module (they carry the whole document) are dropped before ours is raised.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from typing import NoReturn

MAX_INT = 2**53 - 1  # RFC 7493, section 2.2
MAX_DEPTH = 32
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def dumps(value: object) -> bytes:
    """The canonical UTF-8 bytes. Raises ValueError("canonical.<what>")."""
    _check(value, 0)
    return _ENCODER.encode(value).encode()


def loads(data: bytes, *, canonical: bool = False) -> object:
    """Read strictly: duplicate keys, floats, bad UTF-8 and what `dumps` refuses are refused.

    `canonical` also refuses any spelling but the one that `dumps` writes.
    """
    value, code = _parse(data)
    if code:
        raise ValueError(code)
    _check(value, 0)
    if canonical and dumps(value) != data:
        raise ValueError("canonical.spelling")
    return value


def digest(data: bytes) -> str:
    """SHA-256 of `data`, 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


class _ReadError(Exception):
    """Carries a code out of the json module's hooks."""


def _parse(data: bytes) -> tuple[object, str]:
    """The value and "", or None and the code of the refusal."""
    try:
        return (
            json.loads(
                data.decode(),
                object_pairs_hook=_object,
                parse_int=_int,
                parse_float=_refuse("canonical.float"),
                parse_constant=_refuse("canonical.float"),
            ),
            "",
        )
    except _ReadError as error:
        return None, str(error)
    except UnicodeDecodeError:
        return None, "canonical.utf8"
    except RecursionError:
        return None, "canonical.depth"
    except ValueError:
        return None, "canonical.json"


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _ReadError("canonical.duplicate")
    return found


def _int(text: str) -> int:
    if len(text) > len(str(-MAX_INT)):
        raise _ReadError("canonical.int")
    return int(text)


def _refuse(code: str) -> Callable[[str], NoReturn]:
    def refuse(_: str) -> NoReturn:
        raise _ReadError(code)

    return refuse


def _check(value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError("canonical.depth")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for key in value:
            if not isinstance(key, str) or not key.isascii():
                raise ValueError("canonical.key")
        _check_all(value.values(), depth + 1)
    elif isinstance(value, list | tuple):
        _check_all(value, depth + 1)
    elif value is None or isinstance(value, bool):
        return
    elif not isinstance(value, int):
        raise ValueError("canonical.type")
    elif not -MAX_INT <= value <= MAX_INT:
        raise ValueError("canonical.int")


def _check_all(items: Iterable[object], depth: int) -> None:
    """Most of what a record holds is text, so texts are looked at on the spot."""
    for item in items:
        if item.__class__ is str and depth <= MAX_DEPTH:
            _check_text(item)
        else:
            _check(item, depth)


def _check_text(text: str) -> None:
    """Lone surrogates have no UTF-8 (RFC 8785, 3.2.2.2). `isascii` is the everyday fast path."""
    if not text.isascii() and _SURROGATE.search(text):
        raise ValueError("canonical.surrogate")
