"""The rules of the house that no linter knows. Each failing line names the file to look at."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from audit.kinds import KINDS
from gateway.errors import GatewayError
from gateway.settings import Settings
from gateway.store.schema import metadata

ROOT = Path(__file__).parents[1]
PACKAGES = ("crypto", "policies", "consent_forms", "audit", "gateway")
NOT_OURS = {".venv", ".git", "var", "__pycache__"}

# Tables above the schools, or looked up by a secret alone: their keys cannot begin with a school.
WITHOUT_SCHOOL_KEY = {
    "schools": "is the school",
    "staff": "logins are unique across schools, administrators have no school",
    "staff_sessions": "looked up by the hash of its secret",
    "staff_totp": "of staff, some of whom have no school",
    "staff_passkeys": "of staff, some of whom have no school",
    "staff_recovery_codes": "of staff, some of whom have no school",
    "limits": "counts whoever it is by a keyed tag, before anybody is known",
    "repeats": "looked up by a keyed tag, and some callers have no school",
    "clients": "platforms stand above the schools",
    "client_jtis": "platforms stand above the schools",
    "claims": "compares contacts across schools",
    "canaries": "belongs to the rings",
    "links": "looked up by the hash of its secret",
    "family_sessions": "looked up by the hash of its secret",
    "messages": "a queue over all schools",
    "link_requests": "a queue over all schools",
    "heartbeats": "the worker's signs of life, over all schools",
}
# Rows that no rule and no person of the register reads: sessions, queues, outbox, limits.
WITHOUT_EVENT = {
    "staff_sessions": "session",
    "limits": "limit",
    "repeats": "idempotency",
    "client_jtis": "limit",
    "family_sessions": "session",
    "details_drafts": "told in a sitting, destroyed after a day",
    "sign_codes": "session",
    "messages": "outbox",
    "last_letters": "outbox: forgotten after a day",
    "link_requests": "queue",
    "heartbeats": "the worker's signs of life",
    "canaries": "made with the rings, before the first event",
    "bundle_members": "made with its bundle, under the bundle's event",
}
# Whoever opens a transaction that writes. Everything else is handed one.
OPENS_TRANSACTIONS = {
    "gateway/unit.py": "the one place that commits",
    "gateway/store/schema.py": "carries out migrations",
    "gateway/migrations/draft.py": "drafts migrations on a scratch database",
}
# Long tables: of words, of codes with their sentences, or a store's tables and its questions.
LONG = {
    "gateway/web/problems.py",
    "gateway/store/consents.py",
    "gateway/store/bundles.py",
    "gateway/intake/words.py",
    "policies/findings.py",
}


def _is_ours(path: Path) -> bool:
    return not NOT_OURS.intersection(path.relative_to(ROOT).parts)


def _sources(*folders: str) -> list[str]:
    """Python files of these folders, as paths from the root."""
    return sorted(
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if _is_ours(path)
    )


@cache
def _tree(source: str) -> ast.Module:
    return ast.parse((ROOT / source).read_text(), source)


def _imports(source: str) -> set[str]:
    """Every dotted name that a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def _method_calls(source: str, *methods: str) -> list[str]:
    return [
        f"{source}:{node.lineno}"
        for node in ast.walk(_tree(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in methods
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_those_of_the_checkout(package: str) -> None:
    found = importlib.import_module(package).__file__
    assert found is not None
    assert Path(found).parent == ROOT / package


@pytest.mark.parametrize("source", [s for s in _sources(*PACKAGES) if s.endswith("/__init__.py")])
def test_init_holds_a_docstring_and_nothing_else(source: str) -> None:
    tree = _tree(source)
    assert len(tree.body) == 1
    assert ast.get_docstring(tree)


def test_tests_are_no_package() -> None:
    assert not [s for s in _sources("tests") if s.endswith("/__init__.py")]


def test_no_file_is_called_after_a_heap() -> None:
    heaps = {"utils", "util", "helpers", "helper", "common", "manager", "services", "misc"}
    assert not [s for s in _sources(*PACKAGES, "tests") if Path(s).stem in heaps]


def test_files_stay_short() -> None:
    long = {
        source
        for source in _sources(*PACKAGES)
        if len((ROOT / source).read_text().splitlines()) > 350
        and not source.startswith("gateway/migrations/versions/")
    }
    assert long <= LONG


def test_only_the_unit_commits() -> None:
    calls = [
        call
        for source in _sources("gateway")
        if source not in OPENS_TRANSACTIONS
        for call in _method_calls(source, "commit", "begin", "rollback")
    ]
    assert calls == []


def test_the_unit_commits_once() -> None:
    assert len(_method_calls("gateway/unit.py", "commit")) == 1


def test_only_wsgi_and_the_commands_read_the_environment() -> None:
    def reads(source: str) -> bool:
        return any(
            isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
            for node in ast.walk(_tree(source))
        )

    readers = [s for s in _sources(*PACKAGES) if reads(s)]
    assert not [s for s in readers if not s.startswith("gateway/cli")]


def test_all_sql_is_in_the_stores() -> None:
    """Its errors may be known elsewhere: a worker outlives a database that is away."""
    may = ("gateway/store/", "gateway/migrations/", "gateway/unit.py", "gateway/wiring.py")
    users = [
        source
        for source in _sources("gateway", "policies", "crypto", "consent_forms")
        if any(name.split(".")[0] == "sqlalchemy" for name in _imports(source) - {"sqlalchemy.exc"})
    ]
    assert not [source for source in users if not source.startswith(may)]


def test_python_jose_has_one_importer() -> None:
    users = [s for s in _sources(*PACKAGES) if {n.split(".")[0] for n in _imports(s)} & {"jose"}]
    assert users == ["crypto/jose.py"]


def _refusals(root: type[GatewayError]) -> Iterator[type[GatewayError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _refusals(kind)


def test_every_refusal_has_its_row_in_the_table_of_problems() -> None:
    problems = importlib.import_module("gateway.web.problems")
    # A reader's own kind of a refusal (an unreadable file) is answered as the kind it is of.
    ours = [kind for kind in _refusals(GatewayError) if kind.__module__ == GatewayError.__module__]
    assert sorted(kind.__name__ for kind in ours if kind not in problems.PROBLEMS) == []


def _run(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "SOGLASIE_HOME": str(home), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_serving_loads_nothing_that_serves_rarely(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("a password for one test\n")
    _run(tmp_path / "home", "-m", "gateway.cli", "init", "--password-file", str(password))
    rare = {"weasyprint", "openpyxl", "alembic", "pikepdf", "webauthn"}
    code = f"import sys, wsgi; print(sorted({rare!r} & set(sys.modules)))"
    assert _run(tmp_path / "home", "-c", code) == "[]"


def test_every_key_of_a_tenant_table_begins_with_the_school() -> None:
    wrong = [
        table.name
        for table in metadata.tables.values()
        if not table.name.startswith("audit_")
        and table.name not in WITHOUT_SCHOOL_KEY
        and next(iter(table.primary_key.columns)).name != "school_id"
    ]
    assert wrong == []


def test_every_row_that_can_change_carries_its_event() -> None:
    def carries(table: sa.Table) -> bool:
        column = table.columns.get("event_id")
        return (
            column is not None
            and not column.nullable
            and {key.target_fullname for key in column.foreign_keys} == {"audit_event.id"}
        )

    tables = [t for t in metadata.tables.values() if not t.name.startswith("audit_")]
    assert [t.name for t in tables if not carries(t) and t.name not in WITHOUT_EVENT] == []


def test_no_key_is_deferred_and_none_leads_to_the_claims() -> None:
    keys = [key for table in metadata.tables.values() for key in table.foreign_keys]
    assert not [str(key) for key in keys if key.deferrable or key.initially]
    assert not [str(key) for key in keys if key.column.table.name == "claims"]


def test_exemptions_name_tables_that_exist() -> None:
    assert {*WITHOUT_SCHOOL_KEY, *WITHOUT_EVENT} <= set(metadata.tables)


def _recorded() -> Iterator[tuple[str, str, set[str] | None]]:
    """Place, kind and field names (None: not to be read off the call) of events written."""
    for source in _sources("gateway"):
        for node in ast.walk(_tree(source)):
            place = f"{source}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                kind = node.args[0] if node.func.attr == "record" and node.args else None
                if isinstance(kind, ast.Constant):
                    names = {word.arg for word in node.keywords} - {"school_id"}
                    yield place, kind.value, {n for n in names if n} if None not in names else None
            elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
                kind, data = node.elts
                is_kind = isinstance(kind, ast.Constant) and isinstance(kind.value, str)
                if is_kind and isinstance(data, ast.Dict):
                    keys = {key.value for key in data.keys if isinstance(key, ast.Constant)}
                    yield place, kind.value, keys if None not in data.keys else None


def test_every_event_written_is_of_a_kind_in_the_closed_table() -> None:
    assert [(place, kind) for place, kind, _ in _recorded() if kind not in KINDS] == []


def test_every_event_written_has_the_fields_of_its_kind() -> None:
    wrong = [
        (place, kind, sorted(names))
        for place, kind, names in _recorded()
        if names is not None
        and kind in KINDS
        and not KINDS[kind].fields.keys()
        <= names
        <= KINDS[kind].fields.keys() | KINDS[kind].optional.keys()
    ]
    assert wrong == []


def _texts() -> Iterator[tuple[str, str]]:
    """Every text file of the project but this one."""
    kinds = {".py", ".md", ".cfg", ".toml", ".sh", ".mako", ".html", ".css", ".json", ""}
    for path in sorted(ROOT.rglob("*")):
        if path.is_file() and _is_ours(path) and path.suffix in kinds:
            name = path.relative_to(ROOT).as_posix()
            if name != "tests/test_house.py" and (name[0] != "." or name == ".ci/run"):
                yield name, path.read_text(errors="replace")


@pytest.mark.parametrize(
    "forbidden",
    [
        pytest.param(r"(?<![\w.}])/(work|root|home)/\w", id="machine paths"),
        pytest.param(r"# noqa|type: ignore(?!\[)", id="silenced checks"),
        pytest.param(r"\b(TODO|FIXME)\b", id="promises"),
    ],
)
def test_no_text_of_the_project_holds(forbidden: str) -> None:
    pattern = re.compile(forbidden)
    found = [
        f"{name}:{number}"
        for name, text in _texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_runbook_names_every_setting() -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    names = {f"SOGLASIE_{field.name.upper()}" for field in fields(Settings)}
    assert set(re.findall(r"SOGLASIE_[A-Z_]+[A-Z]", runbook)) == names


def _pins(kind: str) -> set[str]:
    text = (ROOT / "requirements" / f"{kind}.lock").read_text()
    return set(re.findall(r"^(\S+==[^\\\n]+?)\s*\\?$", text, re.MULTILINE))


def test_each_lock_contains_the_smaller_ones() -> None:
    assert _pins("runtime")
    assert _pins("runtime") < _pins("demo") < _pins("test")


@pytest.mark.parametrize("script", ["set-up", "os-packages", "soglasie", "lock", "draft-migration"])
def test_shell_scripts_can_be_read_and_run(script: str) -> None:
    path = ROOT / "bin" / script
    assert os.access(path, os.X_OK)
    subprocess.run(["/bin/sh", "-n", path], check=True)
