import threading
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import ids
from crypto.ids import uuid7

NOON = datetime(2026, 9, 1, 12, 0, 0, 123_456, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
moments = st.integers(0, 2**52).map(lambda micros: EPOCH + timedelta(microseconds=micros))


def fresh(at: datetime, entropy: bytes) -> uuid.UUID:
    """An id made by a thread that has made none before."""
    found: list[uuid.UUID] = []
    thread = threading.Thread(target=lambda: found.append(uuid7(at, lambda _: entropy)))
    thread.start()
    thread.join()
    return found[0]


def test_the_example_of_rfc_9562_comes_out() -> None:
    # Appendix A.6: 2022-02-22 19:22:22 UTC, 017F22E2-79B0-7...; the random part is ours.
    made = fresh(datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC), b"\xff" * 8)
    assert str(made) == "017f22e2-79b0-7000-9fff-ffffffffffff"


@given(moments, st.binary(min_size=8, max_size=8))
def test_every_id_says_its_version_variant_and_millisecond(at: datetime, noise: bytes) -> None:
    made = uuid7(at, lambda _: noise)
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == (at - EPOCH) // timedelta(milliseconds=1)


@given(moments, moments)
def test_ids_sort_by_moment_down_to_a_microsecond(one: datetime, two: datetime) -> None:
    if one != two:
        assert (uuid7(one) < uuid7(two)) == (one < two)


def test_ids_of_one_moment_keep_the_order_they_were_made_in() -> None:
    made = [uuid7(NOON) for _ in range(2000)]
    assert made == sorted(set(made))


def test_an_exhausted_tail_starts_anew_instead_of_overflowing() -> None:
    # Half a billion ids of one moment are out of a test's reach: begin at the last one.
    uuid7(NOON)
    ids._last.tail = 2**62 - 1
    made = uuid7(NOON, lambda _: bytes(8))
    assert made.int & (2**62 - 1) == 0
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_the_zone_of_a_moment_does_not_matter() -> None:
    khabarovsk = NOON.astimezone(timezone(timedelta(hours=10)))
    assert fresh(khabarovsk, bytes(8)) == fresh(NOON, bytes(8))


@pytest.mark.parametrize(
    ("at", "code"),
    [
        pytest.param(NOON.replace(tzinfo=None), "ids.naive", id="a naive moment"),
        pytest.param(datetime(1969, 12, 31, tzinfo=UTC), "ids.before_epoch", id="before 1970"),
    ],
)
def test_a_moment_that_no_id_can_hold_is_refused(at: datetime, code: str) -> None:
    with pytest.raises(ValueError, match=f"^{code}$"):
        uuid7(at)
