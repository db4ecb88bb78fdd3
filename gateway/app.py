"""The application: routes, their description, refusals, headers. Nothing else is decided here."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.web.api.admin import admin
from gateway.web.api.family import family
from gateway.web.api.health import DESCRIPTION, health
from gateway.web.api.imports import imports
from gateway.web.api.journal import journal
from gateway.web.api.platform import platform
from gateway.web.api.release import release
from gateway.web.api.school import school
from gateway.web.api.staff import staff
from gateway.web.api.written import written
from gateway.web.context import keep_wiring
from gateway.web.headers import register_headers
from gateway.web.json_strict import StrictJson
from gateway.web.oauth import ENDPOINT
from gateway.web.pages.admin.areas import ADMIN_PAGES
from gateway.web.pages.answers import answers
from gateway.web.pages.assets import assets
from gateway.web.pages.audit.areas import AUDIT_PAGES
from gateway.web.pages.cookies import set_up_cookies
from gateway.web.pages.drawing import set_up_drawing
from gateway.web.pages.front import front
from gateway.web.pages.links import links
from gateway.web.pages.own import own
from gateway.web.pages.public import public
from gateway.web.pages.refusals import UNKNOWN, refuse_unknown
from gateway.web.pages.school.areas import SCHOOL_PAGES
from gateway.web.refusals import PROBLEM_TYPE, register_refusals
from gateway.web.schemas.parts import Problem
from gateway.wiring import Wiring

AREAS = (health, staff, admin, school, written, imports, release, family, platform, journal)
PAGES = (public, front, links, own, answers, *SCHOOL_PAGES, *AUDIT_PAGES, *ADMIN_PAGES)
MOST_BYTES = 6 * 1024 * 1024
MOST_FORM_PARTS = 8
SECURITY = {
    "staff": {"type": "http", "scheme": "bearer", "description": "POST /v1/session"},
    "family": {
        "type": "http",
        "scheme": "bearer",
        "description": "POST /v1/family/links/{token}/session",
    },
    "watch": {"type": "http", "scheme": "bearer", "description": "SOGLASIE_METRICS_TOKEN"},
    "platform": {
        "type": "oauth2",
        "flows": {
            "clientCredentials": {
                "tokenUrl": ENDPOINT,
                "scopes": {"bundles": "pull bundles", "recalls": "read and confirm recalls"},
            }
        },
    },
}


def create_app(wiring: Wiring) -> Flask:
    """The WSGI application over these collaborators."""
    app = Flask("gateway", static_folder=None, template_folder="web/templates")
    app.json = StrictJson(app)
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    app.config.update(
        API_TITLE="Soglasie",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
    )
    keep_wiring(app, wiring)
    app.extensions[DESCRIPTION] = _describe(app)
    # After the description: its library registers a handler of its own.
    register_refusals(app)
    register_headers(app)
    if wiring.settings.proxies:
        # The address that limits go by; nothing else is believed of a header.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=wiring.settings.proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )
    _add_pages(app, is_https=wiring.settings.public_url.startswith("https:"))
    return app


def _add_pages(app: Flask, *, is_https: bool) -> None:
    set_up_cookies(app, is_https=is_https)
    set_up_drawing(app)
    app.register_blueprint(assets)
    for pages in PAGES:
        app.register_blueprint(pages.blueprint)
    for unknown in UNKNOWN:
        app.register_error_handler(unknown, refuse_unknown)


def _describe(app: Flask) -> str:
    """Register every route and answer the OpenAPI document of all of them."""
    api: Any = Api(spec_kwargs={"info": {"description": "Consent gateway for schools"}})
    api.ERROR_SCHEMA = Problem
    api.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM_TYPE
    api.init_app(app)
    for name, scheme in SECURITY.items():
        api.spec.components.security_scheme(name, scheme)
    for area in AREAS:
        api.register_blueprint(area.blueprint)
    return app.json.dumps(api.spec.to_dict())
