"""Journals to test on: where they live, what they are called, how a pack is taken apart."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from audit.archive import ArchiveWriter
from audit.checkpoint import Checkpoint, sign_checkpoint
from audit.leaf import Leaf
from audit.manifest import Manifest
from audit.store import audit_event, audit_leaf, guard_statements, metadata
from audit.tree import leaf_hash, root
from crypto.signing import NoteSigner

ORIGIN = "journal.example.org"
START = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
LATER = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
SCHOOL = UUID("01990000-0000-7000-8000-000000000001")
OTHER_SCHOOL = UUID("01990000-0000-7000-8000-000000000002")


def sqlite_engine(path: Path) -> sa.Engine:
    """As the gateway opens it: one writer at a time, on disk before the commit returns."""
    made = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 60})

    @sa.event.listens_for(made, "connect")
    def _configure(raw, _record):
        raw.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            raw.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(made, "begin")
    def _begin(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return made


def create_journal(engine: sa.Engine) -> None:
    """The tables of the journal alone, and their guards."""
    tables = [table for name, table in metadata.tables.items() if name.startswith("audit_")]
    with engine.begin() as connection:
        metadata.create_all(connection, tables=tables)
        for statement in guard_statements(engine.dialect.name):
            connection.execute(sa.text(statement))


def drop_guards(engine: sa.Engine) -> None:
    """What an owner of the database can always do."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("DROP FUNCTION IF EXISTS audit_append_only CASCADE"))
            return
        names = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for name in names.scalars().all():
            connection.execute(sa.text(f"DROP TRIGGER {name}"))


def damage(engine: sa.Engine, kind: str, where: str = "form") -> int:
    """Flip a bit of the first placed record of a kind; its index. `where`: form, salt, envelope."""
    drop_guards(engine)
    with engine.begin() as connection:
        row = connection.execute(
            sa.select(audit_leaf.c.idx, audit_leaf.c.envelope, audit_event.c.id, audit_event.c.body)
            .join(audit_event, audit_event.c.id == audit_leaf.c.event_id)
            .where(audit_event.c.kind == kind)
            .order_by(audit_leaf.c.idx)
            .limit(1)
        ).one()
        if where == "envelope":
            change = audit_leaf.update().where(audit_leaf.c.idx == row.idx)
            connection.execute(change.values(envelope=_flipped(row.envelope, 0)))
        else:
            # Another salt still makes a readable body, but not the one of the leaf.
            at = 0 if where == "form" else row.body.index(b'"n":"') + 5
            event = audit_event.update().where(audit_event.c.id == row.id)
            connection.execute(event.values(body=_flipped(row.body, at)))
    return int(row.idx)


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


class Parts(dict[str, bytes]):
    """A pack taken apart: its files by name, in order."""

    @classmethod
    def of(cls, pack: Path) -> Parts:
        with zipfile.ZipFile(pack) as archive:
            return cls({name: archive.read(name) for name in archive.namelist()})

    def lines(self, name: str) -> list[bytes]:
        return self[name].splitlines()

    def put_lines(self, name: str, lines: list[bytes]) -> None:
        self[name] = b"".join(line + b"\n" for line in lines)

    def leaves(self) -> list[Leaf]:
        return [Leaf.decode(line) for line in self.lines("leaves")]

    def write(self, target: Path) -> Path:
        with target.open("wb") as out:
            archive = ArchiveWriter(out)
            for name, content in self.items():
                archive.add(name, [content])
            archive.close()
        return target

    def sign_anew(self, signer: NoteSigner, **manifest: object) -> None:
        """What an operator with the key could do: a checkpoint and manifest over what is there."""
        lines = self.lines("leaves")
        head = Checkpoint(signer.name, len(lines), root(leaf_hash(line) for line in lines))
        self["checkpoint"] = sign_checkpoint(head, signer)
        changed = {"size": head.size, "root": head.root, "bodies": len(self.lines("bodies"))}
        old = Manifest.decode(self["manifest.json"])
        self["manifest.json"] = replace(old, **{**changed, **manifest}).encode()
