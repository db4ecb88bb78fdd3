"""Every page against every role and against nobody: let in, or refused; headers on all answers.

The matrix is made of the routes: a new page is in it without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crypto.secrets_text import hash_secret, new_secret
from gateway.unit import SYSTEM
from gateway.web.auth import Access
from gateway.web.headers import HEADERS, PAGE_POLICY
from gateway.web.pages.site import SITE
from policies.permissions import ALLOWED, Role
from tests.gateway.web.conftest import Door

# Parts of a rule by their kind -> something that belongs to nothing.
PARTS = (
    (r"<any\((\w+)[^)]*\):\w+>", r"\1"),
    (r"<int[^:]*:\w+>", "0"),
    (r"<uuid:\w+>", str(UUID(int=7))),
    (r"<\w+>", "00000000"),
)
STAFF = tuple(role for role in Role if role not in {Role.PLATFORM, Role.FAMILY})
BROWSER = {"Accept": "text/html"}


def pages(app: Flask) -> Iterator[tuple[str, str, Access]]:
    """Method, an address of nothing, whom it lets in."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in SITE:
            path = rule.rule
            for kind, sample in PARTS:
                path = re.sub(kind, sample, path)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, path, SITE[rule.endpoint]


def browser_of(door: Door, role: Role | None) -> FlaskClient:
    browser = door.http.application.test_client()
    if role is Role.FAMILY:
        browser.set_cookie("soglasie-family", door.family_token(door.town))
    elif role is not None:
        secret = new_secret()
        staff_id = door.above.get(role) or door.town.staff[role]
        with door.wiring.units.open(SYSTEM) as unit:
            expires = unit.now + timedelta(hours=8)
            unit.staff.open_session(hash_secret(secret), staff_id, expires, unit.now)
        browser.set_cookie("soglasie-staff", secret)
    return browser


@pytest.fixture
def listed(app: Flask) -> list[tuple[str, str, Access]]:
    found = list(pages(app))
    assert len(found) >= len(SITE) > 60
    return found


@pytest.mark.parametrize("role", [None, Role.FAMILY, *STAFF], ids=lambda r: r or "nobody")
def test_a_page_lets_in_whom_it_names(
    full_door: Door, listed: list[tuple[str, str, Access]], role: Role | None
):
    browser = browser_of(full_door, role)
    wrong = []
    for method, path, access in listed:
        if method != "GET" or access.scheme is None or access.permission is None:
            continue
        may = role in ALLOWED[access.permission]
        is_known = role is not None and access.scheme == (
            "family" if role is Role.FAMILY else "staff"
        )
        status = browser.get(path, headers=BROWSER).status_code
        expected = status not in {401, 403} and status < 500 if may else (
            status == (403 if is_known else 401)
        )  # fmt: skip
        if not expected:
            wrong.append((path, role, status))
    assert wrong == []


def test_no_form_is_taken_without_its_token(full_door: Door, listed: list[tuple[str, str, Access]]):
    """Whoever sends it: a page of another site sends the cookies along, but not the field."""
    for role in (None, *STAFF):
        browser = browser_of(full_door, role)
        for method, path, _ in listed:
            if method == "POST":
                answer = browser.post(path, headers=BROWSER)
                assert answer.status_code == 400, (role, path, answer.status_code)


def test_every_page_has_the_headers(full_door: Door, listed: list[tuple[str, str, Access]]):
    for role in (None, Role.AUDITOR, Role.ADMINISTRATOR, Role.REGISTRAR):
        browser = browser_of(full_door, role)
        for method, path, _ in listed:
            answer = browser.open(path, method=method, headers=BROWSER)
            policy = dict(HEADERS)
            if answer.mimetype == "text/html":
                policy |= {"Content-Security-Policy": PAGE_POLICY, "X-Robots-Tag": "noindex"}
            assert {name: answer.headers.get(name) for name in policy} == policy, path
            assert answer.headers["Cache-Control"] == "no-store", path
