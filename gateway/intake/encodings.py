"""The code page of a text: byte order mark, UTF-8, UTF-16 by its zeros, else a Cyrillic page."""

from __future__ import annotations

import codecs

from gateway.intake.cells import UnreadableFile
from policies.codes import Code

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CODE_PAGES = ["cp1251", "cp866", "koi8_r", "mac_cyrillic"]
_SHOWN = {"cp1251": "windows-1251", "koi8_r": "koi8-r", "mac_cyrillic": "mac-cyrillic"}
# Words of titles; in any other code page their bytes spell nonsense.
_WORDS = ("фамили", "имя", "фио", "ф.и.о", "снилс", "рожд", "класс", "телефон", "почт", "родител")
_SURE_WORDS = 2
_SAMPLE_BYTES = 4096
_BAD_SHARE = 0.05


def decoded(data: bytes, said: str | None = None) -> tuple[str, str]:
    """Text and name of its code page. `said`: what the file itself claims; tried after a mark.

    Raises `UnreadableFile`.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding), encoding
    if (wide := _without_mark(data)) is not None:
        return _strict(data, wide), wide
    if b"\0" in data:
        raise UnreadableFile(Code.FILE_NOT_A_TABLE)
    for encoding in ("utf-8", *([said] if said in ("windows-1251", "koi8-r", "cp866") else [])):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") < _BAD_SHARE * sum(sign > "\x7f" for sign in text):
        return text, "utf-8"  # a byte or two are broken; their cells will say so
    page = _by_words(data[:_SAMPLE_BYTES]) or _by_letters(data)
    if page is None:
        raise UnreadableFile(Code.FILE_ENCODING)
    return data.decode(page, "replace"), _SHOWN.get(page, page)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile(Code.FILE_BROKEN) from None


def _without_mark(data: bytes) -> str | None:
    """UTF-16 as some programs write it: high bytes are 0 (signs) or 4 (Cyrillic)."""
    sample = data[:_SAMPLE_BYTES]
    if len(data) % 2 or len(sample) < 8 or b"\0" not in sample:
        return None
    for encoding, high, low in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        highs, lows = sample[high::2], sample[low::2]
        if highs.count(0) + highs.count(4) > 0.95 * len(highs) and lows.count(0) == 0:
            return encoding
    return None


def _by_words(sample: bytes) -> str | None:
    """The page in which most words of titles stand; None leaves it to a count of letters.

    Small letters of Windows and of the Macintosh nearly agree, so a tie is no answer.
    """
    hits = {page: _hits(sample.decode(page, "replace").casefold()) for page in _CODE_PAGES}
    *_, second, most = sorted(hits.values())
    if most < _SURE_WORDS or most == second:
        return None
    return next(page for page in _CODE_PAGES if hits[page] == most)


def _hits(text: str) -> int:
    return sum(word in text for word in _WORDS)


def _by_letters(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=_CODE_PAGES).best()
    return None if best is None else best.encoding
