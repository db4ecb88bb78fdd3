"""The platform's door of the service over HTTP: token, bundles, acknowledgements, recalls.

A token is asked for by a signed assertion (RFC 7523) and kept while it lives. Bytes of a bundle
are compared with the digest that the service announces (RFC 9530) before anything reads them.
"""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, cast

import httpx
from joserfc import jwt

from .keys import ClientKeys

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523, section 2.2
ASSERTION_SECONDS = 120
SPARE_SECONDS = 30
PAGE = 100

Entry = dict[str, Any]


class ServiceRefused(Exception):
    """The service answered with a problem (RFC 9457): `status`, stable `code`, its sentence."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Pulled:
    """Bytes of a bundle as they came, and their SHA-256 (hex): what is acknowledged."""

    content: bytes = field(repr=False)
    digest: str


class Service:
    """One client of one service. Use it in a `with` block; one thread at a time."""

    def __init__(
        self, base_url: str, client_id: str, keys: ClientKeys, token_audience: str | None = None
    ) -> None:
        """`token_audience`: the token address as the service itself calls it, if it differs."""
        self._client_id = client_id
        self._keys = keys
        self._audience = token_audience or f"{base_url}/oauth/token"
        self._http = httpx.Client(base_url=base_url, timeout=60, trust_env=False)
        self._token = ""
        self._token_until = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def jwks(self) -> Entry:
        """Public keys of the service: bundles and receipts are verified with them."""
        return cast("Entry", _checked(self._http.get("/.well-known/jwks.json")).json())

    def bundles(self) -> Iterator[Entry]:
        """Everything that can be pulled, in the order of the journal."""
        return self._pages("/v1/bundles", "bundles")

    def bundle(self, bundle_id: str) -> Entry:
        """State of one bundle, whether it can still be pulled or not."""
        return cast("Entry", self._get(f"/v1/bundles/{bundle_id}").json())

    def pull(self, bundle_id: str) -> Pulled:
        """The bytes of a bundle; the same ones until they are acknowledged.

        Raises `ServiceRefused` (409: superseded, 410: gone), ValueError for damaged bytes.
        """
        answer = self._get(f"/v1/bundles/{bundle_id}/content")
        digest = hashlib.sha256(answer.content).digest()
        announced = f"sha-256=:{base64.b64encode(digest).decode()}:"
        if answer.headers.get("Repr-Digest") != announced:
            raise ValueError("the bytes differ from their announced digest")
        return Pulled(answer.content, digest.hex())

    def acknowledge(self, bundle_id: str, digest: str) -> Entry:
        """Say that the bundle has come whole. The service then destroys its copy."""
        return self._put(
            f"/v1/bundles/{bundle_id}/acknowledgement",
            {"digest": digest, "received_at": _moment(datetime.now(UTC))},
        )

    def recalls(self) -> Iterator[Entry]:
        """People who have to be destroyed here, in the order of the journal."""
        return self._pages("/v1/recalls", "recalls")

    def confirm_destruction(
        self, recall_id: str, received_at: datetime, destroyed_at: datetime
    ) -> Entry:
        """Say that a recalled person is destroyed. Both moments are aware."""
        return self._put(
            f"/v1/recalls/{recall_id}/acknowledgement",
            {"received_at": _moment(received_at), "destroyed_at": _moment(destroyed_at)},
        )

    def _pages(self, path: str, name: str) -> Iterator[Entry]:
        """Follow `Link: rel="next"` (RFC 8288) to the last page."""
        address: str | None = f"{path}?limit={PAGE}"
        while address is not None:
            answer = self._get(address)
            yield from answer.json()[name]
            address = answer.links.get("next", {}).get("url")

    def _get(self, path: str) -> httpx.Response:
        return _checked(self._http.get(path, headers=self._bearer()))

    def _put(self, path: str, body: Entry) -> Entry:
        return cast(
            "Entry", _checked(self._http.put(path, json=body, headers=self._bearer())).json()
        )

    def _bearer(self) -> dict[str, str]:
        if time.monotonic() >= self._token_until:
            self._ask_token()
        return {"Authorization": f"Bearer {self._token}"}

    def _ask_token(self) -> None:
        answer = self._http.post(
            "/oauth/token",
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": self._assertion(),
            },
        )
        told = _checked(answer).json()
        self._token = told["access_token"]
        self._token_until = time.monotonic() + told["expires_in"] - SPARE_SECONDS

    def _assertion(self) -> str:
        """A new one each time: its `jti` is good for one use."""
        now = int(time.time())
        return jwt.encode(
            {"alg": "ES256", "kid": self._keys.signs.kid, "typ": "JWT"},
            {
                "iss": self._client_id,
                "sub": self._client_id,
                "aud": self._audience,
                "iat": now,
                "exp": now + ASSERTION_SECONDS,
                "jti": uuid.uuid4().hex,
            },
            self._keys.signs,
        )


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    raise ServiceRefused(
        answer.status_code,
        str(problem.get("code") or problem.get("error") or "unknown"),
        str(problem.get("detail") or ""),
    )


def _moment(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
