"""The envelope has one spelling, and no flipped bit leaves it the same leaf."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import LeafError
from audit.leaf import Leaf
from audit.moments import moment_text, parse_moment
from crypto import canonical
from tests.audit.journals import ORIGIN, SCHOOL, START

LEAF = Leaf(17, ORIGIN, SCHOOL, 4, SCHOOL, START, bytes(range(32)))
MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=10))]))

leaves = st.builds(
    Leaf,
    idx=st.integers(0, 10**15 - 1),
    log=st.text("abc.-/_09", min_size=1, max_size=200),
    school_id=st.none() | st.uuids(),
    sseq=st.integers(0, 10**15 - 1),
    id=st.uuids(),
    integrated_at=MOMENTS.filter(lambda at: 2 < at.year < 9998),
    body_hash=st.binary(min_size=32, max_size=32),
)


@given(leaves)
def test_a_leaf_reads_back_and_is_canonical_json(leaf):
    envelope = leaf.encode()
    assert Leaf.decode(envelope) == leaf
    assert rfc8785.dumps(canonical.loads(envelope)) == envelope


def test_no_flipped_bit_leaves_the_same_leaf():
    envelope = LEAF.encode()
    for bit in range(len(envelope) * 8):
        changed = bytearray(envelope)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            assert Leaf.decode(bytes(changed)) != LEAF
        except LeafError:
            continue


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param(b'"v":1', b'"v":2', "leaf.form", id="another version"),
        pytest.param(b'"idx":17', b'"idx":017', "leaf.form", id="leading zero"),
        pytest.param(b'"idx":17', b'"idx":-17', "leaf.form", id="negative"),
        pytest.param(b'"idx":17', b'"idx":17.0', "leaf.form", id="float"),
        pytest.param(b'{"bh"', b'{ "bh"', "leaf.form", id="space"),
        pytest.param(b"1f", b"1F", "leaf.form", id="upper-case hash"),
        pytest.param(b',"v":1', b',"v":1,"w":1', "leaf.form", id="one more key"),
        pytest.param(b"09-01T08", b"13-01T08", "leaf.moment", id="thirteenth month"),
        pytest.param(b"09-01T08:30", b"09-01T08.30", "leaf.moment", id="dots in the time"),
    ],
)
def test_another_spelling_is_refused(old, new, code):
    envelope = LEAF.encode()
    assert old in envelope
    with pytest.raises(LeafError) as refusal:
        Leaf.decode(envelope.replace(old, new))
    assert refusal.value.code == code


def test_an_event_of_no_school_says_null():
    assert b'"school":null' in replace(LEAF, school_id=None).encode()


@given(MOMENTS.filter(lambda at: 2 < at.year < 9998))
def test_a_moment_reads_back(at):
    assert parse_moment(moment_text(at)) == at


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-01T08:30:00Z",
        "2026-09-01T08:30:00.000000+00:00",
        "2026-09-01T18:30:00.000000+10:00",
        "2026-09-01T08:30:00.000000",
        "2026-09-01 08:30:00.000000Z",
        "2026-02-30T08:30:00.000000Z",
        "0001-01-01T00:00:00.000000+23:00",
        "",
    ],
)
def test_another_spelling_of_a_moment_is_refused(text):
    with pytest.raises(ValueError, match=r"moment\.form"):
        parse_moment(text)


def test_a_naive_moment_has_no_text():
    with pytest.raises(ValueError, match=r"moment\.naive"):
        moment_text(START.replace(tzinfo=None))
