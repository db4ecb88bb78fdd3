import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import SignatureError
from crypto.signing import NoteSigner, NoteVerifier

NAME = "example.org/journal"
# RFC 8032, section 7.1, test 2
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
LETTERS = "example.org/letters-2"  # its key id has letters
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNED_72 = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_signing_follows_rfc_8032() -> None:
    assert NoteSigner(NAME, SEED).sign(b"\x72").hex() == SIGNED_72


def test_the_verifier_key_of_the_go_note_package_reads() -> None:
    # golang.org/x/mod/sumdb/note, documentation example
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    found = NoteVerifier.from_vkey(vkey)
    assert (found.name, found.key_id.hex(), found.vkey) == ("PeterNeumann", "c74f20a3", vkey)


@given(st.binary(max_size=100))
def test_a_verifier_key_is_all_that_is_needed_to_check(data: bytes) -> None:
    signer = NoteSigner(NAME, SEED)
    verifier = NoteVerifier.from_vkey(signer.vkey)
    assert verifier.public == PUBLIC
    assert verifier.key_id == signer.key_id
    verifier.verify(data, signer.sign(data))


def test_every_flipped_bit_of_a_signature_is_found() -> None:
    signer = NoteSigner(NAME, SEED)
    good = signer.sign(b"text")
    for bit in range(len(good) * 8):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SignatureError):
            signer.verifier.verify(b"text", bytes(bad))
    with pytest.raises(SignatureError):
        signer.verifier.verify(b"text", good[:-1])


def vkey_of(name: str = NAME, key_id: str = "", blob: bytes = b"\x01" + PUBLIC) -> str:
    good = NoteVerifier(NAME, PUBLIC)
    return f"{name}+{key_id or good.key_id.hex()}+{base64.b64encode(blob).decode()}"


@pytest.mark.parametrize(
    "vkey",
    [
        pytest.param("", id="nothing"),
        pytest.param(NAME, id="a name alone"),
        pytest.param(vkey_of(name=""), id="no name"),
        pytest.param(vkey_of(name="example org"), id="a space in the name"),
        pytest.param(vkey_of(name="журнал"), id="a Cyrillic name"),
        pytest.param(vkey_of(name="example.org/other"), id="the id of another name"),
        pytest.param(vkey_of(key_id="00000000"), id="another id"),
        pytest.param(
            vkey_of(LETTERS, NoteVerifier(LETTERS, PUBLIC).key_id.hex().upper()), id="upper case"
        ),
        pytest.param(vkey_of(blob=b"\x02" + PUBLIC), id="another signature type"),
        pytest.param(vkey_of(blob=b"\x01" + PUBLIC[:-1]), id="a short key"),
        pytest.param(vkey_of() + "=", id="padding"),
        pytest.param(vkey_of() + "\n", id="a line end"),
        pytest.param(vkey_of()[:-1] + "ё", id="Cyrillic base64"),
    ],
)
def test_only_one_spelling_of_a_verifier_key_is_read(vkey: str) -> None:
    with pytest.raises(SignatureError, match="malformed"):
        NoteVerifier.from_vkey(vkey)


def test_a_seed_of_another_length_is_refused() -> None:
    with pytest.raises(SignatureError, match="malformed"):
        NoteSigner(NAME, SEED[:-1])


def test_a_signer_never_shows_its_seed() -> None:
    assert repr(NoteSigner(NAME, SEED)) == (
        f"NoteSigner('{NAME}', key_id={NoteVerifier(NAME, PUBLIC).key_id.hex()})"
    )
