"""The verifier alone with a pack: everything changed is found and named."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from audit import verify
from audit.archive import ArchiveWriter
from audit.checkpoint import Checkpoint, sign_checkpoint
from audit.event import Event
from audit.leaf import Leaf, body_digest
from audit.note import sign, split
from audit.report import LISTED, SHOWN, TEXTS, UNVERIFIABLE, Report, Verdict
from audit.verify import main, verify_pack
from crypto import canonical
from crypto.signing import NoteSigner
from tests.audit.journals import ORIGIN, OTHER_SCHOOL, SCHOOL, START, Parts

ROOT = Path(verify.__file__).parents[1]


def codes(report: Report) -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = {}
    for finding in report.findings:
        found.setdefault(finding.code, []).append(finding.idx)
    return found


@pytest.fixture
def vkey(tmp_path, signer) -> Path:
    file = tmp_path / "journal.vkey"
    file.write_text(signer.vkey + "\n")
    return file


@pytest.fixture
def parts(a_pack) -> Parts:
    """Nine leaves in three steps, all bodies."""
    return Parts.of(a_pack())


@pytest.fixture
def check(tmp_path, signer):
    """Verify parts put together again."""

    def run(parts: Parts, known=()) -> Report:
        return verify_pack(parts.write(tmp_path / "changed.auditpack"), signer.verifier, known)

    return run


@pytest.mark.parametrize("scope", [None, SCHOOL], ids=["whole log", "one school"])
def test_an_untouched_pack_is_whole(a_pack, signer, scope):
    pack = a_pack(scope)
    kept = [Parts.of(pack)[name] for name in ("checkpoints/3", "checkpoint")]
    report = verify_pack(pack, signer.verifier, kept)
    assert report.findings == []
    assert report.verdict is Verdict.WHOLE
    assert (report.log, report.size, report.events) == (ORIGIN, 9, 9)
    assert (report.bodies, report.checkpoints, report.known) == (6 if scope else 9, 2, 2)
    assert report.scope == (str(SCHOOL) if scope else None)


def flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_no_flipped_bit_of_a_pack_passes(a_pack, tmp_path, signer):
    data = a_pack().read_bytes()
    changed = tmp_path / "changed.auditpack"
    undetected = 0
    for bit in range(0, len(data) * 8, 29):  # 29 and 8 share no divisor: every place in a byte
        changed.write_bytes(flip(data, bit))
        undetected += verify_pack(changed, signer.verifier).verdict is not Verdict.TAMPERED
    assert undetected == 0


@pytest.mark.parametrize("name", ["leaves", "bodies", "manifest.json"])
def test_no_flipped_bit_inside_of_a_repaired_archive_passes(parts, check, name):
    """The sums of the zip are made anew, so only the journal's own hashes can tell."""
    original = parts[name]
    undetected = 0
    for bit in range(0, len(original) * 8, 29):
        parts[name] = flip(original, bit)
        undetected += check(parts).verdict is not Verdict.TAMPERED
    assert undetected == 0


def test_no_flipped_bit_of_the_checkpoint_passes(parts, check):
    original = parts["checkpoint"]
    undetected = 0
    for bit in range(len(original) * 8):
        parts["checkpoint"] = flip(original, bit)
        undetected += check(parts).verdict is not Verdict.TAMPERED
    assert undetected == 0


def swap(lines: list[bytes]) -> list[bytes]:
    return [*lines[:3], lines[4], lines[3], *lines[5:]]


STRUCTURE = [
    pytest.param(swap, {"leaf.index", "root.differs"}, id="two leaves swapped"),
    pytest.param(
        lambda lines: [*lines[:4], lines[3], *lines[4:]],
        {"leaf.index", "leaf.repeated", "leaf.sequence", "leaf.count", "root.differs"},
        id="a leaf doubled",
    ),
    pytest.param(
        lambda lines: lines[1:], {"leaf.index", "leaf.count", "root.differs"}, id="first deleted"
    ),
    pytest.param(
        lambda lines: lines[:4] + lines[5:],
        {"leaf.index", "leaf.count", "root.differs"},
        id="middle deleted",
    ),
    pytest.param(
        lambda lines: lines[:-1], {"leaf.count", "root.differs", "body.extra"}, id="last deleted"
    ),
    pytest.param(
        lambda lines: lines[:6], {"leaf.count", "root.differs", "body.extra"}, id="tail cut"
    ),
    pytest.param(lambda _: [], {"leaf.count", "root.differs", "scope.empty"}, id="all deleted"),
]


