from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.envelope import (
    AES_256_GCM,
    FORMAT_VERSION,
    DataKey,
    KeyClass,
    RecordKind,
    kek_id_of,
    new_data_key,
    open_data_key,
)
from crypto.errors import OpenError, RingError
from crypto.keyring import KeyState, Ring, RingName
from crypto.providers import FileKek

SCHOOL = UUID("019954a0-1c00-7000-8000-000000000028")
OTHER_SCHOOL = UUID("019954a0-1c00-7000-8000-000000000029")
PERSON = UUID("019954a0-1c00-7000-8000-0000000000a1")
OTHER_PERSON = UUID("019954a0-1c00-7000-8000-0000000000a2")
DEK = b"d" * 32
PLAIN = '{"family_name":"Пчёлкина"}'.encode()


def a_key(
    school: UUID = SCHOOL, person: UUID = PERSON, generation: int = 1, dek: bytes = DEK
) -> DataKey:
    return DataKey(dek, school, person, KeyClass.REGISTRY, generation)


@given(st.binary(max_size=200), st.sampled_from(RecordKind), st.integers(1, 65535))
def test_what_was_sealed_opens_in_its_place(
    plain: bytes, kind: RecordKind, generation: int
) -> None:
    sealed = a_key(generation=generation).seal(kind, plain)
    assert a_key(generation=generation).open(kind, sealed) == plain
    assert (len(sealed) - 34) % 16 == 0


def test_lengths_within_a_step_look_alike() -> None:
    sizes = {len(a_key().seal(RecordKind.REGISTRY, bytes(size))) for size in range(13)}
    assert sizes == {50}


def test_the_same_value_sealed_twice_looks_different() -> None:
    key = a_key()
    assert key.seal(RecordKind.REGISTRY, PLAIN) != key.seal(RecordKind.REGISTRY, PLAIN)


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(a_key(person=OTHER_PERSON), id="another person"),
        pytest.param(a_key(school=OTHER_SCHOOL), id="another school"),
        pytest.param(a_key(school=PERSON, person=SCHOOL), id="school and person swapped"),
        pytest.param(a_key(generation=2), id="another generation"),
        pytest.param(a_key(dek=b"e" * 32), id="the key of another class"),
    ],
)
def test_a_record_moved_elsewhere_does_not_open(elsewhere: DataKey) -> None:
    sealed = a_key().seal(RecordKind.REGISTRY, PLAIN)
    with pytest.raises(OpenError):
        elsewhere.open(RecordKind.REGISTRY, sealed)


@pytest.mark.parametrize("kind", [kind for kind in RecordKind if kind is not RecordKind.REGISTRY])
def test_a_record_of_one_kind_does_not_open_as_another(kind: RecordKind) -> None:
    sealed = a_key().seal(RecordKind.REGISTRY, PLAIN)
    with pytest.raises(OpenError):
        a_key().open(kind, sealed)
    renamed = sealed[:2] + kind.to_bytes(2, "big") + sealed[4:]
    with pytest.raises(OpenError):
        a_key().open(kind, renamed)


def test_every_flipped_bit_and_every_cut_of_a_record_is_refused() -> None:
    key = a_key()
    sealed = key.seal(RecordKind.REGISTRY, PLAIN)
    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(OpenError):
            key.open(RecordKind.REGISTRY, bytes(flipped))
    for size in range(len(sealed)):
        with pytest.raises(OpenError):
            key.open(RecordKind.REGISTRY, sealed[:size])
    with pytest.raises(OpenError):
        key.open(RecordKind.REGISTRY, sealed + b"\0")


@pytest.mark.parametrize(
    "padded",
    [
        pytest.param(b"\0\0\0\x01a" + b"\0" * 10 + b"\x01", id="padding that is not zero"),
        pytest.param(b"\0\0\0\x0d" + b"a" * 12, id="a length beyond the end"),
        pytest.param(b"\xff\xff\xff\xff" + b"a" * 12, id="an enormous length"),
        pytest.param(b"\0\0\0\x01a" + b"\0" * 27, id="a whole step too much"),
        pytest.param(b"\0\0\0\x01a" + b"\0" * 12, id="not a whole step"),
    ],
)
def test_padding_is_checked_even_under_a_right_tag(padded: bytes) -> None:
    key = a_key()
    head = bytes([FORMAT_VERSION, AES_256_GCM, 0, RecordKind.REGISTRY, 0, 1])
    place = b"\x00\x10" + SCHOOL.bytes + b"\x00\x10" + PERSON.bytes
    sealed = head + bytes(12) + key._aead.encrypt(bytes(12), padded, b"sg/r/1\0" + head + place)
    with pytest.raises(OpenError):
        key.open(RecordKind.REGISTRY, sealed)


