"""Personal values in every spelling that could lie in a file, and a search for all at once."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

SHORTEST = 6  # bytes; fewer meet by chance in ciphertext
_CHUNK = 1 << 18


def spellings(person: Mapping[str, str | None]) -> Iterator[str]:
    """Texts by which somebody could be known: names, whole names, dates, numbers, addresses."""
    family, given, patronymic = (
        person.get(name) or "" for name in ("family_name", "given_name", "patronymic")
    )
    yield from (family, given, patronymic)
    yield f"{family} {given}"
    yield f"{given} {patronymic}"
    if born := person.get("birth_date"):
        yield born
        yield date.fromisoformat(born).strftime("%d.%m.%Y")
    if snils := person.get("snils"):
        yield snils
        yield f"{snils[:3]}-{snils[3:6]}-{snils[6:9]} {snils[9:]}"
        yield f"{snils[:3]}-{snils[3:6]}-{snils[6:9]}-{snils[9:]}"
    if email := person.get("email"):
        yield email
    if phone := person.get("phone"):
        own = phone.removeprefix("+7")
        yield own
        yield f"({own[:3]}) {own[3:6]}-{own[6:8]}-{own[8:]}"
        yield f"{own[:3]} {own[3:6]}-{own[6:8]}-{own[8:]}"


def encodings(text: str) -> Iterator[bytes]:
    """UTF-8, both UTF-16, cp1251, and each of them as hex and base64 wherever it may begin."""
    for codec in ("utf-8", "utf-16-le", "utf-16-be", "cp1251"):
        plain = text.encode(codec, errors="ignore")
        if len(plain) < SHORTEST:
            continue
        yield plain
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + plain)
            # The first signs hold the shift, the last ones whatever would follow.
            yield coded[(shift * 8 + 5) // 6 : (shift + len(plain)) * 8 // 6]
    yield from _escaped(text)


def _escaped(text: str) -> Iterator[bytes]:
    """As JSON writes letters beyond ASCII."""
    if not text.isascii():
        yield text.encode("ascii", errors="backslashreplace")


@dataclass
class Search:
    """All patterns at once: windows of SHORTEST bytes first, then the whole pattern."""

    _by_head: dict[bytes, set[bytes]] = field(default_factory=dict)

    @classmethod
    def for_people(cls, people: Iterable[Mapping[str, str | None]], *more: str) -> Search:
        search = cls()
        texts = {text for person in people for text in spellings(person)} | set(more)
        for text in texts:
            for pattern in encodings(text):
                search.add(pattern)
        return search

    def add(self, pattern: bytes) -> None:
        if len(pattern) >= SHORTEST:
            self._by_head.setdefault(pattern[:SHORTEST], set()).add(pattern)

    def found_in(self, data: bytes) -> set[bytes]:
        """Patterns that occur in the data."""
        heads = self._by_head.keys()
        met: set[bytes] = set()
        for start in range(0, len(data), _CHUNK):
            part = data[start : start + _CHUNK + SHORTEST - 1]
            met |= heads & {part[at : at + SHORTEST] for at in range(len(part))}
        return {p for head in met for p in self._by_head[head] if p in data}
