"""A canary: a sealed word kept in the database that only the right rings can read.

It is written when the home is made and opened at every start, before anything else is: a database
met with foreign rings is noticed before the first write, not at the first unreadable record.
"""

from __future__ import annotations

import hmac
from uuid import UUID

from crypto.envelope import KeyClass, RecordKind, new_data_key, open_data_key
from crypto.errors import OpenError, RingError
from crypto.keyring import RingName
from crypto.providers import KekProvider
from crypto.tokens_index import Index

NOBODY = UUID(int=0)  # no school and no person: uuid7 never makes it
_WORD = "canary"
WRAPPED_LENGTH_BYTES = 2


def make_canary(kek: KekProvider, index: Index) -> bytes:
    """u16 length, wrapped key | sealed record of the token of a fixed word (global scope).

    Made anew when the active key of either ring changes.
    """
    key, wrapped = new_data_key(kek, NOBODY, NOBODY, KeyClass.SCHOOL, 1)
    sealed = key.seal(RecordKind.CANARY, index.token(_WORD, None, _WORD))
    return len(wrapped).to_bytes(WRAPPED_LENGTH_BYTES, "big") + wrapped + sealed


def check_canary(kek: KekProvider, index: Index, canary: bytes) -> None:
    """Raises RingError("ring.canary") naming the ring that does not belong to this database."""
    size = int.from_bytes(canary[:WRAPPED_LENGTH_BYTES], "big") + WRAPPED_LENGTH_BYTES
    word = _open(kek, canary[WRAPPED_LENGTH_BYTES:size], canary[size:])
    if word is None:
        raise RingError("ring.canary", RingName.KEK)
    if not hmac.compare_digest(word, index.token(_WORD, None, _WORD)):
        raise RingError("ring.canary", RingName.INDEX)


def _open(kek: KekProvider, wrapped: bytes, sealed: bytes) -> bytes | None:
    """The word, or None if the ring does not open it."""
    try:
        key = open_data_key(kek, wrapped, NOBODY, NOBODY)
        return key.open(RecordKind.CANARY, sealed)
    except (OpenError, RingError):
        return None
