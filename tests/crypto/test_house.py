"""What this room promises to the house."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import crypto

ROOT = Path(__file__).parents[2]


def imported(path: Path) -> set[str]:
    """First parts of the names that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def test_crypto_is_ours_and_not_a_package_of_that_name() -> None:
    assert crypto.__file__ is not None
    assert Path(crypto.__file__).is_relative_to(ROOT)


def test_python_jose_has_one_importer() -> None:
    rooms = ("crypto", "policies", "audit", "consent_forms", "gateway")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix() for path in files if "jose" in imported(path)}
    assert found == {"crypto/jose.py"}


def test_the_ground_knows_no_other_room_and_no_clock() -> None:
    allowed = sys.stdlib_module_names | {"crypto", "cryptography", "jose", "webauthn"}
    for path in (ROOT / "crypto").glob("*.py"):
        assert imported(path) <= allowed, path.name
        assert ".now(" not in path.read_text(), path.name


def test_the_slow_backends_of_python_jose_are_never_loaded() -> None:
    # Pure-Python ecdsa leaks its key by timing (CVE-2024-23342); python-jose only falls back on
    # it and on rsa when cryptography is absent.
    script = "import json, sys, crypto.jose; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert "jose.backends.cryptography_backend" in loaded
    assert not {"ecdsa", "rsa", "pyasn1", "flask", "sqlalchemy"} & loaded
