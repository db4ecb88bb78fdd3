"""Strict reading of a programme's file: every mistake is told with the place where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

C = TypeVar("C", bound=StrEnum)


class ProgrammeError(ValueError):
    """A programme's file cannot be used: its name, the place in it, what is wrong there."""

    def __init__(self, slug: str, place: str, what: str) -> None:
        super().__init__(f"programme {slug}: {place or 'the file'}: {what}")
        self.slug = slug
        self.place = place
        self.what = what


class Table:
    """One table of the file. What nobody has asked for by `finish` is an error: a typing slip."""

    def __init__(self, slug: str, place: str, values: Mapping[str, object]) -> None:
        self._slug = slug
        self._place = place
        self._values = values
        self._asked: set[str] = set()

    def _path(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def wrong(self, key: str, what: str) -> ProgrammeError:
        """The error to raise about `key`."""
        return ProgrammeError(self._slug, self._path(key), what)

    def has(self, key: str) -> bool:
        """True when the key is written."""
        return key in self._values

    def _get(self, key: str) -> object:
        self._asked.add(key)
        if key not in self._values:
            raise self.wrong(key, "is missing")
        return self._values[key]

    def text(self, key: str) -> str:
        """A text that is not blank."""
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "must be a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, each once."""
        value = self._get(key)
        if not isinstance(value, list):
            raise self.wrong(key, "must be a list of texts")
        texts = tuple(text for text in value if isinstance(text, str) and text.strip())
        if len(texts) != len(value):
            raise self.wrong(key, "must be a list of texts")
        if len(set(texts)) != len(texts):
            raise self.wrong(key, "says something twice")
        return texts

    def whole(self, key: str, least: int) -> int:
        """A whole number from `least` up."""
        value = self._get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.wrong(key, f"must be a whole number from {least} up")
        return value

    def choice(self, key: str, of: type[C]) -> C:
        """One value of an enumeration."""
        return self._choice(key, self.text(key), of)

    def choices(self, key: str, of: type[C]) -> tuple[C, ...]:
        """Several values of an enumeration, each once."""
        return tuple(self._choice(key, text, of) for text in self.texts(key))

    def _choice(self, key: str, text: str, of: type[C]) -> C:
        for value in of:
            if value.value == text:
                return value
        raise self.wrong(key, f"must be one of: {', '.join(of)}")

    def table(self, key: str) -> Table:
        """A table inside."""
        value = self._get(key)
        if not isinstance(value, dict):
            raise self.wrong(key, "must be a table")
        return Table(self._slug, self._path(key), value)

    def tables(self, key: str, *, may_be_missing: bool = False) -> tuple[Table, ...]:
        """A list of tables, not empty; a list that may be missing may be empty too."""
        if may_be_missing and not self.has(key):
            return ()
        value = self._get(key)
        if not isinstance(value, list) or not (value or may_be_missing):
            raise self.wrong(key, "must be a list of tables")
        tables = []
        for number, each in enumerate(value, start=1):
            if not isinstance(each, dict):
                raise self.wrong(f"{key}[{number}]", "must be a table")
            tables.append(Table(self._slug, self._path(f"{key}[{number}]"), each))
        return tuple(tables)

    def finish(self) -> None:
        """Refuse what was written and never asked for."""
        for key in self._values:
            if key not in self._asked:
                raise self.wrong(key, "is not known here")
