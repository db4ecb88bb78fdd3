"""What kind of file a scan is, by its bytes: never by its name or by what the browser said."""

from __future__ import annotations

MOST_BYTES = 5_000_000
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
_TAIL = 1024
# What runs or opens something when a reader merely looks at a page.
_ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia")


def scan_kind(data: bytes) -> str:
    """Media type. Raises ValueError with a form code: empty, too large, another kind, cut off."""
    if not data:
        raise ValueError("nothing_chosen")
    if len(data) > MOST_BYTES:
        raise ValueError("scan_large")
    if data.startswith(b"%PDF-"):
        if b"%%EOF" not in data[-_TAIL:]:
            raise ValueError("scan_cut")
        if any(name in data for name in _ACTIVE):
            raise ValueError("scan_active")
        return PDF
    if data.startswith(b"\xff\xd8\xff"):
        if b"\xff\xd9" not in data[-_TAIL:]:
            raise ValueError("scan_cut")
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        if b"IEND" not in data[-_TAIL:]:
            raise ValueError("scan_cut")
        return PNG
    raise ValueError("scan_kind")
