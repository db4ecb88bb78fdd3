"""What every page has: headers, strict templates, files under names that hold their digest."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from consent_forms.printing import FONTS
from gateway.app import create_app
from gateway.settings import Settings
from gateway.web.headers import HEADERS, PAGE_POLICY
from gateway.web.pages.assets import STATIC, asset
from gateway.wiring import Wiring

PUBLIC = ("/", "/help", "/privacy", "/accessibility", "/nothing-here")
MOST_STYLE_BYTES = 14 * 1024
MOST_SCRIPT_BYTES = 2 * 1024
TEMPLATES = STATIC.parent / "templates"
BROWSER = {"Accept": "text/html"}


@pytest.mark.parametrize("path", PUBLIC)
def test_every_page_has_the_headers(visitor: FlaskClient, path: str):
    answer = visitor.get(path, headers=BROWSER)
    assert answer.mimetype == "text/html"
    policy = {**HEADERS, "Content-Security-Policy": PAGE_POLICY}
    assert {name: answer.headers[name] for name in policy} == policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers


def test_the_policy_of_pages_allows_our_own_files_and_nothing_inline():
    assert "unsafe" not in PAGE_POLICY
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in PAGE_POLICY


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: p.name)
def test_no_template_has_inline_style_or_script_or_foreign_files(path: Path):
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|https?://|\|\s*safe\b", text)
    assert not re.search(r"<script(?! src=)", text)


def test_style_and_script_are_small():
    assert (STATIC / "pages.css").stat().st_size <= MOST_STYLE_BYTES
    assert (STATIC / "pages.js").stat().st_size <= MOST_SCRIPT_BYTES


@pytest.mark.parametrize("source", ["pages.css", "pages.js", "icon.svg"])
def test_a_file_is_served_for_ever_under_its_digest(visitor: FlaskClient, source: str):
    plain = visitor.get(asset(source), headers={"Accept-Encoding": "identity"})
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert hashlib.sha256(plain.data).hexdigest()[:12] in asset(source)
    zipped = visitor.get(asset(source), headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert len(zipped.data) < len(plain.data)


def test_the_style_names_every_font_by_its_digest(visitor: FlaskClient):
    style = visitor.get(asset("pages.css"), headers={"Accept-Encoding": "identity"}).text
    named = re.findall(r"url\(([^)]+)\)", style)
    assert len(named) == len(list(FONTS.glob("*.woff2"))) == 8
    for name in named:
        assert visitor.get(f"/static/{name}").mimetype == "font/woff2"


def test_a_file_without_its_digest_is_not_served(visitor: FlaskClient):
    assert visitor.get("/static/pages.css").status_code == 404


def test_programs_get_problems_where_people_get_pages(visitor: FlaskClient):
    assert visitor.get("/v1/nothing", headers=BROWSER).mimetype == "application/problem+json"
    assert visitor.get("/nothing", headers={"Accept": "application/json"}).status_code == 404
    page = visitor.get("/nothing", headers=BROWSER)
    assert page.status_code == 404
    assert page.headers["X-Request-ID"] in page.text


def test_behind_https_the_form_cookie_belongs_to_the_host_alone():
    app = create_app(Wiring(Settings(public_url="https://answers.example.org")))
    assert app.config["SESSION_COOKIE_NAME"] == "__Host-soglasie-form"
    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_HTTPONLY"]