@pytest.mark.parametrize(("change", "expected"), STRUCTURE)
def test_moved_and_missing_leaves_are_named(parts, check, change, expected):
    parts.put_lines("leaves", change(parts.lines("leaves")))
    report = check(parts)
    assert report.verdict is Verdict.TAMPERED
    assert expected <= codes(report).keys()


def envelope_of(event: Event, leaf: Leaf) -> bytes:
    return replace(leaf, id=event.id, body_hash=body_digest(event.body())).encode()


def insert(parts: Parts, an_event) -> None:
    """One more event, all the leaves after it numbered anew."""
    leaves = parts.leaves()
    event = an_event(school=OTHER_SCHOOL)
    new = replace(leaves[4], id=event.id, body_hash=body_digest(event.body()))
    moved = [replace(leaf, idx=leaf.idx + 1, sseq=leaf.sseq) for leaf in leaves[4:]]
    parts.put_lines("leaves", [leaf.encode() for leaf in [*leaves[:4], new, *moved]])
    bodies = parts.lines("bodies")
    parts.put_lines("bodies", [*bodies[:4], event.body(), *bodies[4:]])


def test_an_inserted_event_is_found(parts, check, an_event):
    insert(parts, an_event)
    found = codes(check(parts))
    assert {"leaf.count", "root.differs", "earlier.differs", "body.count"} <= found.keys()


def test_an_operator_with_the_key_is_caught_by_an_earlier_checkpoint(
    parts, check, an_event, signer
):
    """The forged log is consistent in itself; a checkpoint held outside is not part of it."""
    kept = parts["checkpoints/6"]
    leaves, event = parts.leaves(), an_event(school=SCHOOL)
    forged = replace(leaves[0], id=event.id, body_hash=body_digest(event.body()))
    parts.put_lines("leaves", [forged.encode(), *parts.lines("leaves")[1:]])
    parts.put_lines("bodies", [event.body(), *parts.lines("bodies")[1:]])
    del parts["checkpoints/3"], parts["checkpoints/6"]
    parts.sign_anew(signer, checkpoints=())
    assert check(parts).verdict is Verdict.WHOLE
    assert codes(check(parts, [kept])) == {"known.differs": [6]}


def change_leaf(place: int, /, **changes: object):
    def change(parts: Parts) -> None:
        lines = parts.lines("leaves")
        lines[place] = replace(Leaf.decode(lines[place]), **changes).encode()
        parts.put_lines("leaves", lines)

    return change


def raw_leaf(idx: int, old: bytes, new: bytes):
    def change(parts: Parts) -> None:
        lines = parts.lines("leaves")
        lines[idx] = lines[idx].replace(old, new)
        parts.put_lines("leaves", lines)

    return change


def change_body(idx: int, **changes: object):
    """Another body under a leaf that commits to it, as only an operator can make."""

    def change(parts: Parts) -> None:
        lines, bodies = parts.lines("leaves"), parts.lines("bodies")
        found = canonical.loads(bodies[idx])
        assert isinstance(found, dict)
        bodies[idx] = canonical.dumps({**found, **changes})
        leaf = Leaf.decode(lines[idx])
        lines[idx] = replace(leaf, body_hash=body_digest(bodies[idx])).encode()
        parts.put_lines("leaves", lines)
        parts.put_lines("bodies", bodies)

    return change


def bodies(change):
    def apply(parts: Parts) -> None:
        parts.put_lines("bodies", change(parts.lines("bodies")))

    return apply


