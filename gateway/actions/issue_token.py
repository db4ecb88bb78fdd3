"""Let a platform's client in by its signed assertion (RFC 7523) and give it a token (RFC 9068)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from crypto import canonical, jose
from crypto.errors import JoseError
from crypto.secrets_text import hash_secret, new_secret
from gateway.errors import AlreadyExists, BadInput, NotFound, TokenInvalid, TooManyAttempts
from gateway.store.clients import Client
from gateway.store.limits import Limit
from gateway.unit import Unit
from policies.programme import published

TOKEN_LIFE = timedelta(minutes=10)
SCOPE = "bundles recalls"
TOKENS = Limit("tokens.client", 60, TOKEN_LIFE)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A bearer token and its life in seconds."""

    token: str
    expires_in: int


def add_client(unit: Unit, name: str, programme: str, jwks: str) -> UUID:
    """Register a platform's client with its public keys: one EC to sign, one RSA to encrypt.

    Raises `BadInput` for an unknown programme and for keys that cannot serve, `AlreadyExists`.
    """
    if programme not in {each.slug for each in published()}:
        raise BadInput({"/programme": "programme_unknown"})
    _check_keys(jwks)
    if unit.clients.find(name=name) is not None:
        raise AlreadyExists
    client_id = unit.new_id()
    event = unit.record("client.added", client_id=client_id)
    unit.clients.add(Client(client_id, name, programme, jwks), event)
    return client_id


def change_client_keys(unit: Unit, client_id: UUID, jwks: str) -> None:
    """Other public keys of a client. Raises `BadInput` for keys that cannot serve, `NotFound`."""
    if unit.clients.by_id(client_id) is None:
        raise NotFound
    _check_keys(jwks)
    event = unit.record("client.key_changed", client_id=client_id)
    unit.clients.set_keys(client_id, jwks, event)


def disable_client(unit: Unit, client_id: UUID) -> None:
    """Its tokens stop working at once. Said again it changes nothing. Raises `NotFound`."""
    client = unit.clients.by_id(client_id)
    if client is None:
        raise NotFound
    if client.disabled_at is None:
        event = unit.record("client.disabled", client_id=client_id)
        unit.clients.disable(client_id, unit.now, event)


def issue_token(
    unit: Unit, assertion: str, endpoint: str, issuer: str, keys: jose.SigningKeys
) -> IssuedToken:
    """`endpoint`: the exact audience that the assertion must name. Raises `TokenInvalid`,
    `TooManyAttempts`.
    """
    try:
        client = unit.clients.find(name=jose.client_id_of(assertion))
        if client is None or client.disabled_at is not None:
            raise TokenInvalid("jose.client")
        known = client_keys(client, jose.KeyUse.SIG)
        claims = jose.read_client_assertion(
            assertion, known, client_id=client.name, audience=endpoint, now=unit.now
        )
    except JoseError as refused:
        raise TokenInvalid(refused.code) from None
    # Taken until then, as clocks may differ: remembered as long.
    expires_at = datetime.fromtimestamp(int(str(claims["exp"])) + jose.LEEWAY_SECONDS + 1, UTC)
    if not unit.clients.spend_jti(client.id, hash_secret(str(claims["jti"])), expires_at, unit.now):
        raise TokenInvalid("jose.jti")
    # Only assertions that the client has signed count: nobody else can use its tokens up.
    seconds = unit.limits.use(TOKENS, str(client.id), unit.now)
    if seconds:
        raise TooManyAttempts(seconds)
    unit.record("token.issued", client_id=client.id)
    issued = int(unit.now.timestamp())
    life = int(TOKEN_LIFE.total_seconds())
    token = jose.issue_token(
        keys,
        {
            "iss": issuer,
            "sub": client.name,
            "aud": issuer,
            "client_id": client.name,
            "scope": SCOPE,
            "iat": issued,
            "exp": issued + life,
            "jti": new_secret(16),
        },
    )
    return IssuedToken(token, life)


def _check_keys(jwks: str) -> None:
    try:
        usable = {key.use for key in _keys(jwks).values()} == set(jose.KeyUse)
    except (JoseError, ValueError):
        usable = False
    if not usable:
        raise BadInput({"/jwks": "keys_unfit"})


def client_keys(client: Client, use: jose.KeyUse) -> dict[str, jose.PublicKey]:
    """Public keys of a client for one use, by kid."""
    return {kid: key for kid, key in _keys(client.jwks).items() if key.use is use}


def _keys(jwks: str) -> dict[str, jose.PublicKey]:
    """Raises `JoseError`, or ValueError for what is not canonical JSON."""
    parsed = canonical.loads(jwks.encode())
    if not isinstance(parsed, dict):
        raise JoseError("jose.jwk")
    return jose.parse_jwks(parsed)


def client_of_token(unit: Unit, token: str, issuer: str, keys: jose.SigningKeys) -> Client:
    """Whose token it is. Raises `TokenInvalid`."""
    try:
        claims = jose.read_token(
            token, keys.public("token"), issuer=issuer, audience=issuer, now=unit.now
        )
    except JoseError as refused:
        raise TokenInvalid(refused.code) from None
    client = unit.clients.find(name=str(claims["client_id"]))
    if client is None or client.disabled_at is not None:
        raise TokenInvalid("jose.client")
    return client
