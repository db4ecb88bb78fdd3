"""The process that opens a stranger's file: bytes on stdin, tables on stdout, nothing else.

    stdin   u32 big-endian length, limits as canonical JSON, the file
    stdout  canonical JSON: {"tables": [...]} or {"code": ..., "sheets": [...]}

It takes its own rights away before it reads: no more memory, time, files or core dumps.
"""

from __future__ import annotations

import resource
import sys
from dataclasses import fields

from crypto import canonical
from gateway.intake.cells import Limits, Table, UnreadableFile
from gateway.intake.spelling import spelt, tables_in
from policies.codes import Code

MEMORY_BYTES = 256 * 1024 * 1024  # of addresses, so of memory in use too
CPU_SECONDS = 8
MEMORY_SPENT = 3  # exit code
_LENGTH_BYTES = 4


def confine() -> None:
    """Set the limits for this process. What a system does not know is left out."""
    for name, most in (
        ("RLIMIT_AS", MEMORY_BYTES),
        ("RLIMIT_CPU", CPU_SECONDS),
        ("RLIMIT_CORE", 0),  # a core dump would hold the list
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_NOFILE", 32),
    ):
        kind = getattr(resource, name, None)
        if kind is not None:
            _, hard = resource.getrlimit(kind)
            hard = most if hard == resource.RLIM_INFINITY else min(hard, most)
            resource.setrlimit(kind, (hard, hard))


def framed(data: bytes, limits: Limits) -> bytes:
    """What the child reads."""
    said = canonical.dumps({each.name: getattr(limits, each.name) for each in fields(limits)})
    return len(said).to_bytes(_LENGTH_BYTES, "big") + said + data


def answer(tables: tuple[Table, ...]) -> bytes:
    """Tables as canonical JSON."""
    return canonical.dumps({"tables": spelt(tables)})


def tables_of(reply: bytes) -> tuple[Table, ...]:
    """The way back. Raises `UnreadableFile` as the child did, ValueError for nonsense."""
    said = canonical.loads(reply)
    if not isinstance(said, dict):
        raise ValueError
    if "code" in said:
        raise UnreadableFile(Code(said["code"]), tuple(map(str, said["sheets"])))
    return tables_in(said["tables"])


def main() -> int:
    """Serve one file. The exit code speaks only where no answer could be written."""
    confine()
    try:
        length = int.from_bytes(sys.stdin.buffer.read(_LENGTH_BYTES), "big")
        said = canonical.loads(sys.stdin.buffer.read(length))
        limits = Limits(**said) if isinstance(said, dict) else Limits()
        sys.stdout.buffer.write(_reply(sys.stdin.buffer.read(), limits))
        sys.stdout.buffer.flush()
    except MemoryError:
        return MEMORY_SPENT
    return 0


def _reply(data: bytes, limits: Limits) -> bytes:
    from gateway.intake.tables import read_tables

    try:
        return answer(read_tables(data, limits))
    except UnreadableFile as refusal:
        return canonical.dumps({"code": refusal.code, "sheets": list(refusal.sheets)})


if __name__ == "__main__":
    sys.exit(main())
