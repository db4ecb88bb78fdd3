"""HTML in, tagged PDF out (PDF/UA-1). Nothing is fetched: fonts come from the package.

A PDF is a copy for people; what is signed is the HTML. WeasyPrint is imported at first use, for
it is slow to load and needs Pango (libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0).
"""

from __future__ import annotations

import atexit
import gc
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

FONTS = Path(__file__).parent / "fonts"
PAPER = Path(__file__).parent / "styles" / "paper.css"
FONT_SCHEME = "soglasie-font:"
WEIGHTS = (400, 600)
# A family of its own for each file: WeasyPrint tells fonts apart by family and weight, so four
# files of one family are written as one, with the wrong letters. All four subsets, for with
# fewer one letter of a name comes from whatever the machine has.
FAMILIES = {
    "Golos Text": "latin",
    "Golos Text Cyrillic": "cyrillic",
    "Golos Text Cyrillic Ext": "cyrillic-ext",
    "Golos Text Latin Ext": "latin-ext",
}

_EMPTY_SHEET = b"<!doctype html><style>@page { size: A4 }</style>"
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)  # a template has one, values are escaped


class _Press(NamedTuple):
    """What all documents share; a new font configuration per document would leak memory.

    `letters`: the fonts alone, for a document has its own style; `paper`: over that of a class set.
    """

    fetcher: weasyprint.URLFetcher
    fonts: FontConfiguration
    letters: weasyprint.CSS
    paper: weasyprint.CSS


# Pango's font map is not promised to be safe across threads.
_PRINTING = threading.Lock()


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """All that is made lives until it is drawn; looking it through takes a tenth of the time.

    Of threads that overlap, one that found the collector at work starts it again.
    """
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


@_nothing_collected()
def pdf(html: bytes) -> bytes:
    """Print a document of ours. The same bytes in give the same bytes out.

    Anything that the document points at is left out, be it http, file or a relative path; only
    `data:` inside it is read. Title and language come from the document; no moment is written.
    """
    document, style = _read(html)
    with _PRINTING:
        press = _press()
        printed: bytes = document.write_pdf(
            stylesheets=[press.letters, *style],
            font_config=press.fonts,
            pdf_variant="pdf/ua-1",
        )
    return printed


@_nothing_collected()
def printed_together(documents: Sequence[bytes]) -> bytes:
    """One PDF without tags of several documents for a pen (`styles/paper.css`); each counts its
    own pages and begins on a new sheet of paper. Between two of them others may print.
    """

    def laid_out(html: bytes) -> weasyprint.Document:
        document, style = _read(html)
        with _PRINTING:
            press = _press()
            return document.render(
                stylesheets=[press.letters, *style, press.paper], font_config=press.fonts
            )

    each = [laid_out(document) for document in documents]
    empty = laid_out(_EMPTY_SHEET)
    pages = [p for one in each for p in (*one.pages, *empty.pages[: len(one.pages) % 2])]
    with _PRINTING:
        printed: bytes = each[0].copy(pages).write_pdf()
    return printed


def _read(html: bytes) -> tuple[weasyprint.HTML, list[weasyprint.CSS]]:
    """The document without its style, and that read once for all who share it.

    Read outside the lock, which is when whoever waits for it comes in.
    """
    from weasyprint import HTML

    text = html.decode()
    with _PRINTING:
        fetcher = _press().fetcher
        style = [_style(css) for css in _STYLE.findall(text)]
    rest = _STYLE.sub("", text)
    return HTML(string=rest, url_fetcher=fetcher, media_type="print"), style


@lru_cache(16)
def _style(css: str) -> weasyprint.CSS:
    from weasyprint import CSS

    press = _press()
    return CSS(string=css, url_fetcher=press.fetcher, font_config=press.fonts)


@cache
def _press() -> _Press:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    # WeasyPrint removes its folder of unpacked fonts in a destructor that cannot run any more
    # while the interpreter goes down.
    atexit.register(_press.cache_clear)
    atexit.register(_style.cache_clear)
    fetcher = _fetcher()
    fonts = FontConfiguration()
    css = "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight};'
        f' src: url("{FONT_SCHEME}{_file(subset, weight)}"); }}'
        for family, subset in FAMILIES.items()
        for weight in WEIGHTS
    )
    letters = CSS(string=css, url_fetcher=fetcher, font_config=fonts)
    paper = CSS(string=PAPER.read_text(encoding="utf-8"), url_fetcher=fetcher, font_config=fonts)
    return _Press(fetcher, fonts, letters, paper)


def _file(subset: str, weight: int) -> str:
    return f"golos-text-{subset}-{weight}-normal.woff2"


def _fetcher() -> weasyprint.URLFetcher:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    shipped = {
        FONT_SCHEME + _file(subset, weight): FONTS / _file(subset, weight)
        for subset in FAMILIES.values()
        for weight in WEIGHTS
    }

    class PackageOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
        """Shipped fonts and `data:`; all else is refused before any handler sees it."""

        def fetch(
            self, url: str, headers: dict[str, str] | None = None
        ) -> weasyprint.urls.URLFetcherResponse:
            if url in shipped:
                return URLFetcherResponse(url, shipped[url].read_bytes())
            if url.startswith("data:"):
                return super().fetch(url, headers)
            # The reference may hold a value; WeasyPrint writes the message to its log.
            raise ValueError("a document refers to nothing outside itself")

    return PackageOnly(allowed_protocols={"data"}, allow_redirects=False)
