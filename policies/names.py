"""Names of people: one canonical writing, repair of look-alike letters, splitting of full names.

A name keeps its «ё» and its hyphens. Nothing is guessed: what could be two names is refused.
"""

from __future__ import annotations

import re
import unicodedata

from policies.findings import Code

MAX_WORDS = 4
MAX_LENGTH = 100

# Parts of a Turkic patronymic, written small.
PARTICLES = frozenset(
    {"оглы", "оглу", "кызы", "гызы", "кизи", "угли", "ўғли", "қизи", "уулу", "улы", "заде"}
)

# Latin letters that look like Cyrillic ones: 12 capitals and 7 small, and «ё» of a Latin keyboard.
_LOOKALIKES = str.maketrans("ABCEHKMOPTXYaceopxyËë", "АВСЕНКМОРТХУасеорхуЁё")

_DASHES = re.compile(r"\s*[-‐‑‒–—−]+\s*")
_APOSTROPHES = re.compile(r"[’‘ʼʻ`´′]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_INITIAL = re.compile(r"(?:^|[\s.])[^\W\d_]\.")
_PATRONYMIC_ENDS = ("ич", "вна", "чна")


def parse_name(text: str) -> str:
    """Canonical family name, given name or patronymic. Raises ValueError(Code).

    NFC, single spaces, plain hyphen and apostrophe; words in capitals become Title with «ё» kept.
    Latin names are allowed; Latin letters inside a Cyrillic word are not.
    """
    name = _tidied(text)
    if not name:
        raise ValueError(Code.NAME_EMPTY)
    if any(character.isdigit() for character in name):
        raise ValueError(Code.NAME_DIGIT)
    if _INITIAL.search(name):
        raise ValueError(Code.NAME_INITIALS)
    if not all(_is_allowed(character) for character in name) or not _begins_well(name):
        raise ValueError(Code.NAME_CHARACTER)
    words = name.split(" ")
    if any(is_mixed_script(word) for word in words):
        raise ValueError(Code.NAME_MIXED_SCRIPT)
    if len(words) > MAX_WORDS or len(name) > MAX_LENGTH:
        raise ValueError(Code.NAME_TOO_LONG)
    if name.islower():
        return " ".join(_titled(word) for word in words)
    return " ".join(_without_capitals(word) for word in words)


def _tidied(text: str) -> str:
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    plain = _APOSTROPHES.sub("'", _DASHES.sub("-", plain))
    return " ".join(plain.split())


def _is_allowed(character: str) -> bool:
    # Marks stay: some letters of Russia's languages have no composed form.
    return character in " -'" or unicodedata.category(character)[0] in "LM"


def _begins_well(name: str) -> bool:
    return all(word[0].isalpha() and word[-1] not in "-" for word in name.split(" "))


def is_mixed_script(word: str) -> bool:
    """True when Cyrillic and Latin letters stand in one word."""
    scripts = {
        unicodedata.name(character, "").partition(" ")[0]
        for character in word
        if character.isalpha()
    }
    return {"CYRILLIC", "LATIN"} <= scripts


def _without_capitals(word: str) -> str:
    """«СОКОЛОВА-ЁЛКИНА» -> «Соколова-Ёлкина»; a piece that is not all capitals stays."""
    return "-".join(_lowered(piece) for piece in word.split("-"))


def _lowered(piece: str) -> str:
    if sum(character.isalpha() for character in piece) < 2 or not piece.isupper():
        return piece
    return _titled(piece)


def _titled(word: str) -> str:
    return "-".join(_titled_piece(piece) for piece in word.split("-"))


def _titled_piece(piece: str) -> str:
    low = piece.lower()
    if low in PARTICLES:
        return low
    # «О'КОННОР» -> «О'Коннор», but «МАР'ЯНА» -> «Мар'яна».
    if low[1:2] == "'":
        return low[0].upper() + "'" + low[2:3].upper() + low[3:]
    return low[:1].upper() + low[1:]


def repair_lookalikes(text: str) -> str:
    """Latin look-alikes replaced in words that are otherwise Cyrillic; all else as it was.

    «Юcyпoвa» becomes Cyrillic; «Smith» and «И0ванов» stay, and `parse_name` judges them.
    """
    # The space is kept as a separator of its own, so that a teacher sees her own cell.
    pieces = re.split(r"(\s+)", unicodedata.normalize("NFC", text))
    return "".join(_repaired(piece) if is_mixed_script(piece) else piece for piece in pieces)


def _repaired(word: str) -> str:
    changed = word.translate(_LOOKALIKES)
    return word if is_mixed_script(changed) else changed


def split_full_name(text: str) -> tuple[str, str, str | None]:
    """Family name, given name and patronymic of «Ким Ева Юрьевна»; each canonical.

    None is a full name of two words: no patronymic is written. Raises ValueError(Code).
    """
    words = _tidied(text).split(" ")
    if words == [""]:
        raise ValueError(Code.NAME_EMPTY)
    family, given, patronymic = _parts(words)
    return (
        parse_name(family),
        parse_name(" ".join(given)),
        parse_name(" ".join(patronymic)) if patronymic else None,
    )


def _parts(words: list[str]) -> tuple[str, list[str], list[str]]:
    if len(words) == 2:
        return words[0], words[1:], []
    if words[-1].lower() in PARTICLES:
        if len(words) == 4:  # «Мамедов Али Гасан оглы»
            return words[0], words[1:2], words[2:]
    elif len(words) == 3 or (len(words) == 4 and words[-1].lower().endswith(_PATRONYMIC_ENDS)):
        return words[0], words[1:-1], words[-1:]
    raise ValueError(Code.NAME_PARTS)
