"""Scans are known by their bytes."""

from __future__ import annotations

import pytest

from gateway.intake.scans import JPEG, MOST_BYTES, PDF, PNG, scan_kind

A_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
A_JPEG = b"\xff\xd8\xff\xe0" + bytes(64) + b"\xff\xd9"
A_PNG = b"\x89PNG\r\n\x1a\n" + bytes(64) + b"\x00\x00\x00\x00IEND\xaeB`\x82"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        pytest.param(A_PDF, PDF, id="pdf"),
        pytest.param(A_JPEG, JPEG, id="jpeg"),
        pytest.param(A_PNG, PNG, id="png"),
    ],
)
def test_three_kinds_are_kept(data: bytes, kind: str):
    assert scan_kind(data) == kind


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "nothing_chosen", id="empty"),
        pytest.param(A_PDF + bytes(MOST_BYTES), "scan_large", id="large"),
        pytest.param(A_PDF.removesuffix(b"%%EOF\n"), "scan_cut", id="half a pdf"),
        pytest.param(A_JPEG[:-2], "scan_cut", id="half a jpeg"),
        pytest.param(A_PNG[:-12], "scan_cut", id="half a png"),
        pytest.param(A_PDF.replace(b"<<>>", b"<</JavaScript 1>>"), "scan_active", id="script"),
        pytest.param(b"MZ" + bytes(64), "scan_kind", id="a program"),
        pytest.param(b"<html>%PDF-", "scan_kind", id="a page"),
        pytest.param(b"GIF89a", "scan_kind", id="a gif"),
    ],
)
def test_everything_else_is_refused_with_a_reason(data: bytes, code: str):
    with pytest.raises(ValueError, match=code):
        scan_kind(data)
