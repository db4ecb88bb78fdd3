"""A file that harms its reader harms a child, is told in one sentence and within two seconds."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from gateway.intake import child, confined
from gateway.intake.cells import Limits, UnreadableFile
from gateway.intake.rows import intake
from gateway.intake.tables import read_tables
from policies.findings import Code
from policies.programme import load_programme
from tests.gateway.intake import writers
from tests.gateway.intake.lists import TODAY, Variant, a_file, a_truth

ROOT = Path(__file__).parents[3]
ROSTERS = ROOT / "examples" / "rosters"
BOOK = writers.an_xlsx([["ФИО", "СНИЛС"], ["а", "б"]])
SHEET = "xl/worksheets/sheet1.xml"
HEAD = (
    b'<?xml version="1.0"?><worksheet'
    b' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
TAIL = b"</sheetData></worksheet>"
SECONDS = 2.0


def repacked(changes: dict[str, bytes]) -> bytes:
    """The small book with some parts exchanged or added."""
    into = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(BOOK)) as old,
        zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name, part in ({name: old.read(name) for name in old.namelist()} | changes).items():
            new.writestr(name, part)
    return into.getvalue()


def laughs() -> bytes:
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    return b'<!DOCTYPE l [<!ENTITY l0 "ha">' + entities + b"]>" + HEAD + b"&l9;" + TAIL


def shared_text() -> dict[str, bytes]:
    """One text of 100 kB that 14,000 cells show."""
    text = os.urandom(50_000).hex().encode()
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 14_000)
    )
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return {
        "xl/sharedStrings.xml": b"<sst %s><si><t>%s</t></si></sst>" % (space, text),
        SHEET: HEAD + rows + TAIL,
    }


def repeated(row: str, cell: str) -> bytes:
    return writers.an_ods(
        [["ФИО"]],
        tail=f'<table:table-row table:number-rows-repeated="{row}"><table:table-cell'
        f' table:number-columns-repeated="{cell}" office:value-type="string">'
        "<text:p>x</text:p></table:table-cell></table:table-row>",
    )


TOO_BIG, BROKEN = Code.FILE_UNPACKS_TOO_BIG, Code.FILE_BROKEN


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        pytest.param(repacked({SHEET: HEAD + b" " * 60_000_000 + TAIL}), {TOO_BIG}, id="60 MB"),
        pytest.param(repacked({SHEET: laughs()}), {BROKEN}, id="billion laughs"),
        pytest.param(repacked({SHEET: HEAD + b"<a>" * 200_000 + os.urandom(60_000).hex().encode()}),
                     {BROKEN, Code.FILE_EMPTY}, id="deep"),
        pytest.param(repacked(shared_text()), {TOO_BIG}, id="one text in many cells"),
        pytest.param(writers.an_xlsx({f"л{n}": [["x"]] for n in range(250)}), {TOO_BIG},
                     id="250 sheets"),
        pytest.param(writers.an_xlsx({f"л{n}": [[]] * 15_000 + [[""] * 250 + ["x"]]
                                      for n in range(3)}), {TOO_BIG}, id="far corners"),
        pytest.param(repeated("1000000", "1"), {Code.FILE_TOO_MANY_ROWS}, id="ODS, rows"),
        pytest.param(repeated("2", "1000000"), {TOO_BIG}, id="ODS, columns"),
        pytest.param(repeated("19000", "200"), {TOO_BIG}, id="ODS, both"),
        pytest.param(writers.an_xls([["x"], *[[]] * 40_000, ["x"]]), {Code.FILE_TOO_MANY_ROWS},
                     id="XLS, far row"),
        pytest.param(b"<table>" * 500_000, {TOO_BIG}, id="page, tables in tables"),
        pytest.param(b"<table><tr>" + b"<td rowspan=9999 colspan=200>x" + b"<tr>" * 19_000,
                     {TOO_BIG}, id="page, spans"),
        pytest.param(b"<html>" + b"<!-- " * 900_000, {Code.FILE_NOT_A_TABLE}, id="page, comments"),
        pytest.param(b"<html>" + b"<a" * 2_000_000, {BROKEN}, id="page, tags without an end"),
        pytest.param(b'"' + b"a;" * 2_000_000, {BROKEN}, id="quote without an end"),
        pytest.param((b";".join([b"1"] * 120) + b"\n") * 19_000, {TOO_BIG}, id="CSV, cells"),
        pytest.param(os.urandom(3_000_000), {Code.FILE_ENCODING, Code.FILE_NOT_A_TABLE, BROKEN},
                     id="noise"),
    ],
)  # fmt: skip
def test_a_bomb_is_one_sentence_in_time(data: bytes, codes: set[Code]) -> None:
    before = time.process_time(), _children_cpu()
    with pytest.raises(UnreadableFile) as refused:
        confined.read_tables(data)
    assert refused.value.code in codes
    # Of processor time: other work of the machine is not the file's.
    assert time.process_time() - before[0] + _children_cpu() - before[1] < SECONDS


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_child_reads_as_this_process_does() -> None:
    for file in ("school_28.xlsx", "class_7a_28.csv"):
        data = (ROSTERS / file).read_bytes()
        assert confined.read_tables(data) == read_tables(data)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "html", "xml", "csv utf-16 tab"])
def test_the_whole_way_gives_the_same_list_through_a_child(kind: str) -> None:
    data = a_file(a_truth(3), Variant(days="serial", numbers="number"), kind)
    assert data is not None
    programme = load_programme("mesh-2020")
    assert confined.intake(data, "x", programme, TODAY) == intake(data, "x", programme, TODAY)


def test_no_limit_of_the_parent_changes() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    confined.read_tables(b"a;b\n1;2\n")
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_a_child_that_takes_too_long_is_ended() -> None:
    started = time.monotonic()
    with pytest.raises(UnreadableFile) as refused:
        confined.read_tables(b"a;b\n", seconds=0.01)
    assert refused.value.code == Code.FILE_UNPACKS_TOO_BIG
    assert time.monotonic() - started < SECONDS


def test_a_file_above_the_limit_meets_no_child() -> None:
    with pytest.raises(UnreadableFile, match="FILE_TOO_BIG"):
        confined.read_tables(b"a;b\n" * 3, Limits(file_bytes=10))


def test_limits_reach_the_child() -> None:
    with pytest.raises(UnreadableFile, match="FILE_TOO_MANY_ROWS"):
        confined.read_tables(b"a;b\n" * 3, Limits(rows=2))


def _in_child(code: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", code], input=data, capture_output=True, cwd=ROOT, check=False
    )


def test_the_child_may_hold_no_more_than_256_megabytes() -> None:
    done = _in_child(
        "from gateway.intake.child import confine; confine()\n"
        "try:\n    bytearray(300 * 1024 * 1024)\nexcept MemoryError:\n    print('refused')"
    )
    assert done.stdout == b"refused\n"


def test_the_child_can_write_no_file_and_leaves_no_core(tmp_path: Path) -> None:
    file = tmp_path / "x"
    done = _in_child(
        "import resource, signal; from gateway.intake.child import confine\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); confine()\n"
        f"print(resource.getrlimit(resource.RLIMIT_CORE)[0])\nopen({str(file)!r}, 'w').write('x')"
    )
    assert done.stdout == b"0\n"
    assert not file.exists() or file.read_bytes() == b""


def test_nothing_of_a_list_stands_in_the_words_or_the_environment_of_a_child(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[dict[str, object]] = []
    real = subprocess.Popen

    def watched(command: tuple[str, ...], **how: object) -> object:
        seen.append({"command": command, **how})
        return real(command, **how)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", watched)
    confined.intake((ROSTERS / "class_7a_28.csv").read_bytes(), "7А Ёлкин.csv",
                    load_programme("mesh-2020"), TODAY)  # fmt: skip
    (asked,) = seen
    assert asked["env"] == {}
    assert asked["stderr"] == subprocess.DEVNULL
    assert "Ёлкин" not in repr(asked["command"])


@pytest.mark.parametrize(
    "reply",
    [b"", b"null", b"{}", b'{"tables":[1]}', b'{"tables":[{"kind":"csv"}]}', b"\xff",
     b'{"code":"NONSENSE","sheets":[]}', b'{"tables":[{"rows":[[1,"x1.0","f?"]],"kind":"csv"}]}'],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_a_broken_file(
    reply: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = (sys.executable, "-c", f"import sys; sys.stdout.buffer.write({reply!r})")
    monkeypatch.setattr(confined, "_COMMAND", command)
    with pytest.raises(UnreadableFile, match="FILE_BROKEN"):
        confined.read_tables(b"a;b\n")


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("raise SystemExit(1)", Code.FILE_BROKEN),
        (f"raise SystemExit({child.MEMORY_SPENT})", Code.FILE_UNPACKS_TOO_BIG),
        ("import os; os.abort()", Code.FILE_UNPACKS_TOO_BIG),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", Code.FILE_UNPACKS_TOO_BIG),
    ],
    ids=["gave up", "no memory", "aborted", "killed"],
)
def test_a_child_that_dies_is_told_by_its_end(
    how: str, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "_COMMAND", (sys.executable, "-c", how))
    with pytest.raises(UnreadableFile) as refused:
        confined.read_tables(b"a;b\n" * 100_000)  # more than a pipe holds
    assert refused.value.code == code
