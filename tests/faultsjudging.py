"""After the blows: what clients were told against what is there, changes against events."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from click.testing import CliRunner

from audit.event import Event
from audit.journal import last_checkpoint, pending_count
from audit.pack import write_pack
from audit.store import audit_event, audit_leaf, audit_pending
from audit.verify import verify_pack
from gateway.cli.main import main
from gateway.store.bundles import approvals, bundles, recalls, releases
from gateway.store.consents import ConsentStore, answers
from gateway.store.leaving_out import attempts
from policies.consent import latest
from tests.faults.stand import SQLITE, Stand
from tests.faults.traffic import Ledger, wait_for

ANSWERED = frozenset({"consent.given", "consent.refused", "consent.withdrawn"})
# What a change leaves behind: kinds of its event, the field that names the row, the row's id, and
# the moment that says it happened (None: the row itself does).
CHANGES: tuple[tuple[frozenset[str], str, sa.Column[UUID], sa.Column[datetime] | None], ...] = (
    (ANSWERED, "answer_id", answers.c.id, None),
    (frozenset({"attempt.recorded"}), "attempt_id", attempts.c.id, None),
    (frozenset({"release.prepared"}), "release_id", releases.c.id, None),
    (frozenset({"release.approved"}), "release_id", approvals.c.release_id, None),
    (frozenset({"bundle.sealed"}), "bundle_id", bundles.c.id, None),
    (frozenset({"bundle.superseded"}), "bundle_id", bundles.c.id, bundles.c.superseded_at),
    (frozenset({"bundle.acknowledged"}), "bundle_id", bundles.c.id, bundles.c.acknowledged_at),
    (frozenset({"bundle.gone"}), "bundle_id", bundles.c.id, bundles.c.gone_at),
    (frozenset({"recall.opened"}), "recall_id", recalls.c.id, None),
)


@dataclass
class Verdict:
    """`problems`: empty when everything held. `lost`: acknowledged writes that are not there."""

    acknowledged: int
    lost: int
    events: int
    changes: int
    problems: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.problems


def judge(stand: Stand, ledger: Ledger) -> Verdict:
    """Wait for the journal, then compare everything. The traffic has ended, the service runs."""
    engine = stand.look()
    try:
        _wait_for_the_journal(engine)
        with engine.connect() as connection:
            lost = list(_lost(connection, ledger))
            events, changes, unequal = _events_against_changes(connection)
            problems = [*lost, *unequal, *_said_twice(connection), *_forgotten(connection, ledger)]
            problems += _whole(connection, stand)
            problems += _journal_faults(connection, stand)
    finally:
        engine.dispose()
    problems += _bundle_faults(stand)
    problems += [f"{what} ({times})" for what, times in ledger.broken.items()]
    if not ledger.writes:
        problems.append("nothing was acknowledged: the scenario proves nothing")
    return Verdict(ledger.writes, len(lost), events, changes, problems)


def _wait_for_the_journal(engine: sa.Engine) -> None:
    def is_signed() -> bool:
        with engine.connect() as connection:
            point = last_checkpoint(connection)
            leaves = connection.scalar(sa.select(sa.func.count()).select_from(audit_leaf))
            pending = pending_count(connection)
        return point is not None and not pending and point.checkpoint.size == leaves

    wait_for("the journal is signed to its end", is_signed)


def _lost(connection: sa.Connection, ledger: Ledger) -> Iterator[str]:
    """Acknowledged writes that the database does not know."""
    kept = {
        str(row.id): (str(row.ask_id), row.decision)
        for row in connection.execute(sa.select(answers.c.id, answers.c.ask_id, answers.c.decision))
    }
    for answer, told in ledger.answers.items():
        if kept.get(answer) != told:
            yield f"answer {answer} is lost"
    there = {str(found) for found in connection.scalars(sa.select(attempts.c.id))}
    for attempt in ledger.attempts - there:
        yield f"attempt {attempt} is lost"
    rows = {
        str(row.id): row
        for row in connection.execute(
            sa.select(
                bundles.c.id, bundles.c.digest, bundles.c.pulled_at, bundles.c.acknowledged_at
            )
        )
    }
    for bundle in ledger.approved - rows.keys():
        yield f"approval of bundle {bundle} is lost"
    for bundle, digest in ledger.pulled.items():
        if bundle not in rows or rows[bundle].pulled_at is None:
            yield f"bundle {bundle} has left, and nobody wrote it down"
        elif rows[bundle].digest != digest:
            yield f"bundle {bundle} is another one now"
    for bundle in ledger.acknowledged:
        if bundle not in rows or rows[bundle].acknowledged_at is None:
            yield f"acknowledgement of bundle {bundle} is lost"


def _forgotten(connection: sa.Connection, ledger: Ledger) -> Iterator[str]:
    """What a family said last is what holds."""
    schools = set(connection.scalars(sa.select(answers.c.school_id)))
    for school in schools:
        for ask, said in ConsentStore(connection).answers_by_ask(school).items():
            holding = latest(said)
            told = ledger.last_said.get(str(ask))
            if told is not None and (holding is None or holding.decision.value != told):
                yield f"ask {ask}: {told} was acknowledged and does not hold"


def _said_twice(connection: sa.Connection) -> Iterator[str]:
    """One paper, one answer: whatever was repeated has one effect."""
    papers = Counter(
        (row.ask_id, row.decision, row.document_digest)
        for row in connection.execute(
            sa.select(answers.c.ask_id, answers.c.decision, answers.c.document_digest).where(
                answers.c.decision == "given"
            )
        )
    )
    for (ask, _, _), times in papers.items():
        if times > 1:
            yield f"ask {ask}: one paper was recorded {times} times"


def _events_against_changes(connection: sa.Connection) -> tuple[int, int, list[str]]:
    """Every change has exactly one event, and no event is without its change."""
    named: dict[tuple[str, str], Counter[str]] = {}
    for body in connection.scalars(sa.select(audit_event.c.body)):
        event = Event.from_body(body)
        for kinds, name, _, _ in CHANGES:
            if event.kind in kinds:
                named.setdefault((min(kinds), name), Counter())[str(event.data[name])] += 1
    events = changes = 0
    unequal = []
    for kinds, name, column, moment in CHANGES:
        rows = sa.select(column) if moment is None else sa.select(column).where(moment.is_not(None))
        happened = Counter(str(found) for found in connection.scalars(rows))
        told = named.get((min(kinds), name), Counter())
        events += told.total()
        changes += happened.total()
        if told != happened:
            unequal.append(f"{min(kinds)}: {told.total()} events, {happened.total()} changes")
    return events, changes, unequal


def _whole(connection: sa.Connection, stand: Stand) -> Iterator[str]:
    """The database itself, and every event in the journal exactly once."""
    if stand.engine == SQLITE:
        for pragma in ("integrity_check", "foreign_key_check"):
            found = connection.exec_driver_sql(f"PRAGMA {pragma}").fetchall()
            if found not in ([], [("ok",)]):
                yield f"{pragma}: {len(found)} findings"
    count = {
        table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in (audit_event, audit_leaf, audit_pending)
    }
    if count["audit_event"] != count["audit_leaf"] + count["audit_pending"]:
        yield f"events are not in the journal: {count}"


def _journal_faults(connection: sa.Connection, stand: Stand) -> Iterator[str]:
    pack = stand.folder / "journal.auditpack"
    pack.unlink(missing_ok=True)
    write_pack(connection, None, pack)
    report = verify_pack(pack, stand.wiring.note_signer.verifier, stand.known)
    if report.verdict:
        yield f"journal: {report.as_text()}"


def _bundle_faults(stand: Stand) -> Iterator[str]:
    environ = {
        "SOGLASIE_HOME": str(stand.home),
        "SOGLASIE_DATABASE_URL": stand.database_url,
    }
    words = ["bundle", "check", "--all", "--json", "--platform-key", str(stand.pem)]
    done = CliRunner().invoke(main, words, env=environ)
    if done.exit_code not in (0, 1):
        yield f"bundle check: {done.output or done.exception}"
        return
    for finding in json.loads(done.output)["findings"]:
        yield f"bundle {finding['bundle']}: {finding['code']} {finding['about'] or ''}"
