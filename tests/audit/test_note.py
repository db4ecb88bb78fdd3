"""Signed notes and checkpoints: one spelling, and no bit of a signed one changes unnoticed."""

from __future__ import annotations

import base64

import pytest

from audit.checkpoint import Checkpoint, open_checkpoint, read_unverified, sign_checkpoint
from audit.errors import NoteError
from audit.note import MAX_NOTE_BYTES, open_note, sign
from audit.tree import EMPTY_ROOT
from crypto.signing import NoteSigner
from tests.audit.journals import ORIGIN

ROOT = bytes(range(100, 132))
ROOT_TEXT = base64.b64encode(ROOT).decode()
OTHER = NoteSigner("witness.example.org", b"w" * 32)


@pytest.fixture
def checkpoint() -> Checkpoint:
    return Checkpoint(ORIGIN, 12345, ROOT)


@pytest.fixture
def note(checkpoint, signer) -> bytes:
    return sign_checkpoint(checkpoint, signer)


def flips(data: bytes):
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def test_a_signed_checkpoint_opens_under_its_key(checkpoint, note, signer):
    assert open_checkpoint(note, signer.verifier) == checkpoint
    assert read_unverified(note) == checkpoint


def test_no_flipped_bit_of_a_checkpoint_passes(note, signer):
    undetected = 0
    for changed in flips(note):
        try:
            open_checkpoint(changed, signer.verifier)
        except NoteError:
            continue
        undetected += 1
    assert undetected == 0


def test_a_line_of_an_unknown_key_changes_nothing_trusted(checkpoint, note, signer):
    foreign = sign(checkpoint.text(), OTHER).rpartition(b"\n\n")[2]
    for changed in flips(foreign):
        try:
            assert open_checkpoint(note + changed, signer.verifier) == checkpoint
        except NoteError:
            continue
    assert open_checkpoint(note + foreign, signer.verifier) == checkpoint


def line(signer: NoteSigner, blob: bytes | None = None) -> str:
    raw = signer.key_id + b"x" * 64 if blob is None else blob
    return f"— {signer.name} {base64.b64encode(raw).decode()}\n"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(lambda n: n + b"x" * MAX_NOTE_BYTES, "note.size", id="too long"),
        pytest.param(lambda n: b"\xff" + n, "note.utf8", id="not UTF-8"),
        pytest.param(lambda n: b"\t" + n, "note.control", id="control character"),
        pytest.param(lambda n: n.replace(b"\n", b"\r\n"), "note.control", id="Windows lines"),
        pytest.param(lambda n: n[:-1], "note.form", id="no last newline"),
        pytest.param(lambda n: n.replace(b"\n\n", b"\n"), "note.form", id="no empty line"),
        pytest.param(lambda n: b"\n\n" + n.partition(b"\n\n")[2], "note.form", id="no text"),
        pytest.param(lambda n: n.partition(b"\n\n")[0] + b"\n\n", "note.form", id="cut signatures"),
        pytest.param(lambda n: n + b"x\n", "note.line", id="line without its mark"),
        pytest.param(
            lambda n: n + "— a\u00a0b AAAA\n".encode(), "note.line", id="space in the name"
        ),
        pytest.param(lambda n: n + "— a AAAAAAA=x\n".encode(), "note.line", id="text behind"),
        pytest.param(lambda n: n + "— a AAAAAAB=\n".encode(), "note.base64", id="loose base64"),
        pytest.param(lambda n: n + "— a AAAAA\n".encode(), "note.base64", id="broken base64"),
        pytest.param(lambda n: n + "— a AAAA\n".encode(), "note.base64", id="no signature"),
        pytest.param(
            lambda n: n.partition(b"\n\n")[0] + b"\n\n" + line(OTHER).encode(),
            "note.unsigned",
            id="another key only",
        ),
        pytest.param(
            lambda n: n + n.rpartition(b"\n\n")[2], "note.repeated", id="our signature twice"
        ),
        pytest.param(lambda n: n.replace(b"12345", b"12346"), "note.signature", id="other size"),
        pytest.param(
            lambda n: n.replace(f"— {ORIGIN}".encode(), "— another".encode()),
            "note.impostor",
            id="our signature under another name",
        ),
    ],
)
def test_a_malformed_note_is_refused(note, signer, change, code):
    with pytest.raises(NoteError) as refusal:
        open_checkpoint(change(note), signer.verifier)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{ORIGIN}\n1\n{ROOT_TEXT}\nextension\n", id="extension line"),
        pytest.param(f"{ORIGIN}\n01\n{ROOT_TEXT}\n", id="leading zero"),
        pytest.param(f"{ORIGIN}\n-1\n{ROOT_TEXT}\n", id="negative"),
        pytest.param(f"{ORIGIN}\n9007199254740992\n{ROOT_TEXT}\n", id="beyond 2**53"),
        pytest.param(f"{ORIGIN}\n1\n{ROOT_TEXT[:-2]}9=\n", id="loose base64 of the root"),
        pytest.param(f"{ORIGIN}\n1\n{ROOT_TEXT[:-1]}\n", id="base64 without padding"),
        pytest.param(f"{ORIGIN}\n1\nAAAA\n", id="short root"),
        pytest.param(f"{ORIGIN}\n0\n{ROOT_TEXT}\n", id="empty log with a root"),
        pytest.param(f"\n1\n{ROOT_TEXT}\n", id="no origin"),
        pytest.param(f"a b\n1\n{ROOT_TEXT}\n", id="space in the origin"),
        pytest.param(f"{ORIGIN}\n1\n", id="no root"),
    ],
)
def test_a_text_that_is_not_a_checkpoint_is_refused_although_signed(signer, text):
    with pytest.raises(NoteError, match=r"checkpoint\.form"):
        open_checkpoint(sign(text, signer), signer.verifier)


def test_a_checkpoint_of_another_log_is_refused_although_signed(signer):
    foreign = Checkpoint("other.example.org", 1, ROOT)
    with pytest.raises(NoteError, match=r"checkpoint\.origin"):
        open_checkpoint(sign(foreign.text(), signer), signer.verifier)
    with pytest.raises(NoteError, match=r"checkpoint\.origin"):
        sign_checkpoint(foreign, signer)


def test_an_empty_log_has_the_empty_root(signer):
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert open_checkpoint(sign_checkpoint(empty, signer), signer.verifier) == empty


@pytest.mark.parametrize("text", ["no newline", "two\n\nparts\n", "tab\t\n"])
def test_a_text_that_no_reader_would_accept_is_not_signed(signer, text):
    with pytest.raises(NoteError, match=r"note\.text"):
        sign(text, signer)


def test_any_other_text_may_be_signed(signer):
    assert open_note(sign("first\nsecond — line\n", signer), signer.verifier).count("\n") == 2
