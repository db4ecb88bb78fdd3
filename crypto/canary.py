"""What a database keeps of the rings it was made with: a canary, and a roll of their keys.

Both are written when the home is made and held against the rings at every start, before anything
else is: a database met with foreign rings is noticed before the first write, not at the first
unreadable record or the first signature that nobody can verify. The canary is a sealed word that
only the right rings can read; rings that sign and seal nothing of ours are known by the roll.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from uuid import UUID

from crypto import canonical
from crypto.envelope import KeyClass, RecordKind, new_data_key, open_data_key
from crypto.errors import OpenError, RingError
from crypto.keyring import Ring, RingName
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


def make_roll(rings: Iterable[Ring]) -> bytes:
    """Canonical JSON: ring -> id of every key -> its check value."""
    return canonical.dumps({ring.ring.value: _keys(ring) for ring in rings})


def check_roll(rings: Iterable[Ring], roll: bytes) -> None:
    """Raises RingError("ring.canary") naming the first ring that lacks a key of the roll.

    A key that was destroyed since is not lacking: its tombstone keeps id and check value. Keys
    that came since are no fault.
    """
    try:
        known = canonical.loads(roll)
    except ValueError:
        known = None
    for ring in rings:
        wanted = known.get(ring.ring.value) if isinstance(known, dict) else None
        if not isinstance(wanted, dict) or not wanted or not wanted.items() <= _keys(ring).items():
            raise RingError("ring.canary", ring.ring)


def _keys(ring: Ring) -> dict[str, str]:
    return {f"{key.id:08x}": key.kcv for key in ring.keys}


def _open(kek: KekProvider, wrapped: bytes, sealed: bytes) -> bytes | None:
    """The word, or None if the ring does not open it."""
    try:
        key = open_data_key(kek, wrapped, NOBODY, NOBODY)
        return key.open(RecordKind.CANARY, sealed)
    except (OpenError, RingError):
        return None
