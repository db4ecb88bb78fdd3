"""The operator's commands: safe to repeat, refusing what is odd, telling no secret."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result

from audit.checkpoint import open_checkpoint
from audit.journal import last_checkpoint
from crypto.keyring import RingName, create_ring
from crypto.secrets_text import hash_secret
from crypto.signing import NoteVerifier
from gateway.actions.set_up_factor import begin_app, confirm_app
from gateway.actions.sign_in import open_session
from gateway.cli.main import main
from gateway.settings import Settings
from gateway.unit import SYSTEM, Actor
from gateway.wiring import Wiring
from policies.permissions import Role
from tests.conftest import NOW
from tests.phone import Phone

ROOT = Path(__file__).parents[3]
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Operator:
    """Somebody at a terminal with a home and an empty database."""

    home: Path
    url: str
    password_file: Path

    @property
    def environ(self) -> dict[str, str]:
        return {"SOGLASIE_HOME": str(self.home), "SOGLASIE_DATABASE_URL": self.url}

    def run(self, *arguments: str, **more: str) -> Result:
        return CliRunner().invoke(main, arguments, env={**self.environ, **more})

    def init(self) -> Result:
        return self.run("init", "--password-file", str(self.password_file))

    def wiring(self) -> Wiring:
        return Wiring(Settings(home=self.home, database_url=self.url))

    def ring(self, ring: RingName) -> Path:
        return self.home / "keys" / f"{ring.value}.ring"

    def rings(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.home / "keys").iterdir()}


@pytest.fixture
def operator(
    engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Operator]:
    for name in [name for name in os.environ if name.startswith("SOGLASIE_")]:
        monkeypatch.delenv(name)
    password_file = tmp_path / "password"
    password_file.write_text(f"{PASSWORD}\n")
    mask = os.umask(0o022)
    yield Operator(tmp_path / "fresh", engine_url, password_file)
    os.umask(mask)


@pytest.fixture
def prepared(operator: Operator) -> Operator:
    assert operator.init().exit_code == 0
    return operator


def test_init_makes_a_home_that_starts(operator: Operator):
    done = operator.init()
    assert done.exit_code == 0, done.output
    assert set(operator.rings()) == {f"{ring.value}.ring" for ring in RingName}
    wiring = operator.wiring()
    wiring.check()
    with wiring.units.open(SYSTEM) as unit:
        admin = unit.staff.find(login="admin")
    wiring.close()
    assert admin is not None
    assert admin.role is Role.ADMINISTRATOR
    assert PasswordHasher().verify(admin.password_hash, PASSWORD)


def test_a_home_is_for_its_owners_eyes(prepared: Operator):
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in prepared.home.rglob("*")}
    assert {modes[path] for path in modes if path.is_dir()} == {0o700}
    assert {modes[path] for path in modes if path.is_file()} == {0o600}
    assert stat.S_IMODE(prepared.home.stat().st_mode) == 0o700


def test_init_tells_control_values_and_no_secret(operator: Operator):
    told = operator.init().output
    assert PASSWORD not in told
    for ring in operator.rings().values():
        assert ring.decode() not in told
    assert all(ring.value in told for ring in RingName)


def test_init_again_changes_nothing_and_asks_nothing(prepared: Operator):
    before = prepared.rings()
    again = prepared.run("init", "--login", "another")
    assert again.exit_code == 0, again.output
    assert prepared.rings() == before
    wiring = prepared.wiring()
    with wiring.units.open(SYSTEM) as unit:
        assert unit.staff.find(login="another") is None
    wiring.close()


def test_init_can_be_broken_off_and_repeated(operator: Operator):
    """The password was too short: keys and database are there, the administrator is not."""
    operator.password_file.write_text("short\n")
    assert operator.init().exit_code == 1
    operator.password_file.write_text(PASSWORD)
    done = operator.init()
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("said", ["", "\n", "short\n", "\n\ncorrect horse battery staple\n"])
def test_a_password_that_is_none_is_refused_in_words(operator: Operator, said: str):
    operator.password_file.write_text(said)
    refused = operator.init()
    assert refused.exit_code == 1
    assert "12" in refused.output
    assert "Traceback" not in refused.output
    assert isinstance(refused.exception, SystemExit)


@pytest.mark.parametrize("ring", list(RingName), ids=lambda ring: ring.value)
def test_a_missing_ring_beside_data_is_never_made_anew(prepared: Operator, ring: RingName):
    prepared.ring(ring).unlink()
    for arguments in (["init"], ["worker", "--once"]):
        refused = prepared.run(*arguments)
        assert refused.exit_code == 1
        assert ring.value in refused.output
        assert isinstance(refused.exception, SystemExit)
    assert not prepared.ring(ring).exists()


@pytest.mark.parametrize("ring", [RingName.KEK, RingName.INDEX], ids=lambda ring: ring.value)
def test_a_foreign_ring_is_refused(prepared: Operator, ring: RingName):
    prepared.ring(ring).unlink()
    create_ring(prepared.ring(ring), ring, NOW)
    for arguments in (["init"], ["worker", "--once"], ["audit", "vkey"]):
        refused = prepared.run(*arguments)
        assert refused.exit_code == 1
        assert "ring.canary" in refused.output


def test_a_ring_that_others_can_read_is_refused(prepared: Operator):
    prepared.ring(RingName.KEK).chmod(0o644)
    refused = prepared.run("worker", "--once")
    assert refused.exit_code == 1
    assert "ring.mode" in refused.output


def test_the_worker_makes_one_round_and_signs(prepared: Operator):
    done = prepared.run("worker", "--once")
    assert done.exit_code == 0, done.output
    shown = prepared.run("audit", "vkey")
    assert shown.exit_code == 0
    wiring = prepared.wiring()
    with wiring.looking() as look:
        point = last_checkpoint(look.connection)
    wiring.close()
    assert point is not None
    assert open_checkpoint(point.note, NoteVerifier.from_vkey(shown.output.strip())).size > 0


def test_a_round_in_which_a_duty_failed_says_so(prepared: Operator):
    """For whoever runs it by a timer; what happened stands in the log."""
    guard = prepared.home / "journal.guard"
    guard.write_text("not a checkpoint")
    failed = prepared.run("worker", "--once")
    assert failed.exit_code == 1
    assert "journal" in failed.output
    assert isinstance(failed.exception, SystemExit)


def test_an_auditor_is_added_once(prepared: Operator):
    command = ("user", "add", "auditor-1", "--role", "auditor")
    password = ("--password-file", str(prepared.password_file))
    assert prepared.run(*command, *password).exit_code == 0
    again = prepared.run(*command, *password)
    assert again.exit_code == 1
    assert "занято" in again.output
    wiring = prepared.wiring()
    with wiring.units.open(SYSTEM) as unit:
        found = unit.staff.find(login="auditor-1")
    wiring.close()
    assert found is not None
    assert (found.role, found.school_id) == (Role.AUDITOR, None)


def test_a_password_can_be_typed(prepared: Operator):
    typed = CliRunner().invoke(
        main,
        ["user", "add", "auditor-2", "--role", "auditor"],
        input=f"{PASSWORD}\n{PASSWORD}\n",
        env=prepared.environ,
    )
    assert typed.exit_code == 0, typed.output
    assert PASSWORD not in typed.output


def test_a_lost_phone_is_reset_by_whoever_stands_at_the_machine(prepared: Operator):
    wiring = prepared.wiring()
    with wiring.units.open(SYSTEM) as unit:
        token, _ = open_session(unit, "admin", "192.0.2.1")
        admin = unit.staff.find(login="admin")
        assert admin is not None
    with wiring.units.open(Actor(Role.ADMINISTRATOR, admin.id)) as unit:
        phone = Phone(begin_app(unit, token).text, wiring.clock)
        confirm_app(unit, token, phone.code(), wiring.code_key)
    done = prepared.run("user", "reset-2fa", "ADMIN")
    assert (done.exit_code, done.output.startswith("Сброшено.")) == (0, True)
    with wiring.units.open(SYSTEM) as unit:
        assert not unit.factors.has_any(admin.id)
        assert unit.staff.of_session(hash_secret(token), unit.now) is None
    wiring.close()
    unknown = prepared.run("user", "reset-2fa", "nobody")
    assert (unknown.exit_code, "такого имени нет" in unknown.output) == (1, True)


def test_workers_of_schools_are_not_added_here(prepared: Operator):
    wrong = prepared.run("user", "add", "tutor-1", "--role", "tutor")
    assert wrong.exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("worker", "--once"), id="worker"),
        pytest.param(("audit", "vkey"), id="vkey"),
        pytest.param(("serve",), id="serve"),
        pytest.param(("user", "add", "auditor-1", "--role", "auditor"), id="user"),
    ],
)
def test_before_init_every_command_says_so(operator: Operator, arguments: tuple[str, ...]):
    refused = operator.run(*arguments, *_password(operator, arguments))
    assert refused.exit_code == 1
    assert isinstance(refused.exception, SystemExit)
    assert refused.output


def _password(operator: Operator, arguments: tuple[str, ...]) -> tuple[str, ...]:
    return ("--password-file", str(operator.password_file)) if "user" in arguments else ()


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(
            lambda operator, url: operator.run("init", SOGLASIE_DATABASE_URL=url), id="init"
        ),
        pytest.param(
            lambda operator, url: operator.run("upgrade", SOGLASIE_DATABASE_URL=url), id="upgrade"
        ),
        pytest.param(
            lambda operator, url: operator.run("worker", "--once", SOGLASIE_DATABASE_URL=url),
            id="worker",
        ),
    ],
)
def test_a_database_that_does_not_answer_is_told_without_its_password(
    prepared: Operator, step: Callable[[Operator, str], Result]
):
    away = "postgresql+psycopg://soglasie:s3cr3t@127.0.0.1:1/soglasie"
    refused = step(prepared, away)
    assert refused.exit_code == 1
    assert isinstance(refused.exception, SystemExit)
    assert "SOGLASIE_DATABASE_URL" in refused.output
    assert "s3cr3t" not in refused.output


def test_upgrade_says_whether_there_was_something_to_do(prepared: Operator):
    done = prepared.run("upgrade")
    assert (done.exit_code, "уже" in done.output) == (0, True)


def test_settings_are_shown_and_secrets_are_not(operator: Operator):
    shown = operator.run("settings", SOGLASIE_SMTP_PASSWORD="s3cr3t", SOGLASIE_PORT="9123")
    assert shown.exit_code == 0
    assert "9123" in shown.output
    assert "s3cr3t" not in shown.output


def test_an_unknown_variable_stops_every_command(operator: Operator):
    refused = operator.run("settings", SOGLASIE_COLOUR="blue")
    assert refused.exit_code == 1
    assert "SOGLASIE_COLOUR" in refused.output


def test_the_command_runs_as_a_process_of_its_own(prepared: Operator):
    done = subprocess.run(
        [sys.executable, "-m", "gateway.cli", "worker", "--once"],
        cwd=ROOT,
        env={**os.environ, **prepared.environ},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b""), done.stderr


def test_a_worker_that_is_told_to_stop_stops(prepared: Operator):
    with subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", "worker"],
        cwd=ROOT,
        env={**os.environ, **prepared.environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        wait_for_checkpoint(prepared)
        process.terminate()
        assert process.wait(30) == 0


def wait_for_checkpoint(operator: Operator) -> None:
    wiring = operator.wiring()
    for _ in range(300):
        with wiring.looking() as look:
            if last_checkpoint(look.connection) is not None:
                break
        time.sleep(0.1)
    wiring.close()