SIGNED_ANEW = [
    pytest.param(change_leaf(5, idx=50), {"leaf.index": [5]}, Verdict.TAMPERED, id="renumbered"),
    pytest.param(
        change_leaf(8, sseq=50), {"leaf.sequence": [8]}, Verdict.TAMPERED, id="school renumbered"
    ),
    pytest.param(
        change_leaf(8, integrated_at=START - timedelta(days=1)),
        {"leaf.time": [8]},
        Verdict.TAMPERED,
        id="re-timed",
    ),
    pytest.param(
        change_leaf(8, log="other.example.org"), {"leaf.log": [8]}, Verdict.TAMPERED, id="other log"
    ),
    pytest.param(
        raw_leaf(8, b'"v":1', b'"v":2'),
        {"leaf.form": [8], "body.extra": [None]},
        Verdict.TAMPERED,
        id="malformed leaf",
    ),
    pytest.param(
        raw_leaf(8, b"2026-09", b"2026-13"),
        {"leaf.moment": [8], "body.extra": [None]},
        Verdict.TAMPERED,
        id="impossible moment",
    ),
    pytest.param(
        change_body(4, kind="person.gossiped"),
        {"body.kind": [4]},
        Verdict.INCOMPLETE,
        id="kind from a newer version",
    ),
    pytest.param(
        change_body(4, data={"name": "Anna"}),
        {"body.fields": [4]},
        Verdict.TAMPERED,
        id="field outside of the table",
    ),
    pytest.param(
        change_body(3, school=str(OTHER_SCHOOL)),
        {"body.place": [3]},
        Verdict.TAMPERED,
        id="body of another school",
    ),
    pytest.param(
        change_body(4, id=str(SCHOOL)),
        {"body.place": [4]},
        Verdict.TAMPERED,
        id="body of another event",
    ),
    pytest.param(bodies(lambda b: b[:-1]), {"body.missing": [8]}, Verdict.INCOMPLETE, id="no body"),
    pytest.param(bodies(swap), {"body.order": [3]}, Verdict.TAMPERED, id="bodies swapped"),
    pytest.param(
        bodies(lambda b: [*b, b[0]]), {"body.changed": [0]}, Verdict.TAMPERED, id="body twice"
    ),
    pytest.param(
        bodies(lambda b: [*b[:-1], b[-1].replace(b"check", b"gossip")]),
        {"body.changed": [8], "body.missing": [8]},
        Verdict.TAMPERED,
        id="body changed",
    ),
    pytest.param(
        bodies(lambda b: [*b[:-1], b"{}"]),
        {"body.extra": [None], "body.missing": [8]},
        Verdict.TAMPERED,
        id="body is something else",
    ),
    pytest.param(
        bodies(lambda b: [*b, b"x" * 9000]), {"pack.line": [None]}, Verdict.TAMPERED, id="long line"
    ),
]


@pytest.mark.parametrize(("change", "expected", "verdict"), SIGNED_ANEW)
def test_what_a_dishonest_signature_covers_is_still_named(
    parts, check, signer, change, expected, verdict
):
    change(parts)
    del parts["checkpoints/3"], parts["checkpoints/6"]
    parts.sign_anew(signer, checkpoints=())
    report = check(parts)
    assert codes(report) == expected
    assert report.verdict is verdict


def test_a_school_without_events_cannot_be_shown_whole(parts, check, signer):
    parts.put_lines("bodies", [])
    parts.sign_anew(signer, scope=replace_last(SCHOOL))
    report = check(parts)
    assert codes(report) == {"scope.empty": [None]}
    assert report.verdict is Verdict.INCOMPLETE


def replace_last(school):
    return type(school)(int=school.int + 99)


def test_a_body_out_of_scope_is_named(a_pack, check, signer):
    parts = Parts.of(a_pack())
    parts.sign_anew(signer, scope=OTHER_SCHOOL)
    assert codes(check(parts)).keys() == {"body.changed"}


def remake_manifest(**changes: object):
    def change(parts: Parts, signer: NoteSigner) -> None:
        parts.sign_anew(signer, **changes)

    return change


def put(name: str, content: bytes):
    def change(parts: Parts, _signer: NoteSigner) -> None:
        parts[name] = content

    return change


def move_first_to_end(parts: Parts, _signer: NoteSigner) -> None:
    parts["manifest.json"] = parts.pop("manifest.json")


def exchange_earlier(parts: Parts, _signer: NoteSigner) -> None:
    parts["checkpoints/3"], parts["checkpoints/6"] = parts["checkpoints/6"], parts["checkpoints/3"]


def fork_earlier(parts: Parts, signer: NoteSigner) -> None:
    parts["checkpoints/6"] = sign_checkpoint(Checkpoint(ORIGIN, 6, b"f" * 32), signer)


def drop(name: str):
    def change(parts: Parts, _signer: NoteSigner) -> None:
        del parts[name]

    return change


def sign_with_another_key(parts: Parts, _signer: NoteSigner) -> None:
    parts.sign_anew(NoteSigner(ORIGIN, b"o" * 32))


def take_our_signature_away(parts: Parts, _signer: NoteSigner) -> None:
    text, _ = split(parts["checkpoint"])
    stranger = NoteSigner("witness.example.net", b"o" * 32)
    parts["checkpoint"] = sign(text, stranger)


