"""The pack: a zip with one spelling that any zip program opens, written whole or not at all."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import replace

import pytest

from audit import archive, pack
from audit.archive import ArchiveReader, ArchiveWriter
from audit.errors import PackError
from audit.manifest import Manifest
from audit.pack import write_pack
from audit.record import record
from tests.audit.journals import LATER, ORIGIN, OTHER_SCHOOL, SCHOOL, Parts

MANIFEST = Manifest(ORIGIN, 3, b"r" * 32, SCHOOL, 2, (1, 2))


def make_zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    writer = ArchiveWriter(out)
    for name, content in members.items():
        writer.add(name, [content[:2], content[2:]])
    writer.close()
    return out.getvalue()


def read(path, data: bytes) -> dict[str, bytes]:
    path.write_bytes(data)
    with path.open("rb") as file:
        reader = ArchiveReader(file)
        try:
            return {name: reader.read(name, 1000) for name in reader.members}
        finally:
            reader.close()


MEMBERS = {"manifest.json": b"{}", "checkpoints/12": b"", "leaves": b"a\nbb\n"}


def test_any_zip_program_opens_what_we_write():
    with zipfile.ZipFile(io.BytesIO(make_zip(MEMBERS))) as found:
        assert found.testzip() is None
        assert {info.filename: found.read(info) for info in found.infolist()} == MEMBERS
        assert {info.compress_type for info in found.infolist()} == {zipfile.ZIP_STORED}
        assert {info.date_time for info in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_we_read_what_we_write(tmp_path):
    assert read(tmp_path / "a.zip", make_zip(MEMBERS)) == MEMBERS
    assert read(tmp_path / "b.zip", make_zip({})) == {}


def test_no_flipped_bit_and_no_cut_of_an_archive_passes(tmp_path):
    data = make_zip(MEMBERS)
    changed = [data[:cut] for cut in range(len(data))]
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        changed.append(bytes(flipped))
    undetected = 0
    for one in changed:
        try:
            read(tmp_path / "a.zip", one)
        except PackError:
            continue
        undetected += 1
    assert undetected == 0


def with_zipfile(**options: object) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **options) as made:
        made.writestr("leaves", b"x" * 100)
    return out.getvalue()


def other_size(data: bytes) -> bytes:
    """The local header claims more bytes than there are."""
    return data[:18] + struct.pack("<LL", 10**6, 10**6) + data[26:]


DATA = make_zip(MEMBERS)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "pack.truncated", id="nothing"),
        pytest.param(DATA[:10], "pack.truncated", id="a cut header"),
        pytest.param(other_size(DATA), "pack.truncated", id="more bytes claimed"),
        pytest.param(DATA[:-1], "pack.truncated", id="a cut directory"),
        pytest.param(DATA + b"\0", "pack.directory", id="a byte behind"),
        pytest.param(b"\0" + DATA, "pack.directory", id="a byte before"),
        pytest.param(with_zipfile(), "pack.header", id="another zip program"),
        pytest.param(
            with_zipfile(compression=zipfile.ZIP_DEFLATED), "pack.header", id="compressed"
        ),
        pytest.param(make_zip({"../leaves": b""}), "pack.name", id="a name that climbs"),
        pytest.param(make_zip({"/leaves": b""}), "pack.name", id="an absolute name"),
        pytest.param(make_zip({"Leaves": b""}), "pack.name", id="a name in capitals"),
        pytest.param(DATA.replace(b"a\nbb\n", b"a\nbc\n"), "pack.crc", id="other content"),
    ],
)
def test_another_spelling_of_an_archive_is_refused(tmp_path, data, code):
    with pytest.raises(PackError) as refusal:
        read(tmp_path / "a.zip", data)
    assert refusal.value.code == code


def test_a_file_that_stands_twice_is_refused(tmp_path):
    out = io.BytesIO()
    writer = ArchiveWriter(out)
    writer.add("leaves", [b"1"])
    writer.add("leaves", [b"2"])
    writer.close()
    with pytest.raises(PackError, match=r"pack\.duplicate"):
        read(tmp_path / "a.zip", out.getvalue())


def test_an_archive_has_its_limits(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    monkeypatch.setattr(archive, "MAX_MEMBERS", 2)
    with pytest.raises(PackError, match=r"pack\.members"):
        read(path, DATA)
    monkeypatch.setattr(archive, "MAX_BYTES", len(DATA) - 1)
    with pytest.raises(PackError, match=r"pack\.size"):
        read(path, DATA)
    monkeypatch.setattr(archive, "MAX_BYTES", 40)
    with pytest.raises(PackError, match=r"pack\.size"):
        make_zip(MEMBERS)


def test_a_file_is_read_within_its_limit(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(DATA)
    with path.open("rb") as file:
        reader = ArchiveReader(file)
        assert list(reader.lines("leaves", 2)) == [b"a", b"bb"]
        for ask, code in (
            (lambda: reader.read("leaves", 4), "pack.size"),
            (lambda: reader.read("bodies", 4), "pack.missing"),
            (lambda: list(reader.lines("leaves", 1)), "pack.line"),
            (lambda: list(reader.lines("manifest.json", 9)), "pack.line"),
        ):
            with pytest.raises(PackError) as refusal:
                ask()
            assert refusal.value.code == code
        reader.close()


def test_a_manifest_reads_back():
    assert Manifest.decode(MANIFEST.encode()) == MANIFEST
    whole = replace(MANIFEST, scope=None)
    assert Manifest.decode(whole.encode()) == whole


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b'"bodies":2', b'"bodies":true', id="boolean"),
        pytest.param(b"[1,2]", b"[true,2]", id="boolean size"),
        pytest.param(b'"size":3', b'"size":"3"', id="text for a number"),
        pytest.param(b'"size":3', b'"size":3,"x":1', id="one more key"),
        pytest.param(b'"size":3', b'"sise":3', id="a key is missing"),
        pytest.param(b"auditpack/1", b"auditpack/2", id="another format"),
        pytest.param(b"7272", b"72 72", id="spaced root"),
        pytest.param(b"01990000-", b"01990000", id="another spelling of the school"),
        pytest.param(b"[1,2]", b"5", id="no list"),
        pytest.param(b"{", b"[{", id="no object"),
    ],
)
def test_another_spelling_of_a_manifest_is_refused(old, new):
    data = MANIFEST.encode()
    assert old in data
    with pytest.raises(PackError, match=r"manifest\.form"):
        Manifest.decode(data.replace(old, new, 1))


@pytest.mark.parametrize("data", [b"[]", b"5", b"\xff"])
def test_what_is_no_object_is_no_manifest(data):
    with pytest.raises(PackError, match=r"manifest\.form"):
        Manifest.decode(data)


def test_a_pack_holds_the_whole_log_and_the_bodies_in_scope(engine, fill, make_sequencer, tmp_path):
    sequencer = make_sequencer(engine)
    staged = []
    for _ in range(3):
        staged += fill(engine, 4)
        sequencer.integrate_once(LATER)
        sequencer.sign_once(LATER)
    target = tmp_path / "journal.auditpack"
    expected = {None: staged, SCHOOL: [e for e in staged if e.school_id == SCHOOL]}
    for scope, events in expected.items():
        with engine.begin() as connection:
            counts = write_pack(connection, scope, target)
        parts = Parts.of(target)
        names = [
            "manifest.json",
            "checkpoint",
            "checkpoints/4",
            "checkpoints/8",
            "leaves",
            "bodies",
        ]
        assert list(parts) == names
        assert (counts.size, counts.bodies, counts.checkpoints) == (12, len(events), 2)
        assert parts.lines("bodies") == [event.body() for event in events]
        assert [leaf.id for leaf in parts.leaves()] == [event.id for event in staged]
    assert list(tmp_path.glob("*.part")) == []


def test_a_pack_ends_where_the_signature_ends(lite, fill, make_sequencer):
    sequencer = make_sequencer(lite)
    fill(lite, 3)
    sequencer.integrate_once(LATER)
    sequencer.sign_once(LATER)
    fill(lite, 3)
    sequencer.integrate_once(LATER)
    out = io.BytesIO()
    with lite.begin() as connection:
        counts = write_pack(connection, None, out)
    assert (counts.size, counts.bodies) == (3, 3)


def test_a_long_log_is_written_by_pages(lite, fill, make_sequencer, monkeypatch):
    monkeypatch.setattr(pack, "_ROWS", 4)
    sequencer = make_sequencer(lite)
    fill(lite, 9)
    sequencer.integrate_once(LATER)
    sequencer.sign_once(LATER)
    out = io.BytesIO()
    with lite.begin() as connection:
        assert write_pack(connection, None, out).bodies == 9


def test_many_checkpoints_are_thinned_evenly(lite, an_event, make_sequencer, monkeypatch):
    monkeypatch.setattr(pack, "MAX_EARLIER", 4)
    sequencer = make_sequencer(lite)
    for _ in range(11):
        with lite.begin() as connection:
            record(connection, an_event())
        sequencer.integrate_once(LATER)
        sequencer.sign_once(LATER)
    out = io.BytesIO()
    with lite.begin() as connection:
        write_pack(connection, None, out)
    with zipfile.ZipFile(out) as found:
        assert Manifest.decode(found.read("manifest.json")).checkpoints == (1, 4, 7, 10)


@pytest.mark.parametrize(
    ("is_signed", "scope", "code"),
    [
        pytest.param(False, None, "pack.no_checkpoint", id="nothing signed"),
        pytest.param(True, OTHER_SCHOOL, "pack.empty_scope", id="no event of the school"),
    ],
)
def test_a_pack_that_would_prove_nothing_is_not_written(
    lite, an_event, make_sequencer, tmp_path, is_signed, scope, code
):
    sequencer = make_sequencer(lite)
    with lite.begin() as connection:
        record(connection, an_event())
    sequencer.integrate_once(LATER)
    if is_signed:
        sequencer.sign_once(LATER)
    target = tmp_path / "journal.auditpack"
    with lite.begin() as connection, pytest.raises(PackError) as refusal:
        write_pack(connection, scope, target)
    assert refusal.value.code == code
    assert not list(tmp_path.glob("*.auditpack*"))