@given(st.sampled_from(KeyClass), st.integers(1, 65535))
def test_a_wrapped_key_opens_in_its_place(
    kek: FileKek, key_class: KeyClass, generation: int
) -> None:
    key, wrapped = new_data_key(kek, SCHOOL, PERSON, key_class, generation)
    again = open_data_key(kek, wrapped, SCHOOL, PERSON)
    assert (again.key_class, again.generation) == (key_class, generation)
    assert (again.school, again.person) == (SCHOOL, PERSON)
    sealed = key.seal(RecordKind.EVIDENCE, PLAIN)
    assert again.open(RecordKind.EVIDENCE, sealed) == PLAIN
    assert len(wrapped) == 69
    assert kek_id_of(wrapped) == kek.current()[0]


@pytest.mark.parametrize(
    ("school", "person"),
    [
        pytest.param(OTHER_SCHOOL, PERSON, id="another school"),
        pytest.param(SCHOOL, OTHER_PERSON, id="another person"),
        pytest.param(PERSON, SCHOOL, id="swapped"),
    ],
)
def test_a_wrapped_key_moved_elsewhere_does_not_open(
    kek: FileKek, school: UUID, person: UUID
) -> None:
    _, wrapped = new_data_key(kek, SCHOOL, PERSON, KeyClass.REGISTRY, 1)
    with pytest.raises(OpenError):
        open_data_key(kek, wrapped, school, person)


def test_every_flipped_bit_and_every_cut_of_a_wrapped_key_is_refused(kek: FileKek) -> None:
    _, wrapped = new_data_key(kek, SCHOOL, PERSON, KeyClass.REGISTRY, 1)
    kek_id_bits = range(2 * 8, 6 * 8)
    for bit in range(len(wrapped) * 8):
        flipped = bytearray(wrapped)
        flipped[bit // 8] ^= 1 << bit % 8
        refusal = RingError if bit in kek_id_bits else OpenError
        with pytest.raises(refusal):
            open_data_key(kek, bytes(flipped), SCHOOL, PERSON)
    for size in range(len(wrapped)):
        with pytest.raises(OpenError):
            open_data_key(kek, wrapped[:size], SCHOOL, PERSON)


def test_a_wrapped_key_of_another_class_does_not_open_the_records(kek: FileKek) -> None:
    registry, _ = new_data_key(kek, SCHOOL, PERSON, KeyClass.REGISTRY, 1)
    evidence, _ = new_data_key(kek, SCHOOL, PERSON, KeyClass.EVIDENCE, 1)
    sealed = registry.seal(RecordKind.REGISTRY, PLAIN)
    with pytest.raises(OpenError):
        evidence.open(RecordKind.REGISTRY, sealed)


def test_a_wrapped_thing_that_is_no_key_is_refused(kek: FileKek) -> None:
    kek_id, alg = kek.current()
    head = bytes([1, alg]) + kek_id.to_bytes(4, "big") + bytes([KeyClass.REGISTRY, 0, 1])
    place = b"\x00\x10" + SCHOOL.bytes + b"\x00\x10" + PERSON.bytes
    payload = kek.wrap(kek_id, alg, b"short", b"sg/w/1\0" + head + place)
    with pytest.raises(OpenError):
        open_data_key(kek, head + payload, SCHOOL, PERSON)


@pytest.mark.parametrize("generation", [0, 65536])
def test_a_generation_that_two_bytes_cannot_hold_is_refused(kek: FileKek, generation: int) -> None:
    with pytest.raises(ValueError, match=r"^envelope\.generation$"):
        new_data_key(kek, SCHOOL, PERSON, KeyClass.REGISTRY, generation)


def test_an_older_key_still_unwraps_and_a_disabled_one_does_not(
    kek: FileKek, rings: dict[RingName, Ring]
) -> None:
    _, wrapped = new_data_key(kek, SCHOOL, PERSON, KeyClass.REGISTRY, 1)
    old = rings[RingName.KEK].keys[0]
    new = replace(old, id=old.id ^ 1, version=2, material=b"n" * 32)

    def rotated(state: KeyState) -> FileKek:
        return FileKek(Ring(RingName.KEK, (replace(old, state=state), new)))

    later = rotated(KeyState.DECRYPT_ONLY)
    assert later.current()[0] == new.id
    assert open_data_key(later, wrapped, SCHOOL, PERSON).generation == 1
    with pytest.raises(RingError, match=r"^ring\.state"):
        open_data_key(rotated(KeyState.DISABLED), wrapped, SCHOOL, PERSON)


def test_another_ring_cannot_wrap(rings: dict[RingName, Ring]) -> None:
    with pytest.raises(RingError, match=r"^ring\.ring"):
        FileKek(rings[RingName.INDEX])


def test_neither_repr_nor_error_tells_a_secret() -> None:
    assert repr(a_key()) == "DataKey(REGISTRY, generation=1)"
    assert str(OpenError()) == "the sealed value does not open here"
    with pytest.raises(OpenError) as caught:
        a_key().open(RecordKind.REGISTRY, bytes(50))
    assert caught.value.__cause__ is None
