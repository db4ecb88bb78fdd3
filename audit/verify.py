"""The stand-alone verifier: `python -m audit.verify PACK --vkey FILE [--known CHECKPOINT ...]`.

It needs no network, no database and nothing of the gateway. The key comes from outside of the
pack; so do the checkpoints that the auditor kept. Exit codes: `audit.report.Verdict`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from uuid import UUID

from audit.archive import ArchiveReader, looks_like_pack
from audit.checkpoint import Checkpoint, open_checkpoint, read_unverified
from audit.errors import BadField, LeafError, NoteError, PackError, UnknownKind
from audit.event import MAX_BODY_BYTES, Event
from audit.leaf import Leaf, body_digest
from audit.manifest import (
    BODIES,
    CHECKPOINT,
    LEAVES,
    MANIFEST,
    MAX_MANIFEST_BYTES,
    Manifest,
    checkpoint_name,
)
from audit.note import MAX_NOTE_BYTES
from audit.report import Report, Verdict
from audit.tree import CompactRange, leaf_hash
from crypto.errors import SignatureError
from crypto.signing import NoteVerifier

_MAX_ENVELOPE_BYTES = 1024
_MAX_VKEY_BYTES = 1024
_CALL = "python -m audit.verify ПАКЕТ --vkey ФАЙЛ [--known ОТМЕТКА ...] [--json]"


def verify_pack(pack: Path, verifier: NoteVerifier, known: Sequence[bytes] = ()) -> Report:
    """Check one pack under a key from outside. `known`: signed notes that the auditor kept.

    Never raises for what is inside the pack; OSError when it cannot be read at all.
    """
    check = _Check(verifier)
    with pack.open("rb") as file:
        try:
            archive = ArchiveReader(file)
        except PackError as error:
            check.report.add(error.code)
            return check.report
        try:
            check.run(archive, known)
        except (PackError, NoteError) as error:
            check.report.add(error.code)
        finally:
            archive.close()
    return check.report


class _Check:
    """One run over one pack. What it has learned so far stands in `report`."""

    def __init__(self, verifier: NoteVerifier) -> None:
        self.report = Report()
        self._verifier = verifier
        self._marks: list[tuple[str, Checkpoint]] = []
        self._places: dict[UUID, int] = {}
        self._wanted: dict[bytes, tuple[int, Leaf]] = {}

    def run(self, archive: ArchiveReader, known: Sequence[bytes]) -> None:
        """Everything, in order. Raises `PackError` or `NoteError` where going on is senseless."""
        manifest = Manifest.decode(archive.read(MANIFEST, MAX_MANIFEST_BYTES))
        if list(archive.members) != manifest.names():
            raise PackError("pack.names")
        head = open_checkpoint(archive.read(CHECKPOINT, MAX_NOTE_BYTES), self._verifier)
        report = self.report
        report.log, report.size, report.root = head.origin, head.size, head.root.hex()
        report.scope = None if manifest.scope is None else str(manifest.scope)
        if (manifest.log, manifest.size, manifest.root) != (head.origin, head.size, head.root):
            report.add("manifest.differs")
        self._read_earlier(archive, manifest, head)
        self._read_known(known, head)
        self._check_leaves(archive, manifest, head)
        self._check_bodies(archive, manifest)

    def _read_earlier(self, archive: ArchiveReader, manifest: Manifest, head: Checkpoint) -> None:
        previous = -1
        for size in manifest.checkpoints:
            note = archive.read(checkpoint_name(size), MAX_NOTE_BYTES)
            try:
                earlier = open_checkpoint(note, self._verifier)
            except NoteError:
                self.report.add("earlier.note", size)
                continue
            if earlier.size != size or not previous < size < head.size:
                self.report.add("earlier.size", size)
            previous = size
            self._marks.append(("earlier.differs", earlier))
            self.report.checkpoints += 1

    def _read_known(self, known: Sequence[bytes], head: Checkpoint) -> None:
        for note in known:
            try:
                kept = open_checkpoint(note, self._verifier)
            except NoteError:
                self.report.add("known.unsigned")
                continue
            self.report.known += 1
            if kept.size > head.size:
                self.report.add("known.beyond", kept.size)
            else:
                self._marks.append(("known.differs", kept))

    def _check_leaves(self, archive: ArchiveReader, manifest: Manifest, head: Checkpoint) -> None:
        report, edge = self.report, CompactRange()
        sizes = {mark.size for _, mark in self._marks}
        roots = {0: edge.root()}
        sequences: dict[UUID | None, int] = {}
        last: datetime | None = None
        for idx, envelope in enumerate(archive.lines(LEAVES, _MAX_ENVELOPE_BYTES)):
            edge.append(leaf_hash(envelope))
            if edge.size in sizes:
                roots[edge.size] = edge.root()
            try:
                leaf = Leaf.decode(envelope)
            except LeafError as error:
                report.add(error.code, idx)
                continue
            self._check_place(leaf, idx, head)
            expected = sequences.get(leaf.school_id, 0)
            if leaf.sseq != expected:
                report.add("leaf.sequence", idx)
            sequences[leaf.school_id] = leaf.sseq + 1
            if last is not None and leaf.integrated_at < last:
                report.add("leaf.time", idx)
            last = leaf.integrated_at
            if manifest.scope in (None, leaf.school_id):
                self._wanted[leaf.body_hash] = idx, leaf
        report.events = edge.size
        if edge.size != head.size:
            report.add("leaf.count")
        if edge.root() != head.root:
            report.add("root.differs")
        for code, mark in self._marks:
            if roots.get(mark.size) != mark.root:
                report.add(code, mark.size)

    def _check_place(self, leaf: Leaf, idx: int, head: Checkpoint) -> None:
        if leaf.idx != idx:
            self.report.add("leaf.index", idx)
        if leaf.log != head.origin:
            self.report.add("leaf.log", idx)
        if leaf.id in self._places:
            self.report.add("leaf.repeated", idx)
        self._places[leaf.id] = idx

    def _check_bodies(self, archive: ArchiveReader, manifest: Manifest) -> None:
        report = self.report
        if not self._wanted:
            report.add("scope.empty")
        previous = -1
        for body in archive.lines(BODIES, MAX_BODY_BYTES):
            report.bodies += 1
            found = self._wanted.pop(body_digest(body), None)
            if found is None:
                self._name_stranger(body)
                continue
            idx, leaf = found
            if idx < previous:
                report.add("body.order", idx)
            previous = idx
            self._check_body(body, idx, leaf)
        for idx, _ in self._wanted.values():
            report.add("body.missing", idx)
        if report.bodies != manifest.bodies:
            report.add("body.count")

    def _check_body(self, body: bytes, idx: int, leaf: Leaf) -> None:
        try:
            event = Event.from_body(body)
        except UnknownKind:
            self.report.add("body.kind", idx)
        except BadField:
            self.report.add("body.fields", idx)
        else:
            if (event.id, event.school_id) != (leaf.id, leaf.school_id):
                self.report.add("body.place", idx)

    def _name_stranger(self, body: bytes) -> None:
        """A body that no envelope in scope commits to; its own id may tell where it belonged."""
        try:
            idx = self._places.get(Event.from_body(body).id)
        except (BadField, UnknownKind):
            idx = None
        self.report.add("body.extra" if idx is None else "body.changed", idx)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """argparse would exit with 2, which means something else here, and speak English."""
        self.exit(Verdict.USAGE, f"Так запустить нельзя. Нужно: {_CALL}\n")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = _Parser(prog="audit.verify", description="Проверка выгруженного журнала без сети.")
    parser.add_argument("pack", type=Path, help="файл .auditpack")
    parser.add_argument("--vkey", type=Path, required=True, help="файл с ключом проверки")
    parser.add_argument(
        "--known",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="CHECKPOINT",
        help="отметки, которые вы сохранили раньше",
    )
    parser.add_argument("--json", action="store_true", help="отчёт для программы")
    return parser.parse_args(argv)


class _Unusable(Exception):
    """A file that was named by mistake; the text is for the person who named it."""


def _known(path: Path) -> bytes:
    note = path.read_bytes()
    try:
        read_unverified(note)
    except NoteError:
        raise _Unusable(f"Это не отметка журнала: {path}") from None
    return note


def main(argv: Sequence[str] | None = None) -> int:
    """Read the arguments, print the report, return the exit code."""
    given = _arguments(argv)
    try:
        vkey = given.vkey.read_bytes()[:_MAX_VKEY_BYTES].decode().removesuffix("\n")
        verifier = NoteVerifier.from_vkey(vkey)
        known = [_known(path) for path in given.known]
        with given.pack.open("rb") as file:
            if not looks_like_pack(file):
                raise _Unusable(f"Это не пакет журнала: {given.pack}")
        report = verify_pack(given.pack, verifier, known)
    except _Unusable as error:
        sys.stderr.write(f"{error}\n")
        return Verdict.USAGE
    except OSError as error:
        sys.stderr.write(f"Файл не читается: {error.filename}\n")
        return Verdict.USAGE
    except (UnicodeDecodeError, SignatureError):
        sys.stderr.write("Файл с ключом проверки не содержит ключа.\n")
        return Verdict.USAGE
    sys.stdout.write((report.as_json() if given.json else report.as_text()) + "\n")
    return report.verdict


if __name__ == "__main__":
    sys.exit(main())
