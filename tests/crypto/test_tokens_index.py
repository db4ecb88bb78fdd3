from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.canary import check_canary, check_roll, make_canary, make_roll
from crypto.errors import RingError
from crypto.keyring import KeyState, Ring, RingName
from crypto.providers import FileKek
from crypto.tokens_index import Index

SCHOOL = UUID("019954a0-1c00-7000-8000-000000000028")
OTHER = UUID("019954a0-1c00-7000-8000-000000000029")
places = st.tuples(st.sampled_from(["snils", "email"]), st.sampled_from([None, SCHOOL, OTHER]))
values = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(places, values, places, values)
def test_tokens_are_equal_exactly_when_field_scope_and_value_are(
    index: Index,
    one: tuple[str, UUID | None],
    left: str,
    two: tuple[str, UUID | None],
    right: str,
) -> None:
    same = (one, left) == (two, right)
    assert (index.token(*one, left) == index.token(*two, right)) is same
    assert len(index.token(*one, left)) == 16


def test_another_root_makes_other_tokens(index: Index, rings: dict[RingName, Ring]) -> None:
    key = rings[RingName.INDEX].keys[0]
    other = Index(Ring(RingName.INDEX, (replace(key, material=b"o" * 32, version=2),)))
    assert (index.version, other.version) == (1, 2)
    assert index.token("phone", None, "+79000000001") != other.token("phone", None, "+79000000001")
    assert repr(other) == "Index(version=2)"


@pytest.mark.parametrize(
    "value", [pytest.param("a" * 65536, id="too long"), pytest.param("ё\ud800", id="half a letter")]
)
def test_a_value_without_a_token_is_refused_and_not_told(index: Index, value: str) -> None:
    with pytest.raises(ValueError, match=r"^token\.value$") as caught:
        index.token("email", None, value)
    assert caught.value.__context__ is None


def test_another_ring_makes_no_tokens(rings: dict[RingName, Ring]) -> None:
    with pytest.raises(RingError, match=r"^ring\.ring"):
        Index(rings[RingName.KEK])


def foreign(rings: dict[RingName, Ring], name: RingName) -> Ring:
    """A ring whose key has the same id and another value: a wrong copy."""
    return Ring(name, (replace(rings[name].keys[0], material=b"f" * 32),))


def test_a_canary_lives_with_its_own_rings(kek: FileKek, index: Index) -> None:
    check_canary(kek, index, make_canary(kek, index))


def test_a_foreign_ring_is_noticed_before_anything_is_written(
    kek: FileKek, index: Index, rings: dict[RingName, Ring]
) -> None:
    canary = make_canary(kek, index)
    with pytest.raises(RingError, match=r"^ring\.canary: kek$"):
        check_canary(FileKek(foreign(rings, RingName.KEK)), index, canary)
    with pytest.raises(RingError, match=r"^ring\.canary: index$"):
        check_canary(kek, Index(foreign(rings, RingName.INDEX)), canary)


@pytest.mark.parametrize("cut", [0, 1, 2, 40, 71, -1], ids=str)
def test_a_damaged_canary_is_dead(kek: FileKek, index: Index, cut: int) -> None:
    with pytest.raises(RingError, match=r"^ring\.canary"):
        check_canary(kek, index, make_canary(kek, index)[:cut])


def test_every_ring_is_known_by_the_roll(rings: dict[RingName, Ring]) -> None:
    roll = make_roll(rings.values())
    check_roll(rings.values(), roll)
    for name in RingName:
        first, *rest = rings[name].keys
        others = {**rings, name: Ring(name, (replace(first, id=first.id ^ 1), *rest))}
        with pytest.raises(RingError, match=rf"^ring\.canary: {name}$"):
            check_roll(others.values(), roll)


def test_a_ring_may_gain_keys_and_bury_them(rings: dict[RingName, Ring]) -> None:
    roll = make_roll(rings.values())
    old = rings[RingName.KEK].keys[0]
    buried = replace(old, state=KeyState.DESTROYED, material=b"")
    fresh = replace(old, id=old.id ^ 1, version=2, kcv="000000")
    check_roll([Ring(RingName.KEK, (buried, fresh))], roll)
    with pytest.raises(RingError, match=r"^ring\.canary: kek$"):
        check_roll([Ring(RingName.KEK, (fresh,))], roll)


@pytest.mark.parametrize(
    "roll", [b"", b"[]", b"{}", b'{"kek":{}}', b'{"kek":"x"}'], ids=lambda roll: roll.decode()
)
def test_a_damaged_roll_knows_nobody(rings: dict[RingName, Ring], roll: bytes) -> None:
    with pytest.raises(RingError, match=r"^ring\.canary"):
        check_roll(rings.values(), roll)
