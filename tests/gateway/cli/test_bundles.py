"""`soglasie bundle check` finds what nobody told it about."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.store import audit_event
from crypto import canonical, jose
from gateway.cli.main import main
from gateway.store.bundles import bundle_members, bundles, recalls
from gateway.store.consents import answers
from gateway.unit import SYSTEM
from gateway.wiring import Wiring
from tests.audit.journals import drop_guards
from tests.conftest import Clock
from tests.races.released_school import WITHDRAWALS, ReleasedSchool, Withdrawal
from tests.town import PLATFORM_KEY

CHILD_WITHDRAWN = WITHDRAWALS[0]
Pem = Callable[[rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey], Path]


class Desk:
    """A school with a released bundle, and the command on its service."""

    def __init__(self, wiring: Wiring, clock: Clock) -> None:
        self.wiring = wiring
        self.clock = clock
        self.school = ReleasedSchool(wiring)
        self.later()
        self.bundle = self.school.approve().id
        self.later()

    def later(self, **step: float) -> None:
        """The journal closes a batch, time goes on."""
        self.school.sign_journal()
        self.clock.forward(**(step or {"hours": 1}))

    def check(self, *words: str) -> Result:
        environ = {
            "SOGLASIE_HOME": str(self.wiring.settings.home),
            "SOGLASIE_DATABASE_URL": self.wiring.settings.database,
        }
        return CliRunner().invoke(main, ["bundle", "check", *words], env=environ)

    def found(self, *words: str) -> set[tuple[str, str | None]]:
        """(code, person) of every finding; the exit code says the same."""
        done = self.check("--all", "--json", *words)
        assert not done.exception or isinstance(done.exception, SystemExit), done.exception
        findings = json.loads(done.output)["findings"]
        assert done.exit_code == (1 if findings else 0)
        return {(finding["code"], finding["about"]) for finding in findings}

    def people(self, *numbers: int) -> set[str]:
        return {str(self.school.town.person(number)) for number in numbers}

    def spoil(self, statement: sa.Executable) -> None:
        """What an owner of the database can do, or a bug."""
        with self.wiring.units.open(SYSTEM) as unit:
            unit.connection.execute(statement)

    def withdraw_unnoticed(self, which: Withdrawal = CHILD_WITHDRAWN) -> None:
        """A withdrawal that the bundle never heard of."""
        columns = [c.name for c in bundles.c]
        with self.wiring.looking() as look:
            (before,) = look.connection.execute(sa.select(bundles))
        self.school.withdraw(which)
        self.spoil(recalls.delete())
        self.spoil(bundles.update().values({name: getattr(before, name) for name in columns}))
        self.later()


@pytest.fixture
def desk(wiring: Wiring, clock: Clock) -> Desk:
    return Desk(wiring, clock)


@pytest.fixture
def pem(tmp_path: Path) -> Pem:
    def write(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Path:
        file = tmp_path / "platform.pem"
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return file

    return write


def test_what_the_service_did_stands_up_to_the_check(desk: Desk, pem: Pem):
    key = str(pem(PLATFORM_KEY))
    assert desk.found("--platform-key", key) == set()
    desk.school.withdraw(WITHDRAWALS[1])  # before the pull: a narrower one follows
    assert desk.found() == set()
    narrower = desk.school.narrow()
    desk.later()
    assert desk.found("--platform-key", key) == set()
    desk.school.pull(narrower.id)
    desk.later()
    desk.school.withdraw(CHILD_WITHDRAWN)  # after it: a recall
    assert desk.found() == set()
    desk.later(days=40)
    desk.school.town.work()  # the registry of those who left is destroyed
    assert desk.found() == set()
    told = desk.check("--all").output
    assert "Посылок проверено: 2, замечаний: 0." in told


def test_a_bundle_with_a_withdrawn_child_is_found(desk: Desk):
    desk.withdraw_unnoticed()
    assert desk.found() == {("withdrawn_still_served", who) for who in desk.people(1, 101)}


def test_a_pull_after_the_withdrawal_is_found(desk: Desk):
    desk.withdraw_unnoticed()
    desk.school.pull(desk.bundle)
    codes = ("withdrawn_still_served", "pulled_after_withdrawal", "recall_missing")
    assert desk.found() == {(code, who) for code in codes for who in desk.people(1, 101)}


def test_a_missing_recall_is_found(desk: Desk):
    desk.school.pull(desk.bundle)
    desk.later()
    desk.school.withdraw(CHILD_WITHDRAWN)
    desk.spoil(recalls.delete())
    assert desk.found() == {("recall_missing", who) for who in desk.people(1, 101)}


def test_a_child_sealed_in_without_a_consent_is_found(desk: Desk):
    """The event of the answers, as the rows say now, is one after the sealing."""
    with desk.wiring.units.open(SYSTEM) as unit:
        late = unit.record("journal.read", school_id=desk.school.town.school_id, purpose="events")
    desk.later()
    if desk.wiring.writing.dialect.name == "postgresql":
        desk.spoil(sa.text("DROP FUNCTION insert_only CASCADE"))
    else:
        drop_guards(desk.wiring.writing)
    desk.spoil(
        answers.update()
        .where(answers.c.decided_by == desk.school.town.person(101))
        .values(event_id=late)
    )
    assert desk.found() == {("consent_missing", who) for who in desk.people(1, 101)}


def _first_byte(desk: Desk) -> sa.Executable:
    with desk.wiring.looking() as look:
        content = look.connection.scalar(sa.select(bundles.c.content))
    assert content is not None
    return bundles.update().values(content=b"f" + content[1:])


def _last_byte(desk: Desk) -> sa.Executable:
    with desk.wiring.looking() as look:
        content = look.connection.scalar(sa.select(bundles.c.content))
    assert content is not None
    return bundles.update().values(content=content[:-1] + (b"A" if content[-1:] != b"A" else b"Q"))


def _other_type(desk: Desk) -> sa.Executable:
    """A JWE of ours, but no bundle."""
    public = jose.PublicKey(
        jose.thumbprint(PLATFORM_KEY.public_key()),
        jose.KeyUse.ENC,
        "RSA-OAEP-256",
        PLATFORM_KEY.public_key(),
    )
    return bundles.update().values(
        content=jose.encrypt(b"{}", public.kid, public, "another").encode()
    )


CHANGES: tuple[tuple[Callable[[Desk], sa.Executable], set[str]], ...] = (
    (_last_byte, {"digest_differs", "signature_invalid"}),
    (_first_byte, {"digest_differs", "envelope_unreadable"}),
    (_other_type, {"digest_differs", "envelope_unreadable"}),
    (
        lambda _: bundles.update().values(digest="ab" * 32),
        {"digest_differs", "event_differs"},
    ),
    (
        lambda _: bundles.update().values(pupils=2),
        {"counts_differ", "event_differs", "document_differs"},
    ),
    (
        lambda desk: bundles.update().values(superseded_at=desk.clock()),
        {"content_not_destroyed"},
    ),
    (lambda _: bundles.update().values(content=None), {"content_lost"}),
    (
        lambda desk: bundle_members.delete().where(
            bundle_members.c.person_id == desk.school.town.person(103)
        ),
        {"counts_differ", "document_differs"},
    ),
)


def test_every_planted_change_is_found(desk: Desk, pem: Pem):
    key = str(pem(PLATFORM_KEY))
    with desk.wiring.looking() as look:
        (before,) = look.connection.execute(sa.select(bundles))
    for change, codes in CHANGES:
        desk.spoil(change(desk))
        assert desk.found("--platform-key", key) == {(code, None) for code in codes}
        desk.spoil(bundles.update().values({c.name: getattr(before, c.name) for c in bundles.c}))


def test_a_sealing_that_the_journal_does_not_know_is_found(desk: Desk):
    first = sa.select(audit_event.c.id).where(audit_event.c.kind == "school.created")
    desk.spoil(bundles.update().values(sealed_event_id=first.scalar_subquery()))
    assert desk.found() == {("event_differs", None)}


def test_an_event_that_was_rewritten_covers_nothing(desk: Desk):
    sealed = audit_event.c.kind == "bundle.sealed"
    with desk.wiring.looking() as look:
        body = look.connection.scalar(sa.select(audit_event.c.body).where(sealed))
    told = canonical.loads(body)
    told["n"] = "0" * 32  # the same words under another salt
    drop_guards(desk.wiring.writing)
    desk.spoil(audit_event.update().where(sealed).values(body=canonical.dumps(told)))
    assert desk.found() == {("uncovered", None)}


def test_another_platform_cannot_open_it(desk: Desk, pem: Pem):
    stranger = rsa.generate_private_key(65537, 2048)
    assert desk.found("--platform-key", str(pem(stranger))) == {("signature_invalid", None)}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_one_bundle_can_be_asked_for_and_wrong_use_is_told_apart(desk: Desk, pem: Pem):
    assert desk.check("--bundle", str(desk.bundle)).exit_code == 0
    desk.withdraw_unnoticed()
    done = desk.check("--bundle", str(desk.bundle))
    assert done.exit_code == 1
    assert f"[withdrawn_still_served, bundle {desk.bundle}, about" in done.output
    other_kind = str(pem(ec.generate_private_key(ec.SECP256R1())))
    for words in (
        [],
        ["--all", "--bundle", str(desk.bundle)],
        ["--bundle", str(uuid4())],
        ["--bundle", "7"],
        ["--all", "--platform-key", "nowhere.pem"],
        ["--all", "--platform-key", other_kind],
    ):
        assert desk.check(*words).exit_code == 2, words