PARTS = [
    pytest.param(put("extra", b""), {"pack.names"}, Verdict.TAMPERED, id="one more file"),
    pytest.param(put("vkey", b"key"), {"pack.names"}, Verdict.TAMPERED, id="a key in the pack"),
    pytest.param(drop("leaves"), {"pack.names"}, Verdict.TAMPERED, id="no leaves"),
    pytest.param(drop("checkpoints/3"), {"pack.names"}, Verdict.TAMPERED, id="a mark is gone"),
    pytest.param(drop("manifest.json"), {"pack.missing"}, Verdict.TAMPERED, id="no manifest"),
    pytest.param(move_first_to_end, {"pack.names"}, Verdict.TAMPERED, id="another order"),
    pytest.param(put("manifest.json", b"{}"), {"manifest.form"}, Verdict.TAMPERED, id="manifest"),
    pytest.param(
        remake_manifest(size=8), {"manifest.differs"}, Verdict.TAMPERED, id="manifest's size"
    ),
    pytest.param(
        remake_manifest(bodies=8), {"body.count"}, Verdict.TAMPERED, id="manifest's bodies"
    ),
    pytest.param(put("checkpoint", b"x"), {"note.form"}, Verdict.TAMPERED, id="no checkpoint"),
    pytest.param(
        sign_with_another_key, {"note.impostor"}, Verdict.TAMPERED, id="another key under our name"
    ),
    pytest.param(
        take_our_signature_away, {"note.unsigned"}, Verdict.INCOMPLETE, id="strangers signed only"
    ),
    pytest.param(
        put("checkpoints/3", b"x"), {"earlier.note"}, Verdict.TAMPERED, id="an earlier mark broken"
    ),
    pytest.param(
        exchange_earlier, {"earlier.size"}, Verdict.TAMPERED, id="earlier marks exchanged"
    ),
    pytest.param(fork_earlier, {"earlier.differs"}, Verdict.TAMPERED, id="an earlier mark forked"),
]


@pytest.mark.parametrize(("change", "expected", "verdict"), PARTS)
def test_a_changed_part_of_the_pack_is_named(parts, check, signer, change, expected, verdict):
    change(parts, signer)
    report = check(parts)
    assert codes(report).keys() == expected
    assert report.verdict is verdict


@pytest.mark.parametrize(
    ("kept", "expected", "verdict"),
    [
        pytest.param(
            (12, b"x" * 32, None), {"known.beyond": [12]}, Verdict.INCOMPLETE, id="newer than it"
        ),
        pytest.param(
            (4, b"x" * 32, None), {"known.differs": [4]}, Verdict.TAMPERED, id="another history"
        ),
        pytest.param(
            (4, b"x" * 32, b"o" * 32),
            {"known.unsigned": [None]},
            Verdict.INCOMPLETE,
            id="of another key",
        ),
    ],
)
def test_the_pack_is_held_against_what_the_auditor_kept(
    parts, check, signer, kept, expected, verdict
):
    size, root, seed = kept
    key = signer if seed is None else NoteSigner(ORIGIN, seed)
    report = check(parts, [sign_checkpoint(Checkpoint(ORIGIN, size, root), key)])
    assert codes(report) == expected
    assert report.verdict is verdict


def test_every_finding_has_its_sentence_and_a_verdict():
    assert TEXTS.keys() >= UNVERIFIABLE
    source = "".join((ROOT / "audit" / f"{name}.py").read_text() for name in ("verify", "archive"))
    for code in TEXTS:
        assert TEXTS[code].endswith(".")
    for prefix in ("leaf", "body", "known", "earlier", "scope", "root"):
        named = {code for code in TEXTS if code.startswith(prefix + ".")}
        assert named - {"leaf.form", "leaf.moment"} <= {c for c in named if f'"{c}"' in source}


def test_many_findings_are_counted_but_not_all_shown():
    report = Report()
    for idx in range(LISTED + 1):
        report.add("leaf.index", idx)
    assert f"ещё {LISTED + 1 - SHOWN}" in report.as_text()
    told = json.loads(report.as_json())
    assert (len(told["findings"]), told["findings_total"]) == (LISTED, LISTED + 1)


