"""Identifiers that sort by time: UUID version 7 (RFC 9562, section 5.7).

Layout: unix milliseconds 48 bits | version 4 | sub-millisecond fraction 12 bits (section 6.2,
method 3) | variant 2 | random 62 bits. Ids that one thread makes for the same instant ascend
(method 2), so the events of one unit of work keep their order although they share one moment.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TAIL_BITS = 62


class _Last(threading.local):
    """The last id of this thread. A fresh tail leaves its top bit free: room to count up."""

    stamp: int = -1
    tail: int = 0


_last = _Last()


def uuid7(at: datetime, entropy: Callable[[int], bytes] = os.urandom) -> uuid.UUID:
    """A new id for the aware moment `at` (1970 ... 10889). Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("ids.naive")
    micros = (at - _EPOCH) // timedelta(microseconds=1)
    if micros < 0:
        raise ValueError("ids.before_epoch")
    millis, rest = divmod(micros, 1000)
    stamp = millis << 12 | (rest << 12) // 1000
    _last.tail = _next_tail(stamp, int.from_bytes(entropy(8), "big"))
    _last.stamp = stamp
    head = (stamp >> 12) << 16 | 0x7000 | (stamp & 0xFFF)
    return uuid.UUID(int=head << 64 | 0b10 << _TAIL_BITS | _last.tail)


def _next_tail(stamp: int, noise: int) -> int:
    step = _last.tail + 1 + (noise & 0xFFFF_FFFF)
    if stamp == _last.stamp and step < 1 << _TAIL_BITS:
        return step
    return noise >> 3
