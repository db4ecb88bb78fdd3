"""Step 8: the auditor takes the journal away and checks it without the service."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from examples.demo.show import Show, expect
from examples.demo.stage import ROOT
from examples.demo.tell import plural

WHOLE, TAMPERED = 0, 1


def keep_checkpoint(show: Show) -> None:
    """In the middle of the story the auditor keeps a signed point of the journal."""
    note = show.auditor.get("/v1/audit/checkpoint")["note"]
    (show.folder / "journal.checkpoint").write_text(note)


def audit(show: Show) -> None:
    """Export, verify offline against the kept point, and find one flipped bit."""
    tell, folder = show.tell, show.folder
    tell.step(8, "Аудитор проверяет журнал")
    pack, vkey = folder / "journal.auditpack", folder / "journal.vkey"
    pack.write_bytes(show.auditor.call("POST", "/v1/audit/exports", json={}).content)
    vkey.write_text(show.stage.vkey() + "\n")
    tell.did("Аудитор", "Выгрузил журнал одним файлом; ключ проверки получил отдельно.")
    code, report = verify(pack, vkey, folder / "journal.checkpoint")
    expect(code == WHOLE, "журнал не прошёл проверку")
    tell.did(
        "Аудитор",
        "Проверил без сети и без службы:"
        f" {plural(report['events'], 'запись', 'записи', 'записей')}, всё на месте;"
        " журнал продолжает отметку, сохранённую раньше.",
    )
    damaged = folder / "journal-damaged.auditpack"
    damaged.write_bytes(flip_bit(pack.read_bytes()))
    code, broken = verify(damaged, vkey)
    expect(code == TAMPERED and bool(broken["findings"]), "изменённый бит не замечен")
    damaged.unlink()
    tell.did("Аудитор", "Изменил в копии один бит: проверка это нашла.")
    show.results |= {"journal_entries": report["events"], "journal_ok": True}


def verify(pack: Path, vkey: Path, *known: Path) -> tuple[int, dict[str, Any]]:
    """Exit code and report of the stand-alone verifier."""
    kept = [word for path in known for word in ("--known", str(path))]
    done = subprocess.run(
        [sys.executable, "-m", "audit.verify", str(pack), "--vkey", str(vkey), "--json", *kept],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return done.returncode, json.loads(done.stdout or "{}")


def flip_bit(content: bytes) -> bytes:
    """One bit in the middle is not what it was."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
