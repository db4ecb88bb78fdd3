"""The letters and short messages of a home without SMTP, read as their receivers read them."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from email import policy
from email.parser import BytesParser
from pathlib import Path

_LINK = re.compile(r"/p/([A-Za-z0-9_-]{16,})")
_CODE = re.compile(r"^(\d{6})\b")
_PAUSE_SECONDS = 0.05
_PATIENCE_SECONDS = 60.0


class NothingCame(Exception):
    """The service has not written in time."""


class Outbox:
    """Everything sent so far; several threads may ask at once."""

    def __init__(self, folder: Path, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._folder = folder
        self._patience_seconds = patience_seconds
        self._turn = threading.Lock()
        self._seen: set[str] = set()
        self._links: dict[str, list[str]] = {}
        self._codes: dict[str, list[str]] = {}
        self.letters = 0

    def link(self, address: str) -> str:
        """Token of the newest link sent to an address. Raises `NothingCame`."""
        return self._wait(lambda: self._links.get(address, []), 1)[-1]

    def code(self, phone: str, sent_before: int = 0) -> str:
        """The newest code sent to a phone, after `sent_before` earlier ones."""
        return self._wait(lambda: self._codes.get(phone, []), sent_before + 1)[-1]

    def codes_sent(self, phone: str) -> int:
        """How many codes a phone has received so far."""
        with self._turn:
            self._read()
            return len(self._codes.get(phone, []))

    def count_letters(self) -> int:
        with self._turn:
            self._read()
            return self.letters

    def _wait(self, found: Callable[[], list[str]], wanted: int) -> list[str]:
        patience = time.monotonic() + self._patience_seconds
        while True:
            with self._turn:
                self._read()
                if len(found()) >= wanted:
                    return list(found())
            if time.monotonic() > patience:
                raise NothingCame("письмо или SMS не пришло вовремя")
            time.sleep(_PAUSE_SECONDS)

    def _read(self) -> None:
        """Names are ids that grow with time, so the order of names is the order of sending."""
        for path in sorted(self._folder.glob("*.eml")):
            if path.name not in self._seen:
                self._seen.add(path.name)
                self._read_letter(path)
        for path in sorted((self._folder / "sms").glob("*.json")):
            if path.name not in self._seen:
                self._seen.add(path.name)
                message = json.loads(path.read_bytes())
                if found := _CODE.match(message["text"]):
                    self._codes.setdefault(message["to"], []).append(found[1])

    def _read_letter(self, path: Path) -> None:
        letter = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        body = letter.get_body(("plain",))
        self.letters += 1
        if body is not None and (found := _LINK.search(body.get_content())):
            self._links.setdefault(str(letter["To"]), []).append(found[1])
