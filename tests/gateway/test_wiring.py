"""Everything is built once, and nothing starts on keys or a database that do not fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from audit.journal import last_checkpoint
from crypto.errors import CryptoError
from crypto.keyring import RingName, create_ring
from gateway.errors import NotReady
from gateway.messages.mail import OutboxTransport, SmtpTransport
from gateway.settings import Settings
from gateway.store.schema import SchemaFault
from gateway.store.session import make_engine
from gateway.store.vault import canaries
from gateway.wiring import SteadyClock, Wiring, ring_path, utc_now
from tests.conftest import NOW, Clock
from tests.town import Town


def again(wiring: Wiring, **changes: object) -> Wiring:
    """Another process on the same home."""
    return Wiring(replace(wiring.settings, **changes), wiring.clock)  # type: ignore[arg-type]


def test_what_fits_starts(wiring: Wiring):
    wiring.check()


def test_a_database_that_was_never_set_up_is_refused(home: Path, engine_url: str):
    wiring = Wiring(Settings(home=home, database_url=engine_url))
    with pytest.raises(SchemaFault):
        wiring.check()
    wiring.close()


def test_a_database_without_a_canary_is_refused(wiring: Wiring):
    with wiring.writing.begin() as connection:
        connection.execute(canaries.delete())
    with pytest.raises(NotReady):
        wiring.check()


@pytest.mark.parametrize("ring", list(RingName), ids=lambda ring: ring.value)
def test_foreign_rings_are_refused(wiring: Wiring, ring: RingName):
    path = ring_path(wiring.settings, ring)
    path.unlink()
    create_ring(path, ring, NOW)
    other = again(wiring)
    with pytest.raises(CryptoError, match=rf"^ring\.canary: {ring.value}$"):
        other.check()
    other.close()


@pytest.mark.parametrize("ring", list(RingName), ids=lambda ring: ring.value)
def test_a_missing_ring_is_refused(wiring: Wiring, ring: RingName):
    ring_path(wiring.settings, ring).unlink()
    other = again(wiring)
    with pytest.raises(CryptoError):
        other.check()
    other.close()


def test_a_foreign_key_of_the_journal_is_refused(wiring: Wiring):
    """Whoever signs with another key than before makes a second history."""
    Town(wiring)
    path = ring_path(wiring.settings, RingName.AUDIT)
    path.unlink()
    create_ring(path, RingName.AUDIT, NOW)
    other = again(wiring)
    with other.looking() as look:
        assert last_checkpoint(look.connection) is not None
    with pytest.raises(CryptoError):
        other.check()
    other.close()


def test_letters_become_files_unless_there_is_a_server(wiring: Wiring):
    assert wiring.mail == OutboxTransport(wiring.settings.outbox)
    other = again(wiring, smtp_host="mail.example.org", smtp_user="soglasie", smtp_password="x" * 9)
    assert isinstance(other.mail, SmtpTransport)
    assert (other.mail.host, other.mail.port) == ("mail.example.org", 587)
    assert "x" * 9 not in repr(other.mail)


def test_the_key_of_the_codes_comes_from_the_home_and_stays(wiring: Wiring):
    assert len(wiring.code_key) == 32
    assert again(wiring).code_key == wiring.code_key
    assert wiring.code_key.hex() not in repr(wiring)


def test_an_engine_is_for_reading_or_for_writing(wiring: Wiring, engine_name: str):
    assert wiring.reading is not wiring.writing
    if engine_name == "sqlite":
        with wiring.writing.connect() as connection:
            modes = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
            ]
        assert modes == ["wal", 2, 1, 1]
    else:
        with wiring.writing.connect() as connection:
            assert connection.scalar(sa.text("SHOW timezone")) == "UTC"


def test_another_kind_of_database_is_refused():
    with pytest.raises(ValueError, match="SQLite or PostgreSQL"):
        make_engine("mysql://localhost/soglasie", writes=True)


def test_the_clock_is_in_utc():
    assert utc_now().utcoffset() is not None
    assert str(utc_now().tzinfo) == "UTC"


def test_a_clock_that_is_set_back_a_little_revives_nothing():
    machine = Clock()
    clock = SteadyClock(machine)
    began = clock()
    for minutes, shown in ((-1, 0), (-60, 0), (1, 1), (0, 1)):
        machine.set(began + timedelta(minutes=minutes))
        assert clock() == began + timedelta(minutes=shown)


def test_a_clock_that_was_far_ahead_by_mistake_is_put_right():
    machine = Clock()
    clock = SteadyClock(machine)
    right = machine.now
    machine.forward(days=400)
    assert clock() == machine.now
    machine.set(right)
    assert clock() == right
