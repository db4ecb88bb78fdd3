"""Whether a checkpoint really covers an event: of the stored rows nothing is believed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from audit.cover import Cover, Covered
from audit.store import audit_event, audit_leaf
from crypto.signing import NoteSigner
from tests.audit.journals import LATER, ORIGIN, drop_guards

SIGNED, WAITING, BROKEN = Covered.SIGNED, Covered.WAITING, Covered.BROKEN


def look(engine, signer, *events):
    with engine.begin() as connection:
        cover = Cover(connection, signer.verifier)
        return cover.is_sound, [cover.of(event.id) for event in events]


@pytest.fixture
def signed(engine, fill, make_sequencer):
    """Three events under a checkpoint."""
    made = fill(engine, 3)
    sequencer = make_sequencer(engine)
    sequencer.integrate_once(LATER)
    sequencer.sign_once(LATER)
    return made


def test_an_empty_journal_covers_nothing_and_is_sound(engine, fill, signer):
    (event,) = fill(engine, 1)
    assert look(engine, signer, event) == (True, [WAITING])


def test_what_was_signed_is_covered_and_what_came_later_waits(
    engine, signed, fill, make_sequencer, signer
):
    (placed,) = fill(engine, 1)
    make_sequencer(engine).integrate_once(LATER)
    (pending,) = fill(engine, 1)
    assert look(engine, signer, *signed, placed, pending) == (True, [SIGNED] * 3 + [WAITING] * 2)


def test_a_checkpoint_of_another_key_covers_nothing(engine, signed):
    stranger = NoteSigner(ORIGIN, bytes(32))
    assert look(engine, stranger, *signed) == (False, [BROKEN] * 3)


def _other_body(connection, event):
    connection.execute(audit_event.update().where(audit_event.c.id == event.id).values(body=b"{}"))


def _other_place(connection, event):
    rows = connection.execute(sa.select(audit_leaf).order_by(audit_leaf.c.idx)).all()
    connection.execute(
        audit_leaf.update().where(audit_leaf.c.idx == 0).values(envelope=rows[1].envelope)
    )


def _no_leaves(connection, event):
    connection.execute(audit_leaf.delete())


def _no_envelope(connection, event):
    connection.execute(audit_leaf.update().where(audit_leaf.c.idx == 0).values(envelope=b"{}"))


@pytest.mark.parametrize(
    ("spoil", "is_sound"),
    [
        pytest.param(_other_body, True, id="another body"),
        pytest.param(_other_place, False, id="another envelope"),
        pytest.param(_no_envelope, False, id="no envelope"),
        pytest.param(_no_leaves, False, id="no leaves"),
    ],
)
def test_what_was_changed_after_the_checkpoint_is_found(engine, signed, signer, spoil, is_sound):
    drop_guards(engine)
    with engine.begin() as connection:
        spoil(connection, signed[0])
    assert look(engine, signer, signed[0]) == (is_sound, [BROKEN])


def test_an_event_unknown_to_the_journal_waits(engine, signed, an_event, signer):
    assert look(engine, signer, an_event()) == (True, [WAITING])
