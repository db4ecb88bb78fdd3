"""Style, script, icon and fonts: under names that hold digests, kept by browsers for ever.

The fonts are those of the documents (consent_forms/fonts, with their licence). All four subsets:
with fewer one letter of a name would come from whatever the reader's machine has.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request

from consent_forms.printing import FONTS
from gateway.errors import NotFound

STATIC = Path(__file__).parents[1] / "static"
RULE = "/static/<name>"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
DIGEST_SIGNS = 12
_FONT = re.compile(r"url\(([a-z0-9-]+\.woff2)\)")

assets = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served. `zipped` None: it is compressed as it is."""

    name: str
    content: bytes
    zipped: bytes | None
    content_type: str


@cache
def _by_source() -> dict[str, Asset]:
    """Name in the checkout -> what is served. Fonts first: the style names them."""
    fonts = {path.name: _asset(path.name, path.read_bytes()) for path in FONTS.glob("*.woff2")}
    texts = [path for path in sorted(STATIC.iterdir()) if path.suffix in TYPES]
    served = {path.name: _asset(path.name, _text(path, fonts)) for path in texts}
    return {**fonts, **served}


@cache
def _by_name() -> dict[str, Asset]:
    return {asset.name: asset for asset in _by_source().values()}


def _asset(source: str, content: bytes) -> Asset:
    stem, dot, suffix = source.rpartition(".")
    digest = hashlib.sha256(content).hexdigest()[:DIGEST_SIGNS]
    is_text = suffix != "woff2"
    return Asset(
        f"{stem}.{digest}{dot}{suffix}",
        content,
        gzip.compress(content, mtime=0) if is_text else None,
        TYPES[dot + suffix],
    )


def _text(path: Path, fonts: dict[str, Asset]) -> bytes:
    return _FONT.sub(lambda m: f"url({fonts[m[1]].name})", path.read_text()).encode()


def asset(source: str) -> str:
    """Address of a file of the checkout: `asset("pages.css")`. KeyError for an unknown one."""
    return f"/static/{_by_source()[source].name}"


@assets.get(RULE)
def serve(name: str) -> Response:
    """A file by the name that holds its digest. Raises `NotFound`."""
    found = _by_name().get(name)
    if found is None:
        raise NotFound
    zipped = found.zipped if request.accept_encodings["gzip"] else None
    answer = Response(zipped or found.content, content_type=found.content_type)
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    return answer
