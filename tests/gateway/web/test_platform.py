"""The platform's door: token, feed, bytes, acknowledgement, recall."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from joserfc.jwk import ECKey

from crypto import jose
from gateway.actions.inspect_journal import list_events
from gateway.unit import SYSTEM
from gateway.web.oauth import ENDPOINT
from policies.facts import FormKind
from policies.permissions import Role
from tests.gateway.web.conftest import MOTHER, Door, bearer, refusal, told

AT = "2026-09-01T09:00:00Z"


def test_an_assertion_buys_a_token_of_ten_minutes(door: Door):
    answer = door.ask_token()
    issued = told(answer)
    assert (issued["token_type"], issued["expires_in"]) == ("Bearer", 600)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Pragma"] == "no-cache"
    who = bearer(issued["access_token"])
    assert told(door.get("/v1/bundles", who)) == {"bundles": [], "next": None}
    door.clock.forward(minutes=11)
    assert refusal(door.get("/v1/bundles", who)) == (401, "token_invalid")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"aud": "https://example.org/oauth/token"}, "jose.aud", id="audience"),
        pytest.param({"exp": 1}, "jose.exp", id="expired"),
        pytest.param({"sub": "somebody"}, "jose.iss", id="subject"),
        pytest.param({"iss": "somebody", "sub": "somebody"}, "jose.client", id="unknown client"),
    ],
)
def test_a_bad_assertion_is_refused_in_the_words_of_oauth(
    door: Door, changes: dict[str, Any], code: str
):
    answer = door.ask_token(client_assertion=door.assertion(**changes))
    assert answer.status_code == 401
    assert answer.mimetype == "application/json"
    body = json.loads(answer.data)
    assert (body["error"], body["code"]) == ("invalid_client", code)


def test_an_assertion_is_good_for_one_use(door: Door):
    assertion = door.assertion()
    assert door.ask_token(client_assertion=assertion).status_code == 200
    again = door.ask_token(client_assertion=assertion)
    assert (again.status_code, json.loads(again.data)["code"]) == (401, "jose.jti")


def test_a_denied_token_is_an_event(door: Door):
    door.ask_token(client_assertion=door.assertion(exp=1))
    door.town.work()
    with door.wiring.units.open(SYSTEM) as unit:
        events = [entry.event for entry in list_events(unit, None, -1, 1000)]
    assert [e.data for e in events if e.kind == "token.denied"] == [{"reason": "jose.exp"}]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"grant_type": "password"}, "unsupported_grant_type", id="another grant"),
        pytest.param({"client_assertion_type": "x"}, "invalid_request", id="another assertion"),
        pytest.param({"client_assertion": ""}, "invalid_request", id="none"),
    ],
)
def test_another_request_for_a_token_is_refused(door: Door, changes: dict[str, str], error: str):
    answer = door.ask_token(**changes)
    assert (answer.status_code, json.loads(answer.data)["error"]) == (400, error)


def test_parameters_that_oauth_does_not_know_are_ignored(door: Door):
    assert door.ask_token(resource="https://example.org").status_code == 200


def test_a_token_is_asked_for_by_a_form(door: Door):
    """RFC 6749, section 5.2, whatever was sent instead."""
    form = "application/x-www-form-urlencoded"
    for content, kind, code in (
        (b"{}", "application/json", "unsupported_media_type"),
        (b"", "", "unsupported_media_type"),
        (b"grant_type=a&grant_type=b", form, "duplicate_key"),
        (b"x" * 7_000_000, form, "too_large"),
    ):
        answer = door.http.post(ENDPOINT, data=content, content_type=kind)
        assert (answer.status_code, answer.mimetype) == (400, "application/json")
        told_so = json.loads(answer.data)
        assert (told_so["error"], told_so["code"]) == ("invalid_request", code)


def test_a_token_signed_by_somebody_else_is_refused(door: Door):
    stranger = ECKey.generate_key("P-256")
    header, payload, _ = door.access_token().split(".")
    from joserfc import jws

    protected = json.loads(base64.urlsafe_b64decode(header + "=="))
    forged = jws.serialize_compact(
        protected, base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), stranger
    )
    assert refusal(door.get("/v1/bundles", bearer(forged))) == (401, "token_invalid")


def test_a_bundle_is_pulled_as_the_same_bytes_until_it_is_acknowledged(door: Door):
    bundle, who = door.released(), door.who(Role.PLATFORM)
    listed = told(door.get("/v1/bundles", who))["bundles"]
    assert [each["id"] for each in listed] == [str(bundle.id)]
    path = f"/v1/bundles/{bundle.id}"
    first, second = door.get(f"{path}/content", who), door.get(f"{path}/content", who)
    assert first.data == second.data
    digest = hashlib.sha256(first.data).digest()
    assert first.mimetype == "application/jose"
    assert first.headers["ETag"] == f'"{digest.hex()}"'
    assert first.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    assert told(door.get(path, who))["pulled_at"] == AT
    body = {"digest": digest.hex(), "received_at": AT}
    kept = told(door.put(f"{path}/acknowledgement", who, body))
    assert kept == told(door.put(f"{path}/acknowledgement", who, body))
    assert (kept["acknowledged_at"], kept["gone_at"]) == (AT, AT)
    assert told(door.get("/v1/bundles", who))["bundles"] == []


def test_an_acknowledgement_of_other_bytes_is_refused(door: Door):
    bundle, who = door.released(), door.who(Role.PLATFORM)
    door.get(f"/v1/bundles/{bundle.id}/content", who)
    body = {"digest": "0" * 64, "received_at": AT}
    answer = door.put(f"/v1/bundles/{bundle.id}/acknowledgement", who, body)
    assert refusal(answer) == (409, "bundle_not_pulled")


def test_what_no_checkpoint_covers_is_not_there(door: Door):
    bundle, who = door.released(is_covered=False), door.who(Role.PLATFORM)
    assert told(door.get("/v1/bundles", who))["bundles"] == []
    assert refusal(door.get(f"/v1/bundles/{bundle.id}", who)) == (404, "not_found")


def test_a_withdrawal_before_the_pull_brings_a_narrower_revision(door: Door):
    bundle, who = door.released(), door.who(Role.PLATFORM)
    door.take_back()
    path = f"/v1/bundles/{bundle.id}"
    assert refusal(door.get(f"{path}/content", who)) == (409, "bundle_superseded")
    assert told(door.get(path, who))["superseded_at"] == AT
    door.town.work()
    door.town.work()
    listed = told(door.get("/v1/bundles", who))["bundles"]
    assert [(each["revision"], each["supersedes"]) for each in listed] == [(2, str(bundle.id))]


def test_a_withdrawal_after_the_pull_is_a_recall(door: Door):
    bundle, who = door.released(), door.who(Role.PLATFORM)
    content = door.get(f"/v1/bundles/{bundle.id}/content", who)
    assert content.status_code == 200
    door.take_back()
    door.town.work()
    again = door.get(f"/v1/bundles/{bundle.id}/content", who)
    assert refusal(again) == (410, "bundle_withdrawn")
    recalls = told(door.get("/v1/recalls", who))["recalls"]
    people = {each["person_id"] for each in recalls}
    assert str(door.own_ask(FormKind.CHILD).subject_id) in people
    assert people <= {str(door.own_ask(FormKind.CHILD).subject_id), str(door.town.person(MOTHER))}
    path = f"/v1/recalls/{recalls[0]['id']}/acknowledgement"
    early = {"received_at": "2026-09-01T10:00:00Z", "destroyed_at": AT}
    assert refusal(door.put(path, who, early)) == (422, "bad_input")
    done = told(door.put(path, who, {"received_at": AT, "destroyed_at": AT}))
    assert done["destroyed_at"] == AT


def test_a_feed_is_read_page_by_page(door: Door):
    bundle, who = door.released(), door.who(Role.PLATFORM)
    door.get(f"/v1/bundles/{bundle.id}/content", who)
    door.take_back()
    door.town.work()
    seen, address = [], "/v1/recalls?limit=1"
    while address:
        answer = door.get(address, who)
        page = told(answer)
        seen += [each["id"] for each in page["recalls"]]
        link = answer.headers.get("Link")
        assert (link is None) == (page["next"] is None)
        address = link.partition(">")[0].strip("<") if link else ""
    assert len(seen) == len(set(seen)) == len(told(door.get("/v1/recalls", who))["recalls"]) > 0


def test_keys_of_the_service_are_public_and_only_that(door: Door):
    keys = told(door.get("/.well-known/jwks.json"))["keys"]
    assert keys
    assert all(not {"d", "p", "q", "k"} & set(key) for key in keys)
    assert {key["kid"] for key in keys} >= set(door.wiring.signing_keys.public("evidence"))
    assert jose.KeyUse.SIG in {key["use"] for key in keys}
