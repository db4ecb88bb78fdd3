"""Passwords of staff: argon2 outside of any unit, and only so many at once.

One comparison takes 64 MiB and tens of milliseconds: unbounded, a burst of sign-ins would stop
the process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crypto.secrets_text import new_secret
from gateway.errors import NotReady

AT_ONCE = 2
WAIT_SECONDS = 5.0
_places = threading.BoundedSemaphore(AT_ONCE)
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """What is stored. Raises `NotReady` when too many wait."""
    with _place():
        return _hasher.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """Compare. `stored` None (no such login) takes the same work and is never right.

    Raises `NotReady` when too many wait.
    """
    with _place():
        try:
            same = _hasher.verify(stored or _nobodys(), password)
        except (VerificationError, InvalidHashError):
            return False
    return same and stored is not None


@cache
def _nobodys() -> str:
    return _hasher.hash(new_secret())


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise NotReady
    try:
        yield
    finally:
        _places.release()
