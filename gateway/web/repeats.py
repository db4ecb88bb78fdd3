"""Idempotency-Key: what was sent twice is done once and answered twice (decision 0014).

The header is that of draft-ietf-httpapi-idempotency-key-header-07. A key belongs to one caller and
one operation. The answer is kept in the transaction of the act; a refusal that rolled its act back
is not kept, for nothing was done: the repeated request is judged anew.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from flask import Response, request

from crypto import base64url, canonical
from crypto.errors import OpenError
from gateway.errors import BadInput, GatewayError, KeyReused, RepeatInProgress
from gateway.unit import Unit
from gateway.web.context import Caller, current_wiring, in_one_unit
from gateway.web.parsing import MULTIPART_TYPE
from gateway.web.refusals import refuse

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(hours=24)
PATIENCE_SECONDS = 1.0
# RFC 9651 writes a text in quotes; the bare form is what most clients send. A comma would be two
# headers that a server joined.
_KEY = re.compile(r'"([!#-+\--\[\]-~]{1,64})"|([!#-+\--\[\]-~]{1,64})')
_OF_THE_CONNECTION = {"content-length", "connection"}
Encode = Callable[[object], Response]


class _Kept(Exception):
    """The answer was there when the unit opened; the unit is rolled back, for it did nothing."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self.answer = answer


@dataclass(slots=True)
class Repeat:
    """One request under a key: begins and ends with the unit of its act."""

    subject: str = field(repr=False)
    fingerprint: str = field(repr=False)
    encode: Encode
    response: Response | None = None
    _tag: bytes = b""

    def tag(self, unit: Unit) -> bytes:
        """Key of its row."""
        self._tag = self._tag or unit.repeats.tag(self.subject)
        return self._tag

    def opened(self, unit: Unit) -> None:
        """The first thing in the unit: whoever comes second waits here."""
        kept = unit.repeats.start(self.tag(unit), unit.actor.school_id, unit.now, unit.now + KEPT)
        if kept is not None:
            raise _Kept(kept)

    def closing(self, unit: Unit, outcome: object) -> None:
        """The last thing in the unit. A returned refusal is an outcome that commits: kept too."""
        self.response = (
            refuse(outcome) if isinstance(outcome, GatewayError) else self.encode(outcome)
        )
        headers = {
            name.lower(): value
            for name, value in self.response.headers.items()
            if name.lower() not in _OF_THE_CONNECTION
        }
        told = {
            "body": base64url.encode(self.response.get_data()),
            "fingerprint": self.fingerprint,
            "headers": headers,
            "status": self.response.status_code,
        }
        unit.repeats.keep(self.tag(unit), unit.actor.school_id, canonical.dumps(told))

    def again(self, kept: bytes) -> Response:
        """The kept answer. Raises `KeyReused` when it is another request's."""
        told = canonical.loads(kept)
        if not isinstance(told, dict):
            raise OpenError
        if not hmac.compare_digest(told["fingerprint"], self.fingerprint):
            raise KeyReused
        body = base64url.decode(told["body"])
        answer = Response(body, told["status"], told["headers"])
        answer.headers[REPLAYED] = "true"
        return answer


def once(operation: str, encode: Encode, caller: Caller, view: Callable[[], object]) -> object:
    """Run the view in one unit. With a key: at most once, and the answer is a whole response.

    Raises `BadInput` for what is no key, `KeyReused`, `RepeatInProgress`.
    """
    key = told_key()
    if key is None:
        return in_one_unit(caller, view)
    actor = caller.actor
    # Whoever is known by nothing but the address itself (a family's link) is told by it.
    who = f"{actor.kind}/{actor.ref}" if actor.ref else request.path
    repeat = Repeat(f"{who}\n{operation}\n{key}", fingerprint(), encode)
    with current_wiring().looking() as look:
        kept = look.repeats.find(repeat.tag(look), look.now)
    if kept is not None:
        return repeat.again(kept)
    with RUNNING.alone(repeat.subject):
        try:
            in_one_unit(caller, view, repeat)
        except _Kept as found:
            return repeat.again(found.answer)
    return repeat.response


def told_key() -> str | None:
    """The caller's key; None: there is none. Raises `BadInput`."""
    told = request.headers.get(HEADER)
    if told is None:
        return None
    found = _KEY.fullmatch(told.strip())
    if found is None:
        raise BadInput({f"/{HEADER}": "key_form"})
    return found[1] or found[2]


def fingerprint() -> str:
    """SHA-256 of address and content. It is only ever kept sealed: a content may be a short code.

    Parts of a form count by name and content, for their boundary differs each time.
    """
    told = hashlib.sha256(request.full_path.encode())
    if request.mimetype == MULTIPART_TYPE:
        for name, file in sorted(request.files.items(multi=True), key=lambda part: part[0]):
            _feed(told, name.encode(), (file.filename or "").encode(), file.stream.read())
            file.stream.seek(0)
        for name, value in sorted(request.form.items(multi=True)):
            _feed(told, name.encode(), value.encode())
    else:
        _feed(told, request.get_data())
    return told.hexdigest()


def _feed(told: hashlib._Hash, *parts: bytes) -> None:
    for part in parts:
        told.update(len(part).to_bytes(8, "big") + part)


class Running:
    """Requests under a key that this process is carrying out.

    The database keeps twins apart anyway; this keeps them from waiting for it with a connection
    each, and on SQLite from waiting behind everybody.
    """

    def __init__(self) -> None:
        self._subjects: set[str] = set()
        self._changed = threading.Condition()

    @contextmanager
    def alone(self, subject: str) -> Iterator[None]:
        """Hold the subject. Raises `RepeatInProgress` when another has it for too long."""
        with self._changed:
            is_free = self._changed.wait_for(
                lambda: subject not in self._subjects, PATIENCE_SECONDS
            )
            if not is_free:
                raise RepeatInProgress
            self._subjects.add(subject)
        try:
            yield
        finally:
            with self._changed:
                self._subjects.discard(subject)
                self._changed.notify_all()


RUNNING = Running()


def performer(operation: str, encode: Encode) -> Callable[[Caller, Callable[[], object]], object]:
    """`once` of one operation, as `Access.run` takes it."""
    return partial(once, operation, encode)
