"""The blows, each under traffic. A scenario strikes and lets go; what then holds is judged."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import sqlalchemy as sa

from audit.journal import oldest_pending_at
from gateway.cli.serving import MAX_QUICK_DEATHS, QUICK_SECONDS
from gateway.store.outbox import messages
from policies.permissions import Role
from tests.faults.post import HOST, Mood
from tests.faults.processes import ROOT
from tests.faults.stand import POSTGRESQL, SQLITE, Stand
from tests.faults.traffic import Refused, Traffic, wait_for

BOTH = (SQLITE, POSTGRESQL)
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
MOST_JOURNAL_LAG = timedelta(seconds=60)
RETRY = httpx.codes.SERVICE_UNAVAILABLE
Act = Callable[[Stand, Traffic, int], None]


@dataclass(frozen=True)
class Scenario:
    """`act` strikes `rounds` times. `needs`: proxy, mail, disk, clock. `missing`: why it cannot be
    played on this machine; None where it can. `may_fail`: 5xx that it provokes beside 503.
    """

    name: str
    act: Act
    engines: tuple[str, ...] = BOTH
    rounds: int = 5
    needs: frozenset[str] = frozenset()
    missing: Callable[[], str | None] = lambda: None
    may_fail: frozenset[int] = frozenset()
    environ: Callable[[Path], Mapping[str, str]] | None = None


# processes die


def _let_live(number: int) -> None:
    """Five deaths at once are a fault that stays, for which the parent ends on purpose."""
    if (number + 1) % (MAX_QUICK_DEATHS - 1) == 0:
        time.sleep(QUICK_SECONDS)


def kill_web(stand: Stand, traffic: Traffic, rounds: int) -> None:
    for number in range(rounds):
        _let_live(number)
        _work_on(traffic)
        stand.remember_checkpoint()
        stand.service.kill("web", dice=stand.dice)
        stand.recover()


def kill_worker(stand: Stand, traffic: Traffic, rounds: int) -> None:
    for number in range(rounds):
        _let_live(number)
        _work_on(traffic)
        stand.remember_checkpoint()
        stand.service.kill("worker")
        wait_for("a new worker", lambda: bool(stand.service.pids("worker")))


def kill_everything(stand: Stand, traffic: Traffic, rounds: int) -> None:
    for _ in range(rounds):
        _work_on(traffic)
        stand.remember_checkpoint()
        stand.service.kill_all()
        stand.service.start()


# the database goes away


def stop_database(stand: Stand, traffic: Traffic, rounds: int) -> None:
    """Web and worker stay: the same processes go on when the database is back."""
    assert stand.cluster is not None
    before = [stand.service.pids(part) for part in ("web", "worker")]
    for _ in range(rounds):
        _work_on(traffic)
        stand.remember_checkpoint()
        stand.cluster.stop()
        _expect_503(stand)
        time.sleep(1)
        stand.cluster.start()
        stand.recover()
    assert [stand.service.pids(part) for part in ("web", "worker")] == before


def lose_commit_replies(stand: Stand, traffic: Traffic, rounds: int) -> None:
    assert stand.proxy is not None
    stand.proxy.loses = 0.1
    proxy = stand.proxy
    _until_more("lost replies", lambda: proxy.lost, by=rounds)
    _until_more("a client that noticed", lambda: traffic.ledger.busy)
    proxy.loses = 0.0


# disks


def fill_disk(stand: Stand, traffic: Traffic, rounds: int) -> None:
    """A ballast takes the room and gives it back; the service is never restarted."""
    assert stand.disk is not None
    before = stand.service.pids("web")
    ballast = stand.disk / "ballast"
    for _ in range(rounds):
        _work_on(traffic)
        stand.remember_checkpoint()
        _fill(ballast)
        _until_more("a write that has no room", lambda: traffic.ledger.busy)
        time.sleep(2)
        ballast.unlink()
        if stand.cluster is not None:
            stand.cluster.revive()
        stand.recover()
    assert stand.service.pids("web") == before


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 8):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))


def fail_fsync(stand: Stand, traffic: Traffic, rounds: int) -> None:
    """Every third fsync answers EIO for a while. PostgreSQL must PANIC and come back by itself."""
    for _ in range(rounds):
        _work_on(traffic)
        stand.remember_checkpoint()
        pids = (
            stand.cluster.pids()
            if stand.cluster
            else [*stand.service.pids("web"), *stand.service.pids("worker")]
        )
        with _failing_fsync(pids):
            _until_more("a failed fsync", lambda: traffic.ledger.busy)
            time.sleep(1)
        if stand.cluster is not None:
            assert "PANIC" in stand.cluster.log()
            stand.cluster.revive()
        stand.recover()


@contextmanager
def _failing_fsync(pids: list[int]) -> Iterator[None]:
    calls = "fsync,fdatasync"
    command = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={calls}"]
    command += ["-e", f"inject={calls}:error=EIO:when=3+3"]
    command += [word for pid in pids for word in ("-p", str(pid))]
    tracer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(30)


# the journal cannot be written


def refuse_events(stand: Stand, traffic: Traffic, rounds: int) -> None:
    """A trigger fails one precise insert: nothing changes without its event."""
    engine = stand.look()
    make, drop = _TRIGGER[stand.engine]
    for _ in range(rounds):
        _work_on(traffic)
        stand.remember_checkpoint()
        _run(engine, *make)
        before = _answers(engine)
        _until_more("refused events", lambda: traffic.ledger.refused["internal_error"], by=2)
        assert _answers(engine) == before, "an answer without its event"
        _run(engine, *drop)
    engine.dispose()


_TRIGGER = {
    SQLITE: (
        [
            "CREATE TRIGGER fault BEFORE INSERT ON audit_event WHEN NEW.kind LIKE 'consent.%'"
            " BEGIN SELECT RAISE(ABORT, 'no event'); END"
        ],
        ["DROP TRIGGER fault"],
    ),
    POSTGRESQL: (
        [
            "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no event'; END $$",
            "CREATE TRIGGER fault BEFORE INSERT ON audit_event FOR EACH ROW"
            " WHEN (NEW.kind LIKE 'consent.%') EXECUTE FUNCTION fault()",
        ],
        ["DROP TRIGGER fault ON audit_event", "DROP FUNCTION fault"],
    ),
}


def _run(engine: sa.Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def _answers(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM answers").scalar_one()


# the clock jumps


def jump(stand: Stand, traffic: Traffic, rounds: int) -> None:
    """Hours ahead and back while families answer, then beyond the deadline and back."""
    for _ in range(rounds):
        for offset in ("+3h", "+0", "-30m", "+0"):
            _set_clock(stand, offset)
            stand.remember_checkpoint()
            _work_on(traffic)
    school = stand.schools[-1]
    old = stand.token(school, Role.REGISTRAR, datetime.now(UTC) - timedelta(hours=8, minutes=1))
    _expect_refusal(stand, old, 401)
    _set_clock(stand, "-30m")
    _expect_refusal(stand, old, 401)
    late = datetime.now(UTC) + timedelta(days=20)
    told = school.tokens
    school.tokens = {role: stand.token(school, role, late) for role in told}
    traffic.waits_out.add("not_authenticated")  # of those who had signed in today
    _set_clock(stand, "+20d")
    ask, with_child = school.pupils[-1].asks[0]
    with httpx.Client(base_url=stand.service.url, trust_env=False) as http:
        for decision, code in (("given", "deadline_passed"), ("refused", None)):
            said = None
            try:
                traffic.paper(http, school, ask, decision, with_child=with_child)
            except Refused as refused:
                said = refused.code
            assert said == code, f"{decision} after the deadline: {said}"
    school.tokens = told
    _set_clock(stand, "+0")
    _work_on(traffic)


def _set_clock(stand: Stand, offset: str) -> None:
    """Whole at once: the service reads the file at every look at its clock."""
    part = stand.folder / "clock.part"
    part.write_text(offset + "\n")
    part.replace(stand.folder / "clock")


def clock_environ(folder: Path) -> Mapping[str, str]:
    (folder / "clock").write_text("+0\n")
    return {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(folder / "clock"),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": f"{ROOT / 'tests' / 'faults' / 'asleep'}:{ROOT}",
    }


# the post


def no_post(stand: Stand, traffic: Traffic, rounds: int) -> None:
    """Away, refusing, hanging: journal and answers go on, and in the end every letter arrives."""
    assert stand.mail is not None
    engine = stand.look()
    invited = 0
    server = stand.mail
    for number, mood in enumerate([Mood.AWAY, Mood.REFUSES, Mood.HANGS] * rounds):
        server.mood, asked = mood, server.asked
        school = stand.schools[-1 - number]
        with httpx.Client(base_url=stand.service.url, timeout=30, trust_env=False) as http:
            token = school.tokens[Role.REGISTRAR]
            told = traffic.call(http, "POST", f"{school.path}/invitations", token, {})
            invited += len(told["sent"])
        _until_more("a letter tried", lambda: server.asked, since=asked)
        _work_on(traffic)
        _assert_journal_keeps_up(engine)
    server.mood = Mood.WELL

    def is_empty() -> bool:
        # Their growing pauses are pinned elsewhere; here nobody waits for them.
        now = datetime.now(UTC)
        with engine.begin() as connection:
            connection.execute(messages.update().where(messages.c.due_at > now).values(due_at=now))
            return not connection.scalar(sa.select(sa.func.count()).select_from(messages))

    time.sleep(15)  # a lease that the hanging server still holds
    wait_for("an empty outbox", is_empty)
    engine.dispose()
    assert invited
    assert len(server.letters) >= invited, f"{len(server.letters)} of {invited} letters"


def mail_environ(stand_folder: Path) -> Mapping[str, str]:
    """The port is added by whoever opens the stand."""
    return {"SOGLASIE_SMTP_HOST": HOST, "SSL_CERT_FILE": str(stand_folder / "mail.pem")}


def _assert_journal_keeps_up(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        oldest = oldest_pending_at(connection)
    lag = timedelta() if oldest is None else datetime.now(UTC) - oldest
    assert lag < MOST_JOURNAL_LAG, f"the journal is {lag} behind"


# pieces


def _work_on(traffic: Traffic) -> None:
    """Some more acknowledged writes before the next blow."""
    before = traffic.ledger.writes

    def is_enough() -> bool:
        for fault in traffic.faults:
            raise fault
        return traffic.ledger.writes >= before + 12

    wait_for("acknowledged writes", is_enough)


def _until_more(
    what: str, count: Callable[[], int], *, by: int = 0, since: int | None = None
) -> None:
    before = count() if since is None else since
    wait_for(what, lambda: count() > before + by)


def _expect_503(stand: Stand) -> None:
    school = stand.schools[0]
    answer = _see_school(stand, school.tokens[Role.REGISTRAR])
    assert answer.status_code == RETRY, answer.text
    assert answer.headers["Retry-After"]
    assert answer.json()["code"] == "database_down"


def _expect_refusal(stand: Stand, token: str, status: int) -> None:
    assert _see_school(stand, token).status_code == status


def _see_school(stand: Stand, token: str) -> httpx.Response:
    return httpx.get(
        f"{stand.service.url}/v1/school",
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
        trust_env=False,
    )


def _no_strace() -> str | None:
    return None if shutil.which("strace") else "no strace: apt-get install strace"


def _no_faketime() -> str | None:
    return None if FAKETIME else "no libfaketime: apt-get install faketime"


def _no_root() -> str | None:
    return None if os.geteuid() == 0 else "a disk of its own can be mounted by root alone"


SCENARIOS = (
    Scenario("web killed", kill_web),
    Scenario("worker killed", kill_worker),
    Scenario("all killed", kill_everything, rounds=2),
    Scenario("database stopped", stop_database, (POSTGRESQL,), rounds=3),
    Scenario("COMMIT replies lost", lose_commit_replies, (POSTGRESQL,), 25, frozenset({"proxy"})),
    Scenario("disk full", fill_disk, rounds=2, needs=frozenset({"disk"}), missing=_no_root),
    Scenario("fsync fails", fail_fsync, rounds=2, missing=_no_strace),
    Scenario("event refused", refuse_events, rounds=2, may_fail=frozenset({500})),
    Scenario(
        "clock jumps", jump, rounds=2, missing=_no_faketime, environ=clock_environ,
        needs=frozenset({"clock"}),
    ),
    Scenario(
        "post away", no_post, (SQLITE,), 1, frozenset({"mail"}), environ=mail_environ
    ),
)  # fmt: skip
