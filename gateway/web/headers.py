"""Headers of every answer; one log line and one count for every request.

The line holds the route's pattern and never the path: a path may be a link's secret.
"""

from __future__ import annotations

import time
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, request

from gateway.web.context import request_id
from gateway.web.metrics import UNKNOWN, count_refusal, count_request, count_start

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self';"
    " img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""For an answer that a browser draws: our own files and no inline style or script."""
CACHED = {
    "/openapi.json": "public, max-age=300",
    "/.well-known/jwks.json": "public, max-age=300",
    "/problems/<slug>": "public, max-age=300",
    "/static/<name>": "public, max-age=31536000, immutable",
    "/healthz": "no-cache",
    "/readyz": "no-cache",
}
log = structlog.get_logger("web")


def register_headers(app: Flask) -> None:
    """Number every request, finish, log and count every answer of `app`."""
    count_start()
    app.before_request(_begin)
    app.after_request(_finish)


def _begin() -> None:
    g.began = time.perf_counter()
    request_id()


def _finish(answer: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else UNKNOWN
    method = request.method if request.url_rule else UNKNOWN
    seconds = time.perf_counter() - g.began
    answer.headers["X-Request-ID"] = request_id()
    answer.headers["Cache-Control"] = (
        CACHED.get(rule, "no-store") if answer.status_code < 400 else "no-store"
    )
    for name, value in HEADERS.items():
        answer.headers[name] = value
    if answer.mimetype == "text/html" and answer.status_code != HTTPStatus.NO_CONTENT:
        answer.headers["Content-Security-Policy"] = PAGE_POLICY
        answer.headers["X-Robots-Tag"] = "noindex"
    caller, problem = g.get("caller"), g.get("problem")
    count_request(rule, method, answer.status_code, seconds)
    if problem:
        count_refusal(problem)
    log.info(
        "request",
        request_id=request_id(),
        method=method,
        route=rule,
        status=answer.status_code,
        problem=problem,
        actor=caller.actor.kind if caller and caller.actor.role else "nobody",
        role=caller.actor.role.value if caller and caller.actor.role else None,
        milliseconds=round(seconds * 1000, 1),
    )
    return answer
