"""A platform's client comes in by an assertion that is used once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from crypto import jose
from crypto.secrets_text import new_secret
from gateway.actions.issue_token import TOKEN_LIFE, add_client, client_of_token, issue_token
from gateway.errors import AlreadyExists, BadInput, TokenInvalid
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from tests.conftest import Clock
from tests.town import ASSERTION_KEY, PROGRAMME, platform_jwks

ISSUER = "https://soglasie.example.org"
ENDPOINT = f"{ISSUER}/oauth/token"


@pytest.fixture
def service(wiring: Wiring) -> Wiring:
    with wiring.units.open(SYSTEM) as unit:
        add_client(unit, "platform", PROGRAMME, platform_jwks())
    return wiring


def assertion(
    clock: Clock,
    key: ec.EllipticCurvePrivateKey = ASSERTION_KEY,
    *,
    life: timedelta = timedelta(minutes=2),
    client: str = "platform",
    audience: str = ENDPOINT,
    jti: str | None = None,
) -> str:
    kid = jose.thumbprint(key.public_key())
    keys = jose.SigningKeys({"token": (kid, key)}, {})
    claims = {
        "iss": client,
        "sub": client,
        "aud": audience,
        "jti": jti or new_secret(16),
        "exp": int((clock.now + life).timestamp()),
    }
    return jose.sign(keys, "token", "JWT", json.dumps(claims, sort_keys=True).encode())


def ask(service: Wiring, text: str) -> str:
    with service.units.open(SYSTEM) as unit:
        return issue_token(unit, text, ENDPOINT, ISSUER, service.signing_keys).token


def who(service: Wiring, token: str) -> str:
    with service.units.open(SYSTEM) as unit:
        return client_of_token(unit, token, ISSUER, service.signing_keys).name


def test_an_assertion_becomes_a_token_of_ten_minutes(service: Wiring, clock: Clock):
    token = ask(service, assertion(clock))
    assert who(service, token) == "platform"
    clock.forward(seconds=TOKEN_LIFE.total_seconds() + 31)
    with pytest.raises(TokenInvalid):
        who(service, token)


def test_an_assertion_is_used_once(service: Wiring, clock: Clock):
    text = assertion(clock)
    ask(service, text)
    with pytest.raises(TokenInvalid) as refused:
        ask(service, text)
    assert refused.value.code == "jose.jti"


def test_it_is_used_once_while_clocks_may_differ_too(service: Wiring, clock: Clock):
    """An assertion that ended seconds ago is still taken: its id must not be forgotten before."""
    text = assertion(clock, life=timedelta(seconds=1))
    clock.forward(seconds=20)
    ask(service, text)
    ask(service, assertion(clock))
    with pytest.raises(TokenInvalid) as refused:
        ask(service, text)
    assert refused.value.code == "jose.jti"


def test_an_id_may_come_again_once_it_is_forgotten(service: Wiring, clock: Clock):
    ask(service, assertion(clock, jti="one"))
    clock.forward(minutes=10)
    ask(service, assertion(clock, jti="one"))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        pytest.param({"client": "nobody"}, "jose.client", id="unknown client"),
        pytest.param({"audience": ISSUER}, "jose.aud", id="another audience"),
        pytest.param({"life": timedelta(minutes=6)}, "jose.exp", id="lives too long"),
        pytest.param({"life": timedelta(minutes=-1)}, "jose.exp", id="ended"),
    ],
)
def test_other_assertions_are_refused(
    service: Wiring, clock: Clock, wrong: dict[str, object], code: str
):
    with pytest.raises(TokenInvalid) as refused:
        ask(service, assertion(clock, **wrong))  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_strangers_key_opens_nothing(service: Wiring, clock: Clock):
    with pytest.raises(TokenInvalid) as refused:
        ask(service, assertion(clock, ec.generate_private_key(ec.SECP256R1())))
    assert refused.value.code == "jose.kid"


def test_an_assertion_is_no_token_and_a_token_no_assertion(service: Wiring, clock: Clock):
    text = assertion(clock)
    token = ask(service, text)
    with pytest.raises(TokenInvalid):
        who(service, assertion(clock))
    with pytest.raises(TokenInvalid):
        ask(service, token)


@pytest.mark.parametrize(
    "jwks",
    [
        pytest.param('{"keys":[]}', id="no keys"),
        pytest.param("[]", id="no key set"),
        pytest.param("not json", id="no JSON"),
    ],
)
def test_keys_that_cannot_serve_are_refused(service: Wiring, jwks: str):
    with pytest.raises(BadInput), service.units.open(SYSTEM) as unit:
        add_client(unit, "another", PROGRAMME, jwks)


def test_one_key_is_not_enough(service: Wiring):
    key = json.loads(platform_jwks())["keys"][0]
    with pytest.raises(BadInput), service.units.open(SYSTEM) as unit:
        add_client(unit, "another", PROGRAMME, json.dumps({"keys": [key]}))


def test_a_client_has_a_name_of_its_own(service: Wiring):
    with pytest.raises(AlreadyExists), service.units.open(SYSTEM) as unit:
        add_client(unit, "platform", PROGRAMME, platform_jwks())
