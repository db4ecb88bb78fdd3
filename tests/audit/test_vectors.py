"""Golden leaves and checkpoints, made again without our code: a changed vector is a changed format.

Only hashlib, base64 and Ed25519 of `cryptography` are used for the second making.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from audit.event import Actor, Event
from audit.leaf import Leaf, body_digest
from audit.moments import parse_moment
from audit.tree import leaf_hash, root
from crypto.signing import NoteSigner, NoteVerifier

VECTORS = Path(__file__).parents[1] / "vectors"
LEAVES = json.loads((VECTORS / "leaf.json").read_text())["vectors"]
NOTES = json.loads((VECTORS / "checkpoint.json").read_text())


def quoted(text: str | None) -> str:
    return "null" if text is None else f'"{text}"'


def field(value: object) -> str:
    if isinstance(value, list):
        return "[" + ",".join(map(field, value)) + "]"
    return quoted(value) if isinstance(value, str) else str(value)


def body_by_hand(event) -> str:
    data = ",".join(f'"{name}":{field(event["data"][name])}' for name in sorted(event["data"]))
    actor = f'{{"kind":{quoted(event["actor_kind"])},"ref":{quoted(event["actor_ref"])}}}'
    return (
        f'{{"actor":{actor},"at":"{event["at"]}","data":{{{data}}},"id":"{event["id"]}",'
        f'"kind":"{event["kind"]}","n":"{event["salt"]}","req":{quoted(event["request"])},'
        f'"school":{quoted(event["school"])},"v":1}}'
    )


def envelope_by_hand(body: str, event, place) -> str:
    digest = hashlib.sha256(body.encode()).hexdigest()
    return (
        f'{{"bh":"{digest}","iat":"{place["integrated_at"]}","id":"{event["id"]}",'
        f'"idx":{place["idx"]},"log":"{place["log"]}","school":{quoted(event["school"])},'
        f'"sseq":{place["sseq"]},"v":1}}'
    )


def root_by_hand(hashes: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    pair = root_by_hand(hashes[:half]) + root_by_hand(hashes[half:])
    return hashlib.sha256(b"\x01" + pair).digest()


@pytest.mark.parametrize("vector", LEAVES, ids=[one["event"]["kind"] for one in LEAVES])
def test_a_leaf_can_be_made_without_our_code(vector):
    body = body_by_hand(vector["event"])
    envelope = envelope_by_hand(body, vector["event"], vector["place"])
    assert body == vector["body"]
    assert envelope == vector["envelope"]
    assert hashlib.sha256(b"\x00" + envelope.encode()).hexdigest() == vector["leaf_hash"]


@pytest.mark.parametrize("vector", LEAVES, ids=[one["event"]["kind"] for one in LEAVES])
def test_our_code_makes_the_golden_leaf(vector):
    told, place = vector["event"], vector["place"]
    event = Event(
        id=UUID(told["id"]),
        kind=told["kind"],
        school_id=told["school"] and UUID(told["school"]),
        actor=Actor(told["actor_kind"], told["actor_ref"] and UUID(told["actor_ref"])),
        at=parse_moment(told["at"]),
        request_id=told["request"],
        data=told["data"],
        salt=bytes.fromhex(told["salt"]),
    )
    leaf = Leaf(
        idx=place["idx"],
        log=place["log"],
        school_id=event.school_id,
        sseq=place["sseq"],
        id=event.id,
        integrated_at=parse_moment(place["integrated_at"]),
        body_hash=body_digest(event.body()),
    )
    assert event.body().decode() == vector["body"]
    assert leaf.encode().decode() == vector["envelope"]
    assert leaf_hash(leaf.encode()).hex() == vector["leaf_hash"]


@pytest.mark.parametrize("vector", NOTES["vectors"], ids=lambda one: f"size {one['size']}")
def test_a_checkpoint_can_be_made_without_our_code(vector):
    name, key = NOTES["origin"], Ed25519PrivateKey.from_private_bytes(bytes.fromhex(NOTES["seed"]))
    public = b"\x01" + key.public_key().public_bytes_raw()
    key_id = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    assert NOTES["vkey"] == f"{name}+{key_id.hex()}+{base64.b64encode(public).decode()}"
    top = root_by_hand([bytes.fromhex(one) for one in vector["leaf_hashes"]])
    assert top.hex() == vector["root"]
    text = f"{name}\n{vector['size']}\n{base64.b64encode(top).decode()}\n"
    assert text == vector["text"]
    signature = base64.b64encode(key_id + key.sign(text.encode())).decode()
    assert vector["note"] == f"{text}\n\N{EM DASH} {name} {signature}\n"


@pytest.mark.parametrize("vector", NOTES["vectors"], ids=lambda one: f"size {one['size']}")
def test_our_code_makes_and_opens_the_golden_checkpoint(vector):
    hashes = [bytes.fromhex(one) for one in vector["leaf_hashes"]]
    checkpoint = Checkpoint(NOTES["origin"], vector["size"], root(hashes))
    signer = NoteSigner(NOTES["origin"], bytes.fromhex(NOTES["seed"]))
    assert sign_checkpoint(checkpoint, signer).decode() == vector["note"]
    verifier = NoteVerifier.from_vkey(NOTES["vkey"])
    assert open_checkpoint(vector["note"].encode(), verifier) == checkpoint
