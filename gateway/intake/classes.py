"""Names of classes: «7 "а"», «7-A класс», «7a» are the class 7А."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.intake.words import plain

# A capital Latin letter is taken by its shape, a small one that has no such shape by its sound.
_LATIN = str.maketrans("ABCEHKMOPTXYVGDabcehkmoptxyvgd", "АВСЕНКМОРТХУВГДаБСЕНКМОРТХУВГД")
_LONE_LATIN = re.compile(r"(?<=\d)([\W_]*)([A-Za-z])(?![A-Za-z])")
_NUMBER = r"(1[0-2]|[1-9])"
_LETTER = r"([а-я]?)(?![а-я])"
_WORD = r"(?:кл|класс\w*)"
_NAME = re.compile(rf"{_NUMBER}\s?(?:{_LETTER}\s?(\d?))(?:\s?{_WORD})?")
_SPECIAL = re.compile(rf"{_NUMBER}\s([а-я][а-я ]{{1,24}})")
_AFTER = re.compile(rf"(?<!\w){_NUMBER}\s?{_LETTER}\s?{_WORD}(?!\w)")
_BEFORE = re.compile(rf"(?<!\w){_WORD}\s{_NUMBER}\s?{_LETTER}(?!\w)")
_SECTION_CELLS = 3
_CLASS_WORD = re.compile(r"класс\b", re.IGNORECASE)
_IN_FILE_NAME = re.compile(rf"(?<!\d){_NUMBER}\s?([а-я])(?!\w)")


def _simple(text: str) -> str:
    return plain(_LONE_LATIN.sub(lambda found: found[1] + found[2].translate(_LATIN), text))


def parse_class(text: str) -> str | None:
    """Number and capital Cyrillic letter («7А», «11»), «7-1», or «10 хим био»; None otherwise."""
    simple = _simple(text)
    if found := _NAME.fullmatch(simple):
        number, letter, digit = found.groups()
        return number + letter.upper() + (digit if letter or not digit else f"-{digit}")
    found = _SPECIAL.fullmatch(simple)
    return f"{found[1]} {found[2]}" if found else None


def class_in_text(text: str) -> str | None:
    """The one class that a title speaks of («Список учащихся 7А класса»)."""
    simple = _simple(text)
    pairs = [*_AFTER.findall(simple), *_BEFORE.findall(simple)]
    names = {number + letter.upper() for number, letter in pairs}
    return names.pop() if len(names) == 1 else None


def class_of_section(texts: Sequence[str | None]) -> str | None:
    """The class that a line among pupils begins («7Б класс», «Класс: | 7 Б»)."""
    told = [text for text in texts if text is not None]
    if 1 < len(told) <= _SECTION_CELLS and _CLASS_WORD.match(told[0]):
        return class_in_text(" ".join(told))
    if len(told) != 1 or told[0].isdigit():  # a lone number is a line's, not a class
        return None
    return class_in_text(told[0]) or parse_class(told[0])


def class_in_file_name(name: str) -> str | None:
    """The one class that a file name speaks of («class_10b.xlsx», «7а.csv»)."""
    stem = name.replace("\\", "/").rpartition("/")[2]
    stem = re.sub(r"\.[A-Za-z]{3,4}$", "", stem)
    names = {number + letter.upper() for number, letter in _IN_FILE_NAME.findall(_simple(stem))}
    return names.pop() if len(names) == 1 else class_in_text(stem)
