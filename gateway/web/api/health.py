"""What machines ask: alive, ready, figures, public keys, the description, a problem's page."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, current_app

from gateway.web.auth import ANYBODY, WATCH
from gateway.web.context import current_wiring
from gateway.web.metrics import CONTENT_TYPE, exposition
from gateway.web.problems import problem_named
from gateway.web.readiness import look_around
from gateway.web.routes import Bytes, Routes
from gateway.web.schemas import ops as wire

DESCRIPTION = "openapi"
health = Routes("ops", "For machines that look after the service")


def _json(text: str) -> Response:
    return Response(text, mimetype="application/json")


@health.on("GET", "/healthz", ANYBODY, gives=wire.Alive)
def see_alive() -> Mapping[str, object]:
    """The process answers."""
    return {"alive": True}


@health.on("GET", "/readyz", ANYBODY, gives=wire.Ready, also={503: wire.Ready})
def see_ready() -> tuple[Mapping[str, object], int]:
    """The service can work; 503 while it cannot."""
    checks = look_around(current_wiring())
    is_ready = all(checks.values())
    return {"ready": is_ready, "checks": checks}, 200 if is_ready else 503


def _figures(text: bytes) -> Response:
    return Response(text, content_type=CONTENT_TYPE)


@health.on("GET", "/metrics", WATCH, gives=Bytes("text/plain", _figures))
def see_figures() -> bytes:
    """Figures for Prometheus; 404 where no token is set."""
    return exposition(current_wiring())


@health.on("GET", "/.well-known/jwks.json", ANYBODY, gives=wire.KeySet)
def see_keys() -> object:
    """Public keys that verify bundles, receipts and access tokens (RFC 7517)."""
    return current_wiring().signing_keys.jwks()


@health.on("GET", "/openapi.json", ANYBODY, gives=Bytes("application/json", _json))
def see_description() -> str:
    """This description."""
    description: str = current_app.extensions[DESCRIPTION]
    return description


@health.on("GET", "/problems/<slug>", ANYBODY, gives=wire.ProblemPage)
def see_problem(slug: str) -> object:
    """What a problem's type means."""
    return problem_named(slug)
