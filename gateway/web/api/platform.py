"""The platform's door: token, bundles, acknowledgements, recalls."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from gateway.actions import confirm_destruction as destroying
from gateway.actions import hand_over as handing
from gateway.actions import issue_token as issuing
from gateway.store.bundles import Bundle
from gateway.web.auth import needs, open_to
from gateway.web.context import current_client, current_unit, current_wiring
from gateway.web.oauth import ENDPOINT
from gateway.web.paging import page
from gateway.web.receipts import JOSE_TYPE
from gateway.web.routes import Bytes, Routes, Takes
from gateway.web.schemas import platform as wire
from gateway.web.schemas.pages import Page
from gateway.web.schemas.school import BundleOut
from policies.permissions import Permission, Role

platform = Routes("platform", "What a platform pulls, acknowledges and destroys")

PULL = needs(Permission.PULL_BUNDLES)
RECALLS = needs(Permission.READ_RECALLS)
BUNDLE = "/v1/bundles/<uuid:bundle_id>"


@platform.on(
    "POST", ENDPOINT, open_to(Role.PLATFORM), takes=Takes(wire.TokenWanted, "form"),
    gives=wire.TokenOut, repeatable=False, also=dict.fromkeys((400, 401), wire.OauthRefused),
)  # fmt: skip
def issue_token(told: Mapping[str, Any]) -> tuple[Mapping[str, object], Mapping[str, str]]:
    """An access token of ten minutes for a signed assertion (private_key_jwt)."""
    wiring = current_wiring()
    issuer = wiring.settings.public_url
    issued = issuing.issue_token(
        current_unit(), told["client_assertion"], f"{issuer}{ENDPOINT}", issuer, wiring.signing_keys
    )
    return {
        "access_token": issued.token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": issuing.SCOPE,
    }, {"Pragma": "no-cache"}


@platform.on("GET", "/v1/bundles", PULL, takes=Takes(Page, "query"), gives=wire.BundlesPage)
def list_bundles(told: Mapping[str, Any]) -> object:
    """Bundles that can be pulled, in the order of the journal."""
    found = handing.list_bundles(current_unit(), current_client(), told["after"], told["limit"])
    return page("bundles", [bundle for _, bundle in found], [at for at, _ in found], told)


@platform.on("GET", BUNDLE, PULL, gives=BundleOut)
def see_bundle(bundle_id: UUID) -> object:
    """State of one bundle."""
    return handing.see_bundle(current_unit(), current_client(), bundle_id)


def _content(pulled: tuple[Bundle, bytes]) -> Response:
    """The bytes with their digest (RFC 9530). The pull has been committed by now."""
    bundle, content = pulled
    answer = Response(content, mimetype=JOSE_TYPE)
    answer.set_etag(bundle.digest)
    digest = base64.b64encode(bytes.fromhex(bundle.digest)).decode()
    answer.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    return answer


@platform.on("GET", f"{BUNDLE}/content", PULL, gives=Bytes(JOSE_TYPE, _content))
def pull_bundle(bundle_id: UUID) -> tuple[Bundle, bytes]:
    """The bundle itself (JWE): the same bytes each time."""
    return handing.hand_over(current_unit(), current_client(), bundle_id)


@platform.on(
    "PUT", f"{BUNDLE}/acknowledgement", PULL, takes=wire.NewAcknowledgement, gives=BundleOut
)
def acknowledge_bundle(told: Mapping[str, Any], bundle_id: UUID) -> object:
    """Say that the bundle has come whole; our copy of the content is destroyed."""
    return handing.acknowledge(
        current_unit(), current_client(), bundle_id, told["digest"], told["received_at"]
    )


@platform.on("GET", "/v1/recalls", RECALLS, takes=Takes(Page, "query"), gives=wire.RecallsPage)
def list_recalls(told: Mapping[str, Any]) -> object:
    """People to be destroyed, in the order of the journal."""
    found = destroying.list_recalls(current_unit(), current_client(), told["after"], told["limit"])
    return page("recalls", found, [recall.position for recall in found], told)


@platform.on(
    "PUT",
    "/v1/recalls/<uuid:recall_id>/acknowledgement",
    RECALLS,
    takes=wire.NewDestruction,
    gives=wire.RecallOut,
)
def confirm_destruction(told: Mapping[str, Any], recall_id: UUID) -> object:
    """Say when the recall came and when the person was destroyed."""
    return destroying.confirm_destruction(
        current_unit(), current_client(), recall_id, told["received_at"], told["destroyed_at"]
    )
