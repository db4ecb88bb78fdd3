"""A scan as a file to keep: never shown inside a page of ours, for others have made it."""

from __future__ import annotations

from flask import Response

from gateway.intake.scans import JPEG, PDF, PNG
from gateway.store.witnesses import Scan

OCTETS = "application/octet-stream"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}


def as_file(found: tuple[Scan, bytes]) -> Response:
    """The bytes as they were attached; the name tells nothing."""
    scan, data = found
    answer = Response(data, content_type=OCTETS)
    name = f"scan-{scan.digest[:8]}.{ENDINGS[scan.media_type]}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
