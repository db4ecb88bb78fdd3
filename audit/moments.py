"""The one text of a moment inside hashed bytes: `2026-09-01T08:30:00.000000Z`."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=8)  # events of one unit share their moment
def moment_text(at: datetime) -> str:
    """Aware moment to text: UTC, always six digits of microseconds. ValueError when naive."""
    if at.utcoffset() is None:
        raise ValueError("moment.naive")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_moment(text: str) -> datetime:
    """Text to aware UTC moment. ValueError for any other spelling of the same moment."""
    try:
        at = datetime.fromisoformat(text)
        if moment_text(at) == text:
            return at
    except (ValueError, OverflowError):
        pass
    raise ValueError("moment.form")
