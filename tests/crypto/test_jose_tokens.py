"""Access tokens, client assertions, receipts, bundles and key sets, as the platform meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as twin_jws
from joserfc import jwt as twin_jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from crypto import canonical, jose
from crypto.errors import JoseError, RingError
from crypto.jose import KeyUse, PublicKey, SigningKeys
from crypto.keyring import KeyState, Ring, RingName

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
SECOND = int(NOW.timestamp())
ISSUER = "https://soglasie.example.org"
CLIENT = "platform"
CLIENT_PRIVATE = ec.derive_private_key(0xC11E, ec.SECP256R1())
CLIENT_KEYS = {"c1": PublicKey("c1", KeyUse.SIG, "ES256", CLIENT_PRIVATE.public_key())}
TOKEN: dict[str, object] = {
    "iss": ISSUER,
    "sub": CLIENT,
    "aud": ISSUER,
    "client_id": CLIENT,
    "scope": "bundles",
    "jti": "t1",
    "iat": SECOND,
    "exp": SECOND + 300,
}
ASSERTION: dict[str, object] = {
    "iss": CLIENT,
    "sub": CLIENT,
    "aud": f"{ISSUER}/oauth/token",
    "jti": "a1",
    "iat": SECOND,
    "exp": SECOND + 60,
}


def changed(good: dict[str, object], members: dict[str, object]) -> dict[str, object]:
    """`good` with `members`; None takes one away."""
    return {name: value for name, value in (good | members).items() if value is not None}


def read_token(keys: SigningKeys, claims: dict[str, object], now: datetime = NOW) -> object:
    text = jose.sign(keys, "token", "at+jwt", json.dumps(claims).encode())
    return jose.read_token(text, keys.public("token"), issuer=ISSUER, audience=ISSUER, now=now)


def asserted(claims: dict[str, object], **header: str) -> str:
    """What a client built on joserfc sends."""
    key = ECKey.import_key(CLIENT_PRIVATE)
    head = {"alg": "ES256", "kid": "c1"} | header
    return twin_jws.serialize_compact(head, json.dumps(claims), key, ["ES256"])


def read_assertion(text: str, now: datetime = NOW) -> object:
    return jose.read_client_assertion(
        text, CLIENT_KEYS, client_id=CLIENT, audience=f"{ISSUER}/oauth/token", now=now
    )


def test_an_issued_token_reads_back_and_the_twin_agrees(signing_keys: SigningKeys) -> None:
    text = jose.issue_token(signing_keys, TOKEN)
    public = signing_keys.public("token")
    read = jose.read_token(text, public, issuer=ISSUER, audience=ISSUER, now=NOW)
    assert read == TOKEN
    twin = twin_jwt.decode(text, KeySet.import_key_set(signing_keys.jwks()), ["ES256"])
    assert twin.claims == TOKEN
    assert twin.header["typ"] == "at+jwt"


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "client_id", "jti", "iat", "exp"])
def test_a_token_is_not_issued_without_what_rfc_9068_requires(
    signing_keys: SigningKeys, missing: str
) -> None:
    with pytest.raises(JoseError, match=r"^jose\.claims$"):
        jose.issue_token(signing_keys, changed(TOKEN, {missing: None}))


@pytest.mark.parametrize(
    ("members", "code"),
    [
        pytest.param({"iss": None}, "jose.claims", id="no issuer"),
        pytest.param({"iss": "https://example.org"}, "jose.iss", id="another issuer"),
        pytest.param({"aud": None}, "jose.aud", id="no audience"),
        pytest.param({"aud": "https://example.org"}, "jose.aud", id="another audience"),
        pytest.param({"aud": [ISSUER]}, "jose.aud", id="a list of audiences"),
        pytest.param({"exp": None}, "jose.exp", id="no expiry"),
        pytest.param({"exp": SECOND - 30}, "jose.exp", id="expired beyond the leeway"),
        pytest.param({"exp": str(SECOND)}, "jose.claims", id="expiry as a text"),
        pytest.param({"exp": True}, "jose.claims", id="expiry as a truth"),
        pytest.param({"exp": SECOND + 0.5}, "jose.claims", id="half a second"),
        pytest.param({"exp": 2**52}, "jose.claims", id="expiry beyond the calendar"),
        pytest.param({"exp": -1}, "jose.claims", id="expiry before 1970"),
        pytest.param({"iat": None}, "jose.claims", id="no moment of issue"),
        pytest.param({"iat": SECOND + 31}, "jose.claims", id="issued in the future"),
        pytest.param({"nbf": SECOND + 31}, "jose.claims", id="not yet"),
        pytest.param({"sub": ""}, "jose.claims", id="an empty subject"),
        pytest.param({"client_id": 7}, "jose.claims", id="a number as client"),
        pytest.param({"jti": "j" * 256}, "jose.claims", id="an endless jti"),
    ],
)
def test_a_token_holds_only_with_every_claim_right(
    signing_keys: SigningKeys, members: dict[str, object], code: str
) -> None:
    with pytest.raises(JoseError) as caught:
        read_token(signing_keys, changed(TOKEN, members))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("seconds", "holds"),
    [
        pytest.param(-30, True, id="a clock 30 seconds behind"),
        pytest.param(-31, False, id="a clock 31 seconds behind"),
        pytest.param(329, True, id="within the leeway after expiry"),
        pytest.param(330, False, id="at the end of the leeway"),
    ],
)
def test_leeway_is_half_a_minute_on_both_sides(
    signing_keys: SigningKeys, seconds: int, holds: bool
) -> None:
    now = NOW + timedelta(seconds=seconds)
    if holds:
        assert read_token(signing_keys, TOKEN, now) == TOKEN
    else:
        with pytest.raises(JoseError):
            read_token(signing_keys, TOKEN, now)


@pytest.mark.parametrize("payload", [b"[]", b"{", b'{"iss":1,"iss":2}', b'"a"', b"\xff"])
def test_claims_that_are_no_plain_object_are_refused(
    signing_keys: SigningKeys, payload: bytes
) -> None:
    text = jose.sign(signing_keys, "token", "at+jwt", payload)
    with pytest.raises(JoseError, match=r"^jose\.claims$"):
        jose.read_token(text, signing_keys.public(), issuer=ISSUER, audience=ISSUER, now=NOW)


def test_a_receipt_is_no_token_and_an_evidence_key_signs_none(signing_keys: SigningKeys) -> None:
    text = jose.receipt(signing_keys, TOKEN)
    assert jose.read_receipt(text, signing_keys.public("evidence")) == TOKEN
    for purpose, code in ((None, "typ"), ("token", "kid")):
        with pytest.raises(JoseError, match=rf"^jose\.{code}$"):
            jose.read_token(
                text, signing_keys.public(purpose), issuer=ISSUER, audience=ISSUER, now=NOW
            )


@given(st.binary(max_size=200))
def test_a_bundle_comes_back_as_it_was_signed(signing_keys: SigningKeys, document: bytes) -> None:
    text = jose.sign_bundle(signing_keys, document)
    assert jose.read_bundle(text, signing_keys.public()) == document


@pytest.mark.parametrize("header", [{}, {"typ": "JWT"}], ids=["no typ", "typ JWT"])
def test_an_assertion_of_the_twin_is_read(header: dict[str, str]) -> None:
    text = asserted(ASSERTION, **header)
    assert jose.client_id_of(text) == CLIENT
    assert read_assertion(text) == ASSERTION


@pytest.mark.parametrize(
    ("members", "code"),
    [
        pytest.param({"iss": "other"}, "jose.iss", id="another issuer"),
        pytest.param({"sub": "other"}, "jose.iss", id="another subject"),
        pytest.param({"iss": None}, "jose.iss", id="no issuer"),
        pytest.param({"aud": ISSUER}, "jose.aud", id="the issuer instead of the endpoint"),
        pytest.param({"aud": [f"{ISSUER}/oauth/token"]}, "jose.aud", id="a list"),
        pytest.param({"aud": None}, "jose.aud", id="no audience"),
        pytest.param({"exp": None}, "jose.exp", id="no expiry"),
        pytest.param({"exp": SECOND + 301}, "jose.exp", id="longer than five minutes"),
        pytest.param({"exp": SECOND - 30}, "jose.exp", id="expired"),
        pytest.param({"iat": SECOND + 31}, "jose.claims", id="issued in the future"),
        pytest.param({"jti": None}, "jose.claims", id="no jti"),
        pytest.param({"jti": ""}, "jose.claims", id="an empty jti"),
        pytest.param({"jti": "j" * 129}, "jose.claims", id="a jti of 129 signs"),
    ],
)
def test_a_client_must_say_who_it_is_to_whom_and_until_when(
    members: dict[str, object], code: str
) -> None:
    with pytest.raises(JoseError) as caught:
        read_assertion(asserted(changed(ASSERTION, members)))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "members", [{"exp": SECOND + 300}, {"iat": None}, {"jti": "j" * 128}], ids=str
)
def test_an_assertion_at_the_edge_holds(members: dict[str, object]) -> None:
    claims = changed(ASSERTION, members)
    assert read_assertion(asserted(claims)) == claims


def test_our_own_token_is_no_assertion(signing_keys: SigningKeys) -> None:
    text = jose.issue_token(signing_keys, TOKEN)
    with pytest.raises(JoseError, match=r"^jose\.typ$"):
        jose.read_client_assertion(
            text, signing_keys.public(), client_id=CLIENT, audience=ISSUER, now=NOW
        )


@pytest.mark.parametrize("claims", [{}, {"iss": 7}, {"iss": ""}], ids=str)
def test_an_assertion_without_a_name_finds_no_keys(claims: dict[str, object]) -> None:
    with pytest.raises(JoseError, match=r"^jose\.claims$"):
        jose.client_id_of(asserted(claims))


# --- key sets ---

EC_JWK = CLIENT_KEYS["c1"].jwk()
JWK = dict[str, object]


def test_a_published_set_holds_public_members_only(signing_keys: SigningKeys) -> None:
    published = signing_keys.jwks()
    assert jose.parse_jwks(published).keys() == signing_keys.public().keys()
    keys = published["keys"]
    assert isinstance(keys, list)
    assert len(keys) == 2
    for key in keys:
        assert set(key) == {"kty", "crv", "x", "y", "use", "alg", "kid"}
        assert key["kid"] == ECKey.import_key(key).thumbprint()


def test_a_retired_key_stays_published_and_a_disabled_one_goes(
    rings: dict[RingName, Ring],
) -> None:
    token, evidence = rings[RingName.JOSE].keys
    scalar = (0x0DD).to_bytes(32, "big")

    def with_old(state: KeyState) -> SigningKeys:
        old = replace(evidence, id=evidence.id ^ 1, state=state, version=2, material=scalar)
        return SigningKeys.from_ring(Ring(RingName.JOSE, (old, token, evidence)))

    retired = with_old(KeyState.DECRYPT_ONLY)
    assert len(retired.public("evidence")) == 2
    assert retired.signer("evidence")[0] == with_old(KeyState.DISABLED).signer("evidence")[0]
    assert len(with_old(KeyState.DISABLED).public()) == 2


def test_the_rsa_thumbprint_is_that_of_rfc_7638(
    platform_key: PublicKey, platform_private: rsa.RSAPrivateKey
) -> None:
    twin = RSAKey.import_key(platform_private.public_key())
    assert jose.thumbprint(platform_key.key) == twin.thumbprint()


@pytest.mark.parametrize("scalar", [0, 2**256 - 1], ids=["zero", "above the order"])
def test_a_scalar_that_is_no_key_stops_the_start(rings: dict[RingName, Ring], scalar: int) -> None:
    key = replace(rings[RingName.JOSE].keys[0], material=scalar.to_bytes(32, "big"))
    with pytest.raises(RingError, match=rf"^ring\.key: {key.id:08x}$"):
        SigningKeys.from_ring(Ring(RingName.JOSE, (key,)))
    with pytest.raises(RingError, match=r"^ring\.ring"):
        SigningKeys.from_ring(rings[RingName.KEK])


def test_a_partner_registers_a_key_to_sign_and_a_key_to_encrypt_to(
    platform_key: PublicKey,
) -> None:
    rsa_jwk = platform_key.jwk()
    found = jose.parse_jwks({"keys": [EC_JWK, rsa_jwk]})
    assert {kid: key.alg for kid, key in found.items()} == {
        "c1": "ES256",
        "platform-1": "RSA-OAEP-256",
    }
    assert found["platform-1"].jwk() == rsa_jwk
    assert jose.parse_jwks({"keys": [EC_JWK]}, {KeyUse.SIG}).keys() == {"c1"}
    without_alg = {name: text for name, text in EC_JWK.items() if name != "alg"}
    assert jose.parse_jwks({"keys": [without_alg]})["c1"].alg == "ES256"


def rsa_jwk_of(bits: int, exponent: int = 65537) -> JWK:
    """A modulus of the right length is enough here: no one holds its factors."""
    number = (1 << bits - 1) | 1
    key = rsa.RSAPublicNumbers(exponent, number).public_key()
    return dict(PublicKey("r", KeyUse.ENC, "RSA-OAEP-256", key).jwk())


P384 = ECKey.import_key(ec.derive_private_key(1, ec.SECP384R1()).public_key())
PRIVATE = ECKey.import_key(CLIENT_PRIVATE).as_dict(private=True)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(dict, id="nothing"),
        pytest.param(lambda: {"keys": {}}, id="no list"),
        pytest.param(lambda: {"keys": []}, id="an empty list"),
        pytest.param(lambda: {"keys": [EC_JWK] * 17}, id="seventeen keys"),
        pytest.param(lambda: {"keys": [EC_JWK], "url": "x"}, id="a member nobody asked for"),
        pytest.param(lambda: {"keys": ["EC"]}, id="a key that is a text"),
        pytest.param(lambda: {"keys": [EC_JWK, EC_JWK]}, id="a kid twice"),
        pytest.param(lambda: {"keys": [EC_JWK | {"d": PRIVATE["d"]}]}, id="a private member"),
        pytest.param(lambda: {"keys": [EC_JWK | {"use": "enc"}]}, id="use enc on a curve"),
        pytest.param(lambda: {"keys": [EC_JWK | {"use": ""}]}, id="no use"),
        pytest.param(lambda: {"keys": [EC_JWK | {"alg": "ES384"}]}, id="another algorithm"),
        pytest.param(lambda: {"keys": [EC_JWK | {"kid": ""}]}, id="no kid"),
        pytest.param(lambda: {"keys": [EC_JWK | {"kid": "ключ"}]}, id="a Cyrillic kid"),
        pytest.param(lambda: {"keys": [EC_JWK | {"kid": "k" * 129}]}, id="a long kid"),
        pytest.param(lambda: {"keys": [EC_JWK | {"kid": 7}]}, id="a number as kid"),
        pytest.param(lambda: {"keys": [EC_JWK | {"crv": "secp256k1"}]}, id="another curve"),
        pytest.param(
            lambda: {"keys": [dict(P384.as_dict(private=False), use="sig", kid="p")]}, id="P-384"
        ),
        pytest.param(lambda: {"keys": [EC_JWK | {"x": EC_JWK["y"]}]}, id="off the curve"),
        pytest.param(lambda: {"keys": [EC_JWK | {"x": EC_JWK["x"][:-1]}]}, id="cut short"),
        pytest.param(lambda: {"keys": [EC_JWK | {"x": "AA"}]}, id="one byte"),
        pytest.param(lambda: {"keys": [EC_JWK | {"x": ""}]}, id="no x"),
        pytest.param(lambda: {"keys": [{"kty": "oct", "k": "AA", "kid": "k"}]}, id="a secret"),
        pytest.param(lambda: {"keys": [rsa_jwk_of(1024)]}, id="RSA of 1024 bits"),
        pytest.param(lambda: {"keys": [rsa_jwk_of(3071)]}, id="RSA of 3071 bits"),
        pytest.param(lambda: {"keys": [rsa_jwk_of(8193)]}, id="RSA of 8193 bits"),
        pytest.param(lambda: {"keys": [rsa_jwk_of(3072, 3)]}, id="exponent 3"),
        pytest.param(lambda: {"keys": [rsa_jwk_of(3072) | {"use": "sig"}]}, id="RSA to sign"),
        pytest.param(lambda: {"keys": [rsa_jwk_of(3072) | {"p": "AA"}]}, id="an RSA factor"),
    ],
)
def test_a_set_with_one_odd_key_is_refused_whole(make: Callable[[], JWK]) -> None:
    with pytest.raises(JoseError, match=r"^jose\.jwk$"):
        jose.parse_jwks(make())


def test_a_key_for_another_use_than_asked_is_refused() -> None:
    with pytest.raises(JoseError, match=r"^jose\.jwk$"):
        jose.parse_jwks({"keys": [rsa_jwk_of(3072)]}, {KeyUse.SIG})


def test_claims_of_a_receipt_are_written_canonically(signing_keys: SigningKeys) -> None:
    text = jose.receipt(signing_keys, {"b": "ё", "a": 1})
    payload = jose.verify(text, signing_keys.public(), "sg-receipt+jws", 16 * 1024)
    assert payload == canonical.dumps({"a": 1, "b": "ё"})
