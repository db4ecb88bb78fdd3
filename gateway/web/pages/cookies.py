"""Cookies of the pages: one that proves a form is ours, one for each kind of person.

Each is of this host alone (`__Host-` where the service is reached by https), unreadable to
scripts, and not sent along from other sites' forms. A person's cookie holds an opaque secret
whose SHA-256 the store knows; nothing personal is in any of them.
"""

from __future__ import annotations

from flask import Flask, Request, Response, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf
from itsdangerous import URLSafeTimedSerializer
from wtforms import ValidationError

from gateway.errors import FormStale
from gateway.web.context import current_wiring

CSRF_FIELD = "form_token"
FAMILY, STAFF = "family", "staff"
"""Kinds of persons with a cookie: the schemes of `gateway.web.auth`."""


def set_up_cookies(app: Flask, *, is_https: bool) -> None:
    """Name and protect the form cookie of `app`."""
    app.session_interface = _FormSessions()
    app.config.update(
        SESSION_COOKIE_NAME=_name("form", is_https=is_https),
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=None,
    )


def _name(kind: str, *, is_https: bool) -> str:
    return f"{'__Host-' if is_https else ''}soglasie-{kind}"


def _is_https() -> bool:
    return current_wiring().settings.public_url.startswith("https:")


class _FormSessions(SecureCookieSessionInterface):
    """Signed by a key of the index ring, which is read when a form is made and not before."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:
        kwargs = {"key_derivation": self.key_derivation, "digest_method": self.digest_method}
        return URLSafeTimedSerializer(
            current_wiring().page_key,
            salt=self.salt,
            serializer=self.serializer,
            signer_kwargs=kwargs,
        )

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def form_token() -> str:
    """The hidden field of every form (Flask-WTF)."""
    token: str = generate_csrf(current_wiring().page_key.hex(), CSRF_FIELD)
    return token


def check_form() -> None:
    """Raises `FormStale` unless the form came from a page of ours in this browser."""
    try:
        validate_csrf(
            request.form.get(CSRF_FIELD), current_wiring().page_key.hex(), token_key=CSRF_FIELD
        )
    except ValidationError:
        raise FormStale from None


def secret_of(kind: str) -> str:
    """What the browser shows for a kind of person; empty when it shows nothing."""
    return request.cookies.get(_name(kind, is_https=_is_https()), "")


def enter(answer: Response, kind: str, secret: str) -> None:
    """Give the browser a new session; forms that were open before it are stale."""
    session.clear()
    answer.set_cookie(
        _name(kind, is_https=_is_https()),
        secret,
        secure=_is_https(),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def leave(answer: Response, kind: str) -> None:
    """Take the cookie back."""
    session.clear()
    answer.delete_cookie(
        _name(kind, is_https=_is_https()),
        secure=_is_https(),
        httponly=True,
        samesite="Lax",
        path="/",
    )