def test_the_report_speaks_to_people_and_to_programs(a_pack, vkey, capsys):
    pack = a_pack()
    assert main([str(pack), "--vkey", str(vkey)]) == 0
    told = capsys.readouterr().out
    assert "Журнал цел." in told
    assert main([str(pack), "--vkey", str(vkey), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["size"], found["events"], found["findings"]) == (True, 9, 9, [])
    assert len(bytes.fromhex(found["root"])) == 32


def test_a_changed_pack_ends_with_one_and_names_the_place(a_pack, vkey, capsys):
    pack = a_pack()
    parts = Parts.of(pack)
    parts.put_lines("leaves", swap(parts.lines("leaves")))
    parts.write(pack)
    assert main([str(pack), "--vkey", str(vkey)]) == 1
    assert "leaf.index № 3: Номер записи не по порядку." in capsys.readouterr().out
    assert main([str(pack), "--vkey", str(vkey), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is False
    assert {"code": "leaf.index", "idx": 3} in found["findings"]


@pytest.mark.parametrize("keep", [4, 100, -1], ids=["magic only", "beginning", "one byte less"])
def test_a_pack_cut_short_ends_with_one(a_pack, vkey, capsys, keep):
    pack = a_pack()
    pack.write_bytes(pack.read_bytes()[:keep])
    assert main([str(pack), "--vkey", str(vkey)]) == 1
    assert "не определён" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"x", b"no pack" * 9], ids=["empty", "byte", "text"])
def test_a_file_named_by_mistake_ends_with_three_and_is_named(
    a_pack, vkey, tmp_path, capsys, content
):
    mistake = tmp_path / "mistake"
    mistake.write_bytes(content)
    for arguments in (
        [str(mistake), "--vkey", str(vkey)],
        [str(a_pack()), "--vkey", str(vkey), "--known", str(mistake)],
    ):
        assert main(arguments) == 3
        told = capsys.readouterr()
        assert told.out == ""
        assert str(mistake) in told.err


def test_a_missing_body_ends_with_two(a_pack, vkey, signer, capsys):
    pack = a_pack()
    parts = Parts.of(pack)
    parts.put_lines("bodies", parts.lines("bodies")[1:])
    parts.sign_anew(signer)
    parts.write(pack)
    assert main([str(pack), "--vkey", str(vkey)]) == 2
    assert "чего-то не хватает" in capsys.readouterr().out


def test_known_checkpoints_are_read_from_files(a_pack, vkey, tmp_path, capsys):
    pack = a_pack()
    kept = []
    for name in ("checkpoints/3", "checkpoints/6"):
        kept.append(tmp_path / name.replace("/", "-"))
        kept[-1].write_bytes(Parts.of(pack)[name])
    arguments = [
        str(pack),
        "--vkey",
        str(vkey),
        "--known",
        *map(str, kept),
        "--known",
        str(kept[0]),
    ]
    assert main(arguments) == 0
    assert "сохранённых у вас: 3" in capsys.readouterr().out


def test_wrong_usage_ends_with_three(a_pack, vkey, tmp_path, capsys):
    pack = str(a_pack())
    broken = tmp_path / "broken.vkey"
    broken.write_text("no key")
    binary = tmp_path / "binary.vkey"
    binary.write_bytes(b"\xff")
    for arguments in (
        [pack, "--vkey", str(tmp_path / "absent")],
        [str(tmp_path / "absent"), "--vkey", str(vkey)],
        [pack, "--vkey", str(vkey), "--known", str(tmp_path / "absent")],
        [pack, "--vkey", str(broken)],
        [pack, "--vkey", str(binary)],
    ):
        assert main(arguments) == 3
    for arguments in ([], [pack], [pack, "--vkey", str(vkey), "--unknown"]):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("Так запустить нельзя.") == 3


def test_the_verifier_runs_alone_and_brings_neither_database_nor_web(a_pack, vkey):
    pack = a_pack(SCHOOL)
    run = [sys.executable, "-m", "audit.verify", str(pack), "--vkey", str(vkey)]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    probe = "import sys, audit.verify; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split()
    assert not {"sqlalchemy", "flask", "gateway", "werkzeug", "consent_forms"} & set(loaded)


def test_an_archive_of_anything_else_is_not_a_pack(tmp_path, signer):
    target = tmp_path / "other.zip"
    with target.open("wb") as out:
        writer = ArchiveWriter(out)
        writer.add("readme", [b""])
        writer.close()
    assert codes(verify_pack(target, signer.verifier)) == {"pack.missing": [None]}
