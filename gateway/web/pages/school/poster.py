"""The address of the school's page for families, as a sheet to print and a picture for a chat."""

from __future__ import annotations

from functools import partial
from io import BytesIO

from flask import Response

from gateway.store.schools import School
from gateway.web.context import current_unit, current_wiring
from gateway.web.pages.school.frame import SEE, framed, school
from gateway.web.pages.site import Page, Sheet

MODULE_PIXELS = 12
LEVEL = "m"


@school.on("GET", "/school/poster", SEE)
def poster() -> Page:
    """One page: QR code, address in words, what families find there."""
    import segno

    address = _address(_own())
    # `make_qr`: never a Micro QR, which phones do not read.
    code = segno.make_qr(address, error=LEVEL).svg_data_uri(border=4, dark="#0f1c2b")
    return framed("poster.html", address=address, qr=code)


@school.on("GET", "/school/poster.png", SEE)
def poster_picture() -> Sheet:
    """The QR code alone."""
    return Sheet(partial(_picture, _address(_own())))


def _own() -> School:
    unit = current_unit()
    return unit.schools.get(unit.school_id)


def _address(own: School) -> str:
    return current_wiring().host.front(own.public_code)


def _picture(address: str) -> Response:
    import segno

    out = BytesIO()
    segno.make_qr(address, error=LEVEL).save(out, kind="png", scale=MODULE_PIXELS, border=4)
    answer = Response(out.getvalue(), mimetype="image/png")
    answer.headers["Content-Disposition"] = "attachment; filename=school.png"
    return answer
